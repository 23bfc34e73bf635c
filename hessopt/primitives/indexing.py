"""Taking entries by index, and the adjoint of that: adding values at indices."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import Patch, is_basic, scatter_add
from hessopt.autodiff.assignment import assigned, view
from hessopt.autodiff.batching import Batch
from hessopt.autodiff.config import recording
from hessopt.autodiff.data import as_array, fixed
from hessopt.autodiff.families import Rearrange, fit, values_of
from hessopt.autodiff.function import NOTHING, Primitive, compute, recorded
from hessopt.autodiff.node import FIRST, Node
from hessopt.autodiff.registry import derived
from hessopt.autodiff.structure import SAME, Link, Local, joins, takes
from hessopt.autodiff.tracing import active
from hessopt.autodiff.variable import handle


class GetItem(Primitive):
    """Basic and advanced indexing; sends back a patch, so a loop over ``x[i]`` stays linear."""

    numpy = operator.getitem
    uniform = True

    def bind(self, x: Any, index: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if type(index) is not int and type(index) is not slice:
            index = fixed(index)
        return (x,), {"index": index}

    def of(self, x: Any, index: Any) -> Any:
        """Do the same as ``self(x, index)``, for the operator."""
        operands, params = self.bind(x, index)
        node = x._node
        if node.tracked and recording() and active() is None:
            y = recorded(node.data[params["index"]], self, (node,), params, FIRST)
        else:
            y = compute(self, operands, params)
        if y.data.ndim and is_basic(params["index"]):
            return view(y, x, self, params)
        return handle(y)

    __call__ = of

    def forward(self, x: Any, index: Any) -> Any:
        return x[index]

    def batch(self, b: Batch, index: Any) -> Any:
        (x,) = b.operands
        if is_basic(index):
            return self.replay((x,), {"index": _in_each(index)})
        if isinstance(index, np.ndarray) and index.dtype != bool:
            return self.replay((x,), {"index": (slice(None), index)})
        return _rows(x)[:, _numbers(b.shape(0), index)]

    def links(self, at: Local, index: Any) -> list[Link]:
        return [takes(at.numbers(0)[index])]

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        return (Patch(y.params["index"], g),)


def _in_each(index: Any) -> tuple[Any, ...]:
    """Return a basic index of an example as one of the batch."""
    return (slice(None), *(index if isinstance(index, tuple) else (index,)))


def _numbers(shape: tuple[int, ...], index: Any) -> np.ndarray:
    """Return which entries of an array of `shape` an index takes.

    With several advanced indices NumPy decides by their places where the new axes go, so a full
    slice in front could move them; the entries' numbers say it once and for all.
    """
    return np.arange(prod(shape)).reshape(shape)[index]


def _rows(x: Any) -> Any:
    """Return each example as one vector."""
    return np.reshape(x, (len(x), prod(x.shape[1:])))


def _fitted(b: Batch, i: int, part: tuple[int, ...]) -> Any:
    """Return operand `i`, which belongs to a part of this shape, so that it broadcasts to it."""
    x = b.raised(i, len(part))
    extra = b.ndim(i) - len(part)  # NumPy lets a value have axes of one in front
    return np.reshape(x, (b.size, *b.shape(i)[extra:])) if b.leads[i] and extra > 0 else x


def _as_part(x: Any, ndim: int) -> Any:
    """Drop axes of one in front, which NumPy lets a value have."""
    return x.reshape(x.shape[max(0, x.ndim - ndim) :])


class ScatterAdd(Primitive):
    """The adjoint of indexing: a base array with values added at indices."""

    numpy = scatter_add

    def bind(
        self, base: Any, *values: Any, indices: tuple[Any, ...]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (base, *values), {"indices": indices}

    def batch(self, b: Batch, indices: tuple[Any, ...]) -> Any:
        base, shape = b.whole(0), b.shape(0)
        parts = [np.empty(shape, bool)[index].shape for index in indices]
        values = [_fitted(b, i, part) for i, part in enumerate(parts, 1)]
        if all(map(is_basic, indices)):
            return self.replay((base, *values), {"indices": tuple(map(_in_each, indices))})
        places = tuple((slice(None), _numbers(shape, index)) for index in indices)
        return np.reshape(self.replay((_rows(base), *values), {"indices": places}), base.shape)

    def links(self, at: Local, indices: tuple[Any, ...]) -> list[Link]:
        places = np.arange(at.size).reshape(at.shape)

        def link(i: int) -> Link:
            if i == 0:
                return SAME
            part = places[indices[i - 1]]
            numbers = np.broadcast_to(_as_part(at.numbers(i), part.ndim), part.shape)
            return (joins(part, numbers, (at.size, prod(at.shapes[i]))),)

        return at.each(link)

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        indices = y.params["indices"]
        return [g if i == 0 else fit(g[indices[i - 1]], y.operands[i].data) for i in wanted]


class SetItem(Primitive):
    """A copy with values assigned at an index; what was there before keeps no influence."""

    numpy = assigned

    def bind(self, base: Any, index: Any, value: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        value = as_array(value)
        if value.dtype.kind == "c" and base.dtype.kind != "c":
            raise TypeError(
                "assignment of complex numbers into a real Variable would drop the imaginary part"
            )
        return (base, value), {"index": fixed(index)}

    def forward(self, base: Any, value: Any, index: Any) -> Any:
        return assigned(base, index, value)

    def batch(self, b: Batch, index: Any) -> Any:
        base, shape = b.whole(0), b.shape(0)
        value = _fitted(b, 1, np.empty(shape, bool)[index].shape)
        if is_basic(index):
            return self.replay((base, value), {"index": _in_each(index)})
        place = (slice(None), _numbers(shape, index))
        return np.reshape(self.replay((_rows(base), value), {"index": place}), base.shape)

    def links(self, at: Local, index: Any) -> list[Link]:
        numbers = at.numbers(1)
        stays = assigned(at.numbers(0), index, -1)
        comes = assigned(np.full(at.shape, -1), index, numbers)
        return at.each(lambda i: takes(comes if i else stays))

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        index = y.params["index"]
        _, operands = values_of(y, graph)
        return [
            fit(self._to_value(g, index), operands[1])
            if i == 1
            else np.where(assigned(np.zeros(g.shape, bool), index, True), 0.0, g)
            for i in wanted
        ]

    def _to_value(self, g: Any, index: Any) -> Any:
        taken = g[index]
        if is_basic(index):
            return taken
        # where an index names an entry twice, the last value assigned is the one that stays
        numbers = np.arange(taken.size).reshape(taken.shape)
        stays = assigned(np.zeros(g.shape, int), index, numbers)[index] == numbers
        return np.where(stays, taken, 0.0)


class Take(Rearrange):
    numpy = np.take


class Diagonal(Rearrange):
    numpy = np.diagonal


class Diag(Rearrange):
    numpy = np.diag


class Compress(Rearrange):
    numpy = np.compress

    def bind(
        self, condition: Any, a: Any, axis: Any = None, out: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return super().bind(a, condition, axis=axis, out=out)

    def forward(self, a: Any, condition: Any, axis: Any = None, out: Any = None) -> Any:
        return np.compress(condition, a, axis)


@derived(np.trace)
def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    """Return the sum along diagonals."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


@derived(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Take one entry for each index along an axis."""
    if axis is None:
        return arr.reshape(-1)[indices]
    axis = axis % arr.ndim
    where = [
        indices
        if a == axis
        else np.arange(n).reshape([-1 if b == a else 1 for b in range(arr.ndim)])
        for a, n in enumerate(arr.shape)
    ]
    return arr[tuple(where)]
