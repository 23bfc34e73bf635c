"""Carlson's symmetric elliptic integrals, and the arithmetic-geometric mean.

B. C. Carlson, *NIST Digital Library of Mathematical Functions*, chapter 19. The derivatives of R_F,
R_C and R_G are again symmetric integrals; those of R_D and R_J are integrals of the same kind that
SciPy lacks, and are summed here by the trapezoidal rule.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.autodiff.constants import detached
from hessopt.primitives.special_families import elementwise, safe

elementwise(
    sp.elliprf,
    lambda y, a, b, c: sp.elliprd(b, c, a) / -6,
    lambda y, a, b, c: sp.elliprd(a, c, b) / -6,
    lambda y, a, b, c: sp.elliprd(a, b, c) / -6,
)


def _of_rc_in_y(r: Any, x: Any, y: Any) -> Any:
    """Below 0, R_C is a principal value, where DLMF 19.2.18 is differentiated as it stands."""
    positive = np.greater(y, 0)
    above, below = safe(positive, y, 1.0), safe(~positive, y, -1.0)
    slope = (r - np.sqrt(x) / below) / (2 * (x - below))
    return np.where(positive, sp.elliprd(x, above, above) / -3, slope)


def _of_rc_in_x(r: Any, x: Any, y: Any) -> Any:
    positive = np.greater(y, 0)
    above, below = safe(positive, y, 1.0), safe(~positive, y, -1.0)
    slope = (r - 1 / np.sqrt(x)) / (2 * (below - x))
    return np.where(positive, sp.elliprd(above, above, x) / -6, slope)


elementwise(sp.elliprc, _of_rc_in_x, _of_rc_in_y)


def _of_rg(a: Any, b: Any, c: Any) -> Any:
    """Return the derivative of R_G in its last argument."""
    return 0.25 * (sp.elliprf(a, b, c) - c * sp.elliprd(a, b, c) / 3)


elementwise(
    sp.elliprg,
    lambda y, a, b, c: _of_rg(b, c, a),
    lambda y, a, b, c: _of_rg(a, c, b),
    lambda y, a, b, c: _of_rg(a, b, c),
)


def symmetric_integral(arguments: Any, powers: Any) -> Any:
    """Return the integral over t > 0 of the product of (t + argument)^-power.

    With t = scale exp(u) the integrand is analytic in a strip of half-width pi and decays like an
    exponential at both ends, so that the trapezoidal rule of step 1/2 has an error below 1e-16;
    the ends suit arguments whose ratio is up to 1e30.
    """
    scale = functools.reduce(np.maximum, [detached(a) for a in arguments])
    u = np.arange(-130.0, 20.0, 0.5).reshape((-1,) + (1,) * np.ndim(scale))
    t = np.exp(u) * scale
    product = t
    for a, power in zip(arguments, powers, strict=True):
        product = product * (t + a) ** -power
    return 0.5 * np.sum(product, axis=0)


def _of_rd(position: int) -> Any:
    """R_D is 3/2 times the integral of powers 1/2, 1/2, 3/2."""
    powers = [0.5, 0.5, 1.5]
    factor = -1.5 * powers[position]
    powers[position] += 1
    return lambda y, a, b, c: factor * symmetric_integral((a, b, c), powers)


def _of_rj(position: int) -> Any:
    """R_J is 3/2 times the integral of powers 1/2, 1/2, 1/2, 1, for a positive last argument."""
    powers = [0.5, 0.5, 0.5, 1.0]
    factor = -1.5 * powers[position]
    powers[position] += 1

    def partial(y: Any, a: Any, b: Any, c: Any, p: Any) -> Any:
        regular = np.greater(p, 0)
        slope = symmetric_integral((a, b, c, safe(regular, p, 1.0)), powers)
        return np.where(regular, factor * slope, np.nan)

    return partial


elementwise(sp.elliprd, _of_rd(0), _of_rd(1), _of_rd(2))
elementwise(sp.elliprj, _of_rj(0), _of_rj(1), _of_rj(2), _of_rj(3))


def _of_agm(y: Any, a: Any, b: Any) -> Any:
    """Differentiate pi / (2 R_F(0, a^2, b^2)), DLMF 19.22.8; dividing by b keeps squares small."""
    t = a / b
    return 2 / (3 * np.pi) * (y / b) ** 2 * t * sp.elliprd(0.0, 1.0, t * t)


elementwise(sp.agm, _of_agm, lambda y, a, b: _of_agm(y, b, a))
