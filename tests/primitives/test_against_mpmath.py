"""Derivatives of order one to three against 40-digit arithmetic, to 1e-10 relative."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest

import hessopt
from hessopt.autodiff.registry import KINDS

ONE = {
    np.reciprocal: (lambda x: 1 / x, (-3.0, 0.2, 40.0)),
    np.square: (lambda x: x * x, (-3.0, 0.0, 1e3)),
    np.exp: (mp.exp, (-30.0, 0.0, 2.5, 300.0)),
    np.exp2: (lambda x: mp.mpf(2) ** x, (-30.0, 0.0, 2.5)),
    np.expm1: (mp.expm1, (-30.0, 1e-9, 2.5)),
    np.log: (mp.log, (1e-20, 0.5, 1.0, 3e9)),
    np.log2: (lambda x: mp.log(x) / mp.log(2), (1e-9, 1.0, 3e9)),
    np.log10: (mp.log10, (1e-9, 1.0, 3e9)),
    np.log1p: (mp.log1p, (-0.9, 1e-12, 1e5)),
    np.sqrt: (mp.sqrt, (1e-6, 0.3, 1e8)),
    np.cbrt: (lambda x: mp.sign(x) * mp.cbrt(abs(x)), (-8.0, 1e-3, 0.3, 1e6)),
    np.sin: (mp.sin, (-2.0, 0.1, 1.0, 30.0)),
    np.cos: (mp.cos, (-2.0, 0.1, 1.0, 30.0)),
    np.tan: (mp.tan, (-1.2, 0.1, 1.0, 1.5)),
    np.arcsin: (mp.asin, (-0.99, 0.1, 0.5, 0.9999)),
    np.arccos: (mp.acos, (-0.99, 0.1, 0.5, 0.9999)),
    np.arctan: (mp.atan, (-2.0, 0.1, 1.0, 50.0)),
    np.sinh: (mp.sinh, (-2.0, 1e-5, 1.0, 20.0)),
    np.cosh: (mp.cosh, (-2.0, 1e-5, 1.0, 20.0)),
    np.tanh: (mp.tanh, (-2.0, 0.01, 1.0, 3.0)),
    np.arcsinh: (mp.asinh, (-20.0, 0.1, 1.0, 1e4)),
    np.arccosh: (mp.acosh, (1.0001, 1.5, 20.0)),
    np.arctanh: (mp.atanh, (-0.9999, 0.1, 0.6)),
}

TWO = {
    np.true_divide: (lambda a, b: a / b, (2.3, -0.7)),
    np.power: (lambda a, b: a**b, (1.7, -2.3)),
    np.float_power: (lambda a, b: a**b, (0.2, 3.1)),
    np.hypot: (mp.hypot, (0.3, -5.0)),
    np.arctan2: (mp.atan2, (-0.4, -2.0)),
    np.logaddexp: (lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), (-25.0, 11.0)),
    np.logaddexp2: (
        lambda a, b: mp.log(mp.mpf(2) ** a + mp.mpf(2) ** b) / mp.log(2),
        (12.0, -30.0),
    ),
}


def exact(f: Any, x: tuple[float, ...], orders: tuple[int, ...]) -> float:
    with mp.workdps(60):
        return float(mp.diff(f, tuple(map(mp.mpf, x)), orders))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    ("f", "reference", "points"), [(f, *rest) for f, rest in ONE.items()], ids=lambda f: ""
)
def test_of_one_variable(f: Any, reference: Any, points: tuple[float, ...], order: int):
    found = hessopt.derivative(f, order)(np.array(points))
    expected = [exact(reference, (x,), (order,)) for x in points]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("orders", [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (2, 1), (1, 2), (0, 3)])
@pytest.mark.parametrize(("f", "reference", "x"), [(f, *rest) for f, rest in TWO.items()])
def test_of_two_variables(f: Any, reference: Any, x: tuple[float, float], orders: tuple[int, int]):
    g = f
    for argument in (0, 1):
        for _ in range(orders[argument]):
            g = hessopt.grad(g, argument)
    np.testing.assert_allclose(g(*x), exact(reference, x, orders), rtol=1e-10, atol=1e-40)


def test_rest_is_known_from_these():
    """What mpmath is not asked about is linear, a step, or the same function in other units."""
    simple = {
        np.add, np.subtract, np.multiply, np.negative, np.positive, np.absolute, np.fabs,
        np.maximum, np.minimum, np.fmax, np.fmin, np.copysign, np.remainder, np.fmod, np.divmod,
        np.deg2rad, np.rad2deg, np.radians, np.degrees, np.conjugate, np.sign, np.modf, np.ldexp,
        np.frexp, np.nextafter,
    }  # fmt: skip
    ufuncs = {
        f
        for f, kind in KINDS.items()
        if isinstance(f, np.ufunc) and kind != "constant" and getattr(np, f.__name__, None) is f
    }
    products = {np.matmul, np.vecdot, np.matvec, np.vecmat}
    assert ufuncs - products <= set(ONE) | set(TWO) | simple
