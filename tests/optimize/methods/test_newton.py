import numpy as np
import pytest
from scipy import sparse

import hessopt
from hessopt.optimize.methods.newton import Newton
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status


def saddle(x):
    """Return a function with a saddle at 0 and minima at (0, -1) and (0, 1)."""
    return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2


def test_a_quadratic_takes_one_step():
    A = np.array([[4.0, 1.0], [1.0, 3.0]])
    res = minimize(lambda x: x @ A @ x / 2 - np.sum(x), [5.0, -7.0], method="newton")
    assert (res.nit, res.nfev) == (1, 2)
    np.testing.assert_allclose(A @ res.x, 1.0)


def test_convergence_is_quadratic(rosenbrock):
    seen = []
    options = {"gtol": 1e-13}
    minimize(rosenbrock, [-1.2, 1.0], method="newton", callback=seen.append, options=options)
    errors = np.array([np.linalg.norm(x - 1) for x in seen])
    close = errors[(errors < 1e-2) & (errors > 1e-7)]
    assert len(close) >= 2
    assert np.all(
        errors[-len(close) - 1 :][1:] <= 1e3 * errors[-len(close) - 1 :][:-1] ** 2 + 1e-15
    )


def test_pure_newton_goes_to_the_saddle_and_the_globalised_one_does_not():
    start = [1.0, 0.2]
    pure = minimize(saddle, start, method="newton", options={"globalize": False})
    np.testing.assert_allclose(pure.x, [0, 0], atol=1e-6)
    res = minimize(saddle, start, method="newton")
    np.testing.assert_allclose(res.x, [0, 1], atol=1e-6)


def test_pure_newton_diverges_where_the_globalised_one_does_not():
    def fun(x):
        return np.sum(np.sqrt(1 + x**2))

    pure = minimize(fun, [1.5], method="newton", options={"globalize": False, "maxiter": 8})
    assert not pure.success
    assert pure.history.f[-1] > pure.history.f[0]
    assert pure.x == [1.5]  # the best point
    res = minimize(fun, [1.5], method="newton")
    assert res.success
    np.testing.assert_allclose(res.x, 0.0, atol=1e-6)


def test_a_singular_hessian():
    def fun(x):
        return (x[0] + x[1] - 1) ** 2 + (x[0] + x[1] - 1) ** 4

    pure = minimize(fun, [3.0, 2.0], method="newton", options={"globalize": False})
    assert pure.status == Status.NO_DESCENT
    assert "The Hessian is singular, and with globalize=False there is no other" in pure.message
    res = minimize(fun, [3.0, 2.0], method="newton")
    assert res.success
    np.testing.assert_allclose(np.sum(res.x), 1.0)


def test_the_units_of_x_do_not_matter(rosenbrock):
    """The scaled problem takes the same steps, up to rounding."""
    D = 2.0 ** np.array([10, -12, 7])
    x0 = np.array([-1.2, 1.0, 0.5])
    plain = minimize(rosenbrock, x0, method="newton", options={"gtol": 1e-10})
    scaled = minimize(
        lambda x: rosenbrock(D * x), x0 / D, method="newton", options={"gtol": 1e-10 * D.min()}
    )
    n = min(plain.nit, scaled.nit)
    np.testing.assert_allclose(scaled.history.f[: n - 2], plain.history.f[: n - 2], rtol=1e-6)
    np.testing.assert_allclose(D * scaled.x, plain.x, rtol=1e-8)


def test_a_step_from_a_chosen_point(at):
    objective, _ = at(saddle, [1.0, 0.2])
    point = objective(np.array([0.5, 0.1]))
    new, memory = Newton().step(objective, point, None)
    assert memory is None
    assert new.f < point.f
    assert new.x[1] > 0.1  # away from the saddle


@pytest.mark.parametrize("n", [30_000])
def test_absurd_sizes_are_refused_with_advice(n):
    with pytest.raises(ValueError, match="use a method that needs only products"):
        minimize(lambda x: np.sum(x**2) + np.sum(x) ** 2, np.ones(n), method="newton")


def neighbours(x):
    """Return a convex function whose Hessian has three diagonals."""
    return np.sum(np.cosh(x[1:] - 2 * x[:-1] + 1)) + np.sum((x - 0.3) ** 4 + x**2)


def test_a_sparse_hessian_takes_the_steps_of_the_dense_one():
    x0 = np.random.default_rng(0).uniform(-2, 2, 150)
    sparse_run = minimize(neighbours, x0, method="newton")
    dense_run = minimize(neighbours, x0, method="newton", hess=hessopt.hessian(neighbours))
    assert sparse_run.success
    np.testing.assert_allclose(sparse_run.history.f, dense_run.history.f, rtol=1e-10)
    assert sparse_run.nhev == 3 * sparse_run.nit + 1  # three colours, and one product to compare
    small = minimize(neighbours, x0[:100], method="newton")
    assert small.nhev == 100 * small.nit


def test_a_sparse_hessian_of_the_users():
    def hess(x):
        return sparse.csr_array(hessopt.hessian(neighbours)(x))

    x0 = np.linspace(-2, 2, 12)
    res = minimize(neighbours, x0, method="newton", hess=hess)
    assert res.success
    assert res.nhev == res.nit
    plain = minimize(neighbours, x0, method="newton")
    np.testing.assert_allclose(res.x, plain.x, atol=1e-7)


def test_a_hundred_thousand_variables():
    x0 = np.random.default_rng(1).uniform(-2, 2, 10**5)
    res = minimize(neighbours, x0, method="newton", options={"jit": "numpy"})
    assert res.success
    assert res.nit < 20
    assert res.nhev == 3 * res.nit + 1


def test_a_sparse_hessian_leaves_saddles():
    def fun(x):
        return np.sum(x**4 / 4 - x**2 / 2) + np.sum(x[1:] * x[:-1]) / 10

    x0 = np.random.default_rng(2).uniform(-1e-3, 1e-3, 200)
    res = minimize(fun, x0, method="newton", options={"certify": True})
    assert res.success
    assert res.least_eigenvalue > 0


def test_pure_newton_with_a_sparse_hessian():
    pure = {"globalize": False}
    res = minimize(
        lambda x: np.sum((x[1:] - x[:-1]) ** 2) + np.sum((x - 1) ** 2),
        np.zeros(200),
        method="newton",
        options=pure,
    )
    assert res.success
    assert res.nit == 1
    singular = minimize(
        lambda x: np.sum((x[1:] - x[:-1]) ** 2) + np.exp(x[0]),
        np.zeros(200) - 1000.0,
        method="newton",
        options=pure,
    )
    assert singular.status == Status.NO_DESCENT or singular.success


def test_where_the_path_changes_the_structure_changes():
    def fun(x):
        if x[0] > 0:  # smooth, for the cube has no curvature where it begins
            return neighbours(x) + 30 * x[0] ** 3 * (2 + np.tanh(x[100]))
        return neighbours(x) - 5 * x[0] ** 3

    for first in (-2.0, 2.0):  # from one side it goes over to the other
        x0 = np.full(200, first)
        res = minimize(fun, x0, method="newton")
        again = minimize(fun, x0, method="newton", options={"jit": False})
        assert res.success
        np.testing.assert_allclose(res.fun, again.fun, rtol=1e-12)
        assert abs(res.nit - again.nit) <= 1


def test_a_dense_hessian_of_many_variables_is_used_as_before():
    res = minimize(lambda x: np.sum((x - 1) ** 2) + np.sum(x) ** 2, np.zeros(150), method="newton")
    assert res.success
    assert res.nhev == 150 * res.nit
