"""Krylov subproblems against eigenvalues and bisection."""

import pickle

import numpy as np
import pytest

from hessopt.optimize.krylov import KrylovSpace, again, cubic, cubic_again, gltr
from hessopt.optimize.subproblems import steihaug

SPECTRA = {
    "convex": [0.5, 1, 2, 3, 5, 6],
    "indefinite": [-2, -1, 0.5, 3, 5, 6],
    "negative": [-6, -5, -4, -3, -2, -1],
    "few": [-1, -1, 2, 2, 2, 2],
    "ill": [1e-6, 1e-4, 1, 1e2, 1e4, 1e6],
}
every_spectrum = pytest.mark.parametrize("spectrum", SPECTRA)
every_radius = pytest.mark.parametrize("radius", [1e-4, 0.1, 1.0, 10.0, 1e4])


@every_spectrum
@pytest.mark.parametrize("seed", range(3))
def test_lanczos(seed, spectrum, quadratic_model):
    B, g, _ = quadratic_model(seed, SPECTRA[spectrum])
    space = KrylovSpace(g)
    while not (len(space.Q) and space.complete):
        space.extend(B.dot)
    Q = np.array(space.Q).T
    k = Q.shape[1]
    assert k == (2 if spectrum == "few" else 6)
    np.testing.assert_allclose(Q.T @ Q, np.eye(k), atol=1e-10)
    T = np.diag(space.delta) + np.diag(space.gamma[1:-1], 1) + np.diag(space.gamma[1:-1], -1)
    np.testing.assert_allclose(Q.T @ B @ Q, T, atol=1e-8 * np.abs(B).max())


@every_radius
@every_spectrum
@pytest.mark.parametrize("seed", range(3))
def test_gltr_is_the_least(seed, spectrum, radius, quadratic_model, least_in_ball):
    B, g, _ = quadratic_model(seed, SPECTRA[spectrum])
    step, space = gltr(B.dot, g, radius, 1e-12, 20)
    assert np.linalg.norm(step.p) <= radius * (1 + 1e-5)
    np.testing.assert_allclose(-step.reduction, g @ step.p + step.p @ B @ step.p / 2, rtol=2e-6)
    np.testing.assert_allclose(-step.reduction, least_in_ball(B, g, radius), rtol=1e-5)
    assert step.products == len(space.Q) <= 6


@every_spectrum
@pytest.mark.parametrize("seed", range(3))
def test_gltr_is_not_worse_than_steihaug(seed, spectrum, quadratic_model):
    B, g, _ = quadratic_model(seed, SPECTRA[spectrum])
    for radius in (0.1, 1.0, 10.0):
        one = gltr(B.dot, g, radius, 0.1 * np.linalg.norm(g), 20)[0]
        other = steihaug(B.dot, g, radius, 0.1 * np.linalg.norm(g), 20)
        assert one.reduction >= other.reduction * (1 - 1e-6)


def test_a_smaller_ball_costs_no_product(quadratic_model, least_in_ball):
    B, g, _ = quadratic_model(0, SPECTRA["indefinite"])
    _, space = gltr(B.dot, g, 10.0, 1e-12, 20)
    kept = pickle.loads(pickle.dumps(space.closed()))
    for radius in (5.0, 0.5, 0.01):
        step = again(kept, radius)
        np.testing.assert_allclose(-step.reduction, least_in_ball(B, g, radius), rtol=1e-5)


def test_a_preconditioner_changes_the_norm(quadratic_model, least_in_ball):
    """The same as the plain problem in the variables ``C^-1 p`` with ``M = C C'``."""
    B, g, _ = quadratic_model(1, SPECTRA["indefinite"])
    C = np.tril(np.random.default_rng(5).normal(size=(6, 6))) + 3 * np.eye(6)
    M = C @ C.T
    for radius in (0.05, 0.5):
        step, _ = gltr(B.dot, g, radius, 1e-12, 20, M.dot)
        np.testing.assert_allclose(np.linalg.norm(np.linalg.solve(C, step.p)), radius, rtol=1e-5)
        least = least_in_ball(C.T @ B @ C, C.T @ g, radius)
        np.testing.assert_allclose(-step.reduction, least, rtol=1e-5)
        plain = gltr((C.T @ B @ C).dot, C.T @ g, radius, 1e-12, 20)[0]
        np.testing.assert_allclose(step.p, C @ plain.p, rtol=1e-4, atol=1e-8)


def test_a_hessian_that_is_not_finite_leaves_the_slope():
    step, _ = gltr(lambda v: np.full(2, np.nan), np.array([3.0, 4.0]), 5.0, 1e-8, 1)
    np.testing.assert_allclose(step.p, [-3, -4], rtol=1e-5)


@every_spectrum
@pytest.mark.parametrize("sigma", [1e-3, 1.0, 1e3])
def test_cubic_is_the_least(spectrum, sigma, quadratic_model, least_in_ball):
    """The least over all radii r of the least in the ball plus ``sigma r^3 / 3``."""
    B, g, _ = quadratic_model(2, SPECTRA[spectrum])
    step, space = cubic(B.dot, g, sigma, 1e-10, 20)
    r = np.linalg.norm(step.p)
    quadratic = g @ step.p + step.p @ B @ step.p / 2
    np.testing.assert_allclose(-step.reduction, quadratic + sigma * r**3 / 3, rtol=1e-7)
    gradient = g + B @ step.p + sigma * r * step.p
    assert np.linalg.norm(gradient) <= 1e-5 * (np.linalg.norm(g) + sigma * r**2)
    # As no other radius does better, it is the global one
    for radius in r * np.array([0.25, 0.5, 0.9, 1.1, 2, 4]):
        other = least_in_ball(B, g, radius) + sigma * radius**3 / 3
        assert -step.reduction <= other + 1e-7 * abs(other)
    np.testing.assert_allclose(cubic_again(space, sigma).reduction, step.reduction, rtol=1e-6)
    assert cubic_again(space, 10 * sigma).length < r


def test_a_space_does_not_outgrow_the_memory(monkeypatch):
    n = 400
    scales = np.linspace(1.0, 1e6, n)
    monkeypatch.setattr("hessopt.optimize.krylov.ROOM", 25 * n)
    step, space = gltr(lambda v: scales * v, np.ones(n), 1e3, 1e-12, 1000)
    assert len(space.Q) == step.products == 25
    assert step.reduction > 0
