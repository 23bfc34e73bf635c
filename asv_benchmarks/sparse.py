"""Sparse Hessians: structure, matrix, and a solve that uses it, beside products and gradients."""

import numpy as np

import hessopt
import problems
from asv_benchmarks.backward import seconds

rosenbrock = problems.get("chained-rosenbrock").value  # of any size


class SparseHessian:
    params = [[1000, 100_000]]
    param_names = ["n"]

    def setup(self, n):
        self.x = np.random.default_rng(0).uniform(0.5, 1.5, n)
        self.matrix = hessopt.sparse_hessian(rosenbrock)
        self.gradient = hessopt.jit(hessopt.grad(rosenbrock), backend="numpy")
        for k in range(3):  # the first calls are compared with plain ones
            self.matrix(self.x + k)
            self.gradient(self.x + k)

    def time_hessian(self, n):
        self.matrix(self.x)

    def time_structure_and_hessian(self, n):
        hessopt.sparse_hessian(rosenbrock)(self.x)

    def time_minimize(self, n):
        hessopt.minimize(rosenbrock, self.x)

    def peakmem_minimize(self, n):
        hessopt.minimize(rosenbrock, self.x)

    def track_hessian_in_gradients(self, n):
        return seconds(self.matrix, self.x) / seconds(self.gradient, self.x)
