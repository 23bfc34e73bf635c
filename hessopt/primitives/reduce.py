"""Sums, products, extremes, moments."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.data import any_tracked, fixed, strip
from hessopt.autodiff.families import (
    Reduce,
    kept_shape,
    negative_axes,
    values_of,
)
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import NoDerivativeError, derived


class _Masked(Reduce):
    """A reduction that takes ``where=`` and ``initial=``, which carry no derivative."""

    def bind(
        self,
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        **kwargs: Any,
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if not kwargs:
            return super().bind(a, axis, dtype, out, keepdims)
        given = {}
        for name in ("initial", "where"):
            value = kwargs.pop(name, np._NoValue)
            if any_tracked(value):
                raise NoDerivativeError(
                    f"{self.name}: the derivative with respect to {name}= is not known; combine "
                    "the result with it afterwards, or pass its .data where none is wanted"
                )
            if value is not np._NoValue and not (name == "where" and value is True):
                given[name] = fixed(value)
        operands, params = super().bind(a, axis, dtype, out, keepdims, **kwargs)
        return operands, params | given


class Sum(_Masked):
    numpy, symbol = np.sum, "sum"
    forward = staticmethod(np.add.reduce)

    def pull(self, y: Any, g: Any, wanted: Any, graph: bool) -> Any:
        where = y.params.get("where")
        if where is None and g.shape == ():
            return (g,)
        (gx,) = super().pull(y, g, wanted, graph)
        if where is not None:
            gx = np.where(np.broadcast_to(where, y.operands[0].data.shape), gx, gx.dtype.type(0))
        return (gx,)


class Max(_Masked):
    """Where entries tie for the extreme, each takes an equal share, and so does ``initial=``."""

    numpy = np.max
    forward = staticmethod(np.maximum.reduce)

    def bind(
        self, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return super().bind(a, axis, None, out, keepdims, **kwargs)

    def pull(self, y: Any, g: Any, wanted: Any, graph: bool) -> Any:
        out, (x,) = values_of(y, graph)
        axis = y.params["axis"]
        kept = kept_shape(x.shape, axis)
        out = out.reshape(kept)
        chosen = np.equal(x, out)
        where, initial = y.params.get("where"), y.params.get("initial")
        if where is not None:
            chosen = chosen & where
        ties = np.sum(chosen, axis=axis, keepdims=True, dtype=x.dtype)
        if initial is not None:
            ties = ties + np.equal(out, initial)
        if where is not None or initial is not None:
            ties = np.maximum(ties, 1)  # an extreme may have come from outside
        if g.shape != ():
            g = g.reshape(kept)
        return (g * (chosen / ties.astype(x.dtype)),)


class Min(Max):
    numpy = np.min
    forward = staticmethod(np.minimum.reduce)


derived(np.amax)(lambda a, *args, **kwargs: np.max(a, *args, **kwargs))
derived(np.amin)(lambda a, *args, **kwargs: np.min(a, *args, **kwargs))


class FmaxReduce(Max):
    """The largest entry that is a number."""

    numpy = np.fmax.reduce

    def bind(
        self,
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        **kwargs: Any,
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if dtype is not None:
            array = np.astype(array, dtype)
        return super().bind(array, axis, out, keepdims, **kwargs)


class FminReduce(FmaxReduce):
    numpy = np.fmin.reduce


class Prod(_Masked):
    """The partial is the product of the other entries, exact where some are zero too."""

    numpy = np.prod
    forward = staticmethod(np.multiply.reduce)

    def pull(self, y: Any, g: Any, wanted: Any, graph: bool) -> Any:
        _, (x,) = values_of(y, graph)
        axis = y.params["axis"]
        axes = tuple(range(-x.ndim, 0)) if axis is None else axis
        if g.shape != ():
            g = g.reshape(kept_shape(x.shape, axes))
        where, initial = y.params.get("where"), y.params.get("initial")
        if where is not None:
            x = np.where(where, x, x.dtype.type(1))
        others = _product_of_others(x, axes)
        if initial is not None:
            others = others * x.dtype.type(initial)
        if where is not None:
            others = np.where(where, others, x.dtype.type(0))
        return (g * others,)


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
    total = np.sum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=where)
    return total / _number(a.shape, axis, keepdims, where, total.dtype)


def _number(shape: tuple[int, ...], axis: Any, keepdims: Any, where: Any, dtype: Any) -> Any:
    """Return how many entries a reduction brings together."""
    if where is True:
        return count(shape, axis)
    chosen = np.broadcast_to(strip(where), shape)
    return np.sum(chosen, axis=axis, keepdims=keepdims, dtype=dtype)


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
    if dtype is not None:
        a = np.astype(a, dtype)
    if correction is not None:
        ddof = correction
    if mean is None:
        mean = np.mean(a, axis=axis, keepdims=True, where=where)
    deviation = a - mean
    if a.dtype.kind == "c":
        square = np.real(deviation * np.conjugate(deviation))
    else:
        square = deviation * deviation
    total = np.sum(square, axis=axis, keepdims=keepdims, where=where)
    n = _number(a.shape, axis, keepdims, where, total.dtype)
    return total / np.maximum(n - ddof, 0).astype(total.dtype)


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
