import numpy as np
import pytest

from hessopt.optimize.methods.arc import ARC, Weight, first_weight
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Point
from hessopt.optimize.subproblems import ModelStep


def judged(actual, promised_by_quadratic, sigma=1.0, length=3.0, f=10.0):
    """Return the weight after a step that lowered f by `actual`."""
    point = Point(np.array([0.0]), f, np.array([1.0]))
    trial = Point(np.array([length]), f - actual, np.array([1.0]))
    reduction = promised_by_quadratic - sigma * length**3 / 3
    model = ModelStep(np.array([length]), reduction, True, np.nan, 1, length, sigma)
    memory = Weight(sigma, Forcing.first(point))
    return ARC().judged(point, trial, model, actual / reduction, memory).sigma


def test_the_weight_becomes_what_the_step_showed():
    # The cubic term is 9 sigma here, of a quadratic reduction of 20
    assert judged(11.0, 20.0) == 1.0  # as the model said
    np.testing.assert_allclose(judged(15.5, 20.0), 0.5)
    np.testing.assert_allclose(judged(25.0, 20.0), 0.1)  # better than the quadratic: but not faster
    np.testing.assert_allclose(judged(-25.0, 20.0), 10.0)  # twice what would have told f
    np.testing.assert_allclose(judged(-1e9, 20.0), 100.0)
    np.testing.assert_allclose(judged(np.nan, 20.0), 20.0)
    assert judged(6.0, 20.0) == 1.0  # neither good nor bad


def test_the_first_weight_gives_the_first_radius():
    point = Point(np.array([30.0, 40.0]), 1.0, np.array([3.0, 4.0]))
    for delta in (-2.0, 0.0, 0.1):
        sigma = first_weight(5.0, delta, point)
        t = 25.0 if delta <= 0 else 50.0  # half of x, or the Cauchy step
        slope = -5.0 + delta * t + sigma * t**2
        assert abs(slope) <= 0.011 * 5.0


def test_a_given_weight_is_used():
    """Along g the step solves ``sigma t^2 + t = |g|``."""
    options = {"sigma": 2.0, "maxiter": 1}
    res = minimize(lambda x: np.sum(x**2) / 2, [3.0, 4.0], method="arc", options=options)
    t = (-1 + np.sqrt(1 + 4 * 2 * 5)) / 4
    np.testing.assert_allclose(np.linalg.norm(res.x), 5 - t, rtol=1e-5)


def test_a_saddle_nearby_is_left():
    def saddle(x):
        return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2

    res = minimize(saddle, [1.0, 1e-3], method="arc")
    np.testing.assert_allclose(res.x, [0, 1], atol=1e-5)


def test_the_last_steps_converge_superlinearly(rosenbrock):
    res = minimize(rosenbrock, np.full(50, 0.9), method="arc", options={"gtol": 1e-11})
    g = res.history.grad_norm
    assert g[-1] < 1e-3 * g[-2]


@pytest.mark.parametrize("n", [2, 300])
def test_few_products(n):
    scales = np.repeat([1.0, 10.0], n // 2)
    res = minimize(lambda x: np.sum(scales * (x - 1) ** 2), np.zeros(n), method="arc")
    assert res.success
    assert res.nhev <= 12
