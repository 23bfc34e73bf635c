"""How the cost grows with the length of the graph and with the order of the derivative."""

import numpy as np

import hessopt

LENGTHS = {f"1e{k}": 10**k for k in range(1, 6)}  # by name: evenly spaced in the dashboard


class Length:
    """A chain of scalar operations, each on the result of the one before."""

    params = list(LENGTHS)
    param_names = ["nodes"]

    def setup(self, nodes):
        def chain(x):
            for _ in range(LENGTHS[nodes] // 2):
                x = 0.5 * np.sin(x)
            return x

        self.x = np.array(0.7)
        self.one = np.array(1.0)
        self.chain = chain
        self.gradient = hessopt.grad(chain)
        self.hvp = hessopt.hvp(chain)

    def time_record(self, nodes):
        self.chain(hessopt.Variable(self.x))

    def time_gradient(self, nodes):
        self.gradient(self.x)

    def time_hvp(self, nodes):
        self.hvp(self.x, self.one)

    def peakmem_gradient(self, nodes):
        self.gradient(self.x)


class Order:
    """The n-th derivative by n backward passes, each through the graph of the one before."""

    params = [["sin", "tanh"], [1, 2, 3, 4, 5], [1, 10_000]]
    param_names = ["function", "order", "elements"]

    def setup(self, function, order, elements):
        self.x = np.linspace(0.1, 1.0, elements)
        self.derivative = hessopt.derivative(getattr(np, function), order)

    def time_derivative(self, function, order, elements):
        self.derivative(self.x)
