"""Value, gradient and Hessian-vector product of chained Rosenbrock, from 2 to 10^6 variables.

Times, peak memory, and ratios measured within one run, which a busy machine moves less than times.
"""

import timeit

import numpy as np

import hessopt
import problems

# by name, so that the dashboard spaces them evenly
SIZES = {"2": 2, **{f"1e{k}": 10**k for k in range(1, 7)}}

rosenbrock = problems.get("chained-rosenbrock").value  # of any size


def point_and_direction(size):
    rng = np.random.default_rng(0)
    n = SIZES[size]
    return rng.standard_normal(n), rng.standard_normal(n)


class ChainedRosenbrock:
    params = list(SIZES)
    param_names = ["n"]

    def setup(self, n):
        self.x, self.v = point_and_direction(n)
        self.gradient = hessopt.grad(rosenbrock)
        self.value_and_gradient = hessopt.value_and_grad(rosenbrock)
        self.hvp = hessopt.hvp(rosenbrock)

    def time_numpy_value(self, n):
        rosenbrock(self.x)

    def time_recorded_value(self, n):
        rosenbrock(hessopt.Variable(self.x))

    def time_gradient(self, n):
        self.gradient(self.x)

    def time_value_and_gradient(self, n):
        self.value_and_gradient(self.x)

    def time_hvp(self, n):
        self.hvp(self.x, self.v)

    def peakmem_gradient(self, n):
        self.gradient(self.x)

    def peakmem_hvp(self, n):
        self.hvp(self.x, self.v)


def seconds(function, *args):
    """Return the best of several timings of one call, spending about half a second."""
    timer = timeit.Timer(lambda: function(*args))
    once = timer.timeit(1)
    number = max(1, int(0.02 / once))
    repeat = int(np.clip(0.5 / (number * once), 3, 20))
    return min(timer.repeat(repeat, number)) / number


class Ratios:
    params = ["2", "1e3", "1e5", "1e6"]
    param_names = ["n"]
    unit = "ratio"

    def setup(self, n):
        self.x, self.v = point_and_direction(n)

    def track_gradient_over_value(self, n):
        gradient = hessopt.grad(rosenbrock)
        return seconds(gradient, self.x) / seconds(rosenbrock, self.x)

    def track_hvp_over_gradient(self, n):
        gradient, hvp = hessopt.grad(rosenbrock), hessopt.hvp(rosenbrock)
        return seconds(hvp, self.x, self.v) / seconds(gradient, self.x)

    def track_hvp_over_value(self, n):
        hvp = hessopt.hvp(rosenbrock)
        return seconds(hvp, self.x, self.v) / seconds(rosenbrock, self.x)
