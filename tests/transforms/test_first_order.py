"""grad, value_and_grad, vjp, jvp: arguments, results, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Function, Variable, no_grad

X = np.array([0.5, 1.0, 1.5])
TRANSFORMS = {
    "grad": lambda f, x: hessopt.grad(f)(x),
    "value_and_grad": lambda f, x: hessopt.value_and_grad(f)(x),
    "hvp": lambda f, x: hessopt.hvp(f)(x, np.ones(np.shape(x))),
    "value_grad_hvp": lambda f, x: hessopt.value_grad_hvp(f)(x),
    "hessian": lambda f, x: hessopt.hessian(f)(x),
}
scalar_transforms = pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS.keys())


def f(x, y, scale=1.0):
    return scale * np.sum(x**2 * y)


def test_value_and_gradient():
    value, gradient = hessopt.value_and_grad(f)(X, 2.0)
    assert type(value) is np.float64
    assert type(gradient) is np.ndarray
    assert value == f(X, 2.0)
    np.testing.assert_array_equal(gradient, 4 * X)


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 4 * X),
        (1, np.sum(X**2)),
        (-1, np.sum(X**2)),
        (-2, 4 * X),
        (np.int64(0), 4 * X),
        ((0,), (4 * X,)),
        ([1, 0], (np.sum(X**2), 4 * X)),
        ((0, -1), (4 * X, np.sum(X**2))),
    ],
)
def test_argnums(argnums: Any, expected: Any):
    found = hessopt.grad(f, argnums)(X, 2.0)
    assert isinstance(found, tuple) == isinstance(expected, tuple)
    pairs = zip(found, expected, strict=True) if isinstance(found, tuple) else [(found, expected)]
    for a, b in pairs:
        np.testing.assert_allclose(a, b)
    u = np.array(3.0)
    scaled = hessopt.vjp(f, argnums)(X, u, 2.0)
    pairs = zip(scaled, found, strict=True) if isinstance(found, tuple) else [(scaled, found)]
    for a, b in pairs:
        np.testing.assert_allclose(a, 3 * b)


@pytest.mark.parametrize(
    ("argnums", "message"),
    [
        (2, r"argnums=2: the function was called with 2 positional arguments, counted from 0"),
        (-3, r"argnums=-3"),
        ((0, 5), r"argnums=\(0, 5\)"),
        ((0, 0), r"name each argument once"),
        ((0, -2), r"name each argument once"),
        ((), r"name each argument once"),
        (1.0, r"argnums=1.0 must be a whole number, or several"),
        (None, r"argnums=None must be a whole number, or several"),
        ("x", r"argnums='x' must be a whole number, or several"),
    ],
)
def test_wrong_argnums(argnums: Any, message: str):
    with pytest.raises(ValueError, match=message):
        hessopt.grad(f, argnums)(X, 2.0)
    with pytest.raises(ValueError, match=message):
        hessopt.vjp(f, argnums)(X, np.array(1.0), 2.0)


def test_one_positional_argument_is_counted_in_the_singular():
    with pytest.raises(ValueError, match="1 positional argument, counted"):
        hessopt.grad(np.sum, 1)(X)


def test_keyword_arguments():
    np.testing.assert_array_equal(hessopt.grad(f)(X, 2.0, scale=10.0), 40 * X)
    np.testing.assert_array_equal(hessopt.vjp(f)(X, np.array(1.0), 2.0, scale=10.0), 40 * X)
    assert hessopt.jvp(f)(X, X, 2.0, scale=10.0) == 40 * np.sum(X**2)
    np.testing.assert_array_equal(hessopt.hvp(f)(X, X, 2.0, scale=10.0), 40 * X)


def test_argnums_of_products():
    y = np.array([2.0, 3.0, 4.0])
    np.testing.assert_array_equal(hessopt.jvp(f, 1)(X, y, y), np.sum(X**2 * y))
    np.testing.assert_array_equal(hessopt.hvp(f, 1)(X, y, y), 0)
    np.testing.assert_array_equal(hessopt.hvp(f, -2)(X, X, y), 2 * y * X)
    np.testing.assert_allclose(hessopt.jacobian(f, 1)(X, y), X**2)
    np.testing.assert_allclose(hessopt.hessian(f, 0)(X, y), np.diag(2 * y))


@scalar_transforms
@pytest.mark.parametrize(
    ("result", "message"),
    [
        (lambda x: None, "returned None.*is a return missing"),
        (lambda x: x * 2, r"returned an array of shape \(3,\).*np\.sum.*hessopt\.jacobian"),
        (lambda x: np.ones(2), r"array of shape \(2,\)"),
        (lambda x: x[:1], r"array of shape \(1,\)"),
        (lambda x: np.sum(x) * 1j, r"complex number.*np\.real"),
        (lambda x: 1j, "complex number"),
        (lambda x: "a", "returned str 'a'.*real number"),
        (lambda x: object(), "returned object.*real number"),
        (lambda x: (np.sum(x), 2.0), "returned a tuple.*has_aux"),
        (lambda x: [np.sum(x)], "returned a list"),
    ],
)
def test_objectives_that_are_no_real_scalar(transform: Any, result: Any, message: str):
    with pytest.raises(TypeError, match=message):
        transform(result, X)


@scalar_transforms
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.arange(3), "argument 0.*int64.*floating-point"),
        (3, "argument 0.*int64"),
        (np.array([True]), "argument 0.*bool"),
        ("a", "argument 0.*U1"),
        (None, "argument 0.*object"),
        (np.ma.masked_array([1.0]), "argument 0.*MaskedArray"),
    ],
)
def test_arguments_that_cannot_be_differentiated(transform: Any, x: Any, message: str):
    with pytest.raises(TypeError, match=message):
        transform(np.sum, x)


@pytest.mark.parametrize("name", ["grad", "vjp", "jvp", "jacobian", "hvp", "hessian"])
def test_no_function(name: str):
    arguments = (X, X) if name in ("vjp", "jvp", "hvp") else (X,)
    with pytest.raises(TypeError, match="f must be a function, not ndarray"):
        getattr(hessopt, name)(X)(*arguments)


@scalar_transforms
@pytest.mark.parametrize(
    "constant",
    [
        lambda x: 3,
        lambda x: 3.0,
        lambda x: True,
        lambda x: np.float32(2),
        lambda x: np.array(2),
        lambda x: Variable(np.array(2.0)),
        lambda x: np.sum(Variable(np.ones(2))),
        lambda x: np.sum(x > 0),
        lambda x: np.sum(x.data),
        lambda x: 0.0 * np.sum(x),
    ],
)
def test_constant_functions(transform: Any, constant: Any):
    found = transform(constant, X)
    if isinstance(found, tuple):
        assert np.isfinite(float(found[0]))
        gradient = found[1]
        if len(found) == 3:
            np.testing.assert_array_equal(found[2](X), np.zeros(3))
    else:
        gradient = found
    assert type(gradient) is np.ndarray
    np.testing.assert_array_equal(gradient, np.zeros(gradient.shape))


@pytest.mark.parametrize(
    "constant", [lambda x: np.ones(2), lambda x: W, lambda x: [1, 2], lambda x: np.ones(2, int)]
)
def test_constant_array_functions(constant: Any):
    assert hessopt.jacobian(constant)(X).shape == (2, 3)
    np.testing.assert_array_equal(hessopt.jacobian(constant)(X), 0)
    np.testing.assert_array_equal(hessopt.vjp(constant)(X, np.ones(2)), np.zeros(3))
    np.testing.assert_array_equal(hessopt.jvp(constant)(X, X), np.zeros(2))


with no_grad():
    W = Variable(np.ones(2)) * 1


def test_results_are_arrays_of_their_own():
    """Writing into a result changes neither the arguments nor another result."""
    u = np.array([1.0, 2.0, 3.0])
    for g in (lambda x: x, lambda x: x + 0, lambda x: x[:], lambda x: np.reshape(x, (3,))):
        x = X.copy()
        for found in (
            hessopt.vjp(g)(x, u),
            hessopt.jvp(g)(x, u),
            hessopt.grad(lambda x, g=g: np.sum(g(x)))(x),
            hessopt.derivative(lambda x: x, 0)(x),
            hessopt.derivative(g, 1)(x) if g(X) is X else hessopt.jacobian(g)(x),
        ):
            assert found.flags.writeable
            found[...] = -1
            np.testing.assert_array_equal(x, X)
            np.testing.assert_array_equal(u, [1.0, 2.0, 3.0])
    a, b = hessopt.grad(lambda x, y: np.sum(x + y), (0, 1))(X, X)
    a[:] = 5
    np.testing.assert_array_equal(b, 1)


def test_linear_products():
    random = np.random.default_rng(0)
    a = random.standard_normal((2, 3))
    g = lambda x: np.tanh(a @ x) * x[0]  # noqa: E731
    jacobian = hessopt.jacobian(g)(X)
    u, v = random.standard_normal(2), random.standard_normal(3)
    np.testing.assert_allclose(hessopt.vjp(g)(X, u), jacobian.T @ u)
    np.testing.assert_allclose(hessopt.jvp(g)(X, v), jacobian @ v)
    np.testing.assert_allclose(hessopt.jvp(g)(X, [1, 0, 0]), jacobian[:, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: hessopt.vjp(np.sin)(X, np.ones(2)),
            r"u has shape \(2,\), but f\(x\) has shape \(3,\)",
        ),
        (lambda: hessopt.jvp(np.sin)(X, 1.0), r"v has shape \(\), but x has shape \(3,\)"),
        (lambda: hessopt.hvp(np.sum)(X, np.ones((3, 1))), r"v has shape \(3, 1\), but x"),
        (lambda: hessopt.value_grad_hvp(np.sum)(X)[2](np.ones(4)), r"v has shape \(4,\), but x"),
        (lambda: hessopt.vjp(np.sin)(X, np.array(["a", "b", "c"])), "u has dtype <U1"),
        (lambda: hessopt.jvp(np.sin)(X, np.array([None] * 3)), "v has dtype object"),
        (lambda: hessopt.jvp(np.sin)(X, np.array([1j, 0, 0])), "v.*complex"),
    ],
)
def test_wrong_directions(call: Any, message: str):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_that_of_the_argument(dtype: Any):
    x = X.astype(dtype)
    g = lambda x: np.sum(np.sin(x) * x)  # noqa: E731
    value, gradient = hessopt.value_and_grad(g)(x)
    assert value.dtype == dtype
    assert gradient.dtype == dtype
    assert hessopt.hvp(g)(x, np.ones(3)).dtype == dtype
    assert hessopt.hessian(g)(x).dtype == dtype
    assert hessopt.jvp(np.sin)(x, np.ones(3)).dtype == dtype
    assert hessopt.vjp(np.sin)(x, np.ones(3)).dtype == dtype
    assert hessopt.jacobian(np.sin)(x).dtype == dtype
    assert hessopt.jacobian(lambda x: np.sin(x)[:1])(x).dtype == dtype
    assert hessopt.derivative(np.sin, 2)(x).dtype == dtype
    assert hessopt.taylor(np.sin, x, 2).dtype == dtype
    np.testing.assert_allclose(hessopt.hvp(g)(x, x), hessopt.hvp(g)(X, X), rtol=1e-5)


def test_numbers_as_arguments():
    assert hessopt.grad(np.sin)(0.0) == 1
    assert hessopt.grad(np.sin)(np.float64(0)) == 1
    assert hessopt.grad(np.sin)(np.array(0.0)) == 1
    assert hessopt.hvp(lambda x: x**3)(2.0, 1.0) == 12
    assert hessopt.hessian(lambda x: x**3)(2.0) == 12
    assert hessopt.jvp(np.exp)(0.0, 2.0) == 2
    assert float(hessopt.jacobian(np.exp)(0.0)) == 1


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0), (2, 3), (2, 1, 2)])
def test_shapes(shape: tuple[int, ...]):
    x = np.linspace(0.5, 1, int(np.prod(shape))).reshape(shape)
    g = lambda x: np.sum(x**3)  # noqa: E731
    np.testing.assert_allclose(hessopt.grad(g)(x), 3 * x**2)
    np.testing.assert_allclose(hessopt.hvp(g)(x, x), 6 * x**2)
    assert hessopt.hessian(g)(x).shape == shape + shape
    assert hessopt.jacobian(np.sin)(x).shape == shape + shape
    np.testing.assert_allclose(hessopt.jvp(np.sin)(x, x), np.cos(x) * x)
    np.testing.assert_allclose(hessopt.derivative(np.sin)(x), np.cos(x))


def test_under_no_grad():
    with no_grad():
        value, gradient = hessopt.value_and_grad(f)(X, 2.0)
        assert type(gradient) is np.ndarray
        np.testing.assert_array_equal(gradient, 4 * X)
        np.testing.assert_array_equal(hessopt.hvp(f)(X, X, 2.0), 4 * X)
        np.testing.assert_allclose(hessopt.hessian(f)(X, 2.0), 4 * np.eye(3))
        np.testing.assert_allclose(hessopt.jvp(np.sin)(X, X), np.cos(X) * X)
        x = Variable(X)
        gradient = hessopt.grad(f)(x, 2.0)
        assert type(gradient) is np.ndarray
        np.testing.assert_array_equal(gradient, 4 * X)
    assert value == f(X, 2.0)


def test_control_flow():
    def g(x):
        y = x[0]
        while y < 10:
            y = y * 2 + x[1]
        return y if y > 12 else y**2

    report = hessopt.check_derivatives(g, np.array([1.0, 0.7]))
    assert report, str(report)


def test_book_functions_inside_an_objective():
    class Cube(Function):
        def forward(self, x):
            return x**3

        def backward(self, gy):
            return 3 * self.inputs[0] ** 2 * gy

    np.testing.assert_allclose(hessopt.hvp(lambda x: np.sum(Cube()(x)))(X, X), 6 * X**2)


def test_an_error_in_the_function_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        hessopt.grad(lambda x: x / (1 // 0))(1.0)
