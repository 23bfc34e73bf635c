"""`adaptive-tron`: what is learnt comes first, and the exact Hessian ends long runs."""

import numpy as np
import pytest

import problems
from hessopt import minimize
from hessopt.optimize.methods.adaptive_tron import AdaptiveTRON
from hessopt.optimize.objective import Objective

BOX = [(-10.0, 10.0)] * 4


def wood(x):
    return problems.get("wood").value(x)


def test_short_runs_cost_a_product_at_most():
    n, target = 50, np.linspace(-1.0, 1.0, 50)

    def fun(x):
        return np.sum((x - target) ** 2) + np.sum((x[1:] - x[:-1]) ** 2)

    boxed = minimize(fun, np.zeros(n), bounds=[(-0.5, 0.5)] * n)
    below = minimize(fun, np.zeros(n), bounds=[(None, 0.5)] * n)
    assert boxed.success
    assert below.success
    assert (boxed.nhev, below.nhev) == (0, 1)
    assert np.count_nonzero(boxed.x == 0.5) > 5


def test_long_runs_end_by_products_with_the_hessian():
    res = minimize(wood, [-3.0, -1.0, -3.0, -1.0], method="adaptive-tron", bounds=BOX)
    assert res.success
    assert res.nhev > 10
    np.testing.assert_allclose(res.x, 1.0, atol=1e-9)
    falls = res.history.grad_norm[-3:]
    assert falls[2] < 1e-3 * falls[1]  # quadratically


def test_without_learning_it_is_tron():
    start = [-3.0, -1.0, -3.0, -1.0]
    options = {"learning": 0}
    ours = minimize(wood, start, method="adaptive-tron", bounds=BOX, options=options)
    tron = minimize(wood, start, method="tron", bounds=BOX)
    assert ours.x.tobytes() == tron.x.tobytes()
    assert ours.nhev == tron.nhev


@pytest.mark.parametrize("cut", [3, 49, 50, 55])
def test_a_resumed_run_repeats_every_digit(cut):
    start = [-3.0, -1.0, -3.0, -1.0]
    whole = minimize(wood, start, bounds=BOX)
    part = minimize(wood, start, bounds=BOX, options={"maxiter": cut})
    rest = minimize(wood, start, bounds=BOX, options={"resume": part})
    assert rest.nit == whole.nit
    assert rest.x.tobytes() == whole.x.tobytes()


def test_a_bad_step_teaches_as_well():
    objective = Objective(lambda x: np.sum(np.cosh(5 * x)), np.full(3, 1.0), box=None)
    method = AdaptiveTRON()
    point, memory = method.start(objective, objective.x0)
    after, memory = method.step(objective, point, memory)
    assert len(memory.pairs.S) == 1
    assert after.f <= point.f


def test_negative_curvature_and_gradients_that_overflow_when_squared():
    concave = minimize(lambda x: -np.sum(x**2), [0.1, 0.2], bounds=[(-1.0, 2.0), (None, 3.0)])
    assert concave.fun < -12
    steep = minimize(lambda x: 1e100 * np.sum((x - 2.0) ** 2), [0.0, 0.0], bounds=[(0, 1)] * 2)
    np.testing.assert_array_equal(steep.x, 1.0)


@pytest.mark.parametrize("method", ["tron", "adaptive-tron"])
def test_what_overflows_ends(method):
    box = [(-3.0, 3.0), (-3.0, None)]
    res = minimize(lambda x: 1e200 * np.sum((x - 1.0) ** 2), [0.0, 0.5], method=method, bounds=box)
    assert res.fun <= 1.25e200


def test_no_point_outside_is_ever_tried():
    seen = []

    def fun(x):
        seen.append(np.array(x.data))
        return wood(x)

    minimize(fun, [-3.0, -1.0, -3.0, -1.0], bounds=BOX, options={"jit": False})
    assert np.abs(seen).max() <= 10


@pytest.mark.parametrize(
    ("options", "message"),
    [({"maxcor": 0}, "maxcor"), ({"learning": -1}, "learning"), ({"maxcor": 2.5}, "maxcor")],
)
def test_refusals(options, message):
    with pytest.raises(ValueError, match=message):
        minimize(wood, np.ones(4), method="adaptive-tron", bounds=BOX, options=options)
