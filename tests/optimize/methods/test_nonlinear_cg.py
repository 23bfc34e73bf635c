import numpy as np
import pytest
import scipy.optimize

from hessopt.optimize.methods.nonlinear_cg import Last, hager_zhang_beta
from hessopt.optimize.minimize import minimize


def test_beta_is_the_papers():
    rng = np.random.default_rng(0)
    d, old, g = rng.normal(size=(3, 5))
    d = d if d @ (g - old) > 0 else -d
    y = g - old
    beta = (y - 2 * d * (y @ y) / (d @ y)) @ g / (d @ y)
    bound = 0.4 * (d @ old) / (d @ d)
    found = hager_zhang_beta(None, g, g, Last(d, d, old, -1.0))
    np.testing.assert_allclose(found, max(beta, bound))


def test_without_curvature_it_begins_again():
    d = np.array([1.0, 0.0])
    assert np.isnan(hager_zhang_beta(None, -d, -d, Last(d, d, d, -1.0)))


def test_every_direction_descends(rosenbrock):
    """Theorem 1.1 of the paper: ``d'g <= -7/8 |g|^2`` where beta is not cut off."""
    seen, x0 = [], np.full(10, 1.3)
    res = minimize(rosenbrock, x0, method="nonlinear-cg", options={"maxiter": 1})
    for _ in range(30):
        memory = res.state.memory.last
        seen.append(memory.d @ memory.g / (memory.g @ memory.g))
        options = {"maxiter": 1, "resume": res}
        res = minimize(rosenbrock, x0, method="nonlinear-cg", options=options)
    assert np.max(seen) <= -7 / 8 + 1e-12


def test_few_eigenvalues_take_few_steps():
    scales = np.repeat([1.0, 10.0, 100.0], 50)
    res = minimize(
        lambda x: np.sum(scales * (x - 1) ** 2),
        np.zeros(150),
        method="nonlinear-cg",
        options={"gtol": 1e-5},
    )
    assert res.success
    assert res.nit <= 40  # condition 100 and no exact search; gradient descent takes 400


def test_the_preconditioner_is_another_metric(at):
    """The same iterates as in the variables ``C^-1 x`` with ``P = C C'``."""
    C = np.tril(np.random.default_rng(1).normal(size=(3, 3))) + 3 * np.eye(3)

    def fun(x):
        return np.sum(np.cosh(x - np.array([0.3, -0.2, 0.1])))

    one, other = [], []
    options = {"maxiter": 6, "gtol": 0}
    minimize(
        fun,
        C @ np.ones(3),
        method="nonlinear-cg",
        callback=one.append,
        options={**options, "preconditioner": C @ C.T},
    )
    minimize(
        lambda z: fun(C @ z),
        np.ones(3),
        method="nonlinear-cg",
        callback=other.append,
        options=options,
    )
    # The first trial lengths differ; where both end is the same
    assert np.linalg.norm(one[-1] - C @ other[-1]) < 0.1 * np.linalg.norm(one[0] - C @ other[-1])


def test_better_than_polak_and_ribieres():
    """On the whole no more evaluations than SciPy's cg."""
    ours = theirs = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        A, b = rng.normal(size=(60, 20)), rng.normal(size=60)

        def fun(x, A=A, b=b):
            return np.sum(np.log(np.cosh(A @ x - b))) + 0.01 * np.sum(x**2)

        def grad(x, A=A, b=b):
            return A.T @ np.tanh(A @ x - b) + 0.02 * x

        res = minimize(fun, np.zeros(20), method="nonlinear-cg", jac=grad)
        assert res.success
        ours += res.nfev
        theirs += scipy.optimize.minimize(
            fun, np.zeros(20), method="CG", jac=grad, options={"gtol": 1e-6}
        ).nfev
    assert ours <= 1.1 * theirs


def test_searches_are_nearly_exact(rosenbrock):
    """Each step ends where the slope along it is less than half of what it was."""
    res = minimize(rosenbrock, [-1.2, 1.0], method="nonlinear-cg", options={"maxiter": 1})
    for _ in range(10):
        old = res.state.point
        options = {"maxiter": 1, "resume": res}
        res = minimize(rosenbrock, [-1.2, 1.0], method="nonlinear-cg", options=options)
        d = res.state.memory.last.d
        assert abs(res.state.point.g @ d) <= 0.4 * abs(old.g @ d)


def test_the_first_trial_is_exact_where_curvature_does_not_change():
    """One step to get to know it, and one that needs a single trial."""

    def jac(x):
        return 2 * (x - 1)

    x0 = np.array([3.0, -2.0, 9.0])
    options = {"gtol": 1e-12}
    res = minimize(
        lambda x: float(np.sum((x - 1) ** 2)), x0, method="nonlinear-cg", jac=jac, options=options
    )
    assert res.success
    assert (res.nit, res.history.nfev[2] - res.history.nfev[1]) == (2, 1)


def test_curvature_is_told_from_the_last_step():
    B = np.diag([2.0, 6.0])
    d, old, alpha = np.array([1.0, 1.0]), np.array([3.0, -4.0]), 0.25
    last = Last(d, d, old, alpha)
    np.testing.assert_allclose(last.curvature(old + alpha * B @ d), d @ B @ d / (d @ d))


@pytest.mark.parametrize("M", [-np.eye(2), np.full((2, 2), np.nan)])
def test_a_preconditioner_that_is_none_is_refused(M):
    options = {"preconditioner": M}
    with pytest.raises(ValueError, match="'preconditioner' must be positive definite, but g'Mg ="):
        minimize(lambda x: np.sum(x**2), [1.0, 2.0], method="nonlinear-cg", options=options)
