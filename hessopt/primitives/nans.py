"""Functions that leave NaN out of account: such an entry has the derivative 0."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hessopt.autodiff.data import strip
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived


def _replaced(a: Any, value: float) -> Any:
    return np.where(np.isnan(a), a.dtype.type(value), a)


def _given(**kwargs: Any) -> dict[str, Any]:
    return {k: v for k, v in kwargs.items() if v is not np._NoValue}


def _reduction_of_replaced(function: Any, value: float) -> Any:
    def rule(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = np._NoValue,
        where: Any = np._NoValue,
    ) -> Any:
        more = _given(initial=initial, where=where)
        return function(_replaced(a, value), axis, dtype, out, keepdims, **more)

    return rule


derived(np.nansum)(_reduction_of_replaced(np.sum, 0))
derived(np.nanprod)(_reduction_of_replaced(np.prod, 1))


def _running_of_replaced(function: Any, value: float) -> Any:
    def rule(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        return function(_replaced(a, value), axis, dtype, out)

    return rule


derived(np.nancumsum)(_running_of_replaced(np.cumsum, 0))
derived(np.nancumprod)(_running_of_replaced(np.cumprod, 1))


def _extreme(ufunc: Any) -> Any:
    def rule(
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = np._NoValue,
        where: Any = np._NoValue,
    ) -> Any:
        more = _given(initial=initial, where=where)
        y = ufunc.reduce(a, axis=axis, out=out, keepdims=keepdims, **more)
        if np.any(np.isnan(y)):
            warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=4)
        return y

    return rule


derived(np.nanmax)(_extreme(np.fmax))
derived(np.nanmin)(_extreme(np.fmin))


def _counts(a: Any, axis: Any, keepdims: Any, where: Any) -> Any:
    numbers = ~np.isnan(strip(a))
    return np.sum(numbers, axis=axis, dtype=np.intp, keepdims=keepdims, where=where)


def _quotient(total: Any, n: Any) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / np.asarray(n, dtype=total.dtype)


@derived(np.nanmean)
def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    """Mean of the entries that are numbers."""
    n = _counts(a, axis, keepdims, where)
    total = np.sum(_replaced(a, 0), axis, dtype, out, keepdims, where=where)
    if np.any(n == 0):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=3)
    return _quotient(total, n)


@derived(np.nanvar)
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = np._NoValue,
    correction: Any = np._NoValue,
) -> Any:
    """Variance of the entries that are numbers."""
    if out is not None:
        raise unsupported(np.nanvar, {"out": out})
    if correction is not np._NoValue:
        ddof = correction
    numbers = _replaced(a, 0)
    if mean is np._NoValue:
        total = np.sum(numbers, axis, dtype, keepdims=True, where=where)
        mean = _quotient(total, _counts(a, axis, True, where))
    deviation = np.where(np.isnan(a), a.dtype.type(0), (numbers - mean).astype(a.dtype))
    if a.dtype.kind == "c":
        square = np.real(deviation * np.conjugate(deviation))
    else:
        square = deviation * deviation
    freedom = _counts(a, axis, keepdims, where) - ddof
    y = _quotient(np.sum(square, axis, dtype, keepdims=keepdims, where=where), freedom)
    if np.any(freedom <= 0):
        warnings.warn("Degrees of freedom <= 0 for slice.", RuntimeWarning, stacklevel=3)
        y = np.where(freedom <= 0, y.dtype.type(np.nan), y)
    return y


@derived(np.nanstd)
def nanstd(a: Any, axis: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return the square root of `nanvar`."""
    return np.sqrt(np.nanvar(a, axis, *args, **kwargs))


@derived(np.nan_to_num)
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Replace NaN and infinities by numbers; a replaced entry has the derivative 0."""
    if not copy:
        raise unsupported(np.nan_to_num, {"copy": copy})
    if x.dtype.kind == "c":
        parts = [np.nan_to_num(z, True, nan, posinf, neginf) for z in (np.real(x), np.imag(x))]
        return (parts[0] + 1j * parts[1]).astype(x.dtype)
    limits = np.finfo(x.dtype)
    for found, value in (
        (np.isnan(x), nan),
        (np.isposinf(x), limits.max if posinf is None else posinf),
        (np.isneginf(x), limits.min if neginf is None else neginf),
    ):
        x = np.where(found, value if np.ndim(value) else np.asarray(value, x.dtype), x)
    return x
