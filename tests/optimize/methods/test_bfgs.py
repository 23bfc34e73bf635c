import numpy as np
import pytest
import scipy.optimize

from hessopt.optimize.methods.bfgs import BFGS, bfgs_update
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status


def test_the_update_is_the_books_formula():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(4, 4))
    H, s, y = A @ A.T, rng.normal(size=4), rng.normal(size=4)
    y = y * np.sign(y @ s)
    rho = 1 / (y @ s)
    V = np.eye(4) - rho * np.outer(y, s)
    updated = bfgs_update(H, s, y)
    np.testing.assert_allclose(updated, V.T @ H @ V + rho * np.outer(s, s))  # (6.17)
    np.testing.assert_allclose(updated @ y, s)


def test_hess_inv_is_the_inverse_of_the_hessian():
    A = np.array([[4.0, 1.0], [1.0, 3.0]])
    res = minimize(lambda x: x @ A @ x / 2, [1.0, 2.0], method="bfgs", options={"gtol": 1e-10})
    np.testing.assert_allclose(res.hess_inv, np.linalg.inv(A), rtol=1e-3)


def test_a_given_inverse_is_used():
    A = np.array([[4.0, 1.0], [1.0, 3.0]])
    options = {"hess_inv0": np.linalg.inv(A).tolist()}
    res = minimize(lambda x: x @ A @ x / 2, [1.0, 2.0], method="bfgs", options=options)
    assert (res.nit, res.nfev) == (1, 2)


@pytest.mark.parametrize(
    "H", [np.eye(3), -np.eye(2), [[1.0, 2.0], [0.0, 1.0]], np.full((2, 2), np.nan)]
)
def test_a_useless_inverse_is_refused(H):
    with pytest.raises(ValueError, match="'hess_inv0' must be a symmetric positive definite"):
        minimize(lambda x: np.sum(x**2), [1.0, 2.0], method="bfgs", options={"hess_inv0": H})


def test_scipys_options(rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], method="bfgs", options={"xrtol": 1e-2})
    assert res.status == Status.STEP_CONVERGED
    res = minimize(rosenbrock, [-1.2, 1.0], method="bfgs", options={"norm": 2, "gtol": 1e-3})
    assert "|gradient|_2 = " in res.message
    assert np.linalg.norm(res.jac) <= 1e-3
    with pytest.raises(ValueError, match="unknown option 'eps' for method 'bfgs'"):
        minimize(rosenbrock, [-1.2, 1.0], method="bfgs", options={"eps": 1e-8})


def test_as_many_evaluations_as_scipys():
    ours = theirs = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        A, b = rng.normal(size=(60, 20)), rng.normal(size=60)

        def fun(x, A=A, b=b):
            return np.sum(np.log(np.cosh(A @ x - b))) + 0.01 * np.sum(x**2)

        def grad(x, A=A, b=b):
            return A.T @ np.tanh(A @ x - b) + 0.02 * x

        res = minimize(fun, np.zeros(20), method="bfgs", jac=grad)
        assert res.success
        ours += res.nfev
        reference = scipy.optimize.minimize(
            fun, np.zeros(20), method="BFGS", jac=grad, options={"gtol": 1e-6}
        )
        np.testing.assert_allclose(res.x, reference.x, atol=1e-5)
        theirs += reference.nfev
    assert ours <= 1.1 * theirs


def test_a_useless_matrix_is_forgotten(at):
    objective, point = at(lambda x: np.sum((x - 1) ** 2), [4.0, 2.0], order=1)
    method = BFGS()
    _, memory = method.start(objective, point.x)
    new, after = method.step(objective, point, memory._replace(H=-np.eye(2), learnt=True))
    assert new.f < point.f
    assert np.linalg.eigvalsh(after.H)[0] > 0
