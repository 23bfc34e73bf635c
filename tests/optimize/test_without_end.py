"""f that is -inf or as steep as that somewhere, and minima that lie at infinity."""

import numpy as np
import pytest

from hessopt.autodiff.variable import Variable
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status
from hessopt.optimize.without_end import fades

CREEPING = ("gradient-descent", "momentum", "nesterov")
SLOW = ("adam", "sgd")  # do not come there by steps of their learning rate
fast = pytest.mark.parametrize("method", [m for m in METHODS if m not in SLOW])


def with_a_hole(x):
    plain = x.data if isinstance(x, Variable) else x
    return np.sum(x**2) - (np.inf if plain[0] < 0.5 else 0.0)


@fast
def test_minus_infinity_on_the_way_is_unbounded(method):
    options = {"jit": False}
    res = minimize(with_a_hole, [1.7, 0.4, 2.2], method=method, options=options)
    assert (res.success, res.status) == (False, Status.UNBOUNDED)
    assert "it is -inf at x = [" in res.message
    assert np.isfinite(res.fun)
    x, d = res.witness
    np.testing.assert_array_equal(x, res.x)
    np.testing.assert_allclose(np.linalg.norm(d), 1.0)
    steps = [with_a_hole(x + t * d) for t in np.geomspace(1e-12, 10, 60)]
    assert -np.inf in steps


def test_minus_infinity_beyond_the_bounds_does_not_count():
    options = {"jit": False, "maxiter": 30}
    bounds = [(0.6, None)] * 3
    res = minimize(with_a_hole, [1.7, 1.4, 2.2], bounds=bounds, options=options)
    assert res.success
    np.testing.assert_allclose(res.x, 0.6)


def test_minus_infinity_that_is_gone_round_is_no_failure():
    def fun(x):
        return x[0] ** 2 - 20 * np.log(np.abs(x[0] - 1e3)) if x[0] != 9 else -np.inf * x[0]

    res = minimize(fun, [5.0], method="gradient-descent", options={"jit": False})
    assert res.success


@fast
def test_a_pole_is_told_from_noise(method):
    res = minimize(lambda x: np.sum(x**2) + np.log(np.abs(x[0])), [1.7, 0.4, 2.2], method=method)
    assert not res.success
    if res.status != Status.UNBOUNDED:
        assert res.status == Status.BAD_SCALING
        assert "has grown from" in res.message
        assert "a pole, where it falls to -inf, or a cusp" in res.message
        assert "noisy" not in res.message


@fast
@pytest.mark.parametrize(
    "fun",
    [
        lambda x: np.sum(np.exp(-x)),
        lambda x: -np.sum(np.log1p(x**2)),
        lambda x: np.sum(1 / (1 + x[1:] ** 2)) + x[0] ** 2,
    ],
)
def test_a_minimum_at_infinity_is_suspected(method, fun):
    res = minimize(fun, [1.0, 0.8, 1.2], method=method, options={"maxiter": 3000})
    if method in CREEPING and not res.success:
        assert res.nit == 3000  # still on the way
        return
    assert res.success  # the gradient is as small as was asked for
    assert "twice as far from x0: it may fall for ever" in res.message


@pytest.mark.parametrize("bounds", [None, [(None, 1e3)] * 2])
def test_a_minimum_far_away_is_believed(bounds):
    where = np.array([3.0, 400.0])
    res = minimize(lambda x: np.sum(np.cosh((x - where) / 100)), np.zeros(2), bounds=bounds)
    assert res.success
    assert "fall for ever" not in res.message


def test_bounds_end_the_suspicion():
    res = minimize(lambda x: np.sum(np.exp(-x)), np.zeros(2), bounds=[(0, 20)] * 2)
    assert "fall for ever" not in res.message


def test_nothing_is_evaluated_without_a_suspicion():
    objective = Objective(lambda x: -np.sum(x), [1.0, 2.0])
    assert fades(objective, np.array([9.0, 9.0]), -18.0) is None
    assert objective.nfev == 0
    assert "fall for ever" in str(fades(objective, np.array([9.0, 11.0]), -20.0))
    assert objective.nfev == 1


def test_a_suspicion_that_cannot_be_confirmed_is_dropped(raising):
    objective = Objective(raising(ValueError()), [1.0])
    assert fades(objective, np.array([99.0]), 0.0) is None
