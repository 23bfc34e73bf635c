"""Values of derivatives at kinks, ties, zeros and infinities: conventions that must not drift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (np.abs, 0.0, 0.0),
        (np.fabs, 0.0, 0.0),
        (lambda x: np.maximum(x, 1.0), 1.0, 0.5),
        (lambda x: np.minimum(1.0, x), 1.0, 0.5),
        (lambda x: np.fmax(x, 1.0), 1.0, 0.5),
        (lambda x: np.clip(x, 0.0, 1.0), 2.0, 0.0),
        (lambda x: np.clip(x, 0.0, 1.0), 0.0, 0.5),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: x**1, 0.0, 1.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**0.0, 3.0, 0.0),
        (lambda x: x ** np.array(0), 0.0, 0.0),
        (lambda x: x**1.0 * 2, 0.0, 2.0),
        (lambda x: 0.0**x, 2.0, 0.0),
        (lambda x: np.hypot(x, 0.0), 0.0, 0.0),
        (lambda x: np.hypot(0.0, x), 0.0, 0.0),
        (lambda x: np.fmax(x, np.nan), 1.0, 1.0),
        (lambda x: np.fmin(np.nan, x), 1.0, 1.0),
        (lambda x: np.logaddexp(x, -np.inf), 1.0, 1.0),
        (lambda x: np.logaddexp(x, np.inf), 1.0, 0.0),
        (lambda x: np.logaddexp(x, 1000.0), 0.0, 0.0),
        (lambda x: np.sign(x) * x, 3.0, 1.0),
        (lambda x: np.floor(x) * x, 2.5, 2.0),
        (lambda x: np.heaviside(x, 0.5) * x, 2.0, 1.0),
        (lambda x: np.where(x > 0, x, -x), 0.0, -1.0),
    ],
)
def test_first_derivative(f: Any, x: float, expected: float):
    np.testing.assert_array_equal(hessopt.grad(f)(x), expected)


@pytest.mark.parametrize("extreme", [np.max, np.min])
def test_entries_that_tie_for_an_extreme_share_its_derivative(extreme: Any):
    x = np.array([[2.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
    chosen = np.equal(x, extreme(x, axis=1, keepdims=True))
    expected = chosen / chosen.sum(axis=1, keepdims=True)
    found = hessopt.grad(lambda x: np.sum(extreme(x, axis=1)))(x)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("zeros", [1, 2, 3])
def test_products_with_zeros(zeros: int):
    x = np.array([2.0, 3.0, 5.0])
    x[:zeros] = 0
    gradient = {1: [15.0, 0, 0], 2: [0.0, 0, 0], 3: [0.0, 0, 0]}[zeros]
    mixed = {1: 5.0, 2: 5.0, 3: 0.0}[zeros]
    np.testing.assert_array_equal(hessopt.grad(np.prod)(x), gradient)
    assert hessopt.hessian(np.prod)(x)[0, 1] == mixed
    np.testing.assert_array_equal(hessopt.grad(lambda x: np.cumprod(x)[-1])(x), gradient)


def test_mixed_derivative_of_a_power_where_the_exponent_is_zero():
    hessian = hessopt.hessian(lambda p: p[0] ** p[1])(np.array([2.0, 0.0]))
    np.testing.assert_allclose(hessian, [[0, 0.5], [0.5, np.log(2) ** 2]])


@pytest.mark.parametrize("f", [np.logaddexp, np.logaddexp2])
def test_second_derivative_of_logaddexp_where_operands_are_equal(f: Any):
    x = np.array([0.7, 0.7])
    unit = 1.0 if f is np.logaddexp else np.log(2)
    hessian = hessopt.hessian(lambda x: f(x[0], x[1]))(x)
    np.testing.assert_allclose(hessian, unit * np.array([[0.25, -0.25], [-0.25, 0.25]]))


def test_logaddexp_of_infinities():
    x = np.array([-np.inf, -np.inf])
    np.testing.assert_array_equal(hessopt.grad(lambda x: np.logaddexp(x[0], x[1]))(x), [0.5, 0.5])


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_determinants_of_singular_matrices(n: int):
    a = np.add.outer(np.arange(n), np.arange(n)).astype(float)
    assert abs(np.linalg.det(a)) < 1e-12 or n == 2
    report = hessopt.check_derivatives(np.linalg.det, a)
    assert report, str(report)
    report = hessopt.check_derivatives(np.linalg.det, np.zeros((n, n)))
    assert report, str(report)


def test_determinants_of_a_stack_with_a_singular_member():
    a = np.array([[[1.0, 2], [3, 4]], [[1, 2], [2, 4]]])
    report = hessopt.check_derivatives(np.linalg.det, a)
    assert report, str(report)


def test_steps_and_comparisons_are_plain_arrays():
    x = hessopt.Variable(np.array([0.5, -1.5]))
    for f in (np.sign, np.floor, np.ceil, np.rint, np.trunc, np.isnan, np.argsort):
        assert type(f(x)) is np.ndarray
        np.testing.assert_array_equal(f(x), f(x.data))
    assert np.argmax(x) == 0
    assert type(x > 0) is np.ndarray
    assert type(x // 1.0) is np.ndarray
    np.testing.assert_array_equal(round(x), np.round(x.data))
