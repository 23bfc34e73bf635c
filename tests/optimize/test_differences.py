import numpy as np
import pytest

from hessopt.optimize import differences


def fun(x):
    return np.exp(x[0]) * np.sin(x[1]) + x[2] ** 3


X = np.array([0.5, -1.0, 3.0])
GRADIENT = [np.exp(0.5) * np.sin(-1.0), np.exp(0.5) * np.cos(-1.0), 27.0]


@pytest.mark.parametrize(("scheme", "rtol"), [("2-point", 1e-6), ("3-point", 1e-9), ("cs", 1e-15)])
def test_gradient(scheme, rtol):
    g = differences.gradient(fun, X, fun(X), scheme)
    np.testing.assert_allclose(g, GRADIENT, rtol=rtol)


def test_three_points_are_exact_for_parabolas():
    g = differences.gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]), 5.0, "3-point")
    np.testing.assert_allclose(g, [2, 4], rtol=1e-10)


def test_hessian_product():
    def grad(x):
        return 4 * x**3

    x, v = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    Hv = differences.hessian_product(grad, x, v)
    np.testing.assert_allclose(Hv, 12 * x**2 * v, rtol=1e-8)
    np.testing.assert_array_equal(differences.hessian_product(grad, x, 0 * v), [0, 0])


def test_is_scheme():
    assert differences.is_scheme("cs")
    assert not differences.is_scheme(np.ones(2))
    assert not differences.is_scheme("4-point")
