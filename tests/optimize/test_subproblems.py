import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hessopt.optimize.subproblems import newton_direction, steihaug, truncated_cg, two_loop


def problem(seed, n=6, indefinite=False):
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    eigenvalues = rng.uniform(0.5, 5.0, n)
    if indefinite:
        eigenvalues[: n // 2] *= -1
    return Q @ np.diag(eigenvalues) @ Q.T, rng.normal(size=n)


def model(B, g, p):
    return g @ p + p @ B @ p / 2


seeds = st.integers(0, 10_000)


@given(seeds)
def test_steihaug_solves_the_newton_equation_inside(seed):
    B, g = problem(seed)
    step = steihaug(B.dot, g, 1e3, 1e-10, 20)
    np.testing.assert_allclose(B @ step.p, -g, atol=1e-8)
    assert not step.at_edge
    assert step.curvature > 0
    np.testing.assert_allclose(step.reduction, -model(B, g, step.p), rtol=1e-8)
    assert step.products <= 8


@given(seeds, st.floats(0.01, 2.0), st.booleans())
def test_steihaug_is_as_good_as_the_cauchy_point(seed, radius, indefinite):
    B, g = problem(seed, indefinite=indefinite)
    step = steihaug(B.dot, g, radius, 1e-10, 20)
    length = np.linalg.norm(step.p)
    assert length <= radius * (1 + 1e-12)
    if step.at_edge:
        np.testing.assert_allclose(length, radius)
    np.testing.assert_allclose(step.reduction, -model(B, g, step.p), rtol=1e-8)
    # Nocedal and Wright (4.11) and (4.12)
    norm, curvature = np.linalg.norm(g), g @ B @ g
    tau = 1.0 if curvature <= 0 else min(1.0, norm**3 / (radius * curvature))
    cauchy = -tau * radius / norm * g
    assert step.reduction >= -model(B, g, cauchy) * (1 - 1e-10)


def test_steihaug_goes_to_the_edge_along_negative_curvature():
    step = steihaug(np.diag([-1.0, -2.0]).dot, np.array([1.0, 0.0]), 3.0, 1e-9, 10)
    np.testing.assert_allclose(step.p, [-3, 0])
    assert (step.at_edge, step.curvature) == (True, -1.0)


def test_steihaug_with_a_gradient_below_the_tolerance_stays():
    step = steihaug(np.eye(2).dot, np.array([1e-9, 0.0]), 1.0, 1e-8, 10)
    assert not step.p.any()
    assert step.products == 0


def test_steihaug_where_the_hessian_is_not_finite_goes_down_the_gradient():
    step = steihaug(lambda v: np.full(2, np.nan), np.array([3.0, 4.0]), 1.0, 1e-8, 10)
    np.testing.assert_allclose(step.p, [-0.6, -0.8])
    assert (step.reduction, step.at_edge) == (5.0, True)


def test_steihaug_stops_at_maxiter():
    B, g = problem(0)
    assert steihaug(B.dot, g, 1e3, 0.0, 2).products == 2


@given(seeds)
def test_truncated_cg_solves_to_its_tolerance(seed):
    B, g = problem(seed)
    for tolerance in (1.0, 0.1, 1e-8):
        step = truncated_cg(B.dot, g, tolerance * np.linalg.norm(g), 50)
        residual = np.linalg.norm(B @ step.p + g) / np.linalg.norm(g)
        assert residual <= tolerance * (1 + 1e-9)
        np.testing.assert_allclose(step.reduction, -model(B, g, step.p), rtol=1e-8, atol=1e-12)


@given(seeds)
def test_truncated_cg_gives_a_descent_direction_whatever_the_curvature(seed):
    B, g = problem(seed, indefinite=True)
    step = truncated_cg(B.dot, g, 1e-8, 50)
    assert step.p @ g < 0
    np.testing.assert_allclose(step.reduction, -model(B, g, step.p), rtol=1e-8)


def test_truncated_cg_without_curvature_takes_the_gradient():
    step = truncated_cg(np.zeros((2, 2)).dot, np.array([1.0, 2.0]), 1e-8, 9)
    np.testing.assert_array_equal(step.p, [-1, -2])
    assert step.curvature == 0


def test_two_loop_is_the_bfgs_formula():
    rng = np.random.default_rng(1)
    n = 5
    B, g = problem(1, n)
    pairs, H = [], None
    for s in rng.normal(size=(3, n)):
        y = B @ s
        pairs.append((s, y, 1 / (y @ s)))
    s, y, _ = pairs[-1]
    H = s @ y / (y @ y) * np.eye(n)
    for s, y, rho in pairs:  # Nocedal and Wright (6.17)
        V = np.eye(n) - rho * np.outer(y, s)
        H = V.T @ H @ V + rho * np.outer(s, s)
    np.testing.assert_allclose(two_loop(pairs, g), H @ g, rtol=1e-12)


def test_two_loop_leaves_g_alone():
    g = np.ones(2)
    two_loop([(np.ones(2), np.ones(2), 0.5)], g)
    np.testing.assert_array_equal(g, 1)
    assert two_loop([], g) is not g


@given(seeds)
def test_newton_direction_of_a_convex_model(seed):
    B, g = problem(seed)
    p, convex = newton_direction(B, g)
    assert convex
    np.testing.assert_allclose(B @ p, -g, atol=1e-9)


@given(seeds)
def test_newton_direction_descends_from_a_saddle(seed):
    B, g = problem(seed, indefinite=True)
    p, convex = newton_direction(B, g)
    assert not convex
    assert p @ g < 0


@given(seeds, st.lists(st.integers(-12, 12), min_size=6, max_size=6), st.booleans())
def test_newton_direction_does_not_depend_on_units(seed, exponents, indefinite):
    B, g = problem(seed, indefinite=indefinite)
    D = 2.0 ** np.array(exponents)
    p, convex = newton_direction(B, g)
    q, also = newton_direction(B * np.outer(D, D), g * D)
    assert convex == also
    np.testing.assert_allclose(q * D, p, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    "B",
    [
        np.zeros((2, 2)),
        np.full((2, 2), np.nan),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.ones((2, 2)),
        np.diag([1e300, 1e-300]),
        np.diag([1.0, 0.0]),
    ],
)
def test_newton_direction_of_a_degenerate_model_descends(B):
    g = np.array([1.0, -2.0])
    p, _ = newton_direction(B, g)
    assert np.isfinite(p).all()
    assert p @ g < 0


def test_curvature_that_is_rounding_alone_is_none():
    """The start of denschnb: the Hessian is singular, and rounding makes it seem convex."""
    B, g = np.array([[4.0, -4.0], [-4.0, 4.0]]), np.array([-4.0, 6.0])
    step = truncated_cg(B.dot, g, tolerance=1e-3, maxiter=20)
    assert step.curvature == 0
    assert step.products == 2
    assert step.p @ g < 0
    assert np.linalg.norm(step.p) < 1e9  # not 1e31, from which no search finds back
