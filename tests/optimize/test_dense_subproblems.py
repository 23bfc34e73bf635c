"""The dense subproblems against eigenvalues and bisection."""

import numpy as np
import pytest

from hessopt.optimize.dense_subproblems import dogleg, more_sorensen
from hessopt.optimize.secular import cholesky

SPECTRA = {
    "convex": [0.5, 1, 2, 3, 5],
    "indefinite": [-2, -1, 0.5, 3, 5],
    "negative": [-5, -4, -3, -2, -1],
    "singular": [0, 0, 1, 2, 3],
    "ill": [1e-5, 1e-2, 1, 1e2, 1e5],
    "zero": [0, 0, 0, 0, 0],
}


def value(B, g, p):
    return g @ p + p @ B @ p / 2


@pytest.mark.parametrize("radius", [1e-6, 1e-2, 1.0, 1e2, 1e6])
@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("seed", range(4))
def test_more_sorensen_is_the_least(seed, spectrum, radius, quadratic_model, least_in_ball):
    B, g, _ = quadratic_model(seed, SPECTRA[spectrum])
    step = more_sorensen(B, g, radius, tolerance=1e-8)
    assert np.linalg.norm(step.p) <= radius * (1 + 1e-7)
    np.testing.assert_allclose(step.reduction, -value(B, g, step.p), rtol=1e-6)
    np.testing.assert_allclose(-step.reduction, least_in_ball(B, g, radius), rtol=1e-6)
    np.testing.assert_allclose(step.length, np.linalg.norm(step.p))


@pytest.mark.parametrize("part", [0.0, 1e-16, 1e-12, 1e-8, 1e-4])
@pytest.mark.parametrize("spectrum", [[-2, 1, 2, 3], [-2, -2, 1, 3], [0, 1, 2, 3]])
@pytest.mark.parametrize("radius", [1.0, 50.0])
def test_the_hard_case_and_next_to_it(part, spectrum, radius, quadratic_model, least_in_ball):
    B, g, Q = quadratic_model(3, spectrum)
    low = np.isclose(spectrum, spectrum[0])
    c = Q.T @ g
    c[low] = part
    g = Q @ c
    step = more_sorensen(B, g, radius, tolerance=1e-6)
    assert np.linalg.norm(step.p) <= radius * (1 + 1e-5)
    least = least_in_ball(np.diag(np.array(spectrum, float)), c, radius)
    np.testing.assert_allclose(-step.reduction, least, rtol=1e-5)


def test_no_gradient_at_a_saddle(least_in_ball):
    B = np.diag([1.0, -1.0])
    step = more_sorensen(B, np.array([1e-300, 0.0]), 2.0)
    np.testing.assert_allclose(step.reduction, 2.0, rtol=1e-2)


def test_a_matrix_that_is_not_finite_leaves_the_slope():
    step = more_sorensen(np.full((2, 2), np.nan), np.array([3.0, 4.0]), 5.0)
    np.testing.assert_allclose(step.p, [-3, -4])
    assert step.reduction == 25


@pytest.mark.parametrize("seed", range(6))
def test_the_dogleg_is_between(seed, quadratic_model, least_in_ball):
    """As good as the Cauchy point, not better than the least, and on the edge."""
    B, g, _ = quadratic_model(seed, [0.5, 1, 2, 3, 50])
    newton = -np.linalg.solve(B, g)
    for radius in np.linalg.norm(newton) * np.array([0.01, 0.3, 0.7, 0.99]):
        step = dogleg(B, g, newton, radius)
        np.testing.assert_allclose(np.linalg.norm(step.p), radius)
        t = min(g @ g / (g @ B @ g), radius / np.linalg.norm(g))
        assert step.reduction >= -value(B, g, -t * g) * (1 - 1e-12)
        assert -step.reduction >= least_in_ball(B, g, radius) * (1 + 1e-12)
    whole = dogleg(B, g, newton, 2 * np.linalg.norm(newton))
    assert (whole.p is newton, whole.at_edge) == (True, False)


def test_the_dogleg_has_a_kink_at_the_cauchy_point():
    B, g = np.diag([1.0, 100.0]), np.array([1.0, 1.0])
    cauchy = -(g @ g) / (g @ B @ g) * g
    newton = np.array([-1.0, -0.01])
    at_kink = dogleg(B, g, newton, np.linalg.norm(cauchy) * (1 + 1e-12))
    np.testing.assert_allclose(at_kink.p, cauchy, rtol=1e-6)
    beyond = dogleg(B, g, newton, 0.5).p
    one, other = beyond - cauchy, newton - cauchy
    np.testing.assert_allclose(one[0] * other[1], one[1] * other[0], atol=1e-12)


def test_cholesky_knows_what_is_not_definite():
    assert cholesky(np.diag([1.0, -1.0])) is None
    assert cholesky(np.array([[1.0, 1.0], [1.0, 1.0 + 4e-16]])) is None
    np.testing.assert_allclose(cholesky(np.diag([1.0, -1.0]), 3.0)(np.ones(2)), [1 / 4, 1 / 2])


def test_cholesky_does_not_mind_units():
    D = np.array([1e10, 1e-3])
    B = np.array([[2.0, 1.0], [1.0, 2.0]])
    found = cholesky(D * (B * D).T)(D * np.array([3.0, 3.0]))
    np.testing.assert_allclose(D * found, [1.0, 1.0], rtol=1e-12)
