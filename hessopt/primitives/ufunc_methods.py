"""``reduce``, ``accumulate``, ``reduceat``, ``outer`` and ``at`` of ufuncs.

What sums, products and extremes do not do by a rule of their own is unrolled into the ufunc itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from hessopt.autodiff.constants import constant_functions
from hessopt.autodiff.data import as_array, fixed, strip
from hessopt.autodiff.families import Linear, Reduce, negative_axis, scatter
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import (
    KINDS,
    RULES,
    NoDerivativeError,
    full_name,
    register,
)
from hessopt.autodiff.structure import Link, Local, joins
from hessopt.autodiff.variable import Variable

_Rule = Callable[..., Any]


class _AlongFirstAxis(Reduce):
    """A ufunc's own reduction, which takes axis 0 unless told otherwise."""

    def bind(
        self,
        a: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        **kwargs: Any,
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return super().bind(a, axis, dtype, out, keepdims, **kwargs)


def _safe_difference(x: Any, y: Any) -> Any:
    """Return x - y, and 0 where both are the same infinity."""
    same = np.equal(x, y)
    zero = x.dtype.type(0)
    return np.where(same, zero, x) - np.where(same, zero, y)


class LogaddexpReduce(_AlongFirstAxis):
    """The partials are the softmax."""

    numpy = np.logaddexp.reduce
    partial = staticmethod(lambda y, x, axis: np.exp(_safe_difference(x, y)))


class Logaddexp2Reduce(_AlongFirstAxis):
    numpy = np.logaddexp2.reduce
    partial = staticmethod(lambda y, x, axis: np.exp2(_safe_difference(x, y)))


class HypotReduce(_AlongFirstAxis):
    """The norm; its derivative at 0 is 0."""

    numpy = np.hypot.reduce

    @staticmethod
    def partial(y: Any, x: Any, axis: Any) -> Any:
        zero = np.equal(y, 0)
        return np.where(zero, x.dtype.type(0), x) / np.where(zero, x.dtype.type(1), y)


class AddReduceat(Linear):
    """Sums of slices, which may overlap."""

    numpy = np.add.reduceat
    stacks = True

    def bind(
        self, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if out is not None:
            raise unsupported(np.add.reduceat, {"out": out})
        if dtype is not None:
            array = np.astype(array, dtype)
        axis = negative_axis(axis, array.ndim)
        return (array,), {"indices": np.asarray(fixed(indices)), "axis": axis}

    def links(self, at: Local, indices: Any, axis: int) -> list[Link]:
        numbers = np.moveaxis(at.numbers(0), axis, 0)
        results = np.moveaxis(np.arange(at.size).reshape(at.shape), axis, 0)
        slices = _slices(indices, len(numbers))
        met = [numbers[start:stop] for start, stop in slices]
        places = [np.broadcast_to(y, x.shape) for x, y in zip(met, results, strict=True)]
        rows, entries = (np.concatenate([np.ravel(x) for x in parts]) for parts in (places, met))
        return [(joins(rows, entries, (at.size, numbers.size)),)]

    def adjoint(self, g: Any, x: Any, indices: Any, axis: int) -> Any:
        slices = _slices(indices, x.shape[axis])
        places = np.concatenate([np.arange(start, stop) for start, stop in slices])
        owners = np.repeat(np.arange(len(slices)), [stop - start for start, stop in slices])
        behind = (slice(None),) * (-axis - 1)
        index = (*(slice(None),) * (x.ndim + axis), places, *behind)
        return scatter(np.zeros(x.shape, x.dtype), (index, g[(..., owners, *behind)]))


def _slices(indices: Any, n: int) -> list[tuple[int, int]]:
    starts = [int(i) % n if -n <= i < 0 else int(i) for i in indices]
    stops = [*starts[1:], n]
    return [(i, j if i < j else i + 1) for i, j in zip(starts, stops, strict=True)]


def _reduceat(ufunc: np.ufunc) -> _Rule:
    def rule(array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        if out is not None:
            raise unsupported(ufunc.reduceat, {"out": out})
        axis = negative_axis(axis, np.ndim(array))
        behind = (slice(None),) * (-axis - 1)
        slices = _slices(np.asarray(strip(indices)), array.shape[axis])
        parts = [
            ufunc.reduce(array[(..., slice(i, j), *behind)], axis=axis, dtype=dtype)
            for i, j in slices
        ]
        return np.stack(parts, axis=axis)

    return rule


def _outer(ufunc: np.ufunc) -> _Rule:
    def rule(a: Any, b: Any, /, **kwargs: Any) -> Any:
        a, b = as_array(a), as_array(b)
        return ufunc(np.reshape(a, (*a.shape, *(1,) * b.ndim)), b, **kwargs)

    return rule


def _members(array: Any, axis: int) -> list[Any]:
    return list(np.moveaxis(array, axis, 0))


def _reduce(ufunc: np.ufunc) -> _Rule:
    def rule(
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        **kwargs: Any,
    ) -> Any:
        if out is not None or kwargs:
            raise unsupported(ufunc.reduce, {**kwargs, **({} if out is None else {"out": out})})
        if axis is None and np.ndim(array) == 1:
            axis = 0
        if isinstance(axis, tuple):
            axis = axis[0] if len(axis) == 1 else None
        if axis is None:
            raise ValueError(f"{full_name(ufunc)}.reduce: the order matters, so name one axis")
        if dtype is not None:
            array = np.astype(array, dtype)
        axis = negative_axis(axis, np.ndim(array))
        if not array.shape[axis]:
            raise ValueError(f"{full_name(ufunc)}.reduce of an empty array has no identity")
        y = reduce(ufunc, _members(array, axis))
        return np.expand_dims(y, axis) if keepdims else y

    return rule


def _accumulate(ufunc: np.ufunc) -> _Rule:
    def rule(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        if out is not None:
            raise unsupported(ufunc.accumulate, {"out": out})
        if dtype is not None:
            array = np.astype(array, dtype)
        axis = negative_axis(axis, np.ndim(array))
        steps: list[Any] = []
        for member in _members(array, axis):
            steps.append(ufunc(steps[-1], member) if steps else member)
        return np.stack(steps, axis=axis) if steps else array

    return rule


def _running_extreme(ufunc: np.ufunc) -> _Rule:
    """Return the rule of a running extreme; of equal entries the first one has the derivative."""

    def rule(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        if out is not None:
            raise unsupported(ufunc.accumulate, {"out": out})
        if dtype is not None:
            array = np.astype(array, dtype)
        axis = negative_axis(axis, np.ndim(array))
        plain = strip(array)
        found = ufunc.accumulate(plain, axis)
        behind = (slice(None),) * (-axis - 1)
        new = np.ones(plain.shape, bool)
        earlier, later = (
            found[(..., slice(None, -1), *behind)],
            found[(..., slice(1, None), *behind)],
        )
        new[(..., slice(1, None), *behind)] = (later != earlier) & ~(
            np.isnan(later) & np.isnan(earlier)
        )
        numbers = np.arange(plain.shape[axis]).reshape((-1, *(1,) * (-axis - 1)))
        sources = np.maximum.accumulate(np.where(new, numbers, 0), axis)
        return np.take_along_axis(array, sources, axis)

    return rule


def _at(ufunc: np.ufunc) -> _Rule:
    def rule(a: Any, indices: Any, b: Any = None, /) -> None:
        if not isinstance(a, Variable):
            raise NoDerivativeError(
                f"{full_name(ufunc)}.at writes into a plain array, which cannot receive a "
                "Variable; write into np.zeros_like(x, shape=...) or hessopt.zeros(...), or use "
                "np.bincount(indices, weights=...)"
            )
        if ufunc not in (np.add, np.subtract):
            raise NoDerivativeError(
                f"{full_name(ufunc)}.at on a Variable is not supported; where no index occurs "
                "twice, write y[indices] = f(y[indices], b)"
            )
        b = as_array(b)
        index = strip(indices)
        value = np.broadcast_to(b, np.shape(strip(a)[index]))
        a[...] = scatter(a, (index, value if ufunc is np.add else -value))

    return rule


# Others may be applied in an order of NumPy's choice, or in one that is not its own (numpy.power
# has a vector loop that reads ahead): they have no `accumulate` and no `reduceat`.
ASSOCIATIVE = (
    np.add,
    np.multiply,
    np.maximum,
    np.minimum,
    np.fmax,
    np.fmin,
    np.logaddexp,
    np.logaddexp2,
    np.hypot,
)
EXTREMES = (np.maximum, np.minimum, np.fmax, np.fmin)


def register_methods(ufunc: np.ufunc) -> None:
    """Give the methods of a ufunc of two operands rules, where they have none yet."""
    rules: dict[_Rule, Callable[[np.ufunc], _Rule]] = {ufunc.outer: _outer}
    if ufunc in (*ASSOCIATIVE, np.subtract, np.true_divide):
        rules[ufunc.reduce] = _reduce
        rules[ufunc.accumulate] = _running_extreme if ufunc in EXTREMES else _accumulate
    if ufunc in ASSOCIATIVE:
        rules[ufunc.reduceat] = _reduceat
    for target, rule in rules.items():
        if target not in RULES:
            register(target, rule(ufunc), "derived")
    register(ufunc.at, _at(ufunc), "assignment")


def binary_ufuncs(*kinds: str) -> list[np.ufunc]:
    """Return NumPy's registered ufuncs of two operands, entry by entry, of the given kinds."""
    return [
        f
        for f, kind in KINDS.items()
        if isinstance(f, np.ufunc)
        and (f.nin, f.nout, f.signature) == (2, 1, None)
        and kind in kinds
        and getattr(np, f.__name__, None) is f
        and f is not np.ldexp  # whose second operand is an integer
    ]


for _ufunc in binary_ufuncs("primitive", "derived"):
    register_methods(_ufunc)
for _ufunc in binary_ufuncs("constant"):
    constant_functions(_ufunc.outer, _ufunc.reduce, _ufunc.accumulate, _ufunc.reduceat)
