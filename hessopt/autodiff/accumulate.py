"""Adding up the adjoints that reach one value.

An index expression sends back a :class:`Patch`, not an array of zeros with one corner filled: a
loop over ``x[i]`` then costs O(n), not O(n^2). Patches are added in place into an array that the
walk owns or, when the walk itself is recorded, by one ``scatter_add`` for all of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from hessopt.autodiff.node import Handle, Node
from hessopt.autodiff.registry import RULES


class Patch:
    """The adjoint of ``x[index]``: `value` at `index`, zero elsewhere."""

    __slots__ = ("index", "value")  # a named tuple takes five times as long to make

    def __init__(self, index: Any, value: Any) -> None:
        self.index = index
        self.value = value


class Bundle(tuple[Any, ...]):
    """The adjoints of a function's several outputs, slot by slot; None is zero."""

    __slots__ = ()

    def __add__(self, other: Any) -> Bundle:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Bundle(
            q if p is None else p if q is None else p + q for p, q in zip(self, other, strict=True)
        )


class Patches(NamedTuple):
    """What a recorded walk has gathered: an adjoint of full shape (or None) and patches."""

    dense: Any
    patches: list[Patch]


Deferred = frozenset((Patch, Patches))


_BASIC = (int, slice, type(None), type(Ellipsis))


def is_basic(index: Any) -> bool:
    """Whether the index gives a view, each of whose entries stands for one entry."""
    if type(index) is slice:
        return True
    if type(index) is tuple:
        return all(isinstance(part, _BASIC) and type(part) is not bool for part in index)
    return isinstance(index, _BASIC) and type(index) is not bool  # True is a mask


def scatter_add(base: Any, *values: Any, indices: tuple[Any, ...]) -> np.ndarray:
    """Return `base` with each value added at its index."""
    out = np.array(base)
    for index, value in zip(indices, values, strict=True):
        _add_at(out, index, value)
    return out


def _add_at(out: np.ndarray, index: Any, value: Any) -> None:
    if is_basic(index):
        part = out[index]
        if type(part) is ndarray:
            part += value  # through the view: `out[index] += value` would copy it back as well
        else:
            out[index] = part + value
    else:
        np.add.at(out, index, value)


class ArraySums:
    """Sums of adjoints that are plain arrays: in place, into arrays allocated here.

    Attributes
    ----------
    owned : set of Node
        Those whose adjoint is an array allocated here, which nobody else holds.
    """

    def __init__(self) -> None:
        self.owned: set[Node] = set()

    def merge(self, x: Node, present: Any, contribution: Any) -> Any:
        """Return the adjoint of `x` after `contribution` has joined the `present` one."""
        if x not in self.owned:
            if type(present) is not Patch:
                if type(contribution) is not Patch:
                    total = present + contribution
                    if type(total) is ndarray and total.shape == x.data.shape:
                        self.owned.add(x)
                    return total
                present = np.array(np.broadcast_to(present, x.data.shape))
            elif type(contribution) is Patch:
                present = _spread(x, present)
            else:
                present, contribution = (
                    np.array(np.broadcast_to(contribution, x.data.shape)),
                    present,
                )
            self.owned.add(x)
        if type(contribution) is Patch:
            _add_at(present, contribution.index, contribution.value)
        else:
            present += contribution
        return present

    def finish(self, x: Node, g: Any) -> Any:
        """Return the adjoint of `x` as an array."""
        return _spread(x, g) if type(g) is Patch else g


class GraphSums:
    """Sums of adjoints that are Variables: the sums are recorded too."""

    owned: frozenset[Node] = frozenset()

    def merge(self, x: Node, present: Any, contribution: Any) -> Any:
        """Return the adjoint of `x` after `contribution` has joined the `present` one."""
        if type(contribution) is Patch:
            if type(present) is Patches:
                present.patches.append(contribution)
                return present
            if type(present) is Patch:
                return Patches(None, [present, contribution])
            return Patches(present, [contribution])
        if type(present) is Patch:
            return Patches(contribution, [present])
        if type(present) is Patches:
            dense = contribution if present.dense is None else present.dense + contribution
            return Patches(dense, present.patches)
        return present + contribution

    def finish(self, x: Node, g: Any) -> Any:
        """Return the adjoint of `x` as a Variable."""
        if type(g) is Patch:
            g = Patches(None, [g])
        elif type(g) is not Patches:
            return g
        if g.dense is None:
            base = np.zeros(x.data.shape, x.data.dtype)
            base.flags.writeable = False  # nobody else has it, so it need not be copied
        else:
            base = whole(g.dense, x)
        indices = tuple(patch.index for patch in g.patches)
        return RULES[scatter_add](base, *(patch.value for patch in g.patches), indices=indices)


def _spread(x: Node, patch: Patch) -> np.ndarray:
    index, value = patch.index, patch.value
    dtype = x.data.dtype
    if value.dtype is not dtype:
        dtype = np.result_type(value, x.data)
    out = np.zeros(x.data.shape, dtype)
    if is_basic(index):
        out[index] = value
    else:
        np.add.at(out, index, value)
    return out


def whole(g: Any, y: Node) -> Any:
    """Return an adjoint in the shape of its value: one number may have stood for them all."""
    if type(g) is Bundle or g.shape == y.data.shape:
        return g
    if isinstance(g, Handle):
        return np.broadcast_to(g, y.data.shape)  # pyright: ignore - dispatches on the Variable
    return np.full(y.data.shape, g)
