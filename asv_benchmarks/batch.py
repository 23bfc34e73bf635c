"""Many examples at once: `vmap` against a loop over single calls, traced afresh and replayed."""

import numpy as np

import hessopt
import problems
from asv_benchmarks.backward import seconds

rosenbrock = problems.get("chained-rosenbrock").value  # of any size

FUNCTIONS = {
    "value": rosenbrock,
    "gradient": hessopt.grad(rosenbrock),
    "Hessian": hessopt.hessian(rosenbrock),
}


class Examples:
    params = [list(FUNCTIONS), [10, 1000]]
    param_names = ["function", "examples"]

    def setup(self, function, examples):
        self.one = FUNCTIONS[function]
        self.many = hessopt.vmap(self.one)
        self.replayed = hessopt.jit(self.many)
        self.x = np.random.default_rng(0).standard_normal((examples, 10))
        for k in range(3):  # the first calls are compared with plain ones
            self.many(self.x + k)
            self.replayed(self.x + k)

    def time_vmap(self, function, examples):
        self.many(self.x)

    def time_jit_of_vmap(self, function, examples):
        self.replayed(self.x)

    def peakmem_vmap(self, function, examples):
        self.many(self.x)

    def track_vmap_in_single_calls(self, function, examples):
        return seconds(self.many, self.x) / seconds(self.one, self.x[0])

    def track_jit_of_vmap_in_single_calls(self, function, examples):
        return seconds(self.replayed, self.x) / seconds(self.one, self.x[0])
