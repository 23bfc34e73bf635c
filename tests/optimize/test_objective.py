import gc
import tracemalloc

import numpy as np
import pytest
import scipy.sparse.linalg

from hessopt.optimize.objective import Objective, Point, quiet
from hessopt.optimize.stopping import EvaluationLimit, Status, Stop, TimeLimit


def fun(x):
    return np.sum(x**4) + x[0] * x[1]


X = np.array([1.0, 2.0])
HESSIAN = np.array([[12.0, 1.0], [1.0, 48.0]])


def test_one_evaluation_serves_all_questions(counted):
    f = counted(fun)
    objective = Objective(f, X)
    point = objective(objective.x0)
    assert point is objective.point(X.copy())
    assert (objective.value(X), point.f) == (19.0, 19.0)
    value, g = objective.value_and_grad(X)
    np.testing.assert_array_equal(g, [6, 33])
    assert (value, point.grad_norm) == (19.0, 33.0)
    np.testing.assert_array_equal(objective.hessian(X), HESSIAN)
    np.testing.assert_array_equal(objective.hvp(X)(np.array([1.0, 0])), [12, 1])
    np.testing.assert_array_equal(objective.hessian_product(X, np.array([1.0, 0])), [12, 1])
    assert f.calls == objective.nfev == objective.njev == 1
    assert objective.nhev == 4  # two columns and two products


def test_the_operator_is_scipys():
    operator = Objective(fun, X).hessian_operator(X)
    assert isinstance(operator, scipy.sparse.linalg.LinearOperator)
    np.testing.assert_array_equal(operator @ np.eye(2), HESSIAN)
    np.testing.assert_array_equal(operator.T @ np.ones((2, 1)), HESSIAN @ np.ones((2, 1)))
    solution, _ = scipy.sparse.linalg.cg(operator, np.ones(2))
    np.testing.assert_allclose(HESSIAN @ solution, 1.0)


def test_two_points_are_remembered(counted):
    f = counted(fun)
    objective = Objective(f, X)
    current = objective(X)
    for k in range(1, 4):  # refused trials
        objective.hvp(current.x)(X)
        objective(X + k)
    objective.hvp(current.x)(X)
    assert f.calls == 4
    objective(X + 1)
    assert f.calls == 5


def test_lower_orders_are_cheaper_and_do_more_on_demand(counted):
    f = counted(fun)
    plain = Objective(f, X, order=0)
    point = plain(X)
    assert np.isnan(point.g).all()
    assert (plain.njev, plain.nhev) == (0, 0)
    assert plain.recall(X) is point
    np.testing.assert_array_equal(plain.gradient(X), [6, 33])
    assert (f.calls, plain.njev) == (2, 1)
    first = Objective(fun, X, order=1)
    first(X)
    np.testing.assert_array_equal(first.hessian(X), HESSIAN)
    assert first.nfev == 2


def test_points_cannot_be_changed_from_outside():
    x = X.copy()
    objective = Objective(fun, x)
    point = objective(x)
    x[:] = 0
    objective.gradient(point.x)[:] = 0
    np.testing.assert_array_equal(point.x, X)
    np.testing.assert_array_equal(objective(point.x).g, [6, 33])


def test_fun_may_spoil_its_x():
    def spoil(x):
        value = float(np.sum(x**2))
        x[:] = np.nan
        return value

    objective = Objective(spoil, X, order=0)
    assert objective(X).f == 5.0
    np.testing.assert_array_equal(objective.recall(X).x, X)


def test_the_best_point_is_kept():
    objective = Objective(lambda x: np.sum(np.where(x > 0, x**2, np.nan)), [2.0], order=1)
    for x in (2.0, 1.0, -1.0, 3.0):
        objective(np.array([x]))
    assert objective.best.f == 1.0
    assert objective.recall(np.array([1.0])) is objective.best
    assert objective.recall(np.array([2.0])) is None


def test_a_value_whose_gradient_is_infinite_is_not_best():
    objective = Objective(lambda x: np.sum(np.sqrt(x)), [1.0], order=1)
    objective(objective.x0)
    point = objective(np.array([0.0]))
    assert (point.f, point.finite) == (0.0, False)
    assert objective.best.f == 1.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_start_must_be_finite(bad):
    objective = Objective(lambda x: np.sum(x) * 0 + bad, [1.0, 2.0])
    with pytest.raises(
        ValueError, match=r"fun is -?(nan|inf) at the start x0; .*\(x = \[1. 2.\]\)"
    ):
        objective(objective.x0)


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_the_gradient_at_the_start_must_be_finite():
    objective = Objective(lambda x: np.sum(np.sqrt(x)), [1.0, 0.0])
    with pytest.raises(ValueError, match="the gradient of fun is inf in entry 1 at the start"):
        objective(objective.x0)


def test_the_start_warns_and_trials_do_not():
    objective = Objective(lambda x: np.sum(np.exp(x)) + 1 / (1 + np.sum(np.exp(x))), [0.0])
    objective(objective.x0)
    objective(np.array([1e4]))  # warnings are errors here
    with pytest.warns(RuntimeWarning, match="overflow"):
        Objective(lambda x: np.sum(np.tanh(np.exp(x))), [1e4], order=0)(np.array([1e4]))


def test_what_the_user_set_to_raise_still_raises():
    objective = Objective(lambda x: np.sum(np.exp(x)), [0.0], order=0)
    objective(objective.x0)
    with np.errstate(over="raise"), pytest.raises(Stop) as caught:
        objective(np.array([1e4]))
    assert caught.value.status == Status.OBJECTIVE_FAILED
    with np.errstate(over="raise", divide="warn"), quiet():
        assert np.geterr()["over"] == "raise"
        assert np.geterr()["divide"] == "ignore"


def test_limits():
    objective = Objective(fun, X, limits=EvaluationLimit(2) | TimeLimit(1e9))
    objective(X)
    objective(X + 1)
    for _ in range(2):
        with pytest.raises(Stop, match="maxfun = 2"):
            objective(X + 2)
    assert objective.nfev == 2


def test_no_product_is_begun_after_the_time():
    objective = Objective(fun, X, limits=TimeLimit(0.0))
    product = objective.hvp(X)
    with pytest.raises(Stop, match="maxtime"):
        product(X)
    with pytest.raises(Stop, match="maxtime"):
        objective.hessian(X)
    assert objective.nhev == 0


def test_a_failure_is_final(counted, raising):
    objective = Objective(counted(fun, 2, raising(OSError("disk"))), X)
    objective(X)
    for _ in range(2):
        with pytest.raises(Stop, match="The objective raised OSError: disk") as caught:
            objective(X + 1)
    assert caught.value.status == Status.OBJECTIVE_FAILED
    assert objective.nfev == 2


def test_a_failing_product_is_told_at_once_and_ends_a_run_later():
    calls = []

    def hessp(x, p):
        calls.append(p)
        if len(calls) != 2:
            raise OSError("disk")
        return p

    objective = Objective(fun, X, hessp=hessp)
    with pytest.raises(OSError, match="disk"):
        objective.hvp(X)(X)
    objective.hvp(X)(X)
    with pytest.raises(Stop, match="OSError"):
        objective.hvp(X)(X)


def test_the_recorded_graphs_are_let_go():
    n, kept = 20_000, 30
    objective = Objective(lambda x: np.sum(np.sin(x) * np.exp(x)), np.zeros(n))
    objective(objective.x0)
    gc.collect()
    tracemalloc.start()
    for k in range(1, kept):
        objective(objective.x0 + k / kept)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used < 40 * 8 * n  # a graph of this function holds about ten arrays


def test_points_are_compared_by_identity():
    point = Point(X, 1.0, X)
    assert point == point
    assert point != Point(X, 1.0, X)


def test_the_hessian_where_the_gradient_is_known_costs_an_evaluation_only_without_programs():
    for jit, evaluations in ((False, 2), (True, 1)):
        objective = Objective(lambda x: np.sum(x**4), [1.0, 2.0], order=1, jit=jit)
        objective(objective.x0)
        np.testing.assert_array_equal(objective.hvp(objective.x0)(np.ones(2)), [12.0, 48.0])
        assert (objective.nfev, objective.njev) == (evaluations, evaluations)


def test_a_hessian_of_the_user_costs_no_second_gradient():
    calls = []

    def slope(x):
        calls.append(x)
        return 4 * x**3

    objective = Objective(
        lambda x: np.sum(x**4), [1.0, 2.0], jac=slope, hess=lambda x: np.diag(12 * x**2), order=1
    )
    objective(objective.x0)
    np.testing.assert_array_equal(objective.hessian(objective.x0), [[12.0, 0.0], [0.0, 48.0]])
    assert len(calls) == objective.nfev == 1
