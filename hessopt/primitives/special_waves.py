"""Functions of wave equations in curved coordinates: Mathieu, parabolic cylinder, spheroidal.

SciPy gives each with its first derivative; the second follows from the differential equation
(*NIST Digital Library of Mathematical Functions*, 12.2, 28.2, 28.20, 30.2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.primitives.special_families import several

_DEGREE = float(np.pi / 180)


def _mathieu(characteristic: Any) -> Any:
    """Rules in the angle, which SciPy takes in degrees while it differentiates in radians."""

    def partial(y: Any, m: Any, q: Any, x: Any) -> Any:
        curvature = 2 * q * np.cos(2 * _DEGREE * x) - characteristic(m, q)
        return _DEGREE * y[1], _DEGREE * curvature * y[0]

    return partial


def _modified_mathieu(characteristic: Any) -> Any:
    def partial(y: Any, m: Any, q: Any, x: Any) -> Any:
        return y[1], (characteristic(m, q) - 2 * q * np.cosh(2 * x)) * y[0]

    return partial


several(sp.mathieu_cem, None, None, _mathieu(sp.mathieu_a))
several(sp.mathieu_sem, None, None, _mathieu(sp.mathieu_b))
several(sp.mathieu_modcem1, None, None, _modified_mathieu(sp.mathieu_a))
several(sp.mathieu_modcem2, None, None, _modified_mathieu(sp.mathieu_a))
several(sp.mathieu_modsem1, None, None, _modified_mathieu(sp.mathieu_b))
several(sp.mathieu_modsem2, None, None, _modified_mathieu(sp.mathieu_b))

several(sp.pbdv, None, lambda y, v, x: (y[1], (0.25 * x * x - v - 0.5) * y[0]))
several(sp.pbvv, None, lambda y, v, x: (y[1], (0.25 * x * x - v - 0.5) * y[0]))
several(sp.pbwa, None, lambda y, a, x: (y[1], (a - 0.25 * x * x) * y[0]))


def _prolate(y: Any, m: Any, c: Any, value: Any, x: Any) -> Any:
    """(1 - x^2) S'' - 2 x S' + (value - c^2 x^2 - m^2 / (1 - x^2)) S = 0."""
    room = 1 - x * x
    rest = value - c * c * x * x - m * m / room
    return y[1], (2 * x * y[1] - rest * y[0]) / room


def _oblate_angular(y: Any, m: Any, c: Any, value: Any, x: Any) -> Any:
    room = 1 - x * x
    rest = value + c * c * x * x - m * m / room
    return y[1], (2 * x * y[1] - rest * y[0]) / room


def _oblate_radial(y: Any, m: Any, c: Any, value: Any, x: Any) -> Any:
    """(1 + x^2) R'' + 2 x R' - (value - c^2 x^2 - m^2 / (1 + x^2)) R = 0."""
    room = 1 + x * x
    rest = value - c * c * x * x - m * m / room
    return y[1], (rest * y[0] - 2 * x * y[1]) / room


def _spheroidal(ufunc: np.ufunc, given: np.ufunc, equation: Callable[..., Any], value: Any) -> None:
    """Declare a function, and the one which is given the characteristic value."""
    several(ufunc, None, None, None, lambda y, m, n, c, x: equation(y, m, c, value(m, n, c), x))
    several(
        given,
        None,
        None,
        None,
        None,
        lambda y, m, n, c, cv, x: equation(y, m, c, cv, x),
    )


# The radial functions of the second kind are left out: SciPy's are not the solutions of the
# equation to more than a few digits, and contradict their own first derivatives.
_spheroidal(sp.pro_ang1, sp.pro_ang1_cv, _prolate, sp.pro_cv)
_spheroidal(sp.pro_rad1, sp.pro_rad1_cv, _prolate, sp.pro_cv)
_spheroidal(sp.obl_ang1, sp.obl_ang1_cv, _oblate_angular, sp.obl_cv)
_spheroidal(sp.obl_rad1, sp.obl_rad1_cv, _oblate_radial, sp.obl_cv)
