"""Which entries of an array a patch covers, and where each comes from.

A sum of patches, ``out[1:] += a; out[:-1] += b``, can be written from the side of the result:
entry j is ``a[j - 1] + b[j]``, where j is in range. So each entry is written once, nothing is read
back, and entries do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from math import lcm, prod
from typing import Any

import numpy as np

from hessopt.program.places import Place, Places, Shape, aligned, spelled_out
from hessopt.program.program import Instruction, Ref

MOST_PULLED = 12
MOST_PIECES = 8  # more would make the code long; entries that are steps apart are then added
SMALL = 16  # up to so many entries, single entries are patches like others


@dataclass(frozen=True)
class Patch:
    """A value and the slices of the result that it covers, one for each axis.

    `axes` says which axis of the slices each axis of the value's region is; `index` is what the
    program says.
    """

    value: Any
    slices: tuple[slice, ...]
    axes: tuple[int | None, ...]
    index: Any = None

    def region(self, shape: Shape) -> Shape:
        """Return the shape of what the patch covers."""
        return tuple(
            1 if a is None else len(range(*self.slices[a].indices(shape[a]))) for a in self.axes
        )


@dataclass(frozen=True)
class Piece:
    """The part of a result whose entries lie at ``steps * counter + rests``."""

    steps: Shape
    rests: Shape
    extents: Shape

    def place(self, axis: int, depth: int) -> Place:
        """Return where along an axis of the result the counters are."""
        coefs = tuple(self.steps[axis] if a == axis else 0 for a in range(depth))
        return Place(self.rests[axis], coefs)

    def meets(self, patch: Patch, shape: Shape) -> tuple[tuple[int, int], ...] | None:
        """Return for which counters the patch covers the piece; None for none."""
        ranges = []
        for axis, (n, s, r) in enumerate(zip(shape, self.steps, self.rests, strict=True)):
            start, _, t = patch.slices[axis].indices(n)
            size = len(range(*patch.slices[axis].indices(n)))
            if (r - start) % t:
                return None
            # place k of the patch is (s i + r - start) / t; t may be negative
            ends = [(k * t + start - r) for k in (0, size - 1)]
            low, high = -(-min(ends) // s), max(ends) // s
            low, high = max(low, 0), min(high + 1, self.extents[axis])
            if low >= high:
                return None
            ranges.append((low, high))
        return tuple(ranges)

    def inside(self, patch: Patch, shape: Shape, operand: Shape) -> Places:
        """Return where in the patch's value the entry at the counters comes from."""
        depth = len(self.extents)
        found = []
        for axis in patch.axes:
            if axis is None:
                found.append(Place(0, (0,) * depth))
                continue
            start, _, t = patch.slices[axis].indices(shape[axis])
            coefs = tuple(self.steps[axis] // t if a == axis else 0 for a in range(depth))
            found.append(Place((self.rests[axis] - start) // t, coefs))
        return aligned(tuple(found), patch.region(shape), operand)


def patches_of(
    line: Instruction, shape_of: Callable[[Any], Shape]
) -> tuple[list[Patch], list[tuple[Any, Any]]]:
    """Return the patches of a line that can be pulled, and the (index, value) pairs that cannot."""
    shape = line.shape or ()
    pulled: list[Patch] = []
    pushed: list[tuple[Any, Any]] = []
    if line.op == "Concatenate":
        axis = len(shape) + line.params["axis"]
        start = 0
        for x in line.operands:
            size = shape_of(x)[axis]
            slices = [slice(0, n) for n in shape]
            slices[axis] = slice(start, start + size)
            start += size
            if size:
                pulled.append(Patch(x, tuple(slices), tuple(range(len(shape)))))
        return pulled, pushed
    for value, index in zip(line.operands[1:], line.params["indices"], strict=True):
        patch = _patch(value, index, shape)
        if patch is None:
            pushed.append((index, value))
        elif prod(patch.region(shape)):
            pulled.append(patch)
    pulled, apart = _in_few_pieces(pulled, shape)
    pushed += [(p.index, p.value) for p in apart]
    single = [p for p in pulled if prod(p.region(shape)) == 1]
    if len(pulled) > MOST_PULLED or (single and prod(shape) > SMALL):
        few = len(pulled) - len(single) <= MOST_PULLED
        moved = {id(p) for p in (single if few else pulled)}
        pushed += [(p.index, p.value) for p in pulled if id(p) in moved]
        pulled = [p for p in pulled if id(p) not in moved]
    return pulled, pushed


def _in_few_pieces(patches: list[Patch], shape: Shape) -> tuple[list[Patch], list[Patch]]:
    """Choose patches whose steps do not cut a result into many pieces; return the others too."""
    chosen: list[Patch] = []
    apart: list[Patch] = []
    for patch in patches:
        few = prod(_steps(shape, [*chosen, patch])) <= MOST_PIECES
        (chosen if few else apart).append(patch)
    return chosen, apart


def _patch(value: Any, index: Any, shape: Shape) -> Patch | None:
    parts = spelled_out(index, len(shape))
    if parts is None or any(isinstance(part, np.ndarray) for part in parts):
        return None
    slices: list[slice] = []
    axes: list[int | None] = []
    for part in parts:
        if part is None:
            axes.append(None)
            continue
        n = shape[len(slices)]
        if isinstance(part, slice):
            axes.append(len(slices))
            start, _, _ = part.indices(n)
            one = len(range(*part.indices(n))) == 1
            slices.append(slice(start, start + 1) if one else part)
        else:
            slices.append(slice(part % n, part % n + 1))
    return Patch(value, tuple(slices), tuple(axes), index)


def pieces(shape: Shape, patches: list[Patch]) -> list[Piece]:
    """Cut a result by the steps of its patches, so that each piece takes whole steps."""
    steps = _steps(shape, patches)
    found = []
    for rests in product(*(range(min(s, n)) for s, n in zip(steps, shape, strict=True))):
        extents = tuple(-(-(n - r) // s) for n, r, s in zip(shape, rests, steps, strict=True))
        found.append(Piece(steps, rests, extents))
    return found


def _steps(shape: Shape, patches: list[Patch]) -> Shape:
    steps = [1] * len(shape)
    for patch in patches:
        for axis, n in enumerate(shape):
            step = abs(patch.slices[axis].indices(n)[2])
            if len(range(*patch.slices[axis].indices(n))) > 1:
                steps[axis] = lcm(steps[axis], step)
    return tuple(steps)


def is_constant_number(x: Any) -> bool:
    """Whether a base is one number all over."""
    return not isinstance(x, Ref) and (np.ndim(x) == 0 or not any(np.asarray(x).strides))
