"""Integral functions: exponential, sine and cosine, and those of Bessel and Struve functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.primitives.special_families import elementwise, safe, several

elementwise(sp.exp1, lambda y, x: -np.exp(-x) / x)
elementwise(sp.expi, lambda y, x: np.exp(x) / x)


def _of_expn(y: Any, n: Any, x: Any) -> Any:
    """E_n' = -E_(n-1); below E_0 = exp(-x) / x SciPy has none."""
    first = np.equal(n, 0)
    # the branch not taken must not divide by zero
    x0 = safe(first, x, 1.0)
    of_first = np.exp(-x0) / x0 * (1 + 1 / x0)
    return -np.where(first, of_first, sp.expn(np.where(first, n, n - 1), x))


elementwise(sp.expn, None, _of_expn)


def _sinc(x: Any) -> Any:
    """Return sin(x) / x with all its digits near 0, in every derivative; DLMF 10.16.9."""
    return sp.hyp0f1(1.5, -0.25 * x * x)


def _sinhc(x: Any) -> Any:
    return sp.hyp0f1(1.5, 0.25 * x * x)


several(sp.sici, lambda y, x: (_sinc(x), np.cos(x) / x))
several(sp.shichi, lambda y, x: (_sinhc(x), np.cosh(x) / x))
elementwise(sp.spence, lambda y, z: -sp.hyp2f1(1.0, 1.0, 2.0, 1 - z))

several(sp.itj0y0, lambda y, x: (sp.j0(x), sp.y0(x)))
several(sp.iti0k0, lambda y, x: (sp.i0(x), sp.k0(x)))


def _halved(x: Any, sign: int) -> Any:
    """Return (1 - J_0(x)) / x for sign -1, (I_0(x) - 1) / x for sign 1, with their digits near 0.

    Below 1 it is their power series; the first term left out is below 1e-17 of the sum.
    """
    near = np.less(np.abs(x), 1.0)
    small = safe(near, x, 0.5)
    t = sign * 0.25 * small * small
    total = 0.0
    for k in range(10, 1, -1):
        total = (1 + total) * t / (k * k)
    large = safe(~near, x, 1.0)
    far = (1 - sp.j0(large)) / large if sign < 0 else (sp.i0(large) - 1) / large
    return np.where(near, 0.25 * small * (1 + total), far)


several(sp.it2j0y0, lambda y, x: (_halved(x, -1), -sp.y0(x) / x))
several(sp.it2i0k0, lambda y, x: (_halved(x, 1), -sp.k0(x) / x))
several(
    sp.itairy,
    lambda y, x: (sp.airy(x)[0], sp.airy(x)[2], sp.airy(-x)[0], sp.airy(-x)[2]),
)
elementwise(sp.itstruve0, lambda y, x: sp.struve(0.0, x))
elementwise(sp.it2struve0, lambda y, x: -sp.struve(0.0, x) / x)
elementwise(sp.itmodstruve0, lambda y, x: sp.modstruve(0.0, x))
