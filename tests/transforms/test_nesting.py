"""Derivatives inside derivatives: no perturbation is confused with another, none is lost."""

from __future__ import annotations

import numpy as np
import pytest

import hessopt
from hessopt import Variable, grad

X = np.array([0.5, 1.0, 1.5])


def test_perturbation_confusion():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12
    assert grad(lambda x: grad(lambda y: y)(x))(3.0) == 0
    assert grad(lambda x: grad(lambda y: x)(2.0))(3.0) == 0
    assert grad(lambda x: grad(lambda x: x**2)(x) * x)(3.0) == 12
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z)(1.0))(1.0))(2.0) == 1
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z**2)(y))(x))(2.0) == 16


def test_higher_orders_by_repetition():
    f = np.sin
    for expected in (np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin):
        f = grad(f)
        assert f(0.7) == pytest.approx(expected(0.7), rel=1e-13)


def test_transforms_of_transforms():
    def f(x):
        return np.sum(np.sin(x) * x**2) + x[0] * x[1] * x[2]

    hessian = hessopt.hessian(f)(X)
    np.testing.assert_allclose(hessopt.jacobian(grad(f))(X), hessian)
    np.testing.assert_allclose(hessopt.jacobian(hessopt.jacobian(f))(X), hessian)
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hessopt.jvp(grad(f))(X, v), hessian @ v)
    np.testing.assert_allclose(hessopt.vjp(grad(f))(X, v), hessian @ v)
    np.testing.assert_allclose(grad(lambda x: np.sum(grad(f)(x) * v))(X), hessian @ v)
    np.testing.assert_allclose(grad(lambda x: hessopt.jvp(f)(x, v))(X), hessian @ v)
    third = hessopt.jacobian(hessopt.hessian(f))(X)
    assert third.shape == (3, 3, 3)
    np.testing.assert_allclose(third, np.moveaxis(third, 0, -1), atol=1e-12)
    np.testing.assert_allclose(hessopt.jacobian(lambda x: hessopt.hvp(f)(x, v))(X), third @ v)
    np.testing.assert_allclose(grad(lambda v: np.sum(hessopt.hvp(f)(X, v) * v))(v), 2 * hessian @ v)
    np.testing.assert_allclose(grad(lambda v: hessopt.jvp(f)(X, v))(v), grad(f)(X))
    np.testing.assert_allclose(
        hessopt.jacobian(lambda u: hessopt.vjp(np.sin)(X, u))(X), np.diag(np.cos(X))
    )


def test_value_and_grad_inside_an_objective():
    def outer(x):
        value, gradient = hessopt.value_and_grad(lambda y: np.sum(y**3) * x[0])(x)
        return value + np.sum(gradient**2)

    report = hessopt.check_derivatives(outer, X)
    assert report, str(report)


def test_value_grad_hvp_inside_an_objective():
    def outer(x):
        value, gradient, product = hessopt.value_grad_hvp(lambda y: np.sum(y**3) * x[0])(x)
        return value * np.sum(gradient) + np.sum(product(x) ** 2)

    report = hessopt.check_derivatives(outer, X, order=2)
    assert report, str(report)


def test_hessian_and_jacobian_inside_an_objective():
    def outer(x):
        hessian = hessopt.hessian(lambda y: np.sum(np.exp(y * x)))(x)
        jacobian = hessopt.jacobian(lambda y: np.sin(y) * y[0] * x[1])(x)
        wide = hessopt.jacobian(lambda y: np.outer(y, x))(x)
        return np.linalg.slogdet(hessian)[1] + np.sum(jacobian**2) + np.sum(wide * wide)

    report = hessopt.check_derivatives(outer, X, order=2)
    assert report, str(report)


def test_derivative_and_taylor_inside_an_objective():
    def outer(x):
        return np.sum(hessopt.derivative(lambda y: np.sin(x[0] * y), 2)(x)) + np.sum(
            hessopt.taylor(lambda y: np.exp(y * x), x, 3)
        )

    report = hessopt.check_derivatives(outer, X, order=2)
    assert report, str(report)


def test_one_newton_step_is_differentiable():
    """Differentiating through an inner solve with exact inner derivatives."""

    def step(w):
        f = lambda x: np.sum(w * np.cosh(x - w))  # noqa: E731
        x = np.zeros(3)
        return x - np.linalg.solve(hessopt.hessian(f)(x), grad(f)(x))

    report = hessopt.check_derivatives(step, X, order=2)
    assert report, str(report)


def test_closure_over_an_outer_variable():
    w = Variable(np.array([1.0, 2.0, 3.0]))
    gradient = grad(lambda x: np.sum(w * x**2))(X)
    assert isinstance(gradient, Variable)
    np.testing.assert_array_equal(gradient.data, 2 * w.data * X)
    np.sum(gradient).backward()
    np.testing.assert_array_equal(w.grad.data, 2 * X)
    value, _ = hessopt.value_and_grad(lambda x: np.sum(w * x**2))(X)
    assert isinstance(value, Variable)


def test_outer_variable_that_does_not_matter_leaves_results_plain():
    w = Variable(np.array([1.0, 2.0, 3.0]))
    assert type(grad(lambda x: np.sum(w.data * x))(X)) is np.ndarray
    assert type(grad(lambda x: np.sum(x**2))(X)) is np.ndarray


def test_arguments_that_are_variables():
    x = Variable(X)
    gradient = grad(lambda x: np.sum(x**3))(x)
    assert isinstance(gradient, Variable)
    np.sum(gradient).backward()
    np.testing.assert_allclose(x.grad.data, 6 * X)
    y = Variable(X)
    other = grad(lambda x, y: np.sum(x**2 * y))(X, y)
    np.sum(other).backward()
    np.testing.assert_allclose(y.grad.data, 2 * X)


def test_backward_inside_a_transformed_function():
    """The book's way inside ours."""

    def outer(x):
        inner = Variable(np.array(2.0))
        y = inner**3 * x
        y.backward(create_graph=True)
        return inner.grad * x

    assert grad(outer)(5.0) == 2 * 12 * 5


def test_transform_inside_the_books_way():
    x = Variable(np.array(2.0))
    y = grad(lambda t: t**3 * x)(x)
    y.backward()
    assert x.grad.data == 3 * 3 * 2**2


def test_memoised_inner_values_are_not_lost():
    cache = {}

    def slow(x):
        if "y" not in cache:
            cache["y"] = np.sin(x)
        return cache["y"] * x

    def outer(x):
        cache.clear()
        return np.sum(slow(x) + slow(x) ** 2)

    report = hessopt.check_derivatives(outer, X)
    assert report, str(report)
