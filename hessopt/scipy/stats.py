"""The common distributions of `scipy.stats`, for arrays and Variables.

Densities are differentiable in the argument and all parameters; distribution functions in what
the special function behind them is differentiable in: location and scale always, a shape where the
formula has a derivative in it. Names that are not listed here are SciPy's own.

Examples
--------
>>> import numpy as np, hessopt
>>> from hessopt.scipy import stats
>>> data = np.array([1.2, 0.7, 2.9])
>>> def negative_log_likelihood(p):
...     return -np.sum(stats.norm.logpdf(data, loc=p[0], scale=np.exp(p[1])))
>>> hessopt.minimize(negative_log_likelihood, np.zeros(2)).x.round(4)
array([ 1.6   , -0.0601])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp
import scipy.stats as st

from hessopt.autodiff.constants import detached
from hessopt.scipy.laws import DiscreteLaw, Law
from hessopt.scipy.multivariate import MultivariateNormal


def __getattr__(name: str) -> Any:
    return getattr(st, name)


_LOG_ROOT_TWO_PI = float(0.5 * np.log(2 * np.pi))


def _positive(*shapes: Any) -> tuple[float, float]:
    return 0.0, np.inf


def _unit(*shapes: Any) -> tuple[float, float]:
    return 0.0, 1.0


norm = Law(
    st.norm,
    lambda z: -0.5 * z * z - _LOG_ROOT_TWO_PI,
    {
        "cdf": sp.ndtr,
        "sf": lambda z: sp.ndtr(-z),
        "logcdf": sp.log_ndtr,
        "logsf": lambda z: sp.log_ndtr(-z),
        "ppf": sp.ndtri,
        "isf": lambda q: -sp.ndtri(q),
    },
)

t = Law(
    st.t,
    lambda z, df: (
        -0.5 * (df + 1) * np.log1p(z * z / df) - sp.betaln(0.5, 0.5 * df) - 0.5 * np.log(df)
    ),
    {
        "cdf": lambda z, df: sp.stdtr(df, z),
        "sf": lambda z, df: sp.stdtr(df, -z),
        "ppf": lambda q, df: sp.stdtrit(df, q),
        "isf": lambda q, df: -sp.stdtrit(df, q),
    },
)

gamma = Law(
    st.gamma,
    lambda z, a: sp.xlogy(a - 1.0, z) - z - sp.gammaln(a),
    {
        "cdf": lambda z, a: sp.gammainc(a, z),
        "sf": lambda z, a: sp.gammaincc(a, z),
        "ppf": lambda q, a: sp.gammaincinv(a, q),
        "isf": lambda q, a: sp.gammainccinv(a, q),
    },
    _positive,
)

chi2 = Law(
    st.chi2,
    lambda z, df: (
        sp.xlogy(0.5 * df - 1.0, z) - 0.5 * z - sp.gammaln(0.5 * df) - 0.5 * df * np.log(2.0)
    ),
    {
        "cdf": lambda z, df: sp.chdtr(df, z),
        "sf": lambda z, df: sp.chdtrc(df, z),
        "ppf": lambda q, df: 2 * sp.gammaincinv(0.5 * df, q),
        "isf": lambda q, df: sp.chdtri(df, q),
    },
    _positive,
)

invgamma = Law(
    st.invgamma,
    lambda z, a: -(a + 1) * np.log(z) - sp.gammaln(a) - 1 / z,
    {
        "cdf": lambda z, a: sp.gammaincc(a, 1 / z),
        "sf": lambda z, a: sp.gammainc(a, 1 / z),
        "ppf": lambda q, a: 1 / sp.gammainccinv(a, q),
        "isf": lambda q, a: 1 / sp.gammaincinv(a, q),
    },
    _positive,
)

beta = Law(
    st.beta,
    lambda z, a, b: sp.xlogy(a - 1.0, z) + sp.xlog1py(b - 1.0, -z) - sp.betaln(a, b),
    {
        "cdf": lambda z, a, b: sp.betainc(a, b, z),
        "sf": lambda z, a, b: sp.betaincc(a, b, z),
        "ppf": lambda q, a, b: sp.betaincinv(a, b, q),
        "isf": lambda q, a, b: sp.betainccinv(a, b, q),
    },
    _unit,
)

expon = Law(
    st.expon,
    lambda z: -z,
    {
        "cdf": lambda z: -np.expm1(-z),
        "sf": lambda z: np.exp(-z),
        "logsf": lambda z: -z,
        "ppf": lambda q: -np.log1p(-q),
        "isf": lambda q: -np.log(q),
    },
    _positive,
)

uniform = Law(
    st.uniform,
    lambda z: 0.0 * z,
    {"cdf": lambda z: z, "sf": lambda z: 1 - z, "ppf": lambda q: q, "isf": lambda q: 1 - q},
    _unit,
)

lognorm = Law(
    st.lognorm,
    lambda z, s: -0.5 * (np.log(z) / s) ** 2 - np.log(s * z) - _LOG_ROOT_TWO_PI,
    {
        "cdf": lambda z, s: sp.ndtr(np.log(z) / s),
        "sf": lambda z, s: sp.ndtr(-np.log(z) / s),
        "logcdf": lambda z, s: sp.log_ndtr(np.log(z) / s),
        "logsf": lambda z, s: sp.log_ndtr(-np.log(z) / s),
        "ppf": lambda q, s: np.exp(s * sp.ndtri(q)),
        "isf": lambda q, s: np.exp(-s * sp.ndtri(q)),
    },
    _positive,
)

cauchy = Law(
    st.cauchy,
    lambda z: -np.log(np.pi) - np.log1p(z * z),
    {
        "cdf": lambda z: np.arctan2(1.0, -z) / np.pi,
        "sf": lambda z: np.arctan2(1.0, z) / np.pi,
        "ppf": lambda q: np.tan(np.pi * (q - 0.5)),
        "isf": lambda q: np.tan(np.pi * (0.5 - q)),
    },
)


def _laplace_tail(z: Any) -> Any:
    """Return the distribution function, without overflow on the branch that is not taken."""
    half = 0.5 * np.exp(-np.abs(z))
    return np.where(np.greater(z, 0), 1 - half, half)


laplace = Law(
    st.laplace,
    lambda z: -np.abs(z) - np.log(2.0),
    {"cdf": _laplace_tail, "sf": lambda z: _laplace_tail(-z)},
)

logistic = Law(
    st.logistic,
    lambda z: sp.log_expit(z) + sp.log_expit(-z),
    {
        "cdf": sp.expit,
        "sf": lambda z: sp.expit(-z),
        "logcdf": sp.log_expit,
        "logsf": lambda z: sp.log_expit(-z),
        "ppf": sp.logit,
        "isf": lambda q: -sp.logit(q),
    },
)

weibull_min = Law(
    st.weibull_min,
    lambda z, c: np.log(c) + sp.xlogy(c - 1.0, z) - z**c,
    {
        "cdf": lambda z, c: -np.expm1(-(z**c)),
        "sf": lambda z, c: np.exp(-(z**c)),
        "logsf": lambda z, c: -(z**c),
        "ppf": lambda q, c: (-np.log1p(-q)) ** (1.0 / c),
    },
    _positive,
)

poisson = DiscreteLaw(
    st.poisson,
    lambda k, mu: sp.xlogy(k, mu) - sp.gammaln(k + 1) - mu,
    {
        "cdf": lambda k, mu: sp.gammaincc(k + 1, mu),
        "sf": lambda k, mu: sp.gammainc(k + 1, mu),
    },
    _positive,
    0.0,
)


def _log_choose(n: Any, k: Any) -> Any:
    return sp.gammaln(n + 1) - sp.gammaln(k + 1) - sp.gammaln(n - k + 1)


def _binomial_tail(k: Any, n: Any, p: Any) -> Any:
    """Return the probability of more than k, which is none where k is n."""
    last = np.equal(k, n)
    return np.where(last, 0.0, sp.betainc(k + 1, np.where(last, 1.0, n - k), p))


binom = DiscreteLaw(
    st.binom,
    lambda k, n, p: _log_choose(n, k) + sp.xlogy(k, p) + sp.xlog1py(n - k, -p),
    {"cdf": lambda k, n, p: 1 - _binomial_tail(k, n, p), "sf": _binomial_tail},
    lambda n, p: (0.0, detached(n)),
    0.0,
)

bernoulli = DiscreteLaw(
    st.bernoulli, lambda k, p: sp.xlogy(k, p) + sp.xlog1py(1 - k, -p), {}, _unit, 0.0
)

nbinom = DiscreteLaw(
    st.nbinom,
    lambda k, n, p: (
        sp.gammaln(n + k) - sp.gammaln(k + 1) - sp.gammaln(n) + sp.xlogy(n, p) + sp.xlog1py(k, -p)
    ),
    {
        "cdf": lambda k, n, p: sp.betainc(n, k + 1, p),
        "sf": lambda k, n, p: sp.betaincc(n, k + 1, p),
    },
    _positive,
    0.0,
)

multivariate_normal = MultivariateNormal()

__all__ = [
    "bernoulli",
    "beta",
    "binom",
    "cauchy",
    "chi2",
    "expon",
    "gamma",
    "invgamma",
    "laplace",
    "logistic",
    "lognorm",
    "multivariate_normal",
    "nbinom",
    "norm",
    "poisson",
    "t",
    "uniform",
    "weibull_min",
]
