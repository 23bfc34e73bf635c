"""Parts of floating-point numbers; sinc and I0."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np

from hessopt.autodiff.data import strip
from hessopt.autodiff.families import Elementwise
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived


class Ldexp(Elementwise):
    numpy = np.ldexp
    partials = (lambda y, x, n: np.ldexp(np.ones((), x.dtype), n), None)


class Nextafter(Elementwise):
    """A step of one unit in the last place: as a function of the reals, the first operand."""

    numpy = np.nextafter
    partials = (1, 0)


@derived(np.frexp)
def frexp(x: Any, **kwargs: Any) -> Any:
    """Mantissa and exponent; the exponent is constant almost everywhere."""
    if kwargs:
        raise unsupported(np.frexp, kwargs)
    _, exponent = np.frexp(strip(x))
    return np.ldexp(x, -exponent), exponent


@derived(np.modf)
def modf(x: Any) -> Any:
    """Fractional part, and integral part, which is constant almost everywhere."""
    infinite = np.isinf(x)
    return np.fmod(np.where(infinite, x.dtype.type(0), x), x.dtype.type(1)), np.trunc(x)


# Taylor coefficients of sin(pi x) / (pi x) in x^2; at |x| < 1/2 enough for several derivatives
_SINC = [(-1) ** k * np.pi ** (2 * k) / factorial(2 * k + 1) for k in range(18)]


def _sinc_slope(y: Any, x: Any) -> Any:
    small = np.less(np.abs(x), 0.5)
    safe = np.where(small, x.dtype.type(1), x)
    near = np.where(small, x, x.dtype.type(0))
    square = near * near
    series: Any = np.zeros((), x.dtype)
    for k in range(len(_SINC) - 1, 0, -1):
        series = series * square + x.dtype.type(2 * k * _SINC[k])
    return np.where(small, series * near, (np.cos(np.pi * safe) - np.sinc(safe)) / safe)


class Sinc(Elementwise):
    numpy = np.sinc
    partials = (_sinc_slope,)


def _i0_slope(y: Any, x: Any) -> Any:
    from scipy import special  # which takes longer to import than hessopt

    return special.i1(x)


class I0(Elementwise):
    numpy = np.i0
    partials = (_i0_slope,)
