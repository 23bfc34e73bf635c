import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.linalg import aslinearoperator

import hessopt
from hessopt.optimize.lsq.jacobians import column_norms, gram, scaled_rows, transposed
from hessopt.optimize.lsq.losses import Loss
from hessopt.optimize.lsq.residuals import Residuals

X = np.array([0.4, -1.3])
T = np.linspace(0, 2, 7)


def fun(x):
    return x[0] * np.exp(x[1] * T) - np.cos(3 * T)


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy", "arctan"])
@pytest.mark.parametrize("dense", [True, False])
def test_cost_gradient_and_hessian(loss, dense):
    loss = Loss(loss, 0.5)
    residuals = Residuals(fun, X, loss=loss, dense=dense)
    point = residuals(X)

    def cost(x):
        z = (fun(x) / 0.5) ** 2
        rho = z if loss.linear else loss._rho(z)[0]
        return 0.125 * np.sum(rho)

    assert point.f == pytest.approx(cost(X), rel=1e-14)
    np.testing.assert_allclose(point.g, hessopt.grad(cost)(X), rtol=1e-12)
    H = gram(point.J) + residuals.second(point).dense()
    np.testing.assert_allclose(H, hessopt.hessian(cost)(X), rtol=1e-10, atol=1e-14)


def test_counts_are_the_calls_of_fun():
    calls = []

    def counted(x):
        calls.append(1)
        return fun(x)

    residuals = Residuals(counted, X)
    point = residuals(X)
    residuals.trial(X + 1)
    residuals.second(point)
    assert (residuals.nfev, residuals.njev, residuals.nhev) == (2, 1, 1)
    assert len(calls) == 4


def test_variables_that_a_bound_holds_do_not_count_in_the_gradient():
    residuals = Residuals(lambda x: x - np.array([-1.0, 5.0]), [0.0, 0.0], bounds=(0, 3))
    point = residuals(residuals.x0)
    assert point.free.tolist() == [False, True]
    assert point.grad_norm == 5


def test_a_user_jacobian_of_a_function_that_cannot_be_differentiated_twice():
    residuals = Residuals(
        lambda x: np.array([float(x[0]) ** 2, 1.0]), [2.0], jac=lambda x: [[2 * x[0]], [0]]
    )
    assert residuals.second(residuals(residuals.x0)) is None


@pytest.mark.parametrize("kind", [np.asarray, csr_array, aslinearoperator])
def test_jacobians_of_all_kinds(kind):
    A = np.arange(6.0).reshape(3, 2)
    J, rows = kind(A), np.array([1.0, -2.0, 0.5])
    np.testing.assert_array_equal(gram(J), A.T @ A)
    np.testing.assert_array_equal(transposed(J)(rows), A.T @ rows)
    np.testing.assert_array_equal(scaled_rows(J, rows) @ np.ones(2), rows * A.sum(axis=1))
    norms = column_norms(J)
    if kind is aslinearoperator:
        assert norms is None
    else:
        np.testing.assert_allclose(norms, np.linalg.norm(A, axis=0))
