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


@pytest.fixture
def least_in_ball():
    """Return the least value of a model in a ball, by eigenvalues and bisection."""

    def least(B, g, radius):
        from scipy.optimize import brentq

        eigenvalues, V = np.linalg.eigh(B)
        c = V.T @ g

        def p(lam):
            return -c / (eigenvalues + lam)

        def value(p):
            return float(c @ p + eigenvalues @ p**2 / 2)

        low = eigenvalues[0]
        if low > 0 and np.linalg.norm(p(0.0)) <= radius:
            return value(p(0.0))
        free = eigenvalues > low + 1e-10 * max(1.0, abs(low))
        if not np.abs(c[~free]).max() > 1e-10 * np.abs(c).max():  # the hard case, perhaps
            q = np.zeros_like(c)
            q[free] = -c[free] / (eigenvalues[free] - low)
            if np.linalg.norm(q) <= radius:
                q[0] = np.sqrt(radius**2 - q @ q)
                return value(q)
        high = np.linalg.norm(g) / radius + np.abs(eigenvalues).max() + 1
        start = max(0.0, -low)
        gap = brentq(
            lambda gap: 1 / np.linalg.norm(p(start + gap)) - 1 / radius,
            1e-15 * high,
            high,
            xtol=1e-15 * high,
        )
        return value(p(start + gap))

    return least


@pytest.fixture
def quadratic_model():
    """Return a random symmetric matrix with the given eigenvalues, and a gradient."""

    def make(seed, eigenvalues):
        rng = np.random.default_rng(seed)
        n = len(eigenvalues)
        Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
        B = (Q * np.asarray(eigenvalues, float)) @ Q.T
        return (B + B.T) / 2, rng.normal(size=n), Q

    return make
