import tracemalloc

import numpy as np
import pytest

from hessopt.optimize.methods.forcing import ETA_MAX, Forcing
from hessopt.optimize.methods.newton_cg import NewtonCG
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Point


def point(*g):
    return Point(np.zeros(len(g)), 0.0, np.array(g))


def test_forcing_terms():
    forcing = Forcing.first(point(3.0, 4.0))
    assert (forcing.eta, forcing.norm) == (ETA_MAX, 5.0)
    assert forcing.after(point(3.0, 4.0)).eta == ETA_MAX
    closer = forcing.after(point(0.03, 0.04))
    np.testing.assert_allclose([closer.eta, closer.norm], [0.9e-4, 0.05])


def test_few_eigenvalues_take_few_products():
    scales = np.repeat([1.0, 10.0, 100.0], 100)
    res = minimize(lambda x: np.sum(scales * (x - 1) ** 2), np.zeros(300), method="newton-cg")
    assert res.success
    assert res.nhev <= 6


def test_negative_curvature_is_followed(at):
    """From the ridge of a saddle the step leads off it, and not only down the slope."""

    def fun(x):
        return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2

    objective, start = at(fun, [1.0, 1e-3])
    method = NewtonCG()
    new, _ = method.step(objective, start, method.start(objective, start.x)[1])
    assert abs(new.x[1]) > 1e-3
    res = minimize(fun, [1.0, 1e-3], method="newton-cg")
    np.testing.assert_allclose(res.x, [0, 1], atol=1e-6)


def test_the_last_steps_converge_superlinearly(rosenbrock):
    res = minimize(rosenbrock, np.full(50, 0.9), method="newton-cg", options={"gtol": 1e-11})
    g = res.history.grad_norm
    assert g[-1] < 1e-3 * g[-2]


def test_cg_maxiter_is_kept(rosenbrock):
    options = {"cg_maxiter": 2, "maxiter": 10}
    res = minimize(rosenbrock, np.full(50, 1.3), method="newton-cg", options=options)
    assert res.nhev <= 20


@pytest.mark.parametrize("method", ["newton-cg", "trust-ncg", "l-bfgs"])
def test_memory_is_of_the_order_of_n(method):
    """With derivatives by hand no graph is recorded: what is held is the method's own."""
    n = 50_000
    scales = np.linspace(1, 50, n)
    given = {"jac": lambda x: 4 * scales * x**3 + x}
    if method != "l-bfgs":
        given["hessp"] = lambda x, p: (12 * scales * x**2 + 1) * p

    def fun(x):
        return float(np.sum(scales * x**4 + x**2 / 2))

    x0 = np.full(n, 0.7)
    tracemalloc.start()
    res = minimize(fun, x0, method=method, **given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert res.success
    assert peak < 60 * 8 * n
