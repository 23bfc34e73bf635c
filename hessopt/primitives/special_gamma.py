"""Gamma, beta and zeta functions, and the incomplete ones in their argument.

*NIST Digital Library of Mathematical Functions*, chapters 5, 8 and 25.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs  # pyright: ignore[reportAttributeAccessIssue]

from hessopt.autodiff.constants import constant_functions
from hessopt.primitives.special_families import elementwise, safe

hurwitz_zeta = _ufuncs._zeta
riemann_zeta = _ufuncs._riemann_zeta

# Bernoulli numbers B_2, B_4, ..., B_24
_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798,
    -174611 / 330, 854513 / 138, -236364091 / 2730,
)  # fmt: skip


def _trigamma(x: Any) -> Any:
    """Return the derivative of digamma: a Hurwitz zeta function, which SciPy has for real x."""
    if x.dtype.kind != "c":
        return hurwitz_zeta(2.0, x)
    # recurrence up to where the asymptotic series (DLMF 5.15.8) has all digits; DLMF 5.15.6
    left = np.less(np.real(x), 0.5)
    z = np.where(left, 1 - x, x)
    total = sum(1 / (z + k) ** 2 for k in range(16))
    z = z + 16
    series = sum(b / z ** (2 * k + 3) for k, b in enumerate(_BERNOULLI[:8]))
    total = total + 1 / z + 1 / (2 * z * z) + series
    reflected = (np.pi / np.sin(np.pi * np.where(left, x, 0.5))) ** 2 - total
    return np.where(left, reflected, total)


def _of_rgamma(y: Any, x: Any) -> Any:
    """Return the derivative of 1 / gamma, by reflection where gamma has its poles."""
    if x.dtype.kind == "c":
        return -y * sp.digamma(x)
    left = np.less(x, 0.5)
    z = safe(left, x, 0.0)
    turned = sp.gamma(1 - z) * (np.cos(np.pi * z) - sp.digamma(1 - z) * np.sin(np.pi * z) / np.pi)
    z = safe(left, 1.0, 0.0) + safe(~left, x, 0.0)
    return np.where(left, turned, -sp.rgamma(z) * sp.digamma(z))


elementwise(sp.gamma, lambda y, x: y * sp.digamma(x))
elementwise(sp.gammaln, lambda y, x: sp.digamma(x))
elementwise(sp.loggamma, lambda y, x: sp.digamma(x))
elementwise(sp.rgamma, _of_rgamma)
elementwise(sp.digamma, lambda y, x: _trigamma(x))
constant_functions(sp.gammasgn)

elementwise(
    sp.poch,
    lambda y, a, m: y * (sp.digamma(a + m) - sp.digamma(a)),
    lambda y, a, m: y * sp.digamma(a + m),
)
elementwise(
    sp.beta,
    lambda y, a, b: y * (sp.digamma(a) - sp.digamma(a + b)),
    lambda y, a, b: y * (sp.digamma(b) - sp.digamma(a + b)),
)
elementwise(
    sp.betaln,
    lambda y, a, b: sp.digamma(a) - sp.digamma(a + b),
    lambda y, a, b: sp.digamma(b) - sp.digamma(a + b),
)
elementwise(
    sp.binom,
    lambda y, n, k: y * (sp.digamma(n + 1) - sp.digamma(n - k + 1)),
    lambda y, n, k: y * (sp.digamma(n - k + 1) - sp.digamma(k + 1)),
)


def _of_zeta(s: Any) -> Any:
    """Return the derivative of Riemann's zeta function, by reflection where s is negative."""
    left = np.less(s, 0)
    z = safe(left, 1 - s, 2.0)
    phase = 0.5 * np.pi * (1 - z)
    sine = np.sin(phase)
    slope = np.log(2 * np.pi) * sine + 0.5 * np.pi * np.cos(phase) - sp.digamma(z) * sine
    reflected = slope * riemann_zeta(z) - sine * _zeta_sum(z)  # DLMF 25.4.1, differentiated
    scale = 2 * np.exp(sp.gammaln(z) - z * np.log(2 * np.pi))
    return np.where(left, scale * reflected, _zeta_sum(safe(~left, s, 2.0)))


def _zeta_sum(s: Any) -> Any:
    """Return the same for positive s, by Euler and Maclaurin's sum; DLMF 25.2.9, differentiated."""
    n = 20
    k = np.arange(2.0, n).reshape((-1,) + (1,) * np.ndim(s))
    log_n = np.log(n)
    power = np.exp(-s * log_n)  # n^-s
    total = -np.sum(np.log(k) * np.exp(-s * np.log(k)), axis=0)
    total = total - power * n * (log_n / (s - 1) + 1 / (s - 1) ** 2) - 0.5 * log_n * power
    # the terms B_2j / (2j)! s (s + 1) ... (s + 2j - 2) n^(1 - s - 2j), and their derivatives
    term, slope = s * power / n, (1 - s * log_n) * power / n
    factorial = 2.0
    for j, b in enumerate(_BERNOULLI, 1):
        total = total + b / factorial * slope
        for step in (2 * j - 1, 2 * j):
            term, slope = term * (s + step), slope * (s + step) + term
        term, slope = term / n**2, slope / n**2
        factorial *= (2 * j + 1) * (2 * j + 2)
    return total


elementwise(hurwitz_zeta, None, lambda y, s, q: -s * hurwitz_zeta(s + 1.0, q))
elementwise(riemann_zeta, lambda y, s: _of_zeta(s))
elementwise(sp.zetac, lambda y, s: _of_zeta(s))


def _gamma_density(a: Any, x: Any) -> Any:
    return np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a))


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


elementwise(sp.gammainc, None, lambda y, a, x: _gamma_density(a, x))
elementwise(sp.gammaincc, None, lambda y, a, x: -_gamma_density(a, x))
elementwise(sp.gammaincinv, None, lambda y, a, p: 1 / _gamma_density(a, y))
elementwise(sp.gammainccinv, None, lambda y, a, p: -1 / _gamma_density(a, y))
elementwise(sp.betainc, None, None, lambda y, a, b, x: _beta_density(a, b, x))
elementwise(sp.betaincc, None, None, lambda y, a, b, x: -_beta_density(a, b, x))
elementwise(sp.betaincinv, None, None, lambda y, a, b, p: 1 / _beta_density(a, b, y))
elementwise(sp.betainccinv, None, None, lambda y, a, b, p: -1 / _beta_density(a, b, y))
