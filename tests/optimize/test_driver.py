import numpy as np
import pytest

from hessopt.optimize.driver import better, newton_decrement, rounding_error, run
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.options import RunOptions
from hessopt.optimize.stopping import EPS, GradientTolerance, IterationLimit, Status

SECOND_ORDER = ["newton", "newton-cg", "trust-ncg"]


def test_run_takes_any_method_and_tests(rosenbrock):
    objective = Objective(rosenbrock, [-1.2, 1.0])
    tests = GradientTolerance(1e-3) | IterationLimit(3)
    res = run(METHODS["newton"](), objective, tests, [])
    assert (res.status, res.nit) == (Status.ITERATION_LIMIT, 3)
    assert repr(res.state) == "State(newton after 3 iterations)"


@pytest.mark.parametrize("method", [*SECOND_ORDER, "l-bfgs"])
@pytest.mark.parametrize("offset", [1.0, -1e4])
def test_the_roundoff_limit_is_reached_and_told(method, offset):
    """With gtol=0 a run goes on until f cannot be lowered, which is a success at a minimum."""

    def fun(x):
        return np.sum(np.cosh(x - np.array([0.3, 7.1]))) + offset

    res = minimize(fun, [1.0, 5.0], method=method, options={"gtol": 0})
    if res.status == Status.GRADIENT_CONVERGED:  # exactly zero: there is nothing to complain of
        assert np.abs(res.jac).max() == 0
    else:
        assert res.status == Status.ROUNDOFF_LIMIT
        assert f"max |gradient| = {np.abs(res.jac).max():.3g}" in res.message
        assert "Converged." in res.message
    assert res.success
    assert res.nit < 60
    np.testing.assert_allclose(res.x, [0.3, 7.1], atol=1e-7)


@pytest.mark.parametrize("method", SECOND_ORDER)
def test_the_gradient_goes_on_where_f_ends(method):
    """Values cannot resolve x beyond the root of EPS; slopes can."""

    def fun(x):
        return 1e3 + np.sum(np.exp(x) - x)

    res = minimize(fun, [0.5, -0.4], method=method, options={"gtol": 1e-13})
    assert res.success
    assert np.abs(res.x).max() < 1e-11


def test_roundoff_short_of_a_minimum_is_no_success():
    """Gradient descent creeps in a narrow valley until its steps are below the rounding of f."""

    def fun(x):
        return 1e10 + 1e5 * x[0] ** 2 + 1e-4 * x[1] ** 2

    res = minimize(fun, [1.0, 10.0], method="gradient-descent", options={"gtol": 0})
    assert (res.success, res.status) == (False, Status.BAD_SCALING)
    assert f"max |gradient| = {np.abs(res.jac).max():.3g}" in res.message


@pytest.mark.parametrize("method", [*SECOND_ORDER, "l-bfgs", "gradient-descent", "momentum"])
def test_a_wrong_gradient_is_not_taken_for_roundoff(method):
    def wrong(x):
        return -2 * (x - 1)

    res = minimize(lambda x: np.sum((x - 1) ** 2), [3.0], method=method, jac=wrong)
    assert (res.success, res.status) == (False, Status.WRONG_DERIVATIVE)
    assert "jac is wrong: its entry [0] is -4, but differences of fun give 4" in res.message
    assert res.x == [3.0]


@pytest.mark.parametrize("method", [*SECOND_ORDER, "l-bfgs", "gradient-descent", "momentum"])
def test_discontinuous_and_noisy_functions_end(method):
    def jump(x):
        return np.sum(x**2) + np.where(x[0] < 0.5, 10.0, 0.0)

    res = minimize(jump, [2.0], method=method)
    assert res.x[0] >= 0.5
    assert res.status in (Status.NO_DESCENT, Status.GRADIENT_CONVERGED)

    def noisy(x):
        value = np.sum((x - 1) ** 2)
        return value + 1e-6 * np.sin(1e9 * float(value)) if isinstance(value, float) else value

    def grad(x):
        return 2 * (x - 1)

    res = minimize(noisy, [3.0, -1.0], method=method, jac=grad)
    assert res.status != Status.ITERATION_LIMIT
    np.testing.assert_allclose(res.x, 1.0, atol=1e-2)


def test_a_stalled_run_ends():
    """An objective whose gradient promises a fall that never comes, but does not deny it either."""
    tests = RunOptions(gtol=0.0).tests(10**6, descends=True)
    objective = Objective(lambda x: 1.0, [0.0], jac=lambda x: np.ones(1), order=1)

    class Sleepwalk(METHODS["gradient-descent"]):
        def step(self, objective, point, memory):
            return objective(point.x - 1e-3), memory

    res = run(Sleepwalk(), objective, tests, [])
    assert (res.status, res.success) == (Status.NO_DESCENT, False)
    assert res.nit == 10
    assert "nor its gradient has improved in the last 10 steps" in res.message


def test_the_best_point_is_returned_where_the_last_is_worse():
    options = {"learning_rate": 0.3, "maxiter": 12}
    res = minimize(lambda x: np.sum(np.abs(x) ** 3), [1.0], method="adam", options=options)
    assert res.fun == res.history.f.min() < res.history.f[-1]
    assert res.state.point.f == res.history.f[-1]  # what a resumed run goes on from


@pytest.mark.usefixtures("eagerly")
def test_a_trial_that_was_interrupted_counts(counted, raising):
    """The lowest point may be a trial that the search had not accepted yet."""
    fun = counted(lambda x: np.sum((x - 1) ** 2), 3, raising(KeyboardInterrupt()))
    options = {"initial_trust_radius": 0.5}
    res = minimize(fun, [3.0], method="trust-ncg", options=options)
    assert res.fun == (res.x[0] - 1) ** 2 < 4.0


def test_rounding_error_of_a_difference_of_large_numbers():
    plain = Objective(lambda x: np.sum(x**2) + 1.0, [1e-3, 2e-3], order=1)
    assert EPS <= rounding_error(plain, plain(plain.x0)) <= 4 * EPS
    difference = Objective(lambda x: (np.sum(x**2) + 1e6) - 1e6, [1e-3, 2e-3], order=1)
    assert rounding_error(difference, difference(difference.x0)) <= 1e-9


def test_newton_decrement():
    def at(fun, x):
        objective = Objective(fun, x)
        return newton_decrement(objective, objective(objective.x0))

    np.testing.assert_allclose(at(lambda x: np.sum(x**2), [3.0, 4.0]), (25.0, 4.0))
    large = np.linspace(1, 2, 300)
    value, move = at(lambda x: np.sum(large * (x - 1) ** 2), np.zeros(300))
    np.testing.assert_allclose(value, np.sum(large), rtol=1e-6)
    np.testing.assert_allclose(move, 1.0, rtol=1e-3)
    assert np.isnan(at(lambda x: x[0] ** 2 - x[1] ** 2, [1.0, 1.0])).all()
    objective = Objective(lambda x: float(x[0]), [1.0], jac="2-point", order=1)
    assert np.isnan(newton_decrement(objective, objective(objective.x0))).all()


def test_the_better_of_two_points():
    def point(f, g):
        return Point(np.zeros(1), f, np.array([g]))

    low, high = point(1.0, 9.0), point(2.0, 1.0)
    assert better(low, high) is better(high, low) is low
    flat = point(1.0 + EPS, 1.0)
    assert better(low, flat) is better(flat, low) is flat
