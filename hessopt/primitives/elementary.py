"""Exponentials, logarithms, roots, trigonometric and hyperbolic functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.families import Elementwise

_LN2 = float(np.log(2.0))
_LN10 = float(np.log(10.0))


class Exp(Elementwise):
    numpy = np.exp
    partials = (lambda y, x: y,)


class Exp2(Elementwise):
    numpy = np.exp2
    partials = (lambda y, x: y * _LN2,)


class Expm1(Elementwise):
    numpy = np.expm1
    partials = (lambda y, x: np.exp(x),)  # y + 1 would round away small exponentials


class Log(Elementwise):
    numpy = np.log
    partials = (lambda y, x: 1 / x,)


class Log2(Elementwise):
    numpy = np.log2
    partials = (lambda y, x: 1 / (x * _LN2),)


class Log10(Elementwise):
    numpy = np.log10
    partials = (lambda y, x: 1 / (x * _LN10),)


class Log1p(Elementwise):
    numpy = np.log1p
    partials = (lambda y, x: 1 / (1 + x),)


class Sqrt(Elementwise):
    numpy = np.sqrt
    partials = (lambda y, x: 0.5 / y,)


class Cbrt(Elementwise):
    numpy = np.cbrt
    partials = (lambda y, x: 1 / (3 * y * y),)


class Sin(Elementwise):
    numpy = np.sin
    partials = (lambda y, x: np.cos(x),)


class Cos(Elementwise):
    numpy = np.cos
    partials = (lambda y, x: -np.sin(x),)


class Tan(Elementwise):
    numpy = np.tan
    partials = (lambda y, x: 1 + y * y,)


def _leg(x: Any) -> Any:
    """Return sqrt(1 - x^2), on the sheet of arcsin where x is complex and on the cut."""
    if x.dtype.kind == "c":  # 1 - x would lose the sign of a zero that says on which side x lies
        return np.sqrt(-(x - 1)) * np.sqrt(1 + x)
    return np.sqrt((1 - x) * (1 + x))


class Arcsin(Elementwise):
    numpy = np.arcsin
    partials = (lambda y, x: 1 / _leg(x),)


class Arccos(Elementwise):
    numpy = np.arccos
    partials = (lambda y, x: -1 / _leg(x),)


class Arctan(Elementwise):
    numpy = np.arctan
    partials = (lambda y, x: 1 / (1 + x * x),)


class Sinh(Elementwise):
    numpy = np.sinh
    partials = (lambda y, x: np.cosh(x),)


class Cosh(Elementwise):
    numpy = np.cosh
    partials = (lambda y, x: np.sinh(x),)


class Tanh(Elementwise):
    numpy = np.tanh
    partials = (lambda y, x: 1 - y * y,)


class Arcsinh(Elementwise):
    numpy = np.arcsinh
    partials = (lambda y, x: 1 / np.sqrt(1 + x * x),)


class Arccosh(Elementwise):
    numpy = np.arccosh
    partials = (lambda y, x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)),)


class Arctanh(Elementwise):
    numpy = np.arctanh
    partials = (lambda y, x: 1 / ((1 - x) * (1 + x)),)


class Deg2rad(Elementwise):
    numpy = np.deg2rad
    partials = (lambda y, x: np.pi / 180,)


class Radians(Deg2rad):
    numpy = np.radians


class Rad2deg(Elementwise):
    numpy = np.rad2deg
    partials = (lambda y, x: 180 / np.pi,)


class Degrees(Rad2deg):
    numpy = np.degrees


def _hypot_partial(y: Any, a: Any) -> Any:
    """Return a / hypot(a, b), with 0 where both legs are 0."""
    zero = np.equal(y, 0)
    return np.where(zero, 0.0, a) / np.where(zero, 1.0, y)


class Hypot(Elementwise):
    numpy = np.hypot
    partials = (lambda y, a, b: _hypot_partial(y, a), lambda y, a, b: _hypot_partial(y, b))


class Arctan2(Elementwise):
    numpy = np.arctan2
    partials = (
        lambda y, a, b: b / (a * a + b * b),
        lambda y, a, b: -a / (a * a + b * b),
    )


def _share(a: Any, b: Any) -> Any:
    """Return exp(a) / (exp(a) + exp(b)), without overflow or cancellation at any order."""
    infinite = np.equal(a, b) & np.isinf(a)
    gap = np.where(infinite, 0.0, b) - np.where(infinite, 0.0, a)
    return np.exp(-np.logaddexp(0.0, gap))


class Logaddexp(Elementwise):
    numpy = np.logaddexp
    partials = (lambda y, a, b: _share(a, b), lambda y, a, b: _share(b, a))


class Logaddexp2(Elementwise):
    numpy = np.logaddexp2
    partials = (
        lambda y, a, b: _share(_LN2 * a, _LN2 * b),
        lambda y, a, b: _share(_LN2 * b, _LN2 * a),
    )
