import numpy as np
import pytest
from scipy.optimize import minimize

from hessopt.optimize.lsq.models import GaussNewton, Large, Newton, in_box, secular

RNG = np.random.default_rng(7)
J, R = RNG.normal(size=(6, 4)), RNG.normal(size=6)
G = J.T @ R
D = np.array([1.0, 2.0, 0.5, 3.0])
ALL = np.ones(4, dtype=bool)
ZERO = np.zeros(4)
INDEFINITE = -J.T @ J + np.diag([3.0, -1.0, 2.0, 0.5])

MODELS = {
    "gauss-newton": GaussNewton(J, R, G),
    "newton": Newton(J, np.eye(4) / 10, G),
    "large": Large(lambda p: J.T @ (J @ p), G, 1e-14, 100),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_whole_step_inside(name):
    model = MODELS[name]
    found = model.solve(ZERO, ALL, D, 1e6)
    assert not found.at_edge
    np.testing.assert_allclose(model.B(found.z), -G, rtol=1e-9)


@pytest.mark.parametrize("name", ["gauss-newton", "newton"])
@pytest.mark.parametrize("radius", [1e-6, 0.01, 0.3])
def test_the_step_at_the_edge_is_the_least_point(name, radius):
    """By More and Sorensen: (B + lam D'D) z = -g for one lam that is not negative."""
    model = MODELS[name]
    found = model.solve(ZERO, ALL, D, radius)
    assert found.at_edge
    assert np.linalg.norm(D * found.z) == pytest.approx(radius, rel=0.11)
    lam = -(G + model.B(found.z)) / (D * D * found.z)
    assert lam.min() > 0
    np.testing.assert_allclose(lam, lam[0], rtol=1e-8)


@pytest.mark.parametrize("radius", [1e-6, 0.01, 0.3])
def test_conjugate_gradients_lower_the_model_by_at_least_half_as_much(radius):
    found = MODELS["large"].solve(ZERO, ALL, D, radius)
    assert np.linalg.norm(D * found.z) == pytest.approx(radius, rel=1e-12)
    exact = MODELS["gauss-newton"].solve(ZERO, ALL, D, radius)
    exact = exact.z * min(1.0, radius / np.linalg.norm(D * exact.z))
    assert MODELS["large"].value(found.z) <= 0.5 * MODELS["gauss-newton"].value(exact)


@pytest.mark.parametrize("name", MODELS)
def test_variables_that_are_not_free_stay(name):
    model, free = MODELS[name], np.array([True, False, True, True])
    q = np.array([0.1, 0.4, 0.0, -0.2])
    z = model.solve(q, free, D, 1e6).z
    assert z[1] == 0
    np.testing.assert_allclose((G + model.B(q + z))[free], 0, atol=1e-9)


def test_newton_follows_negative_curvature_to_the_edge():
    model = Newton(J, INDEFINITE, G)
    found = model.solve(ZERO, ALL, D, 0.5)
    assert not found.convex
    assert np.linalg.norm(D * found.z) == pytest.approx(0.5, rel=0.11)
    assert model.value(found.z) < 0


def test_a_singular_jacobian_gets_the_shortest_step():
    A = J.copy()
    A[:, 3] = A[:, 0]
    found = GaussNewton(A, R, A.T @ R).solve(ZERO, ALL, np.ones(4), 1e6)
    np.testing.assert_allclose(found.z, -np.linalg.pinv(A) @ R, rtol=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_secular_equation(seed):
    rng = np.random.default_rng(seed)
    b, w = rng.normal(size=5), np.sort(rng.normal(size=5))
    radius = 10.0 ** rng.uniform(-6, 1)
    least = max(0.0, -w[0] + 1e-12)
    if np.linalg.norm(b / (w + least)) > 1.1 * radius:
        lam = secular(b, w, least, radius)
        assert lam > least
        assert np.linalg.norm(b / (w + lam)) == pytest.approx(radius, rel=0.1)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(5))
def test_in_a_box_the_model_falls_and_variables_end_on_bounds(name, seed):
    rng = np.random.default_rng(seed)
    model = MODELS[name]
    lower, upper = -0.1 * rng.random(4), 0.1 * rng.random(4)
    found = in_box(model, ALL, D, 1e3, lower, upper)
    assert np.all((lower <= found.z) & (found.z <= upper))
    best = minimize(model.value, ZERO, bounds=list(zip(lower, upper, strict=True)))
    assert model.value(found.z) <= 0.5 * best.fun < 0


def test_a_box_that_does_not_bind_changes_nothing():
    model = MODELS["gauss-newton"]
    whole = model.solve(ZERO, ALL, D, 1e3)
    boxed = in_box(model, ALL, D, 1e3, np.full(4, -1e3), np.full(4, 1e3))
    np.testing.assert_array_equal(boxed.z, whole.z)
