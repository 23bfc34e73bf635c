"""Derivatives of any order of each element, and Taylor coefficients."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import hessopt
from hessopt import Variable, no_grad

POINTS = np.array([-2.3, -0.7, 0.1, 0.4, 1.0, 1.9])


@pytest.mark.parametrize("n", range(1, 9))
@pytest.mark.parametrize(
    ("f", "reference"), [(np.sin, mp.sin), (np.tanh, mp.tanh)], ids=["sin", "tanh"]
)
def test_against_mpmath(f: Any, reference: Any, n: int):
    with mp.workdps(60):
        expected = [float(mp.diff(reference, mp.mpf(x), n)) for x in POINTS]
    np.testing.assert_allclose(hessopt.derivative(f, n)(POINTS), expected, rtol=1e-10)


@pytest.mark.parametrize("n", range(1, 6))
def test_of_a_composition(n: int):
    with mp.workdps(60):
        f = lambda x: mp.exp(mp.sin(x) ** 2) / (1 + x * x)  # noqa: E731
        expected = [float(mp.diff(f, mp.mpf(x), n)) for x in POINTS]
    found = hessopt.derivative(lambda x: np.exp(np.sin(x) ** 2) / (1 + x**2), n)(POINTS)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_the_books_way_gives_the_same():
    x = Variable(POINTS)
    y = np.tanh(x)
    y.backward(create_graph=True)
    for n in range(1, 6):
        np.testing.assert_allclose(x.grad.data, hessopt.derivative(np.tanh, n)(POINTS), rtol=1e-12)
        gx = x.grad
        x.cleargrad()
        gx.backward(create_graph=True)


def test_order_zero_and_polynomials():
    np.testing.assert_array_equal(hessopt.derivative(np.sin, 0)(POINTS), np.sin(POINTS))
    cubic = lambda x: 2 * x**3 - x  # noqa: E731
    np.testing.assert_allclose(hessopt.derivative(cubic)(POINTS), 6 * POINTS**2 - 1)
    np.testing.assert_allclose(hessopt.derivative(cubic, 2)(POINTS), 12 * POINTS)
    np.testing.assert_allclose(hessopt.derivative(cubic, 3)(POINTS), 12)
    np.testing.assert_array_equal(hessopt.derivative(cubic, 4)(POINTS), 0)
    np.testing.assert_array_equal(hessopt.derivative(cubic, 6)(POINTS), 0)
    np.testing.assert_array_equal(hessopt.derivative(lambda x: np.ones(6), 2)(POINTS), 0)


def test_scalars_and_types():
    found = hessopt.derivative(np.sin)(0.0)
    assert isinstance(found, np.float64)
    assert found == 1
    assert hessopt.derivative(np.sin, 3)(np.float32(0)).dtype == np.float32
    matrix = POINTS.reshape(2, 3)
    np.testing.assert_allclose(hessopt.derivative(np.sin)(matrix), np.cos(matrix))


def test_further_arguments():
    found = hessopt.derivative(lambda x, a, *, b: a * x**b, 2)(POINTS, 3.0, b=4)
    np.testing.assert_allclose(found, 36 * POINTS**2)
    found = hessopt.taylor(lambda x, a, *, b: a * x**b, 0.0, 2, 3.0, b=2)
    np.testing.assert_allclose(found, [0, 0, 3])


def test_argnums():
    found = hessopt.derivative(lambda a, x: a * x**3, 2, argnums=1)(2.0, POINTS)
    np.testing.assert_allclose(found, 12 * POINTS)
    with pytest.raises(ValueError, match="argnums=2"):
        hessopt.derivative(np.multiply, argnums=2)(2.0, POINTS)
    with pytest.raises(TypeError, match="one array"):
        hessopt.derivative(np.multiply, argnums=(0, 1))(POINTS, POINTS)


def test_a_scalar_function_may_mix_what_it_likes():
    def f(x):
        a = np.stack([x, x**2, np.sin(x)])
        return a @ a

    report = hessopt.check_derivatives(lambda x: hessopt.derivative(f)(x), 0.7)
    assert report, str(report)


def test_constants_and_outer_variables_do_not_make_a_function_mixed():
    w = Variable(np.array(2.0))
    found = hessopt.derivative(lambda x: w * np.sin(x) * np.sum(w * np.ones(3)), 2)(POINTS)
    np.testing.assert_allclose(found.data, -12 * np.sin(POINTS))
    np.sum(found).backward()
    np.testing.assert_allclose(w.grad.data, -12 * np.sum(np.sin(POINTS)))
    with no_grad():
        assert type(hessopt.derivative(lambda x: w * x)(POINTS)) is np.ndarray


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (np.sum, r"returned shape \(\) for an argument of shape \(6,\)"),
        (lambda x: x[:2], r"returned shape \(2,\)"),
        (lambda x: np.outer(x, x), r"returned shape \(6, 6\)"),
        (np.cumsum, "mixes the elements"),
        (lambda x: x * x[0], "mixes the elements"),
        (lambda x: x / np.sum(x), "mixes the elements"),
        (lambda x: x[::-1], "mixes the elements"),
        (lambda x: np.sort(x) if False else x.reshape(2, 3).T.reshape(-1), "mixes the elements"),
    ],
)
def test_functions_that_do_not_act_on_each_element(f: Any, message: str):
    for n in (1, 2):
        with pytest.raises(ValueError, match=message):
            hessopt.derivative(f, n)(POINTS)
    with pytest.raises(ValueError, match=message):
        hessopt.taylor(f, POINTS, 2)


@pytest.mark.parametrize("n", [-1, 1.5, "2", None])
def test_wrong_order(n: Any):
    with pytest.raises(ValueError, match=r"n=.*whole number, 0 or more"):
        hessopt.derivative(np.sin, n)
    with pytest.raises(ValueError, match=r"n=.*whole number, 0 or more"):
        hessopt.taylor(np.sin, 0.0, n)


def test_no_array():
    with pytest.raises(TypeError, match=r"f returned None.*must return an array"):
        hessopt.derivative(lambda x: None)(1.0)
    with pytest.raises(TypeError, match="int64"):
        hessopt.derivative(np.sin)(1)


SERIES = {
    np.exp: lambda k: 1 / math.factorial(k),
    np.sin: lambda k: 0 if k % 2 == 0 else (-1) ** (k // 2) / math.factorial(k),
    np.cos: lambda k: 0 if k % 2 else (-1) ** (k // 2) / math.factorial(k),
    np.log1p: lambda k: 0 if k == 0 else (-1) ** (k + 1) / k,
    np.arctan: lambda k: 0 if k % 2 == 0 else (-1) ** (k // 2) / k,
}


@pytest.mark.parametrize(
    ("f", "coefficient"), SERIES.items(), ids=lambda f: getattr(f, "__name__", "")
)
def test_known_series(f: Any, coefficient: Any):
    found = hessopt.taylor(f, 0.0, 7)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, [coefficient(k) for k in range(8)], rtol=1e-12, atol=1e-13)


def test_taylor_of_arrays():
    found = hessopt.taylor(np.exp, POINTS, 3)
    assert found.shape == (4, 6)
    np.testing.assert_allclose(found * [[1], [1], [2], [6]], np.tile(np.exp(POINTS), (4, 1)))
    assert hessopt.taylor(np.exp, POINTS, 0).shape == (1, 6)


def test_taylor_with_a_threshold_converges_to_the_function():
    """Step 27 of the book, by the transform."""
    polynomial = np.polynomial.Polynomial(hessopt.taylor(np.sin, 0.0, 11))
    assert polynomial(np.pi / 4) == pytest.approx(np.sin(np.pi / 4), abs=1e-11)
