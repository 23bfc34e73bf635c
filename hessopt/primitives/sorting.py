"""Sorting and order statistics: entries are chosen by the plain data and carry their derivative.

The order itself carries none. Equal entries keep the order in which they stand.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch
from hessopt.autodiff.data import any_tracked, fixed, strip
from hessopt.autodiff.families import Opaque, negative_axes, scatter
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import NoDerivativeError, derived


@derived(np.sort)
def sort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    """Sorted copy."""
    if order is not None:
        raise unsupported(np.sort, {"order": order})
    if axis is None:
        a, axis = np.ravel(a), -1
    numbers = np.argsort(a, axis=axis, kind="stable")
    return np.take_along_axis(a, numbers, axis)


@derived(np.partition)
def partition(
    a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """Copy in which entry `kth` is where sorting puts it."""
    if order is not None:
        raise unsupported(np.partition, {"order": order})
    if axis is None:
        a, axis = np.ravel(a), -1
    result = np.partition(strip(a), kth, axis, kind)
    sources = np.argsort(strip(a), axis=axis, kind="stable")
    numbers = np.empty_like(sources)
    np.put_along_axis(numbers, np.argsort(result, axis=axis, kind="stable"), sources, axis)
    return np.take_along_axis(a, numbers, axis)


@derived(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Sorted copy in complex type."""
    result = np.sort(a)
    if result.dtype.kind == "c":
        return result
    return result.astype(np.clongdouble if result.dtype == np.longdouble else complex)


def rows_along(a: Any, axis: Any) -> Any:
    """Return `a` with the entries that a reduction brings together along one last axis."""
    axes = negative_axes(axis, a.ndim)
    if axes is None:
        return np.ravel(a)
    rest = [i for i in range(-a.ndim, 0) if i not in axes]
    moved = np.transpose(a, [*rest, *axes])
    kept = moved.shape[: len(rest)]
    return moved.reshape((*kept, int(np.prod(moved.shape[len(rest) :]))))


def with_axes(y: Any, shape: tuple[int, ...], axis: Any, lead: int = 0) -> Any:
    """Put axes of length one back where a reduction over `axis` of an array of `shape` had them.

    `y` has `lead` further axes in front.
    """
    axes = negative_axes(axis, len(shape))
    kept = [1 if axes is None or i - len(shape) in axes else n for i, n in enumerate(shape)]
    return y.reshape((*y.shape[:lead], *kept))


@derived(np.median)
def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """Middle entry, or the mean of the two in the middle; NaN where there is one."""
    if out is not None:
        raise unsupported(np.median, {"out": out})
    ordered = np.sort(rows_along(a, axis))
    n = ordered.shape[-1]
    middle = np.mean(ordered[..., (n - 1) // 2 : n // 2 + 1], axis=-1)
    if n:
        last = ordered[..., -1]
        middle = np.where(np.isnan(last), last, middle)
    return with_axes(middle, a.shape, axis) if keepdims else middle


class Quantile(Opaque):
    """Linear in the two entries between which it lies, by each of NumPy's methods.

    Where it lies and with which weights is what the same call says of the numbers 0, 1, 2, ...
    """

    numpy = np.quantile

    def __call__(
        self,
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: Any = "linear",
        keepdims: bool = False,
        *,
        weights: Any = None,
    ) -> Any:
        if out is not None:
            raise unsupported(np.quantile, {"out": out})
        if weights is not None:
            raise unsupported(np.quantile, {"weights": weights})
        if any_tracked(q):
            raise NoDerivativeError(
                "quantile: the derivative with respect to q= is not known; pass its .data where "
                "none is wanted"
            )
        q = fixed(q)
        y = super().__call__(rows_along(a, axis), q=q, method=method)
        return with_axes(y, a.shape, axis, np.ndim(q)) if keepdims else y

    def bind(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, kwargs

    def forward(self, x: Any, q: Any, method: Any) -> Any:
        return np.quantile(x, q, axis=-1, method=method)

    def batch(self, b: Batch, q: Any, method: Any) -> Any:
        return np.moveaxis(self.replay(b.operands, {"q": q, "method": method}), np.ndim(q), 0)

    def backward(self, g: Any, y: Any, x: Any, q: Any, method: Any) -> Any:
        n = x.shape[-1]
        numbers = np.argsort(x, axis=-1, kind="stable")
        place = np.quantile(np.arange(float(n)), q, method=method)
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, n - 1)
        share = np.asarray(place - below).astype(x.dtype)
        lead = np.ndim(q)
        share = share.reshape(share.shape + (1,) * (x.ndim - 1))
        rows = np.indices(x.shape[:-1]) if x.ndim > 1 else ()

        def at(k: Any) -> Any:
            chosen = np.moveaxis(numbers[..., k], range(x.ndim - 1, x.ndim - 1 + lead), range(lead))
            return (*rows, chosen)

        patches = ((at(below), g * (1 - share)), (at(above), g * share))
        return (scatter(np.zeros(x.shape, x.dtype), *patches),)


@derived(np.percentile)
def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: Any = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """Quantiles counted from 0 to 100."""
    q = _fractions(q)
    return np.quantile(a, q, axis, out, overwrite_input, method, keepdims, weights=weights)


def _fractions(q: Any) -> Any:
    if any_tracked(q):
        raise NoDerivativeError(
            "percentile: the derivative with respect to q= is not known; pass its .data where "
            "none is wanted"
        )
    if type(q) in (int, float):  # a Python number leaves the type of the result alone
        return q / 100
    return np.true_divide(strip(q), 100)


@derived(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: Any = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """Quantiles of the entries that are not NaN."""
    if not np.any(np.isnan(a)):
        return np.quantile(a, q, axis, out, overwrite_input, method, keepdims, weights=weights)
    refused = {"out": out, "weights": weights}
    if any(value is not None for value in refused.values()):
        raise unsupported(np.nanquantile, {k: v for k, v in refused.items() if v is not None})
    return _row_by_row(
        lambda row: np.quantile(row, q, method=method), a, axis, keepdims, np.ndim(q)
    )


def _row_by_row(function: Any, a: Any, axis: Any, keepdims: bool, lead: int) -> Any:
    """Apply a function of the entries that are numbers to each row; NaN where there are none."""
    rows = rows_along(a, axis)
    flat = rows.reshape((-1, rows.shape[-1]))
    numbers = np.logical_not(np.isnan(flat))
    if not np.all(np.any(numbers, axis=-1)):
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=4)
    results = [
        function(row[chosen] if np.any(chosen) else row)
        for row, chosen in zip(flat, numbers, strict=True)
    ]
    y = np.stack(results, axis=-1)
    y = y.reshape((*y.shape[:lead], *rows.shape[:-1]))
    return with_axes(y, a.shape, axis, lead) if keepdims else y


@derived(np.nanpercentile)
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: Any = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """Percentiles of the entries that are not NaN."""
    q = _fractions(q)
    return np.nanquantile(a, q, axis, out, overwrite_input, method, keepdims, weights=weights)


@derived(np.nanmedian)
def nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """Median of the entries that are not NaN."""
    if out is not None:
        raise unsupported(np.nanmedian, {"out": out})
    if not np.any(np.isnan(a)):
        return np.median(a, axis, keepdims=keepdims)
    return _row_by_row(np.median, a, axis, keepdims, 0)
