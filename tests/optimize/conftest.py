import numpy as np
import pytest

from hessopt.optimize.objective import Objective


def _rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


class Counted:
    """A function that counts its calls and can misbehave from a chosen call on."""

    def __init__(self, fun, at=None, what=None):
        self.fun, self.calls, self.at, self.what = fun, 0, at, what

    def __call__(self, x, *args):
        self.calls += 1
        if self.at is not None and self.calls >= self.at:
            return self.what(x)
        return self.fun(x, *args)


@pytest.fixture
def rosenbrock():
    return _rosenbrock


@pytest.fixture
def counted():
    return Counted


@pytest.fixture
def raising():
    """Return a function that raises `error` when called."""

    def make(error):
        def fail(x):
            raise error

        return fail

    return make


@pytest.fixture
def at():
    """Return an objective and its start point."""

    def make(fun, x0, **options):
        objective = Objective(fun, x0, **options)
        return objective, objective(objective.x0)

    return make
