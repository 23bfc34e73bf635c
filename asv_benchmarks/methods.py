"""One whole solve for each method of our own, tracing and set-up included.

Besides the time, what the solve spent in evaluations, which no busy machine disturbs.
"""

from time import perf_counter

import hessopt
import problems
from hessopt.optimize.methods import METHODS

DENSE = {"newton", "trust-exact", "dogleg"}  # form the Hessian
CURVED = [name for name, method in METHODS.items() if method.order == 2] + ["l-bfgs"]


def solve(problem, method):
    result = hessopt.minimize(problem.value, problem.start, method=method)
    if not result.success:
        raise RuntimeError(f"{method} did not solve {problem.name}: {result.message}")
    return result


def spent(result):
    """Return the cost in evaluations of one kind: values, gradients and products added up."""
    return int(result.nfev + result.njev + result.nhev)


class Solve:
    """A method on a problem; subclasses say which."""

    problem = ""
    size = 0
    param_names = ["method"]

    def setup(self, method):
        self.record = problems.get(self.problem, n=self.size)

    def time_solve(self, method):
        solve(self.record, method)

    def track_evaluations(self, method):
        return spent(solve(self.record, method))

    track_evaluations.unit = "evaluations"


class LogisticRegression(Solve):
    """Convex and well conditioned: first-order methods solve it too."""

    problem, size = "logistic-regression", 20
    params = [list(METHODS)]


class ChainedRosenbrock(Solve):
    """A long curved valley."""

    problem, size = "chained-rosenbrock", 100
    params = [CURVED]


class ExtendedRosenbrock(Solve):
    """Many variables, whose Hessian nobody would form."""

    problem, size = "extended-rosenbrock", 20_000
    params = [[name for name in CURVED if name not in DENSE]]


class ManySolves:
    """The second solve of a jitted function, whose derivatives are there, beside a plain one."""

    params = ["rosenbrock", "wood", "kowalik-osborne", "extended-rosenbrock"]
    param_names = ["problem"]

    def setup(self, problem):
        record = problems.get(problem)
        self.start, self.plain, self.jitted = record.start, record.value, hessopt.jit(record.value)
        for fun in (self.plain, self.jitted):
            hessopt.minimize(fun, self.start)

    def time_jitted(self, problem):
        hessopt.minimize(self.jitted, self.start)

    def track_plain_over_jitted(self, problem):
        def least(fun):
            times = []
            for _ in range(20):
                begun = perf_counter()
                hessopt.minimize(fun, self.start)
                times.append(perf_counter() - begun)
            return min(times)

        return least(self.plain) / least(self.jitted)

    track_plain_over_jitted.unit = "times as long"


del Solve  # the pattern is no benchmark
