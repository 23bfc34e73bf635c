"""Why a fit fails: a wrong Jacobian, residuals without x, a cost that only looks small."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.linalg import aslinearoperator

from hessopt.optimize.least_squares import least_squares
from hessopt.optimize.lsq.result import FitStatus
from hessopt.optimize.root import root
from hessopt.optimize.stopping import Status


def residuals(x):
    return np.stack([x[0] * x[1] - 2, np.exp(x[0]) - x[1], x[0] - 3])


def jacobian(x):
    return np.array([[x[1], x[0]], [np.exp(x[0]), -1.0], [1.0, 0.0]])


def wrong(x):
    J = jacobian(x)
    J[1, 1] = 9.0
    return J


@pytest.mark.parametrize("kind", [np.asarray, csr_array, aslinearoperator])
def test_the_wrong_entry_is_named_where_a_fit_is_stuck(kind):
    res = least_squares(residuals, [1.0, 1.0], lambda x: kind(wrong(x)), gtol=0)
    assert (res.success, res.status) == (False, FitStatus.WRONG_DERIVATIVE), res.message
    assert "jac is wrong: its entry [1, 1] is 9, but differences of fun give -1" in res.message
    assert least_squares(residuals, [1.0, 1.0], lambda x: kind(jacobian(x))).success


def test_many_columns_are_looked_at_together():
    n = 60
    x0 = np.linspace(1, 2, n)
    res = least_squares(lambda x: x**2 - 1, x0, lambda x: np.diag(-2 * x))
    assert res.status == FitStatus.WRONG_DERIVATIVE
    assert "of its product with a vector" in res.message


def test_the_same_for_equations():
    res = root(lambda x: x**3 + x - 2, [2.0, 3.0], jac=lambda x: -np.diag(3 * x**2 + 1))
    assert (res.success, res.status) == (False, Status.WRONG_DERIVATIVE)
    assert "its entry [0, 0] is -13, but differences of fun give 13" in res.message


def test_a_right_jacobian_is_not_accused():
    res = least_squares(lambda x: np.abs(x) + 1, [1.0, 2.0], lambda x: np.diag(np.sign(x)))
    assert res.status != FitStatus.WRONG_DERIVATIVE


@pytest.mark.parametrize("fun", [lambda x: np.ones(3), lambda x: np.round(x) + 1])
def test_flat_residuals_have_a_name(fun):
    res = least_squares(fun, [1.1, 2.2, 3.3])
    assert (res.success, res.status, res.nit) == (False, FitStatus.FLAT, 0)
    assert "does not vary around the start x0" in res.message


@pytest.mark.parametrize("fun", [lambda x: x**2, lambda x: x**2 + 1])
def test_a_stationary_start_is_not_flat(fun):
    assert least_squares(fun, [0.0, 0.0]).success


def test_an_exception_of_the_search_keeps_the_result(counted, raising):
    fun = counted(lambda x: np.ones(2), 3, raising(ZeroDivisionError()))
    res = least_squares(fun, [1.0, 2.0], jit=False)
    assert res.cost == 1.0


@pytest.mark.parametrize("start", [[50.0, -3.0], [40.0, 30.0]])
def test_a_cost_that_is_small_beside_that_of_the_start_is_not_zero(start):
    """The cost falls from 1e43 and more; 1e11 is not next to nothing."""
    res = least_squares(lambda x: np.exp(x) - np.array([1e3, 2e3]), start)
    assert res.success
    np.testing.assert_allclose(res.x, np.log([1e3, 2e3]))
    assert res.cost < 1e-20
