import itertools

import numpy as np
import pytest

from hessopt.optimize.bounds import Box
from hessopt.optimize.methods.tron import TRON
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective
from hessopt.optimize.stopping import Status

INF = np.inf


def random_quadratic(seed):
    """Return H, c, bounds and a start: some H singular or of condition 1e12, some bounds equal."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    rank = int(rng.integers(1, n + 1)) if seed % 3 == 0 else n
    A = rng.normal(size=(n, rank)) * 10.0 ** rng.uniform(-3, 3, (1, rank))
    lower = rng.normal(size=n) - 1
    upper = lower + rng.exponential(2, n) * (rng.random(n) > 0.1)
    c = rng.normal(size=n) * 10 ** rng.uniform(-2, 2)
    return A @ A.T, c, lower, upper, 5 * rng.normal(size=n)


def least_value(H, c, lower, upper):
    """Try every active set."""
    n, best = len(c), np.inf
    for sides in itertools.product((0, 1, 2), repeat=n):
        side = np.array(sides)
        free = side == 0
        x = np.choose(side, [np.zeros(n), lower, upper])
        if free.any():
            b = -(c[free] + H[np.ix_(free, ~free)] @ x[~free])
            x[free] = np.linalg.lstsq(H[np.ix_(free, free)], b, rcond=None)[0]
        if np.all((lower - 1e-9 <= x) & (x <= upper + 1e-9)):
            best = min(best, x @ H @ x / 2 + c @ x)
    return best


def assert_first_order(res, grad, lower, upper, tolerance):
    """Check the conditions at the bounds from a gradient that hessopt did not compute."""
    x, g = res.x, grad(res.x)
    assert np.all((lower <= x) & (x <= upper))
    np.testing.assert_array_less(-tolerance, g[(x == lower) & (x < upper)])
    np.testing.assert_array_less(g[(x == upper) & (lower < x)], tolerance)
    np.testing.assert_array_less(np.abs(g[(lower < x) & (x < upper)]), tolerance)


@pytest.mark.parametrize("dense", [None, True, False])
@pytest.mark.parametrize("seed", range(24))
def test_convex_quadratics_against_every_active_set(seed, dense):
    H, c, lower, upper, x0 = random_quadratic(seed)
    res = minimize(
        lambda x: x @ H @ x / 2 + c @ x,
        x0,
        method="tron",
        bounds=list(zip(lower, upper, strict=True)),
        options={"gtol": 1e-9, "dense": dense},
    )
    assert res.success, res.message
    assert np.all((lower <= res.x) & (res.x <= upper))
    np.testing.assert_allclose(res.fun, least_value(H, c, lower, upper), rtol=1e-8, atol=1e-8)


def test_least_squares_against_scipy():
    from scipy.optimize import lsq_linear

    rng = np.random.default_rng(1)
    A, b = rng.normal(size=(60, 40)), rng.normal(size=60)
    res = minimize(
        lambda x: np.sum((A @ x - b) ** 2) / 2,
        np.zeros(40),
        method="tron",
        bounds=[(-0.1, 0.05)] * 40,
        options={"gtol": 1e-10},
    )
    theirs = lsq_linear(A, b, (-0.1, 0.05), tol=1e-14)
    np.testing.assert_allclose(res.x, theirs.x, atol=1e-7)
    assert res.optimality <= 1e-10
    assert np.count_nonzero((res.x == -0.1) | (res.x == 0.05)) > 20


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(15))
def test_nonconvex_functions_meet_the_first_order_conditions(seed, dense):
    rng = np.random.default_rng(seed)
    n = 12
    H = rng.normal(size=(n, n))
    H = H + H.T
    lower, upper = -rng.random(n), rng.random(n)

    def fun(x):
        return x @ H @ x / 2 + np.sum(np.cos(3 * x))

    res = minimize(
        fun,
        rng.normal(size=n),
        method="tron",
        bounds=list(zip(lower, upper, strict=True)),
        options={"dense": dense},
    )
    assert res.success, res.message
    assert_first_order(res, lambda x: H @ x - 3 * np.sin(3 * x), lower, upper, 1e-6)
    assert np.all(np.diff(res.history.f) <= 0)
    # Along the free variables the Hessian has no direction down
    free = (lower < res.x) & (res.x < upper)
    B = (H - np.diag(9 * np.cos(3 * res.x)))[np.ix_(free, free)]
    assert not free.any() or np.linalg.eigvalsh(B).min() > -1e-6


def test_a_degenerate_active_set():
    """The multiplier of the bound is zero: x is at the bound and the gradient is zero as well."""
    target = np.array([1.0, 0.0, 2.0])
    res = minimize(
        lambda x: np.sum((x - target) ** 2) + np.sum((x - target) ** 4),
        [5.0, 5.0, 5.0],
        method="tron",
        bounds=[(1, None), (0, 4), (None, 2)],
        options={"gtol": 1e-10},
    )
    assert res.success
    assert res.nit <= 20
    np.testing.assert_allclose(res.x, target, atol=1e-9)


def test_convergence_is_quadratic_where_the_active_set_has_been_found():
    res = minimize(
        lambda x: np.sum(np.exp(x) - 2 * x) + x[0] * x[1],
        [2.0, 2.0, 2.0],
        method="tron",
        bounds=[(0.5, None)] * 3,
        options={"gtol": 1e-12},
    )
    assert res.success
    norms = res.history.grad_norm
    last = norms[norms > 1e-13][-3:]
    assert np.all(last[1:] <= 10 * last[:-1] ** 2)


def test_fixed_variables_stay():
    seen = []
    res = minimize(
        lambda x: np.sum((x - 3) ** 2) + x[0] * x[1],
        [9.0, 9.0, 9.0],
        method="tron",
        bounds=[(0, 5), (1, 1), (2, 2)],
        callback=seen.append,
    )
    assert res.success
    np.testing.assert_allclose(res.x, [2.5, 1, 2], atol=1e-9)
    assert all(x[1] == 1 and x[2] == 2 for x in seen)
    fixed = minimize(lambda x: np.sum(x), [9.0], method="tron", bounds=[(4, 4)])
    assert (fixed.success, fixed.nit, fixed.nfev, fixed.x.tolist()) == (True, 0, 1, [4])


@pytest.mark.usefixtures("eagerly")
def test_the_bounds_are_never_left_and_the_start_is_moved_inside():
    seen = []

    def fun(x):
        seen.append(np.array(getattr(x, "data", x)))
        return np.sum(np.sqrt(x)) + np.sum(1 / (x + 0.1)) + x[0] * x[1]

    res = minimize(fun, [-4.0, 100.0], method="tron", bounds=[(0.01, 4), (0.01, 4)])
    assert res.success, res.message
    np.testing.assert_array_equal(seen[0], [0.01, 4])
    assert np.all((np.array(seen) >= 0.01) & (np.array(seen) <= 4))


@pytest.mark.usefixtures("eagerly")
def test_a_solution_at_a_bound_needs_no_room_to_find_the_rounding_of_f():
    """Where f cannot be lowered, it is looked at next to x: not outside of the box."""
    seen = []

    def fun(x):
        seen.append(np.array(getattr(x, "data", x)))
        return np.sum(np.exp(x)) + 5 * (x[1] - 0.7) ** 2 + 1e3

    res = minimize(fun, [1.0, 1.0], method="tron", bounds=[(0, None)] * 2, options={"gtol": 0.0})
    assert np.min(seen) >= 0
    assert res.status in (Status.ROUNDOFF_LIMIT, Status.GRADIENT_CONVERGED)
    assert res.success, res.message


def test_nan_next_to_the_start_shortens_the_step():
    def fun(x):
        return np.sum(x - np.log(x - 1))

    res = minimize(fun, [1.001, 30.0], method="tron", bounds=[(None, 10), (1.5, None)])
    assert res.success, res.message
    np.testing.assert_allclose(res.x, 2.0, atol=1e-6)


def test_bounds_that_do_not_matter_do_not_matter(rosenbrock):
    free = minimize(rosenbrock, [-1.2, 1.0, -1.2, 1.0], method="tron", options={"dense": False})
    wide = minimize(
        rosenbrock,
        [-1.2, 1.0, -1.2, 1.0],
        method="tron",
        bounds=[(-1e6, 1e6)] * 4,
        options={"dense": False},
    )
    assert free.x.tobytes() == wide.x.tobytes()
    assert "optimality" not in free
    assert free.message.startswith("Converged: max |gradient|")
    assert wide.message.startswith("Converged: max |projected gradient|")


def test_the_same_after_exchanging_signs(rosenbrock):
    """Lower and upper bounds are treated alike."""
    one = minimize(rosenbrock, [-1.2, 1.0], method="tron", bounds=[(-2, 0.5), (0.1, 2)])
    other = minimize(
        lambda x: rosenbrock(-x), [1.2, -1.0], method="tron", bounds=[(-0.5, 2), (-2, -0.1)]
    )
    np.testing.assert_array_equal(one.x, -other.x)
    assert one.nhev == other.nhev


def test_a_large_problem_needs_no_matrix():
    n = 2000
    rng = np.random.default_rng(3)
    target = rng.normal(size=n)
    res = minimize(
        lambda x: np.sum((x - target) ** 2) + np.sum((x[1:] - x[:-1]) ** 2),
        np.zeros(n),
        bounds=[(-0.5, 0.5)] * n,
    )
    assert (res.method, res.success) == ("adaptive-tron", True)
    assert res.nhev < 100
    assert np.count_nonzero(np.abs(res.x) == 0.5) > 100


def test_a_matrix_is_formed_where_conjugate_gradients_do_not_end():
    scales = np.logspace(0, 12, 30)
    H = np.linalg.qr(np.random.default_rng(5).normal(size=(30, 30)))[0]

    def fun(x):
        return np.sum(scales * (H @ x - 1) ** 2) / 2 + np.sum(x**4)

    assert not TRON().first_region(30).dense
    res = minimize(fun, np.full(30, 3.0), method="tron", bounds=[(-10, 10)] * 30)
    assert res.success, res.message
    assert res.state.memory.dense
    never = minimize(
        fun,
        np.full(30, 3.0),
        method="tron",
        bounds=[(-10, 10)] * 30,
        options={"dense": False, "maxiter": res.nit},
    )
    assert not never.state.memory.dense
    assert never.nhev > res.nhev


def test_a_step_from_a_chosen_state_stays_in_region_and_box():
    box = Box(np.array([-1.0, -1.0]), np.array([9.0, 0.2]))
    objective = Objective(lambda x: np.sum((x - 5) ** 2), [0.0, 0.0], box=box)
    method = TRON(initial_trust_radius=0.5)
    point, region = method.start(objective, objective.x0)
    following, after = method.step(objective, point, region)
    assert following.x[1] == 0.2
    assert np.linalg.norm(following.x - point.x) <= 1.0 + 1e-12  # Cauchy point and face: two radii
    assert after.radius == 1.0


def test_an_unbounded_direction_is_found_inside_bounds():
    res = minimize(lambda x: x[0] ** 2 - x[1] ** 3, [1.0, 1.0], bounds=[(0, 1), (0, None)])
    assert (res.success, res.status) == (False, Status.UNBOUNDED)


def test_own_options():
    with pytest.raises(ValueError, match="option 'dense' must be True, False or None, not 3"):
        minimize(lambda x: np.sum(x**2), [1.0], method="tron", options={"dense": 3})
    res = minimize(
        lambda x: np.sum((x - 9) ** 2),
        [0.0],
        method="tron",
        options={"initial_trust_radius": 1.0, "max_trust_radius": 1.5},
    )
    assert res.history.radius.max(where=~np.isnan(res.history.radius), initial=0) == 1.5
    assert res.history.step.max() <= 3.0
