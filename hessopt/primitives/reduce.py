"""Sums, products, extremes, running sums, moments, differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.families import (
    Linear,
    Opaque,
    Reduce,
    kept_shape,
    negative_axes,
    negative_axis,
    values_of,
)
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived


class Sum(Reduce):
    numpy, symbol = np.sum, "sum"
    forward = staticmethod(np.add.reduce)


def _share_of_extreme(y: Any, x: Any, axis: Any) -> Any:
    """Where entries tie for the extreme, each takes an equal share; a constant."""
    chosen = np.equal(x, y)
    return chosen / np.sum(chosen, axis=axis, keepdims=True, dtype=x.dtype)


class Max(Reduce):
    numpy = np.max
    forward = staticmethod(np.maximum.reduce)
    partial = staticmethod(_share_of_extreme)

    def bind(
        self, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return super().bind(a, axis, None, out, keepdims, **kwargs)


class Min(Max):
    numpy = np.min
    forward = staticmethod(np.minimum.reduce)


class Prod(Reduce):
    """The partial is the product of the other entries, exact where some are zero too."""

    numpy = np.prod
    forward = staticmethod(np.multiply.reduce)

    def pull(self, y: Any, g: Any, wanted: Any, graph: bool) -> Any:
        _, (x,) = values_of(y, graph)
        axis = y.params["axis"]
        axes = tuple(range(-x.ndim, 0)) if axis is None else axis
        if g.shape != ():
            g = g.reshape(kept_shape(x.shape, axes))
        return (g * _product_of_others(x, axes),)


def _along_first_axis(reduction: Any) -> Any:
    """Return the rule of a ufunc's ``reduce``, which takes axis 0 unless told otherwise."""

    def rule(
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        **kwargs: Any,
    ) -> Any:
        if dtype is not None:
            array = np.astype(array, dtype)
        return reduction(array, axis=axis, out=out, keepdims=keepdims, **kwargs)

    return rule


derived(np.add.reduce)(_along_first_axis(np.sum))
derived(np.multiply.reduce)(_along_first_axis(np.prod))
derived(np.maximum.reduce)(_along_first_axis(np.max))
derived(np.minimum.reduce)(_along_first_axis(np.min))


def _product_of_others(x: Any, axes: tuple[int, ...]) -> Any:
    """Product along `axes` of all entries but one's own, from both sides by halves."""
    rest = [a for a in range(-x.ndim, 0) if a not in axes]
    order = tuple(a % x.ndim for a in (*rest, *axes))
    moved = np.transpose(x, order)
    length = int(np.prod([x.shape[a] for a in axes]))
    rows = moved.reshape((*moved.shape[: len(rest)], length))
    others = _leave_one_out(rows).reshape(moved.shape)
    return np.transpose(others, np.argsort(order))


def _leave_one_out(rows: Any) -> Any:
    """Multiply pairs, recurse, hand each the product of the others: O(n), without division."""
    n = rows.shape[-1]
    if n <= 1:
        return np.ones(rows.shape, rows.dtype)
    if n % 2:
        rows = np.concatenate([rows, np.ones((*rows.shape[:-1], 1), rows.dtype)], axis=-1)
    even, odd = rows[..., 0::2], rows[..., 1::2]
    others = _leave_one_out(even * odd)
    pairs = np.stack([others * odd, others * even], axis=-1)
    return pairs.reshape(rows.shape)[..., :n]


class Cumsum(Linear):
    numpy = np.cumsum

    def bind(
        self, a: Any, axis: int | None = None, dtype: Any = None, out: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if out is not None:
            raise unsupported(self, {"out": out})
        if dtype is not None:
            a = np.astype(a, dtype)
        if axis is None:
            return (np.ravel(a),), {"axis": -1}
        return (a,), {"axis": negative_axis(axis, np.ndim(a))}

    def adjoint(self, g: Any, x: Any, axis: int) -> Any:
        return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


derived(np.add.accumulate)(
    lambda array, axis=0, dtype=None, out=None: np.cumsum(array, axis, dtype, out)
)


class Cumprod(Opaque):
    numpy = np.cumprod

    bind = Cumsum.bind

    def backward(self, g: Any, y: Any, x: Any, axis: int) -> Any:
        # dy[j]/dx[i] is the product of x[:j+1] without x[i]: row i of a triangle, so that zeros
        # do no harm. O(n^2) along the axis.
        n = x.shape[axis]
        rows = np.moveaxis(x, axis, -1)
        without = np.where(np.eye(n, dtype=bool), 1.0, rows[..., None, :])
        products = np.triu(np.cumprod(without, axis=-1))
        gx = np.sum(np.moveaxis(g, axis, -1)[..., None, :] * products, axis=-1)
        return (np.moveaxis(gx, -1, axis),)


@derived(np.multiply.accumulate)
def multiply_accumulate(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Return running products along the first axis."""
    return np.cumprod(array, axis, dtype, out)


def count(shape: tuple[int, ...], axis: Any) -> int:
    """Return the number of entries that a reduction over `axis` brings together."""
    axes = negative_axes(axis, len(shape))
    return int(np.prod(shape if axes is None else [shape[a] for a in axes]))


@derived(np.mean)
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    """Arithmetic mean."""
    if where is True:
        total = np.sum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims)
        return total / count(a.shape, axis)
    chosen = np.broadcast_to(where, a.shape)
    total = np.sum(np.where(chosen, a, 0.0), axis=axis, dtype=dtype, out=out, keepdims=keepdims)
    return total / np.sum(chosen, axis=axis, keepdims=keepdims, dtype=total.dtype)


@derived(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    """Variance, by squared deviations from the mean as NumPy computes it."""
    if out is not None:
        raise unsupported(np.var, {"out": out})
    if where is not True:
        raise unsupported(np.var, {"where": where})
    if dtype is not None:
        a = np.astype(a, dtype)
    ddof = ddof if correction is None else correction
    n = count(a.shape, axis)
    centre = np.sum(a, axis=axis, keepdims=True) / n if mean is None else mean
    deviation = a - centre
    square = (
        np.real(deviation * np.conjugate(deviation))
        if a.dtype.kind == "c"
        else deviation * deviation
    )
    return np.sum(square, axis=axis, keepdims=keepdims) / max(n - ddof, 0)


@derived(np.std)
def std(a: Any, axis: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return the standard deviation, the square root of `var`."""
    return np.sqrt(np.var(a, axis, *args, **kwargs))


@derived(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """Weighted mean."""
    if weights is None:
        result = np.mean(a, axis=axis, keepdims=keepdims)
        total: Any = count(a.shape, axis)
    else:
        if np.shape(weights) != np.shape(a):
            if axis is None or np.ndim(weights) != 1:
                raise TypeError("average: give an axis and 1-D weights, or weights of a's shape")
            tail = (1,) * (np.ndim(a) - 1 - axis % np.ndim(a))
            weights = np.reshape(weights, (-1, *tail))
        weights = np.broadcast_to(weights, np.shape(a))
        total = np.sum(weights, axis=axis, keepdims=keepdims)
        result = np.sum(np.multiply(a, weights), axis=axis, keepdims=keepdims) / total
    return (result, np.broadcast_to(total, result.shape)) if returned else result


@derived(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """Range: maximum minus minimum."""
    return np.max(a, axis, out, keepdims) - np.min(a, axis, out, keepdims)


@derived(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours, `n` times."""
    if n < 0:
        raise ValueError(f"diff: order must be non-negative, got {n}")
    if n == 0:
        return a
    axis = negative_axis(axis, np.ndim(a))
    around = [
        edge if edge is a or np.ndim(edge) else np.broadcast_to(edge, _one_along(a.shape, axis))
        for edge in (prepend, a, append)
        if edge is not None
    ]
    if len(around) > 1:
        a = np.concatenate(around, axis)
    behind = (slice(None),) * (-axis - 1)
    for _ in range(n):
        a = a[(..., slice(1, None), *behind)] - a[(..., slice(None, -1), *behind)]
    return a


def _one_along(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    sizes = list(shape)
    sizes[axis] = 1
    return tuple(sizes)


@derived(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbours of the flattened array."""
    steps = np.diff(np.ravel(ary))
    parts = [np.ravel(p) for p in (to_begin, steps, to_end) if p is not None]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
