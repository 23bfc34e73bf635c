"""Distribution functions and their inverses, in what is not a discrete count or a shape.

*NIST Digital Library of Mathematical Functions*, 8.17; N. L. Johnson, S. Kotz and N. Balakrishnan,
*Continuous Univariate Distributions*, volume 2 (1995), chapters 29 to 31 for the noncentral laws.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.primitives.special_error import normal_density
from hessopt.primitives.special_families import elementwise, safe

_ROOT_TWO_PI = float(np.sqrt(2 * np.pi))


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


def _gamma_density(a: Any, x: Any) -> Any:
    return np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a))


# Binomial, negative binomial and Poisson: in the probability, and in the mean.


def _binomial(k: Any, n: Any, p: Any) -> Any:
    k = np.floor(k)
    return _beta_density(k + 1, n - k, p)


elementwise(sp.bdtr, None, None, lambda y, k, n, p: -_binomial(k, n, p))
elementwise(sp.bdtrc, None, None, lambda y, k, n, p: _binomial(k, n, p))
elementwise(sp.bdtri, None, None, lambda y, k, n, q: -1 / _binomial(k, n, y))
elementwise(sp.nbdtr, None, None, lambda y, k, n, p: _beta_density(n, k + 1.0, p))
elementwise(sp.nbdtrc, None, None, lambda y, k, n, p: -_beta_density(n, k + 1.0, p))
elementwise(sp.nbdtri, None, None, lambda y, k, n, q: 1 / _beta_density(n, k + 1.0, y))
elementwise(sp.pdtr, None, lambda y, k, m: -_gamma_density(np.floor(k) + 1.0, m))
elementwise(sp.pdtrc, None, lambda y, k, m: _gamma_density(np.floor(k) + 1.0, m))
elementwise(sp.pdtri, None, lambda y, k, q: -1 / _gamma_density(np.floor(k) + 1.0, y))


# Chi-square, gamma, F and t


def _chi_square(v: Any, x: Any) -> Any:
    return 0.5 * _gamma_density(0.5 * v, 0.5 * x)


elementwise(sp.chdtr, None, lambda y, v, x: _chi_square(v, x))
elementwise(sp.chdtrc, None, lambda y, v, x: -_chi_square(v, x))
elementwise(sp.chdtri, None, lambda y, v, p: -1 / _chi_square(v, y))

elementwise(
    sp.gdtr,
    lambda y, a, b, x: x * _gamma_density(b, a * x),
    None,
    lambda y, a, b, x: a * _gamma_density(b, a * x),
)
elementwise(
    sp.gdtrc,
    lambda y, a, b, x: -x * _gamma_density(b, a * x),
    None,
    lambda y, a, b, x: -a * _gamma_density(b, a * x),
)
elementwise(
    sp.gdtrix,
    lambda y, a, b, p: -y / a,
    None,
    lambda y, a, b, p: 1 / (a * _gamma_density(b, a * y)),
)
elementwise(
    sp.gdtria,
    lambda y, p, b, x: 1 / (x * _gamma_density(b, y * x)),
    None,
    lambda y, p, b, x: -y / x,
)


def _f(m: Any, n: Any, x: Any) -> Any:
    a, b = 0.5 * m, 0.5 * n
    log_of = a * np.log(m) + b * np.log(n) + sp.xlogy(a - 1, x) - (a + b) * np.log(n + m * x)
    return np.exp(log_of - sp.betaln(a, b))


elementwise(sp.fdtr, None, None, lambda y, m, n, x: _f(m, n, x))
elementwise(sp.fdtrc, None, None, lambda y, m, n, x: -_f(m, n, x))
elementwise(sp.fdtri, None, None, lambda y, m, n, p: 1 / _f(m, n, y))


def _t(df: Any, t: Any) -> Any:
    log_of = 0.5 * (df + 1) * np.log1p(t * t / df) + sp.betaln(0.5, 0.5 * df)
    return np.exp(-log_of) / np.sqrt(df)


elementwise(sp.stdtr, None, lambda y, df, t: _t(df, t))
elementwise(sp.stdtrit, None, lambda y, df, p: 1 / _t(df, y))


# Noncentral laws, in the noncentrality too


def _noncentral_chi_square(x: Any, df: Any, nc: Any) -> Any:
    half = 0.5 * df
    scale = np.exp(-0.5 * (x + nc) - sp.gammaln(half) + sp.xlogy(half - 1, 0.5 * x))
    return 0.5 * scale * sp.hyp0f1(half, 0.25 * nc * x)


elementwise(
    sp.chndtr,
    lambda y, x, df, nc: _noncentral_chi_square(x, df, nc),
    None,
    lambda y, x, df, nc: -_noncentral_chi_square(x, df + 2.0, nc),
)
elementwise(
    sp.chndtrix,
    lambda y, p, df, nc: 1 / _noncentral_chi_square(y, df, nc),
    None,
    lambda y, p, df, nc: (
        _noncentral_chi_square(y, df + 2.0, nc) / _noncentral_chi_square(y, df, nc)
    ),
)
elementwise(
    sp.chndtrinc,
    lambda y, x, df, p: _noncentral_chi_square(x, df, y) / _noncentral_chi_square(x, df + 2.0, y),
    None,
    lambda y, x, df, p: -1 / _noncentral_chi_square(x, df + 2.0, y),
)


def _noncentral_f(m: Any, n: Any, nc: Any, f: Any) -> Any:
    a, b = 0.5 * m, 0.5 * n
    w = m * f / (n + m * f)
    return _f(m, n, f) * np.exp(-0.5 * nc) * sp.hyp1f1(a + b, a, 0.5 * nc * w)


def _noncentral_f_in_nc(m: Any, n: Any, nc: Any, f: Any) -> Any:
    a, b = 0.5 * m, 0.5 * n
    w = m * f / (n + m * f)
    log_of = sp.xlogy(a, w) + sp.xlog1py(b, -w) - sp.betaln(a, b) - 0.5 * nc
    return -np.exp(log_of) / m * sp.hyp1f1(a + b, a + 1, 0.5 * nc * w)


elementwise(
    sp.ncfdtr,
    None,
    None,
    lambda y, m, n, nc, f: _noncentral_f_in_nc(m, n, nc, f),
    lambda y, m, n, nc, f: _noncentral_f(m, n, nc, f),
)
elementwise(
    sp.ncfdtri,
    None,
    None,
    lambda y, m, n, nc, p: -_noncentral_f_in_nc(m, n, nc, y) / _noncentral_f(m, n, nc, y),
    lambda y, m, n, nc, p: 1 / _noncentral_f(m, n, nc, y),
)


def _moments(df: Any, nc: Any, t: Any) -> Any:
    """Return E[phi(t chi / sqrt(df) - nc)], and its derivative in the mean: the density of t.

    Both are 1F1 of mu^2 / 2, where mu = nc t / sqrt(df + t^2).
    """
    size = np.sqrt(df + t * t)
    mu = nc * t / size
    z = 0.5 * mu * mu
    half = 0.5 * df
    ratio = np.sqrt(2.0) * np.exp(sp.gammaln(half + 0.5) - sp.gammaln(half))
    scale = np.exp(-0.5 * nc * nc - half * np.log1p(t * t / df)) / _ROOT_TWO_PI
    zeroth = sp.hyp1f1(half, 0.5, z) + ratio * mu * sp.hyp1f1(half + 0.5, 1.5, z)
    first = ratio * sp.hyp1f1(half + 0.5, 0.5, z) + df * mu * sp.hyp1f1(half + 1, 1.5, z)
    return scale * zeroth, scale * first / size


elementwise(
    sp.nctdtr,
    None,
    lambda y, df, nc, t: -_moments(df, nc, t)[0],
    lambda y, df, nc, t: _moments(df, nc, t)[1],
)


def _nctdtrit_in_nc(y: Any, df: Any, nc: Any, p: Any) -> Any:
    zeroth, density = _moments(df, nc, y)
    return zeroth / density


def _nctdtrinc_in_t(y: Any, df: Any, p: Any, t: Any) -> Any:
    zeroth, density = _moments(df, y, t)
    return density / zeroth


elementwise(sp.nctdtrit, None, _nctdtrit_in_nc, lambda y, df, nc, p: 1 / _moments(df, nc, y)[1])
elementwise(sp.nctdtrinc, None, lambda y, df, p, t: -1 / _moments(df, y, t)[0], _nctdtrinc_in_t)


# The normal law solved for its parameters, Tukey's lambda, Kolmogorov's statistic

elementwise(
    sp.nrdtrimn,
    lambda y, p, std, x: -std / normal_density(sp.ndtri(p)),
    lambda y, p, std, x: -sp.ndtri(p),
    1,
)
elementwise(
    sp.nrdtrisd,
    lambda y, mn, p, x: -1 / sp.ndtri(p),
    lambda y, mn, p, x: -y / (sp.ndtri(p) * normal_density(sp.ndtri(p))),
    lambda y, mn, p, x: 1 / sp.ndtri(p),
)


def _tukey_slope(p: Any, lmbda: Any) -> Any:
    return p ** (lmbda - 1) + (1 - p) ** (lmbda - 1)


def _tukey_in_lambda(p: Any, x: Any, lmbda: Any) -> Any:
    """Differentiate x = boxcox(p, lambda) - boxcox(1 - p, lambda)."""
    a, b = np.log(p), np.log1p(-p)
    slopes = a * a * sp.hyp1f1(2.0, 3.0, lmbda * a) - b * b * sp.hyp1f1(2.0, 3.0, lmbda * b)
    return -0.5 * slopes / _tukey_slope(p, lmbda)


elementwise(sp.tklmbda, lambda y, x, lmbda: 1 / _tukey_slope(y, lmbda), _tukey_in_lambda)


def _of_kolmogorov(x: Any) -> Any:
    """Differentiate the series for large x, and its theta transform for small x."""
    large = np.greater(x, 1.0)
    z = safe(large, x, 1.0)
    far = sum((-1) ** k * 8 * k * k * z * np.exp(-2 * k * k * z * z) for k in range(1, 7))
    z = safe(~large, x, 1.0)
    near = 0.0
    for k in range(1, 7):
        c = ((2 * k - 1) * np.pi) ** 2 / 8
        near = near + np.exp(-c / (z * z)) * (1 - 2 * c / (z * z)) / (z * z)
    return np.where(large, far, _ROOT_TWO_PI * near)


elementwise(sp.kolmogorov, lambda y, x: _of_kolmogorov(x))
elementwise(sp.kolmogi, lambda y, p: 1 / _of_kolmogorov(y))
