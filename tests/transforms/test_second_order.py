"""Hessian-vector products and whole matrices."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from scipy import optimize

import hessopt
from hessopt.transforms import matrices


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_against_scipys_rosenbrock(n: int):
    random = np.random.default_rng(n)
    x, v = random.standard_normal(n), random.standard_normal(n)
    value, gradient, product = hessopt.value_grad_hvp(rosenbrock)(x)
    assert value == pytest.approx(optimize.rosen(x), rel=1e-12)
    np.testing.assert_allclose(gradient, optimize.rosen_der(x), rtol=1e-10, atol=1e-10)
    exact = optimize.rosen_hess_prod(x, v)
    np.testing.assert_allclose(product(v), exact, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(hessopt.hvp(rosenbrock)(x, v), exact, rtol=1e-10, atol=1e-10)
    hessian = hessopt.hessian(rosenbrock)(x)
    np.testing.assert_allclose(hessian, optimize.rosen_hess(x), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(hessian @ v, exact, rtol=1e-10, atol=1e-10)


def test_hessian_is_symmetric():
    def f(x):
        a = np.outer(x, np.sin(x)) + 3 * np.eye(4)
        return np.linalg.slogdet(a @ a.T)[1] + np.prod(x) * np.exp(-x @ x)

    hessian = hessopt.hessian(f)(np.array([0.2, 0.9, -0.4, 1.3]))
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-10, atol=1e-12)
    assert np.abs(hessian).max() > 0.1


def test_hessian_of_an_array_argument():
    x = np.linspace(0.5, 1, 6).reshape(2, 3)
    hessian = hessopt.hessian(lambda x: np.sum(x.T @ x))(x)
    assert hessian.shape == (2, 3, 2, 3)
    expected = 2 * np.einsum("ik,jl->ijkl", np.eye(2), np.ones((3, 3)))
    np.testing.assert_allclose(hessian, expected)


def test_products_can_be_repeated():
    _, gradient, product = hessopt.value_grad_hvp(rosenbrock)(np.array([-1.2, 1.0, 0.3]))
    v = np.array([1.0, 2.0, 3.0])
    once = product(v)
    gradient[:] = 7
    once_more = product(v)
    np.testing.assert_array_equal(once, once_more)
    once[:] = 0
    np.testing.assert_array_equal(product(v), once_more)
    np.testing.assert_allclose(product(2 * v), 2 * once_more)


def test_argument_may_change_after_recording_only_by_being_replaced():
    """The point of a recorded product stays where it was, whatever happens to the caller's name."""
    x = np.array([-1.2, 1.0])
    _, _, product = hessopt.value_grad_hvp(rosenbrock)(x)
    before = product(np.ones(2))
    x = x + 1
    np.testing.assert_array_equal(product(np.ones(2)), before)


@pytest.mark.parametrize("n", [10**6, 20_000])
def test_absurd_hessians_are_refused(n: int):
    size = n * n * 8 / 2**30
    with pytest.raises(
        ValueError, match=rf"Hessian would be {n} by {n}.*{size:,.1f} GiB.*hessopt\.hvp"
    ):
        hessopt.hessian(lambda x: np.sum(x**2))(np.zeros(n))


def test_absurd_jacobians_are_refused():
    with pytest.raises(ValueError, match=r"Jacobian would be 20000 by 20000.*GiB.*jvp.*vjp"):
        hessopt.jacobian(np.sin)(np.zeros(20_000))


def test_limit_is_of_bytes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(matrices, "LARGEST_BYTES", 8 * 3 * 4)
    assert hessopt.jacobian(lambda x: np.outer(x[:3], x)[:, 0])(np.ones(4)).shape == (3, 4)
    assert hessopt.hessian(np.sum)(np.ones(4, np.float32)).shape == (4, 4)
    with pytest.raises(ValueError, match="4 by 4"):
        hessopt.hessian(np.sum)(np.ones(4))


@pytest.mark.parametrize("m", [1, 2, 3, 4, 7])
def test_jacobian_by_rows_and_by_columns(m: int):
    a = np.random.default_rng(m).standard_normal((m, 3))

    def f(x):
        return np.sin(a @ x) * x[0]

    x = np.array([0.3, 0.7, 1.1])
    expected = np.cos(a @ x)[:, None] * a * x[0]
    expected[:, 0] += np.sin(a @ x)
    found = hessopt.jacobian(f)(x)
    assert found.shape == (m, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("f", "x", "shape"),
    [
        (lambda x: np.outer(x, x), np.ones(3), (3, 3, 3)),
        (lambda x: np.sum(x, axis=0), np.ones((2, 3)), (3, 2, 3)),
        (np.sum, np.ones((2, 3)), (2, 3)),
        (lambda x: np.stack([x, 2 * x]), np.array(1.0), (2,)),
        (lambda x: x[:0], np.ones(3), (0, 3)),
        (lambda x: np.ones(2) * np.sum(x), np.ones(0), (2, 0)),
    ],
)
def test_shape_of_the_jacobian(f: Any, x: Any, shape: tuple[int, ...]):
    found = hessopt.jacobian(f)(x)
    assert found.shape == shape
    for e in np.eye(x.size).reshape(x.size, *x.shape):
        column = np.tensordot(found, e, x.ndim)
        np.testing.assert_allclose(hessopt.jvp(f)(x, e), column)


def test_matrices_take_one_array():
    for transform in (hessopt.hessian, hessopt.jacobian):
        with pytest.raises(TypeError, match=r"takes one array.*hessopt\.ravel"):
            transform(lambda p: np.sum(p["a"]))({"a": np.ones(2)})


@pytest.mark.parametrize(("vectors", "call"), [
    (20, lambda x: hessopt.grad(rosenbrock)(x)),
    (60, lambda x: hessopt.hvp(rosenbrock)(x, x)),
])  # fmt: skip
def test_memory_is_linear(vectors: int, call: Any):
    n = 100_000
    x = np.linspace(-1, 1, n)
    tracemalloc.start()
    call(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < vectors * x.nbytes
