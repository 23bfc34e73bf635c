"""Bessel functions and their relatives, in their argument, for any order.

*NIST Digital Library of Mathematical Functions*, chapters 9 to 11. An exponentially scaled
function is a small difference away from the next order where its argument is large: each order of
differentiation there costs about as many digits as the argument has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs  # pyright: ignore[reportAttributeAccessIssue]

from hessopt.primitives.special_families import elementwise, real_only, safe, several

_ROOT_PI = float(np.sqrt(np.pi))

# Orders 0 and 1. The derivative of order 1 is written without a division by x.
elementwise(sp.j0, lambda y, x: -sp.j1(x))
elementwise(sp.j1, lambda y, x: 0.5 * (sp.j0(x) - sp.jv(2.0, x)))
elementwise(sp.y0, lambda y, x: -sp.y1(x))
elementwise(sp.y1, lambda y, x: sp.y0(x) - y / x)
elementwise(sp.i0, lambda y, x: sp.i1(x))
elementwise(sp.i1, lambda y, x: 0.5 * (sp.i0(x) + sp.iv(2.0, x)))
elementwise(sp.k0, lambda y, x: -sp.k1(x))
elementwise(sp.k1, lambda y, x: -sp.k0(x) - y / x)
elementwise(sp.i0e, lambda y, x: sp.i1e(x) - np.sign(x) * y)
elementwise(sp.i1e, lambda y, x: 0.5 * (sp.i0e(x) + sp.ive(2.0, x)) - np.sign(x) * y)
elementwise(sp.k0e, lambda y, x: y - sp.k1e(x))
elementwise(sp.k1e, lambda y, x: y - sp.k0e(x) - y / x)


def _cylinder(f: Any, sign: int, factor: float = 0.5) -> Any:
    """Return the rule of f(v, z) by its neighbours in order; DLMF 10.6.1 and 10.29.1."""
    return lambda y, v, z: factor * (f(v - 1, z) + sign * f(v + 1, z))


elementwise(sp.jv, None, _cylinder(sp.jv, -1))
elementwise(sp.yv, None, _cylinder(sp.yv, -1))
elementwise(sp.yn, None, lambda y, n, x: 0.5 * (sp.yv(n - 1.0, x) - sp.yv(n + 1.0, x)))
elementwise(sp.iv, None, _cylinder(sp.iv, 1))
elementwise(sp.kv, None, _cylinder(sp.kv, 1, -0.5))
elementwise(sp.kn, None, lambda y, n, x: -0.5 * (sp.kv(n - 1.0, x) + sp.kv(n + 1.0, x)))
elementwise(sp.hankel1, None, _cylinder(sp.hankel1, -1))
elementwise(sp.hankel2, None, _cylinder(sp.hankel2, -1))


def _of_jve(y: Any, v: Any, z: Any) -> Any:
    z = real_only("jve", z)
    return 0.5 * (sp.jve(v - 1, z) - sp.jve(v + 1, z))


def _of_yve(y: Any, v: Any, z: Any) -> Any:
    z = real_only("yve", z)
    return 0.5 * (sp.yve(v - 1, z) - sp.yve(v + 1, z))


def _of_ive(y: Any, v: Any, z: Any) -> Any:
    z = real_only("ive", z)
    return 0.5 * (sp.ive(v - 1, z) + sp.ive(v + 1, z)) - np.sign(z) * y


elementwise(sp.jve, None, _of_jve)
elementwise(sp.yve, None, _of_yve)
elementwise(sp.ive, None, _of_ive)
elementwise(sp.kve, None, lambda y, v, z: y - 0.5 * (sp.kve(v - 1, z) + sp.kve(v + 1, z)))
elementwise(
    sp.hankel1e,
    None,
    lambda y, v, z: 0.5 * (sp.hankel1e(v - 1, z) - sp.hankel1e(v + 1, z)) - 1j * y,
)
elementwise(
    sp.hankel2e,
    None,
    lambda y, v, z: 0.5 * (sp.hankel2e(v - 1, z) - sp.hankel2e(v + 1, z)) + 1j * y,
)

# Spherical ones: the functions of SciPy's that users call hand over to these; DLMF 10.51.
_DECLARED = {name: getattr(_ufuncs, f"_spherical_{name}") for name in ("jn", "yn", "in", "kn")}
_SLOPES = {name: getattr(_ufuncs, f"_spherical_{name}_d") for name in _DECLARED}


def _of_spherical(name: str) -> Any:
    return lambda y, n, z: _SLOPES[name](n, z)


def _of_spherical_slope(name: str) -> Any:
    """Return f'' from the equation z^2 f'' + 2 z f' ± (z^2 ∓ n (n + 1)) f = 0."""
    sign = 1 if name in ("jn", "yn") else -1

    def partial(y: Any, n: Any, z: Any) -> Any:
        rest = n * (n + 1) / (z * z)
        return -2 * y / z - (sign - rest) * _DECLARED[name](n, z)

    return partial


for _name in _DECLARED:
    elementwise(_DECLARED[_name], None, _of_spherical(_name))
    elementwise(_SLOPES[_name], None, _of_spherical_slope(_name))


def _struve_term(v: Any, x: Any) -> Any:
    """Return (x / 2)^v / (sqrt(pi) gamma(v + 3/2)); DLMF 11.4.27 and 11.4.30."""
    return (0.5 * x) ** v * (sp.rgamma(v + 1.5) / _ROOT_PI)


elementwise(
    sp.struve,
    None,
    lambda y, v, x: 0.5 * (sp.struve(v - 1, x) - sp.struve(v + 1, x) + _struve_term(v, x)),
)
elementwise(
    sp.modstruve,
    None,
    lambda y, v, x: 0.5 * (sp.modstruve(v - 1, x) + sp.modstruve(v + 1, x) + _struve_term(v, x)),
)

several(sp.airy, lambda y, z: (y[1], z * y[0], y[3], z * y[2]))


def _of_airye(y: Any, z: Any) -> Any:
    """Ai is scaled by exp(2/3 z sqrt(z)), Bi by exp(-2/3 |Re z sqrt(z)|); here z is real.

    On the left SciPy has no scaled Ai: its NaN must not reach the derivative of Bi.
    """
    right = np.greater(real_only("airye", z), 0)
    root = np.where(right, np.sqrt(safe(right, z, 1.0)), 0.0)
    there = ~np.isnan(y[0])
    first, second = safe(there, y[0], 0.0), safe(there, y[1], 0.0)
    return (
        second + root * first,
        z * first + root * second,
        y[3] - root * y[2],
        z * y[2] - root * y[3],
    )


several(sp.airye, _of_airye)


def _over(y: Any, x: Any, at_zero: complex) -> Any:
    """Return y / x, and its limit where x is 0."""
    zero = np.equal(x, 0)
    return np.where(zero, at_zero, y) / safe(~zero, x, 1.0)


# Kelvin's functions: w = ber + i bei, and ker + i kei, solve x^2 w'' + x w' = i x^2 w.
elementwise(sp.ber, lambda y, x: sp.berp(x))
elementwise(sp.bei, lambda y, x: sp.beip(x))
elementwise(sp.berp, lambda y, x: -sp.bei(x) - _over(y, x, 0.0))
elementwise(sp.beip, lambda y, x: sp.ber(x) - _over(y, x, 0.5))
elementwise(sp.ker, lambda y, x: sp.kerp(x))
elementwise(sp.kei, lambda y, x: sp.keip(x))
elementwise(sp.kerp, lambda y, x: -sp.kei(x) - y / x)
elementwise(sp.keip, lambda y, x: sp.ker(x) - y / x)
several(
    sp.kelvin,
    lambda y, x: (y[2], y[3], 1j * y[0] - _over(y[2], x, 0.5j), 1j * y[1] - y[3] / x),
)

elementwise(
    sp.besselpoly,
    lambda y, a, lmb, nu: sp.besselpoly(a, lmb + 1, nu - 1) - sp.besselpoly(a, lmb + 1, nu + 1),
    None,
    None,
)
