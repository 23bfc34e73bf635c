import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hessopt.optimize.approximate_wolfe import hager_zhang
from hessopt.optimize.line_search import NOISE
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status, Stop


def search(fun, x, p, alpha=1.0, **options):
    objective = Objective(fun, x, order=1)
    point = objective(objective.x0)
    return objective, point, hager_zhang(objective, point, np.asarray(p, float), alpha, **options)


def satisfies(point, p, trial, delta=0.1, sigma=0.9):
    slope = point.g @ p
    wolfe = trial.f <= point.f + delta * trial.alpha * slope
    near = abs(trial.f - point.f) <= NOISE * abs(point.f)
    approximate = near and trial.slope <= (2 * delta - 1) * slope
    return (wolfe or approximate) and trial.slope >= sigma * slope


@example(644, 0.625, 0.1)
@given(st.integers(0, 10_000), st.floats(-6, 6), st.sampled_from([0.1, 0.9]))
def test_conditions_hold_on_rosenbrock(seed, power, sigma):
    def rosenbrock(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    rng = np.random.default_rng(seed)
    objective = Objective(rosenbrock, rng.normal(size=3), order=1)
    point = objective(objective.x0)
    p = -point.g * rng.uniform(0.1, 10, 3)
    trial = hager_zhang(objective, point, p, 10.0**power, sigma=sigma)
    # a minimiser along p, found by shrinking the interval, may not be low enough for Wolfe
    least = trial.f < point.f and abs(trial.slope) <= 1e-6 * abs(point.g @ p)
    assert least or satisfies(point, p, trial, sigma=sigma)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_shorten_the_step(bad):
    def fun(x):
        return np.sum(-np.sqrt(1 - x) + x**2) if x[0] < 1 else np.sum(x) * 0 + bad

    _, point, trial = search(fun, [-0.9], [1.0], alpha=64.0)
    assert trial.point.x[0] < 1
    assert satisfies(point, np.ones(1), trial)


def test_an_ascent_direction_is_refused():
    with pytest.raises(Stop) as caught:
        search(lambda x: np.sum(x**2), [1.0], [1.0])
    assert caught.value.status == Status.NO_DESCENT


def test_a_wrong_gradient_is_noticed(counted):
    fun = counted(lambda x: np.sum(x**2))
    objective = Objective(fun, [1.0], jac=lambda x: -2 * x, order=1)
    point = objective(objective.x0)
    with pytest.raises(Stop) as caught:
        hager_zhang(objective, point, -point.g, maxls=15)
    assert caught.value.status == Status.NO_DESCENT
    assert fun.calls <= 16


def test_trials_that_run_out_give_the_lowest():
    _, point, trial = search(lambda x: np.sum((x - 1) ** 2), [0.0], [1.0], 1e-3, sigma=0.1, maxls=2)
    assert trial.f < point.f
    assert not satisfies(point, np.ones(1), trial, sigma=0.1)


def test_near_roundoff_slopes_decide():
    offset, e = 1.0, 1e-9
    objective = Objective(lambda x: offset + np.sum((x - 1) ** 2), [1.0 + e], order=1)
    point = objective(objective.x0)
    trial = hager_zhang(objective, point, np.array([-e]), 0.03, sigma=0.1)
    assert -0.1 <= trial.slope / (abs(point.g[0]) * e) <= 0.8
