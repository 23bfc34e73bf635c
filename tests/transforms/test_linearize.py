"""`linearize`: the tangent map, its linearity, and derivatives of it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Variable, grad, hvp, jacobian, jit, jvp, linearize, vmap

RANDOM = np.random.default_rng(0)
A = RANDOM.normal(size=(4, 3))
X = RANDOM.normal(size=3)
V = RANDOM.normal(size=3)


def f(x: Any) -> Any:
    return np.tanh(A @ x) * np.sum(x**2)


def test_value_and_products():
    calls = []

    def counted(x: Any) -> Any:
        calls.append(1)
        return f(x)

    value, tangent = linearize(counted, X)
    np.testing.assert_array_equal(value, f(X))
    assert type(value) is np.ndarray
    J = jacobian(f)(X)
    for v in (V, *np.eye(3)):
        found = tangent(v)
        assert type(found) is np.ndarray
        np.testing.assert_allclose(found, J @ v, rtol=1e-13)
        np.testing.assert_allclose(found, jvp(f)(X, v), rtol=1e-13)
    assert len(calls) == 1


def test_of_a_gradient_it_is_a_product_with_the_hessian():
    def loss(x: Any) -> Any:
        return np.sum(f(x) ** 2)

    slope, product = linearize(grad(loss), X)
    np.testing.assert_allclose(slope, grad(loss)(X), rtol=1e-13)
    np.testing.assert_allclose(product(V), hvp(loss)(X, V), rtol=1e-12)


def test_several_arguments():
    def g(a: Any, x: Any, y: Any) -> Any:
        return np.sin(a @ x) * y

    Y = RANDOM.normal(size=4)
    _, by_one = linearize(g, A, X, Y, argnums=1)
    np.testing.assert_allclose(by_one(V), jvp(lambda x: g(A, x, Y))(X, V), rtol=1e-13)
    _, tangent = linearize(g, A, X, Y, argnums=(0, 2))
    B, W = RANDOM.normal(size=A.shape), RANDOM.normal(size=4)
    expected = jvp(lambda a: g(a, X, Y))(A, B) + jvp(lambda y: g(A, X, y))(Y, W)
    np.testing.assert_allclose(tangent(B, W), expected, rtol=1e-12)
    _, negative = linearize(g, A, X, y=Y, argnums=-1)
    np.testing.assert_allclose(negative(V), by_one(V), rtol=1e-13)


def test_containers():
    def g(p: Any) -> Any:
        return p["a"] * p["b"][0] + p["b"][1]

    point = {"a": X, "b": (2.0, V)}
    step = {"a": V, "b": (1.0, X)}
    value, tangent = linearize(g, point)
    np.testing.assert_allclose(value, g(point))
    np.testing.assert_allclose(tangent(step), 2.0 * V + X + X, rtol=1e-13)


def test_transposing_it_by_its_derivative():
    _, tangent = linearize(f, X)
    u = RANDOM.normal(size=4)
    np.testing.assert_allclose(
        grad(lambda v: np.sum(u * tangent(v)))(V), jacobian(f)(X).T @ u, rtol=1e-12
    )
    v = Variable(V)
    y = tangent(v)
    assert isinstance(y, Variable)
    np.sum(y).backward()
    assert v.grad is not None
    np.testing.assert_allclose(v.grad.data, jacobian(f)(X).sum(0), rtol=1e-12)


def test_transposing_a_map_of_several_arguments():
    def g(a: Any, x: Any) -> Any:
        return np.sin(a @ x)

    _, tangent = linearize(g, A, X, argnums=(0, 1))
    u = RANDOM.normal(size=4)
    B = RANDOM.normal(size=A.shape)
    found = grad(lambda b, v: np.sum(u * tangent(b, v)), (0, 1))(B, V)
    for mine, k in zip(found, (0, 1), strict=True):
        np.testing.assert_allclose(mine, hessopt.vjp(g, argnums=k)(A, u, X), rtol=1e-12)
    # the square of a linear map: second derivatives use the map and the transposed one in turn
    J = jacobian(f)(X)
    _, tangent = linearize(f, X)

    def square(v: Any) -> Any:
        return np.sum(tangent(v) ** 2)

    np.testing.assert_allclose(hvp(square)(V, X), 2 * J.T @ (J @ X), rtol=1e-12)
    np.testing.assert_allclose(hessopt.hessian(square)(V), 2 * J.T @ J, rtol=1e-12)


def test_derivative_by_the_point():
    def along(x: Any) -> Any:
        return np.sum(linearize(f, x)[1](V) ** 2)

    def along_by_jvp(x: Any) -> Any:
        return np.sum(jvp(f)(x, V) ** 2)

    np.testing.assert_allclose(grad(along)(X), grad(along_by_jvp)(X), rtol=1e-12)
    np.testing.assert_allclose(hvp(along)(X, V), hvp(along_by_jvp)(X, V), rtol=1e-11)
    assert hessopt.check_derivatives(along, X)


def test_value_stays_connected_where_an_outer_derivative_needs_it():
    np.testing.assert_allclose(
        grad(lambda x: np.sum(linearize(f, x)[0]))(X), grad(lambda x: np.sum(f(x)))(X), rtol=1e-13
    )


def test_many_directions_at_once_and_in_programs():
    _, tangent = linearize(f, X)
    J = jacobian(f)(X)
    np.testing.assert_allclose(vmap(tangent)(np.eye(3)), J.T, rtol=1e-12)
    np.testing.assert_allclose(vmap(tangent, 1, 1)(np.eye(3)), J, rtol=1e-12)
    replayed = jit(lambda x, v: linearize(f, x)[1](v))
    for k in range(3):
        np.testing.assert_allclose(replayed(X + k, V), jvp(f)(X + k, V), rtol=1e-12)


def test_the_recording_is_let_go_of_with_the_map():
    nodes = []

    def noted(x: Any) -> Any:
        nodes.append(weakref.ref(x._node))
        return np.sin(x) * x

    def use() -> None:
        _, tangent = linearize(noted, X)
        grad(lambda v: np.sum(tangent(v) ** 2))(V)
        assert nodes[0]() is not None

    gc.collect()
    gc.disable()
    try:
        use()
        assert nodes[0]() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_types(dtype: Any):
    x = X.astype(dtype)
    value, tangent = linearize(lambda x: x**3, x)
    assert value.dtype == tangent(x).dtype == dtype
    np.testing.assert_allclose(tangent(x), 3 * x**3, rtol=1e-5)


def test_a_result_that_does_not_depend_on_the_argument():
    value, tangent = linearize(lambda x: np.ones(2), X)
    np.testing.assert_array_equal(value, np.ones(2))
    np.testing.assert_array_equal(tangent(V), np.zeros(2))


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (TypeError, "f must be a function", lambda: linearize(3, X)),  # pyright: ignore
        (ValueError, "argnums=1", lambda: linearize(f, X, argnums=1)),
        (TypeError, "argument 0: .* int64", lambda: linearize(f, np.arange(3))),
        (TypeError, "it must return an array", lambda: linearize(lambda x: None, X)),
        (
            ValueError,
            r"v has shape \(2,\), but x has shape \(3,\)",
            lambda: linearize(f, X)[1](V[:2]),
        ),
        (
            TypeError,
            "called with 2 vectors; it takes one for each of the 1",
            lambda: linearize(f, X)[1](V, V),
        ),
        (
            ValueError,
            r"v must have the form of x: v\['a'\]; it has v\['b'\]",
            lambda: linearize(lambda p: p["a"], {"a": X})[1]({"b": V}),
        ),
        (
            ValueError,
            r"v\[1\] must have the form of differentiated argument 1",
            lambda: linearize(lambda a, p: p["a"] * a, X, {"a": X}, argnums=(0, 1))[1](V, {}),
        ),
    ],
)
def test_refusals(error: Any, message: str, call: Any):
    with pytest.raises(error, match=message):
        call()
