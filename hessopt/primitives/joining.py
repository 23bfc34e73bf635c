"""Putting arrays together and taking them apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch
from hessopt.autodiff.families import fit, negative_axis, values_of
from hessopt.autodiff.function import NOTHING, Primitive, unsupported
from hessopt.autodiff.node import Node
from hessopt.autodiff.registry import derived
from hessopt.autodiff.structure import Link, Local, takes


class Concatenate(Primitive):
    numpy = np.concatenate

    def bind(
        self,
        arrays: Any,
        /,
        axis: int | None = 0,
        out: Any = None,
        *,
        dtype: Any = None,
        **kwargs: Any,
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if out is not None or kwargs:
            raise unsupported(self, {"out": out, **kwargs} if out is not None else kwargs)
        arrays = [a if hasattr(a, "shape") else np.asarray(a) for a in arrays]
        if dtype is not None:
            arrays = [np.astype(a, dtype) for a in arrays]
        if axis is None:
            arrays, axis = [a.reshape(-1) for a in arrays], -1
        ndim = arrays[0].ndim if arrays else 1
        if ndim == 0:
            raise ValueError("zero-dimensional arrays cannot be concatenated; use np.stack")
        return tuple(arrays), {"axis": negative_axis(axis, ndim)}

    def forward(self, *arrays: Any, axis: int) -> Any:
        return np.concatenate(arrays, axis)

    def batch(self, b: Batch, **params: Any) -> Any:
        return self.replay([b.whole(i) for i in range(len(b.operands))], params)

    def links(self, at: Local, axis: int) -> list[Link]:
        def link(i: int) -> Link:
            parts = [np.full(shape, -1) for shape in at.shapes]
            parts[i] = at.numbers(i)
            return takes(np.concatenate(parts, axis))

        return at.each(link)

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        _, operands = values_of(y, graph)
        axis = y.params["axis"]
        behind = (slice(None),) * (-axis - 1)
        ends = np.cumsum([0, *(x.shape[axis] for x in operands)])
        return [
            fit(g[(..., slice(int(ends[i]), int(ends[i + 1])), *behind)], operands[i])
            for i in wanted
        ]


@derived(np.stack)
def stack(arrays: Any, axis: int = 0, out: Any = None, **kwargs: Any) -> Any:
    """Join along a new axis."""
    shapes = {np.shape(a) for a in arrays}
    if len(shapes) > 1:
        raise ValueError(f"stack: all arrays must have the same shape, got {sorted(shapes)}")
    return np.concatenate([np.expand_dims(a, axis) for a in arrays], axis, out, **kwargs)


@derived(np.vstack)
def vstack(tup: Any, **kwargs: Any) -> Any:
    """Stack rows."""
    return np.concatenate([np.atleast_2d(a) for a in tup], 0, **kwargs)


@derived(np.hstack)
def hstack(tup: Any, **kwargs: Any) -> Any:
    """Stack side by side."""
    arrays = [np.atleast_1d(a) for a in tup]
    return np.concatenate(arrays, 0 if arrays[0].ndim == 1 else 1, **kwargs)


@derived(np.dstack)
def dstack(tup: Any) -> Any:
    """Stack along the third axis."""
    return np.concatenate([np.atleast_3d(a) for a in tup], 2)


@derived(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Stack vectors as columns."""
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup], 1)


@derived(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Join two arrays, flattened where no axis is given."""
    return np.concatenate((arr, values), axis)


@derived(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Cut into equal parts, or at indices."""
    if np.ndim(indices_or_sections) == 0 and ary.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return np.array_split(ary, indices_or_sections, axis)


@derived(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Cut into parts that may differ in length by one, or at indices."""
    n = ary.shape[axis]
    if np.ndim(indices_or_sections) == 0:
        short, longer = divmod(n, indices_or_sections)
        lengths = [short + 1] * longer + [short] * (indices_or_sections - longer)
        cuts = [0, *np.cumsum(lengths).tolist()]
    else:
        cuts = [0, *indices_or_sections, n]
    before = (slice(None),) * (axis % ary.ndim)
    return [ary[(*before, slice(start, stop))] for start, stop in pairwise(cuts)]


@derived(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Cut into columns."""
    return np.split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@derived(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Cut into rows."""
    return np.split(ary, indices_or_sections, 0)


@derived(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Cut along the third axis."""
    return np.split(ary, indices_or_sections, 2)
