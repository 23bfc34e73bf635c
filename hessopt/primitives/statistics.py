"""Covariances and correlations; weighted counts."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hessopt.autodiff.data import any_tracked, as_array, strip
from hessopt.autodiff.families import scatter
from hessopt.autodiff.registry import NoDerivativeError, derived


@derived(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """Covariances of variables, which are rows unless told otherwise."""
    if any_tracked(fweights):
        raise NoDerivativeError(
            "cov: fweights= are counts and carry no derivative; pass aweights=, or their .data"
        )
    m = as_array(m)
    if ddof is None:
        ddof = 0 if bias else 1
    if dtype is None:
        dtype = np.result_type(m, np.float64, *([] if y is None else [as_array(y)]))
    x = np.astype(np.atleast_2d(m), dtype)
    if not rowvar and m.ndim != 1:
        x = np.transpose(x)
    if y is not None:
        y = np.astype(np.atleast_2d(as_array(y)), dtype)
        x = np.concatenate((x, np.transpose(y) if not rowvar and y.shape[0] != 1 else y), axis=0)
    weights = None if fweights is None else np.asarray(strip(fweights), float)
    if aweights is not None:
        aweights = np.astype(as_array(aweights), float)
        weights = aweights if weights is None else weights * aweights
    average, total = np.average(x, axis=1, weights=weights, returned=True)
    factor = _freedom(x.shape[1], total[0], weights, aweights, ddof)
    if factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        factor = 0.0
    x = x - average[:, None]
    other = np.transpose(x if weights is None else x * weights)
    c = np.dot(x, np.conjugate(other) if other.dtype.kind == "c" else other)
    return np.squeeze(c * np.true_divide(1, factor))


def _freedom(n: int, total: Any, weights: Any, aweights: Any, ddof: int) -> Any:
    if weights is None:
        return n - ddof
    if ddof == 0:
        return total
    if aweights is None:
        return total - ddof
    return total - ddof * np.sum(weights * aweights) / total


@derived(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Covariances divided by standard deviations; 1 on the diagonal, whose derivative is 0."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diag(c)))
    c = c / deviation[:, None]
    c = c / deviation[None, :]
    if c.dtype.kind == "c":
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    # a correlation that rounding carried beyond 1 keeps its derivative
    beyond = np.clip(strip(c), -1, 1) - strip(c)
    return c + beyond


@derived(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Return the sums of the weights of each number."""
    x = strip(x)
    if weights is None:
        return np.bincount(x, minlength=minlength)
    n = len(np.bincount(x, minlength=minlength))
    return scatter(np.zeros(n), (np.asarray(x), np.astype(as_array(weights), float)))
