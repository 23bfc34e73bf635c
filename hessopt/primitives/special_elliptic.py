"""Legendre's elliptic integrals in the parameter m = k^2, and Jacobi's functions.

The derivatives in m are Carlson's integrals: the textbook formulas divide by m and by 1 - m what
all but cancels there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.primitives.special_families import elementwise, several

elementwise(sp.ellipk, lambda y, m: sp.elliprd(0.0, 1.0, 1 - m) / 6)
elementwise(sp.ellipkm1, lambda y, p: sp.elliprd(0.0, 1.0, p) / -6)
elementwise(sp.ellipe, lambda y, m: sp.elliprd(0.0, 1 - m, 1.0) / -6)


def _turns(phi: Any) -> Any:
    """Return the number of half turns that an angle is from (-pi/2, pi/2)."""
    return np.round(phi / np.pi)


def _first_in_m(phi: Any, m: Any) -> Any:
    """Return the derivative of F(phi, m) in m; DLMF 19.25.5 and 19.25.9 for one half turn."""
    s, c = np.sin(phi), np.cos(phi)
    sign = np.sign(c)  # sin(phi - n pi)
    rest = s**3 * sign * sp.elliprd(c * c, 1.0, 1 - m * s * s)
    return (rest + 2 * _turns(phi) * sp.elliprd(0.0, 1.0, 1 - m)) / 6


def _second_in_m(phi: Any, m: Any) -> Any:
    """Return the derivative of E(phi, m) in m."""
    s, c = np.sin(phi), np.cos(phi)
    sign = np.sign(c)
    rest = s**3 * sign * sp.elliprd(c * c, 1 - m * s * s, 1.0)
    return (rest + 2 * _turns(phi) * sp.elliprd(0.0, 1 - m, 1.0)) / -6


elementwise(
    sp.ellipkinc,
    lambda y, phi, m: 1 / np.sqrt(1 - m * np.sin(phi) ** 2),
    lambda y, phi, m: _first_in_m(phi, m),
)
elementwise(
    sp.ellipeinc,
    lambda y, phi, m: np.sqrt(1 - m * np.sin(phi) ** 2),
    lambda y, phi, m: _second_in_m(phi, m),
)


def _jacobi_in_m(y: Any, u: Any, m: Any) -> Any:
    """Differentiate by the amplitude, which solves F(phi, m) = u."""
    sn, cn, dn, phi = y
    slope = -dn * _first_in_m(phi, m)
    return cn * slope, -sn * slope, -0.5 * sn * (sn + 2 * m * cn * slope) / dn, slope


several(
    sp.ellipj,
    lambda y, u, m: (y[1] * y[2], -y[0] * y[2], -m * y[0] * y[1], y[2]),
    _jacobi_in_m,
)
