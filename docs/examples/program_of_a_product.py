"""The program of a product with the Hessian, drawn."""

import numpy as np

import hessopt


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


program = hessopt.jit(hessopt.hvp(rosenbrock)).program(np.zeros(4), np.ones(4))
program.plot("program_of_a_product.svg", verbose=False)
