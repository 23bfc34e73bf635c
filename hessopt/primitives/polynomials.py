"""Polynomials given by their coefficients, the highest power first, as vectors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array, strip
from hessopt.autodiff.registry import derived


def _vector(p: Any) -> Any:
    if isinstance(p, np.poly1d):
        raise TypeError("a poly1d beside a Variable: pass its coefficients, p.coef")
    return np.atleast_1d(as_array(p))


@derived(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Value at `x`, by Horner's rule."""
    x = as_array(x)
    y: Any = np.zeros(x.shape, x.dtype)
    for coefficient in _vector(p):
        y = y * x + coefficient
    return y


def _aligned(a1: Any, a2: Any) -> tuple[Any, ...]:
    a1, a2 = _vector(a1), _vector(a2)
    n = max(len(a1), len(a2))
    return tuple(a if len(a) == n else np.pad(a, (n - len(a), 0)) for a in (a1, a2))


derived(np.polyadd)(lambda a1, a2: np.add(*_aligned(a1, a2)))
derived(np.polysub)(lambda a1, a2: np.subtract(*_aligned(a1, a2)))


@derived(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """Product; zeros in front are dropped first."""
    return np.convolve(*(_without_zeros(_vector(a)) for a in (a1, a2)))


def _without_zeros(p: Any) -> Any:
    first = np.flatnonzero(strip(p))
    return p[int(first[0]) :] if first.size else p[-1:]


@derived(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder of a division."""
    u, v = _vector(u) + 0.0, _vector(v) + 0.0
    dtype = np.result_type(u, v)
    scale = 1.0 / v[0]
    rest = np.astype(u, dtype)
    steps = len(u) - len(v) + 1
    quotient, remainder = [], []
    for _ in range(steps):
        d = scale * rest[0]
        quotient.append(d)
        head = rest[: len(v)] - d * v
        remainder.append(head[0])
        rest = np.concatenate([head[1:], rest[len(v) :]])
    if remainder:
        rest = np.concatenate([np.stack(remainder), rest])
    while len(rest) > 1 and np.allclose(strip(rest[0]), 0, rtol=1e-14):
        rest = rest[1:]
    return (np.stack(quotient) if quotient else np.zeros(1, dtype)), rest


@derived(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    """Coefficients of the derivative."""
    p, m = _vector(p), int(m)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@derived(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """Coefficients of an integral; `k` holds the constants of integration."""
    p, m = _vector(p), int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    k = np.zeros(m) if k is None else _vector(k)
    if len(k) == 1 and m > 1:
        k = k[0] * np.ones(m)
    if len(k) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for i in range(m):
        p = np.concatenate([p / np.arange(len(p), 0, -1), k[i : i + 1]])
    return p


@derived(np.roots)
def roots(p: Any) -> Any:
    """Zeros, the eigenvalues of the companion matrix; they have a derivative where simple."""
    p = _vector(p)
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    found = np.flatnonzero(strip(p))
    if not found.size:
        return np.array([])
    at_zero = len(p) - int(found[-1]) - 1
    p = p[int(found[0]) : int(found[-1]) + 1]
    n = len(p)
    zeros = np.array([], p.dtype)
    if n > 1:
        first = (-p[1:] / p[0])[None, :]
        zeros = np.linalg.eigvals(np.concatenate([first, np.eye(n - 2, n - 1, dtype=p.dtype)]))
    return np.concatenate([zeros, np.zeros(at_zero, zeros.dtype)])


@derived(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """Coefficients of the polynomial that has these zeros, or of a matrix's characteristic one."""
    zeros = _vector(seq_of_zeros)
    if zeros.ndim == 2 and zeros.shape[0] == zeros.shape[1] != 0:
        zeros = np.linalg.eigvals(zeros)
    elif zeros.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    one = np.ones(1, zeros.dtype)
    p: Any = one
    for zero in zeros:
        p = np.convolve(p, np.concatenate([one, -zero[None]]))
    if zeros.dtype.kind == "c":
        plain = strip(zeros)
        if np.all(np.sort(plain) == np.sort(plain.conjugate())):
            return np.real(p)
    return p


@derived(np.polyfit)
def polyfit(
    x: Any,
    y: Any,
    deg: int,
    rcond: Any = None,
    full: bool = False,
    w: Any = None,
    cov: Any = False,
) -> Any:
    """Coefficients of the polynomial that fits points best."""
    n = int(deg) + 1
    x, y = as_array(x) + 0.0, as_array(y) + 0.0
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if x.ndim != 1 or not x.size or y.ndim not in (1, 2) or x.shape[0] != y.shape[0]:
        raise TypeError("expected 1D vector for x, 1D or 2D array of the same length for y")
    if rcond is None:
        rcond = len(x) * np.finfo(x.dtype).eps
    left, right = np.vander(x, n), y
    if w is not None:
        w = as_array(w) + 0.0
        left = left * w[:, None]
        right = right * (w[:, None] if y.ndim == 2 else w)
    scale = np.sqrt(np.sum(left * left, axis=0))
    left = left / scale
    c, residuals, rank, s = np.linalg.lstsq(left, right, rcond)
    c = np.transpose(np.transpose(c) / scale)
    if full:
        return c, residuals, rank, s, rcond
    if rank != n:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=3)
    if not cov:
        return c
    base = np.linalg.inv(np.dot(np.transpose(left), left)) / np.outer(scale, scale)
    factor: Any = 1
    if cov != "unscaled":
        if len(x) <= n:
            raise ValueError(
                "the number of data points must exceed order to scale the covariance matrix"
            )
        factor = residuals / (len(x) - n)
    return c, (base if y.ndim == 1 else base[:, :, None]) * factor
