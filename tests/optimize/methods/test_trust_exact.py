"""trust-exact, dogleg and trust-krylov: what their subproblems are good for."""

import numpy as np
import pytest

import problems
from hessopt.optimize.dense_subproblems import modified
from hessopt.optimize.minimize import minimize


def saddle(x):
    """Return a function with a saddle at 0 and minima at (0, -1) and (0, 1)."""
    return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2


def test_the_hard_case_leaves_a_ridge():
    """On the axis the gradient has no part that leads off it; only the Hessian shows the way."""
    res = minimize(saddle, [1.0, 0.0], method="trust-exact")
    assert res.success
    np.testing.assert_allclose(np.abs(res.x), [0, 1], atol=1e-5)
    # Krylov spaces of such a gradient do not contain the way
    assert abs(minimize(saddle, [1.0, 0.0], method="trust-krylov").x[1]) < 1e-6


@pytest.mark.parametrize("method", ["trust-exact", "dogleg", "trust-krylov"])
def test_a_saddle_nearby_is_left(method):
    res = minimize(saddle, [1.0, 1e-3], method=method)
    np.testing.assert_allclose(res.x, [0, 1], atol=1e-5)


@pytest.mark.parametrize("method", ["trust-exact", "dogleg"])
def test_a_hessian_is_evaluated_once_a_point(method, rosenbrock):
    res = minimize(rosenbrock, [-1.2, 1.0], method=method)
    accepted = np.count_nonzero(res.history.step[1:])
    assert accepted < res.nit  # some steps were refused
    assert res.nhev == 2 * accepted


@pytest.mark.parametrize("method", ["trust-exact", "dogleg", "trust-krylov"])
def test_the_first_step_is_as_long_as_asked(method, rosenbrock):
    options = {"initial_trust_radius": 1e-3, "maxiter": 1}
    res = minimize(rosenbrock, [-1.2, 1.0], method=method, options=options)
    np.testing.assert_allclose(res.history.step[1], 1e-3, rtol=0.02)
    options = {"max_trust_radius": 0.05, "maxiter": 8, "scale": [1.0, 1.0]}
    res = minimize(rosenbrock, [-1.2, 1.0], method=method, options=options)
    assert np.max(res.history.step) <= 0.05 * 1.01


def test_scales_make_the_ball_an_ellipsoid(rosenbrock):
    options = {"initial_trust_radius": 1e-3, "maxiter": 1, "scale": [1.0, 100.0]}
    for method in ("trust-exact", "dogleg", "trust-krylov", "trust-ncg"):
        res = minimize(rosenbrock, [-1.2, 1.0], method=method, options=options)
        p = (res.x - [-1.2, 1.0]) / [1.0, 100.0]
        np.testing.assert_allclose(np.linalg.norm(p), 1e-3, rtol=0.02)


def test_inexact_saves_products(rosenbrock):
    x0 = np.tile([-1.2, 1.0], 20)
    runs = [
        minimize(rosenbrock, x0, method="trust-krylov", options={"inexact": inexact})
        for inexact in (True, False)
    ]
    assert runs[0].nhev < runs[1].nhev
    assert runs[0].success
    assert runs[1].success


def test_modified_matrices():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    np.testing.assert_allclose(
        modified((Q * [3, -2, 1e-20]) @ Q.T), (Q * [3, 2, 3e-8]) @ Q.T, atol=1e-14
    )
    np.testing.assert_array_equal(modified(np.zeros((2, 2))), np.eye(2))


def test_badly_scaled_variables_do_not_make_a_hessian_singular():
    """Its condition is 1e17 at the solution, and 1e5 in other units."""
    problem = problems.get("powell-badly-scaled")
    res = minimize(problem.value, problem.start, method="trust-exact", options={"gtol": 1e-7})
    assert res.success, res.message
    assert res.nit < 200
    assert np.nanmax(res.history.radius) < 1e6  # grows only where it has cut a step off
