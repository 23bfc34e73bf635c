"""The cause of a failure is looked for once, counted, and put into status and message."""

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from hessopt.optimize.diagnosis import flat, witness
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective, Point, StartNotFinite
from hessopt.optimize.stopping import Status


def test_flat_is_what_does_not_vary_on_either_side():
    objective = Objective(lambda x: np.sum(np.floor(x)), [0.5, 0.5])
    assert flat(objective, objective.x0, 0.0).status == Status.FLAT
    objective = Objective(lambda x: np.sum(x**4), [0.0, 0.0])
    assert flat(objective, objective.x0, 0.0) is None
    assert objective.nfev == 1


@pytest.mark.parametrize("lost", [lambda x: getattr(x, "data", x), np.round])
def test_a_derivative_that_is_lost_on_the_way_is_no_minimum(lost):
    res = minimize(lambda x: np.sum(np.asarray(lost(x)) ** 2), [0.4999, 2.0])
    assert (res.success, res.status) == (False, Status.FLAT)
    assert "its derivative is lost on the way" in res.message


def test_a_gradient_of_the_users_that_is_zero_everywhere_is_wrong():
    res = minimize(lambda x: np.sum(x**2), [1.0, 2.0], jac=lambda x: 0 * x)
    assert (res.success, res.status) == (False, Status.WRONG_DERIVATIVE)


def test_a_gradient_of_the_users_that_is_zero_at_the_minimum_is_right():
    res = minimize(lambda x: np.sum(x**2), [0.0, 0.0], jac=lambda x: 2 * x)
    assert (res.success, res.status) == (True, Status.GRADIENT_CONVERGED)


def test_an_objective_that_fails_nearby_is_not_called_flat(raising):
    def fun(x):
        return 1.0 if x[0] == 0 else raising(ZeroDivisionError())(x)

    res = minimize(fun, [0.0])
    assert (res.success, res.status) == (True, Status.GRADIENT_CONVERGED)


def test_an_underflow_is_flat():
    res = minimize(lambda x: np.sum(np.exp(-(x**2))), [40.0])
    assert (res.success, res.status) == (False, Status.FLAT)


def result_at(x, f, g):
    return OptimizeResult(x=np.array(x), fun=f, jac=np.array(g))


def test_a_witness_is_the_last_step_down():
    points = [Point(np.array(x), f, np.ones(2)) for x, f in (([0.0, 0.0], 0.0), ([1.0, 0.0], -1.0))]
    found = witness(result_at([1.0, 2.0], -9.0, [-1.0, -1.0]), points)
    np.testing.assert_allclose(found.direction, [0.0, 1.0])
    # where the slope does not agree, the one before; where none does, down the gradient
    found = witness(result_at([1.0, 2.0], -9.0, [-1.0, 0.1]), points)
    np.testing.assert_allclose(found.direction, np.array([1.0, 2.0]) / np.sqrt(5))
    found = witness(result_at([1.0, 2.0], -9.0, [3.0, 4.0]), points)
    np.testing.assert_allclose(found.direction, [-0.6, -0.8])


def test_a_witness_of_huge_numbers_is_finite():
    points = [Point(np.array([1e200, 0.0]), 0.0, np.ones(2))]
    found = witness(result_at([-1e300, 1e290], -1e300, [1e250, 1e250]), points)
    np.testing.assert_allclose(np.linalg.norm(found.direction), 1.0)


def test_the_start_that_is_not_finite_is_still_an_error_of_the_objective():
    objective = Objective(lambda x: np.sum(x) * np.nan, [1.0])
    with pytest.raises(StartNotFinite, match="fun is nan at the start") as caught:
        objective(objective.x0)
    assert isinstance(caught.value, ValueError)
    assert caught.value.objective is objective


def test_what_the_search_costs_is_counted_and_resumed(counted):
    fun = counted(lambda x: np.sum(x**2))
    jac = counted(lambda x: -2 * x)
    res = minimize(fun, [1.0, 2.0], jac=jac, method="l-bfgs")
    assert res.status == Status.WRONG_DERIVATIVE
    assert (res.nfev, res.njev) == (fun.calls, jac.calls)
    assert res.state.progress.nfev == fun.calls


def test_the_display_ends_with_the_message(capsys):
    minimize(lambda x: 2.0, [1.0], method="newton", options={"disp": True})
    assert "fun does not vary around the start x0" in capsys.readouterr().out


def test_an_interrupt_of_the_search_keeps_the_result(counted, raising):
    fun = counted(lambda x: 3.0, 2, raising(KeyboardInterrupt()))
    res = minimize(fun, [1.0])
    assert res.fun == 3.0
