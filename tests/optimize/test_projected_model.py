import numpy as np
import pytest

from hessopt.optimize.bounds import Box
from hessopt.optimize.projected_model import MU0, cauchy_point, minimise_faces

INF = np.inf


def random_model(seed, definite=False):
    rng = np.random.default_rng(seed)
    n = 8
    B = rng.normal(size=(n, n))
    B = B @ B.T if definite else B + B.T
    lower, upper = -rng.random(n), rng.random(n)
    x = np.clip(rng.normal(size=n), lower, upper)
    return B, x, rng.normal(size=n), Box(lower, upper)


def q(B, g, s):
    return g @ s + s @ B @ s / 2


def first(B, x, g, box, radius):
    d = -box.reduced_gradient(x, g)
    return cauchy_point(B.dot, x, g, box, radius, d, B @ d)


@pytest.mark.parametrize("radius", [0.01, 0.3, 100.0])
@pytest.mark.parametrize("seed", range(20))
def test_the_cauchy_point(seed, radius):
    B, x, g, box = random_model(seed)
    at = first(B, x, g, box, radius)
    s = at.x - x
    assert box.contains(at.x)
    assert np.linalg.norm(s) <= radius * (1 + 1e-12)
    assert at.q <= MU0 * (g @ s) < 0
    np.testing.assert_allclose(at.q, q(B, g, s), rtol=1e-12)
    np.testing.assert_allclose(at.gradient, g + B @ s, atol=1e-12)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_faces_lower_the_model_and_say_by_how_much(seed, dense):
    B, x, g, box = random_model(seed)
    start = first(B, x, g, box, 0.5)
    end = minimise_faces(B.dot, start, box, 0.5, 1e-10, 1000, B if dense else None)
    assert box.contains(end.x)
    assert end.q <= start.q
    np.testing.assert_allclose(end.q, q(B, g, end.x - x), rtol=1e-10)
    # What the Cauchy point fixed stays fixed
    fixed = ~box.interior(start.x)
    np.testing.assert_array_equal(end.x[fixed], start.x[fixed])


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_a_convex_model_is_minimised_on_its_last_face(seed, dense):
    B, x, g, box = random_model(seed, definite=True)
    start = first(B, x, g, box, INF)
    end = minimise_faces(B.dot, start, box, INF, 1e-10, 1000, B if dense else None)
    free = box.interior(end.x)
    np.testing.assert_allclose((g + B @ (end.x - x))[free], 0, atol=1e-9)
    assert not end.at_edge


def test_a_variable_that_meets_its_bound_lies_on_it():
    """No sum of steps reaches 0.1 + 0.2 exactly; a point of the box does."""
    box = Box(np.array([0.0, -9.0]), np.array([0.1 + 0.2, 9.0]))
    x, g, B = np.array([0.1, 0.0]), np.array([-1.0, -1e-3]), np.diag([1e-3, 1.0])
    start = first(B, x, g, box, 0.05)
    end = minimise_faces(B.dot, start._replace(at_edge=False), box, 9.0, 1e-12, 100)
    assert end.x[0] == 0.1 + 0.2


def test_the_products_are_limited():
    calls = []
    B, x, g, box = random_model(3, definite=True)

    def product(v):
        calls.append(v)
        return B @ v

    start = first(B, x, g, box, INF)
    minimise_faces(product, start, box, INF, 0.0, 2)
    assert len(calls) <= 3 + 10  # the last search may halve its step a few times


def test_stubborn_is_where_a_matrix_would_not_have_cost_more():
    scales = np.logspace(0, 14, 8)
    V = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0]
    B = (V * scales) @ V.T
    box = Box(np.full(8, -1e30), np.full(8, 1e30))
    x, g = np.zeros(8), np.ones(8)
    start = first(B, x, g, box, INF)
    assert minimise_faces(B.dot, start, box, INF, 1e-10, 1000).stubborn
    assert not minimise_faces(B.dot, start, box, INF, 1e-10, 1000, B).stubborn
    easy = np.eye(8)
    start = first(easy, x, g + np.arange(8), box, 0.1)
    assert not minimise_faces(easy.dot, start, box, INF, 1e-10, 1000).stubborn
