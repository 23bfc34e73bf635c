"""Error functions, the normal distribution's, and Fresnel's.

Where a rule such as ``2 x y - 2 / sqrt(pi)`` is a small difference of large numbers, it gives way
to the asymptotic series (DLMF 7.12.1), so that the second and third derivatives keep their digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.primitives.special_families import elementwise, safe, several

_ROOT_PI = float(np.sqrt(np.pi))
_ROOT_TWO = float(np.sqrt(2.0))
_ROOT_TWO_PI = float(np.sqrt(2 * np.pi))
_FAR = 8.0  # from here on 17 terms of the series have all digits
_TERMS = 17


def _tail(t: Any) -> Any:
    """Return the sum over n >= 1 of (2n - 1)!! / t^n: what the difference leaves over.

    With t = 2 x^2 dawsn(x) is (1 + tail) / (2 x), with t = -2 x^2 it is that of erfcx.
    """
    total = 0.0
    for n in range(_TERMS, 0, -1):
        total = (2 * n - 1) / t * (1 + total)
    return total


def _of_erfcx(y: Any, x: Any) -> Any:
    far = np.greater(np.real(x), _FAR)
    large = safe(far, x, _FAR)
    near = 2 * sp.erfcx(safe(~far, x, 0.0)) * safe(~far, x, 0.0) - 2 / _ROOT_PI
    return np.where(far, 2 / _ROOT_PI * _tail(-2 * large * large), near)


def _of_dawsn(y: Any, x: Any) -> Any:
    far = np.greater(np.abs(np.real(x)), _FAR)
    large = safe(far, x, _FAR)
    z = safe(~far, x, 0.0)
    return np.where(far, -_tail(2 * large * large), 1 - 2 * z * sp.dawsn(z))


def _of_wofz(y: Any, z: Any) -> Any:
    far = np.greater(np.abs(z), _FAR) & np.greater_equal(np.imag(z), 0)
    large = safe(far, z, _FAR)
    w = safe(~far, z, 0.0)
    factor = np.complex128(2j / _ROOT_PI)
    return np.where(far, -factor * _tail(2 * large * large), factor - 2 * w * sp.wofz(w))


elementwise(sp.erf, lambda y, x: 2 / _ROOT_PI * np.exp(-x * x))
elementwise(sp.erfc, lambda y, x: -2 / _ROOT_PI * np.exp(-x * x))
elementwise(sp.erfcx, _of_erfcx)
elementwise(sp.erfi, lambda y, x: 2 / _ROOT_PI * np.exp(x * x))
elementwise(sp.dawsn, _of_dawsn)
elementwise(sp.wofz, _of_wofz)
elementwise(sp.erfinv, lambda y, p: _ROOT_PI / 2 * np.exp(y * y))
elementwise(sp.erfcinv, lambda y, p: -_ROOT_PI / 2 * np.exp(y * y))


def normal_density(x: Any) -> Any:
    """Return the density of the standard normal distribution."""
    return np.exp(-0.5 * x * x) / _ROOT_TWO_PI


def _mills(x: Any) -> Any:
    """Return density / distribution function of the normal law, the derivative of log_ndtr."""
    left = np.less(x, 0)
    below = safe(left, x, 0.0)
    above = safe(~left, x, 0.0)
    return np.where(
        left,
        2 / _ROOT_TWO_PI / sp.erfcx(-below / _ROOT_TWO),
        normal_density(above) / sp.ndtr(above),
    )


elementwise(sp.ndtr, lambda y, x: normal_density(x))
elementwise(sp.log_ndtr, lambda y, x: _mills(x))
elementwise(sp.ndtri, lambda y, p: _ROOT_TWO_PI * np.exp(0.5 * y * y))
elementwise(sp.ndtri_exp, lambda y, p: 1 / _mills(y))


def _owens_t_in_h(y: Any, h: Any, a: Any) -> Any:
    return -np.exp(-0.5 * h * h) * sp.erf(a * h / _ROOT_TWO) / (2 * _ROOT_TWO_PI)


elementwise(
    sp.owens_t,
    _owens_t_in_h,
    lambda y, h, a: np.exp(-0.5 * h * h * (1 + a * a)) / (2 * np.pi * (1 + a * a)),
)


def _voigt(part: Any) -> Any:
    """Voigt's profile is Re w(z) / (sigma sqrt(2 pi)), z = (x + i gamma) / (sigma sqrt(2))."""

    def partial(y: Any, x: Any, sigma: Any, gamma: Any) -> Any:
        z = (x + 1j * gamma) / (sigma * _ROOT_TWO)
        slope = _of_wofz(None, z)
        return part(y, slope, z, sigma) / (sigma * _ROOT_TWO_PI)

    return partial


elementwise(
    sp.voigt_profile,
    _voigt(lambda y, slope, z, sigma: np.real(slope) / (sigma * _ROOT_TWO)),
    _voigt(lambda y, slope, z, sigma: -np.real(slope * z) / sigma - y * _ROOT_TWO_PI),
    _voigt(lambda y, slope, z, sigma: -np.imag(slope) / (sigma * _ROOT_TWO)),
)


def _of_modified_fresnel(sign: int) -> Any:
    """F is the integral of exp(± i t^2) from x on, K = exp(∓ i (x^2 + pi/4)) F / sqrt(pi)."""
    turn = np.exp(-sign * 0.25j * np.pi) / _ROOT_PI

    def partial(y: Any, x: Any) -> Any:
        return -np.exp(sign * 1j * x * x), -sign * 2j * x * y[1] - turn

    return partial


several(
    sp.fresnel,
    lambda y, x: (np.sin(0.5 * np.pi * x * x), np.cos(0.5 * np.pi * x * x)),
)
several(sp.modfresnelp, _of_modified_fresnel(1))
several(sp.modfresnelm, _of_modified_fresnel(-1))
