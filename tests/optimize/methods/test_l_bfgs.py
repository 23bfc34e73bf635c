import numpy as np
import scipy.optimize

from hessopt.optimize.methods.l_bfgs import LBFGS
from hessopt.optimize.minimize import minimize
from hessopt.optimize.subproblems import two_loop


def test_the_first_step_is_short_where_the_gradient_is_long(at):
    objective, point = at(lambda x: 1e6 * np.sum(x**2), [1.0, 1.0], order=1)
    new, pairs = LBFGS().step(objective, point, ())
    assert np.linalg.norm(new.x - point.x) < 2
    assert len(pairs) == 1


def test_the_memory_is_limited_and_satisfies_the_secant_equation(rosenbrock):
    res = minimize(rosenbrock, np.zeros(8), method="l-bfgs", options={"maxcor": 3, "maxiter": 20})
    pairs = res.state.memory
    assert len(pairs) == 3
    s, y, rho = pairs[-1]
    np.testing.assert_allclose(rho * (s @ y), 1.0)
    np.testing.assert_allclose(two_loop(pairs, y), s, rtol=1e-6, atol=1e-12)


def test_pairs_without_positive_curvature_are_left_out(at):
    """On the concave side the search may run out before the slope has flattened."""
    objective, point = at(lambda x: -np.sum(x**2), [1.0], order=1)
    new, pairs = LBFGS(maxls=1).step(objective, point, ())
    assert new.f < point.f
    assert pairs == ()


def test_a_useless_memory_is_forgotten(at):
    """Pairs that turn the step uphill: the search begins again from the gradient."""
    objective, point = at(lambda x: np.sum((x - 1) ** 2), [4.0, 2.0], order=1)
    s = np.array([1.0, 0.0])
    wrong = ((s, -s, -1.0), (s[::-1], -s[::-1], -1.0))
    assert point.g @ two_loop(wrong, point.g) < 0
    new, pairs = LBFGS().step(objective, point, wrong)
    assert new.f < point.f
    assert len(pairs) == 1


def test_as_many_evaluations_as_scipys_l_bfgs_b():
    """The same algorithm with another search: on the whole no worse."""
    ours = theirs = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        A, b = rng.normal(size=(60, 20)), rng.normal(size=60)

        def fun(x, A=A, b=b):
            return np.sum(np.log(np.cosh(A @ x - b))) + 0.01 * np.sum(x**2)

        def grad(x, A=A, b=b):
            return A.T @ np.tanh(A @ x - b) + 0.02 * x

        res = minimize(fun, np.zeros(20), method="l-bfgs", jac=grad, options={"gtol": 1e-6})
        assert res.success
        ours += res.nfev
        reference = scipy.optimize.minimize(
            fun, np.zeros(20), method="L-BFGS-B", jac=grad, options={"gtol": 1e-6, "ftol": 0}
        )
        np.testing.assert_allclose(res.x, reference.x, atol=1e-5)
        theirs += reference.nfev
    assert ours <= 1.2 * theirs
