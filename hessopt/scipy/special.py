"""The functions of `scipy.special` that are no ufuncs, for arrays and Variables.

Names that are not listed here are SciPy's own: its ufuncs take Variables as they are.

Examples
--------
>>> import numpy as np, hessopt
>>> from hessopt.scipy import special
>>> x = np.array([0.0, 1.0, 2.0])
>>> hessopt.grad(special.logsumexp)(x).round(6)
array([0.090031, 0.244728, 0.665241])
>>> bool(np.allclose(hessopt.grad(special.logsumexp)(x), special.softmax(x)))
True
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs  # pyright: ignore[reportAttributeAccessIssue]

from hessopt.autodiff.constants import detached
from hessopt.autodiff.data import as_array
from hessopt.autodiff.families import Opaque
from hessopt.scipy.mirror import applied, mirrors


def __getattr__(name: str) -> Any:
    return getattr(sp, name)


class LogSumExp(Opaque):
    """The logarithm of a sum of exponentials, with the reduced axes kept."""

    def __init__(self) -> None:
        self.forward = lambda a, b, axis: sp.logsumexp(a, axis, b, keepdims=True)

    def backward(self, g: Any, y: Any, a: Any, b: Any, axis: Any) -> Any:
        share = np.exp(a - np.where(np.isfinite(detached(y)), y, 0.0))
        return lambda: g * b * share, lambda: g * share


class LogSumExpWithSign(Opaque):
    """The logarithm of the absolute value of a sum, and the sum's sign."""

    def __init__(self) -> None:
        self.forward = lambda a, b, axis: sp.logsumexp(a, axis, b, keepdims=True, return_sign=True)

    def backward(self, g: Any, y: Any, a: Any, b: Any, axis: Any) -> Any:
        log, sign = y
        share = sign * np.exp(a - np.where(np.isfinite(detached(log)), log, 0.0))
        return lambda: g[0] * b * share, lambda: g[0] * share


class Softmax(Opaque):
    def __init__(self) -> None:
        self.forward = sp.softmax

    def backward(self, g: Any, y: Any, x: Any, axis: Any) -> Any:
        return (y * (g - np.sum(g * y, axis=axis, keepdims=True)),)


class LogSoftmax(Opaque):
    def __init__(self) -> None:
        self.forward = sp.log_softmax

    def backward(self, g: Any, y: Any, x: Any, axis: Any) -> Any:
        return (g - np.exp(y) * np.sum(g, axis=axis, keepdims=True),)


_LOGSUMEXP, _LOGSUMEXP_WITH_SIGN = LogSumExp(), LogSumExpWithSign()
_SOFTMAX, _LOG_SOFTMAX = Softmax(), LogSoftmax()


@mirrors(sp.logsumexp)
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """Return the logarithm of the sum of exponentials of `a`, weighted by `b`."""
    a = np.atleast_1d(as_array(a))
    b = np.ones((1,) * a.ndim, np.finfo(a.dtype).dtype) if b is None else np.atleast_1d(as_array(b))
    axis = tuple(range(max(a.ndim, b.ndim))) if axis is None else axis

    def shaped(y: Any) -> Any:
        return y if keepdims else np.squeeze(y, axis)

    if return_sign:
        log, sign = applied(_LOGSUMEXP_WITH_SIGN, a, b, axis=axis)
        return shaped(log), shaped(sign)
    return shaped(applied(_LOGSUMEXP, a, b, axis=axis))


@mirrors(sp.softmax)
def softmax(x: Any, axis: Any = None) -> Any:
    """Return the exponentials of `x`, normalised to sum to 1."""
    return applied(_SOFTMAX, x, axis=axis)


@mirrors(sp.log_softmax)
def log_softmax(x: Any, axis: Any = None) -> Any:
    """Return the logarithm of `softmax`."""
    return applied(_LOG_SOFTMAX, x, axis=axis)


@mirrors(sp.polygamma)
def polygamma(n: Any, x: Any) -> Any:
    """Return the n-th derivative of digamma."""
    factor = (-1.0) ** (n + 1) * sp.gamma(n + 1.0)
    return np.where(np.equal(n, 0), sp.digamma(x), factor * sp.zeta(n + 1.0, x))


@mirrors(sp.multigammaln)  # pyright: ignore[reportAttributeAccessIssue]
def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the multivariate gamma function."""
    if np.any(np.less_equal(a, 0.5 * (d - 1))):
        raise ValueError(f"multigammaln: a must be greater than (d - 1) / 2 = {0.5 * (d - 1)}")
    terms = [sp.gammaln(a - 0.5 * j) for j in range(int(d))]
    return d * (d - 1) * 0.25 * np.log(np.pi) + np.sum(np.stack(terms), axis=0)


@mirrors(sp.factorial)
def factorial(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    """Return gamma(n + 1), and 0 for negative n."""
    if exact or extend != "zero":
        raise TypeError("factorial of a Variable takes neither exact= nor extend=")
    return _where_not_negative(n, sp.gamma(1 + np.where(np.greater_equal(n, 0), n, 0.0)))


def _where_not_negative(n: Any, y: Any) -> Any:
    return np.where(np.greater_equal(n, 0), y, 0.0)


@mirrors(sp.comb)
def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Any:
    """Return the number of combinations of N things, k at a time, and 0 where there are none."""
    if exact:
        raise TypeError("comb of a Variable does not take exact=")
    if repetition:
        return comb(N + k - 1, k)
    return _where_possible(N, k, sp.binom(N, k))


@mirrors(sp.perm)
def perm(N: Any, k: Any, exact: bool = False) -> Any:
    """Return the number of permutations of N things, k at a time, and 0 where there are none."""
    if exact:
        raise TypeError("perm of a Variable does not take exact=")
    return _where_possible(N, k, sp.poch(N - k + 1, k))


def _where_possible(N: Any, k: Any, y: Any) -> Any:
    possible = np.less_equal(k, N) & np.greater_equal(N, 0) & np.greater_equal(k, 0)
    return np.where(possible, y, 0.0)


def _spherical(name: str, sign: int | None) -> Any:
    """Make a spherical Bessel function; `sign` is that of its reflection, where it has one."""
    value, slope = getattr(_ufuncs, f"_spherical_{name}"), getattr(_ufuncs, f"_spherical_{name}_d")
    original = getattr(sp, f"spherical_{name}")

    @mirrors(original)
    def spherical(n: Any, z: Any, derivative: bool = False) -> Any:
        n = np.asarray(n, dtype=np.dtype("long"))
        f = slope if derivative else value
        if sign is None or z.dtype.kind == "c":
            return f(n, z)
        # SciPy's own ufunc is for positive z; DLMF 10.47(v)
        factor = np.where(np.less(z, 0), sign * (-1.0) ** (n + bool(derivative)), 1.0)
        return factor * f(n, np.abs(z))

    spherical.__name__ = spherical.__qualname__ = original.__name__
    spherical.__doc__ = f"Return `scipy.special.{original.__name__}`."
    return spherical


spherical_jn = _spherical("jn", 1)
spherical_yn = _spherical("yn", -1)
spherical_in = _spherical("in", 1)
spherical_kn = _spherical("kn", None)


@mirrors(sp.diric)
def diric(x: Any, n: Any) -> Any:
    """Return sin(n x / 2) / (n sin(x / 2)), which is a polynomial in cos(x / 2)."""
    n = np.asarray(n)
    valid = (n > 0) & (n == np.floor(n))
    degree = np.where(valid, n, 1).astype(int) - 1
    return np.where(valid, sp.eval_chebyu(degree, np.cos(0.5 * x)) / (degree + 1), np.nan)


class SphericalHarmonic(Opaque):
    """Y_n^m in both angles; DLMF 14.10.3 for the polar one."""

    def __init__(self) -> None:
        self.forward = lambda theta, phi, n, m: np.asarray(sp.sph_harm_y(n, m, theta, phi))

    def backward(self, g: Any, y: Any, theta: Any, phi: Any, n: Any, m: Any) -> Any:
        def of_theta() -> Any:
            # beyond the orders -n to n there is nothing
            to_up = np.sqrt(np.maximum((n - m) * (n + m + 1.0), 0.0))
            to_down = np.sqrt(np.maximum((n + m) * (n - m + 1.0), 0.0))
            up = to_up * applied(self, theta, phi, n=n, m=m + 1)
            down = to_down * applied(self, theta, phi, n=n, m=m - 1)
            turn = np.exp(1j * phi)
            return 0.5 * g * (up / turn - down * turn)

        return of_theta, lambda: g * y * (1j * m)


_SPHERICAL_HARMONIC = SphericalHarmonic()

if hasattr(sp, "sph_harm_y"):  # SciPy 1.15

    @mirrors(sp.sph_harm_y)
    def sph_harm_y(n: Any, m: Any, theta: Any, phi: Any, *, diff_n: int = 0) -> Any:
        """Return the spherical harmonic of degree n and order m at the angles given."""
        if diff_n:
            raise TypeError("sph_harm_y of a Variable does not take diff_n=; differentiate it")
        n, m = np.asarray(n), np.asarray(m)
        if np.any(np.abs(m) > n):
            raise ValueError("sph_harm_y: |m| must not exceed n")
        return applied(_SPHERICAL_HARMONIC, theta, phi, n=n, m=m)


__all__ = [
    "comb",
    "diric",
    "factorial",
    "log_softmax",
    "logsumexp",
    "multigammaln",
    "perm",
    "polygamma",
    "softmax",
    "sph_harm_y",
    "spherical_in",
    "spherical_jn",
    "spherical_kn",
    "spherical_yn",
]
