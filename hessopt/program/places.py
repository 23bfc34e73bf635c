"""Where an entry of a value lies, as a linear function of the counters of a loop.

What moves entries without computing (slices, transposes, broadcasts, reshapes) is not carried out
in a loop: it is followed backwards, from the place of an entry in the result to its place in the
operand.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from hessopt.autodiff.accumulate import is_basic
from hessopt.program.program import Instruction

Shape = tuple[int, ...]


class Place(NamedTuple):
    """``const + sum(coefs[a] * counter a) + sum(c * entry of an index array)``.

    Attributes
    ----------
    const : int
    coefs : tuple of int
        One for each counter of the loop.
    looked_up : tuple of (key, int)
        Entries of index arrays, by a key that says which entry of which array, with their factors.
    """

    const: int
    coefs: tuple[int, ...]
    looked_up: tuple[tuple[Any, int], ...] = ()

    def scaled(self, factor: int, shift: int = 0) -> Place:
        """Return ``factor * self + shift``."""
        return Place(
            self.const * factor + shift,
            tuple(c * factor for c in self.coefs),
            tuple((key, c * factor) for key, c in self.looked_up),
        )

    def plus(self, other: Place) -> Place:
        """Return the sum of two places."""
        coefs = tuple(a + b for a, b in zip(self.coefs, other.coefs, strict=True))
        return Place(self.const + other.const, coefs, self.looked_up + other.looked_up)

    def fixed_at(self) -> Place:
        """Return the place 0 of a loop with as many counters."""
        return Place(0, (0,) * len(self.coefs))


class Lookup(NamedTuple):
    """An entry of a constant index array, all of whose entries are at least 0."""

    array: int  # its identity; the arrays are kept by who asks
    place: Place


Places = tuple[Place, ...]


def counters(depth: int) -> Places:
    """Return the places of an entry whose place along each axis is a counter."""
    return tuple(Place(0, tuple(int(a == axis) for a in range(depth))) for axis in range(depth))


def flat(places: Places, shape: Shape, depth: int) -> Place:
    """Return the place of an entry in the raveled array (C order)."""
    total = Place(0, (0,) * depth)
    for axis, place in enumerate(places):
        total = total.plus(place.scaled(prod(shape[axis + 1 :])))
    return total


class Flat(NamedTuple):
    """A place in the raveled operand, where it is no place along its axes."""

    place: Place


class Moves:
    """Follows entries through the lines that only move them; keeps the index arrays it meets."""

    def __init__(self) -> None:
        self.arrays: dict[int, np.ndarray] = {}
        self._sources: dict[tuple[int, int], tuple[int, np.ndarray]] = {}

    def back(
        self, line: Instruction, shape: Shape, places: Places, depth: int
    ) -> Places | Flat | None:
        """Return where in the operand (of `shape`) the entry at `places` of the result comes from.

        None where the line is none that only moves entries, or moves them otherwise.
        """
        if line.op in _SAME:
            return places
        if line.op == "Transpose":
            found = list(places)
            for place, axis in zip(places, line.params["axes"], strict=True):
                found[axis] = place
            return tuple(found)
        if line.op == "BroadcastTo":
            return aligned(places, line.shape or (), shape)
        if line.op == "Reshape":
            return self._reshaped(line, shape, places, depth)
        if line.op == "GetItem":
            return self._indexed(line.params["index"], shape, places, depth)
        return None

    def _reshaped(
        self, line: Instruction, shape: Shape, places: Places, depth: int
    ) -> Places | Flat | None:
        if line.params.get("order", "C") != "C":
            return None
        result = line.shape or ()
        long = [(n, place) for n, place in zip(result, places, strict=True) if n != 1]
        if [n for n, _ in long] == [n for n in shape if n != 1]:
            rest = iter(place for _, place in long)
            return tuple(Place(0, (0,) * depth) if n == 1 else next(rest) for n in shape)
        whole = flat(places, result, depth)
        return (whole,) if len(shape) == 1 else Flat(whole)

    def _indexed(self, index: Any, shape: Shape, places: Places, depth: int) -> Places | None:
        parts = spelled_out(index, len(shape))
        if parts is None:
            return None
        found: list[Place] = []
        rest = iter(places)
        lookup: Place | None = None
        axes = iter(shape)
        for part in parts:
            if part is None:
                next(rest)
                continue
            n = next(axes)
            if isinstance(part, slice):
                start, _, step = part.indices(n)
                found.append(next(rest).scaled(step, start))
            elif isinstance(part, np.ndarray):
                if lookup is None:  # several index arrays share one axis of the result
                    lookup = next(rest)
                key = Lookup(self._keep(part, n), lookup)
                found.append(Place(0, (0,) * depth, ((key, 1),)))
            else:
                found.append(Place(part % n if n else part, (0,) * depth))
        return tuple(found)

    def _keep(self, array: np.ndarray, n: int) -> int:
        """Keep an index array with its negative entries counted from the front."""
        known = self._sources.get((id(array), n))
        if known is None:
            key = len(self.arrays)
            self.arrays[key] = np.where(array < 0, array + n, array).astype(np.int64)
            known = self._sources[id(array), n] = key, array  # held, so that its id stays its own
        return known[0]


_SAME = frozenset(("Identity", "Copy", "asarray", "Positive"))


def spelled_out(index: Any, ndim: int) -> list[Any] | None:
    """Return an index as one part for each axis, with None for new axes.

    Parts are slices, integers, and one-dimensional integer arrays, which must be neighbours and
    of one length. None where the index is of another kind.
    """
    parts = list(index) if type(index) is tuple else [index]
    arrays = [k for k, part in enumerate(parts) if isinstance(part, np.ndarray)]
    for k in arrays:
        if parts[k].ndim != 1 or parts[k].dtype.kind not in "iu" or not parts[k].size:
            return None
    if len({parts[k].size for k in arrays}) > 1 or arrays != list(
        range(arrays[0], arrays[0] + len(arrays)) if arrays else ()
    ):
        return None
    plain = [part for part in parts if not isinstance(part, np.ndarray)]
    if not is_basic(tuple(plain)) or (arrays and any(type(part) is int for part in plain)):
        return None
    named = sum(part is not None and part is not Ellipsis for part in parts)
    filled = [slice(None)] * (ndim - named)
    if Ellipsis in plain:
        k = next(k for k, part in enumerate(parts) if part is Ellipsis)
        return [*parts[:k], *filled, *parts[k + 1 :]]
    return [*parts, *filled]


def aligned(places: Places, shape: Shape, operand: Shape) -> Places:
    """Return the places in an operand that is broadcast to `shape`."""
    lead = len(shape) - len(operand)
    return tuple(
        places[lead + axis].fixed_at()
        if n == 1 and shape[lead + axis] != 1
        else places[lead + axis]
        for axis, n in enumerate(operand)
    )
