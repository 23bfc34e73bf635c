"""Adding up the adjoints that reach one value.

An index expression sends back a :class:`Patch`, not an array of zeros with one corner filled: a
loop over ``x[i]`` then costs O(n), not O(n^2). Patches are added in place into an array that the
walk owns or, when the walk itself is recorded, by one ``scatter_add`` for all of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hessopt.autodiff.node import Node
from hessopt.autodiff.registry import RULES


class Patch(NamedTuple):
    """The adjoint of ``x[index]``: `value` at `index`, zero elsewhere."""

    index: Any
    value: Any


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


def is_basic(index: Any) -> bool:
    """Whether every entry is addressed once, so that ``+=`` through the index is a sum."""
    parts = index if isinstance(index, tuple) else (index,)
    return not any(
        isinstance(part, (list, np.ndarray)) and np.asarray(part).dtype != bool for part in parts
    )


def scatter_add(base: Any, *values: Any, indices: tuple[Any, ...]) -> np.ndarray:
    """Return `base` with each value added at its index."""
    out = np.array(base)
    for index, value in zip(indices, values, strict=True):
        _add_at(out, index, value)
    return out


def _add_at(out: np.ndarray, index: Any, value: Any) -> None:
    if is_basic(index):
        out[index] += value
    else:
        np.add.at(out, index, value)


class ArrayAdjoints(dict[Node, Any]):
    """Adjoints as plain arrays: sums go in place into buffers allocated here."""

    def __init__(self) -> None:
        self._owned: set[Node] = set()

    def add(self, x: Node, contribution: Any) -> None:
        """Add `contribution` to the adjoint of `x`."""
        present = self.get(x)
        if present is None:
            self[x] = contribution
            return
        if isinstance(present, Bundle):
            self[x] = present + contribution
            return
        if x not in self._owned:
            present, contribution = self._fresh(x, present, contribution)
        if isinstance(contribution, Patch):
            _add_at(present, *contribution)
        elif contribution is not None:
            np.add(present, contribution, out=present)

    def _fresh(self, x: Node, present: Any, contribution: Any) -> tuple[np.ndarray, Any]:
        """Move the first adjoint into an array of our own."""
        self._owned.add(x)
        if isinstance(present, Patch):
            if isinstance(contribution, Patch):
                own = _spread(x, present)
            else:
                own, contribution = np.array(contribution), present
        elif isinstance(contribution, Patch):
            own = np.array(present)
        else:
            own, contribution = np.asarray(present + contribution), None
        self[x] = own
        return own, contribution

    def take(self, x: Node) -> Any:
        """Remove and return the adjoint of `x`, as an array."""
        g = self.pop(x)
        return _spread(x, g) if isinstance(g, Patch) else g


class GraphAdjoints(dict[Node, Any]):
    """Adjoints as Variables: the sums are recorded too."""

    def add(self, x: Node, contribution: Any) -> None:
        """Add `contribution` to the adjoint of `x`."""
        present = self.get(x)
        if isinstance(contribution, Patch):
            if isinstance(present, Patches):
                present.patches.append(contribution)
            else:
                self[x] = Patches(present, [contribution])
        elif isinstance(present, Patches):
            dense = contribution if present.dense is None else present.dense + contribution
            self[x] = Patches(dense, present.patches)
        elif present is None:
            self[x] = contribution
        else:
            self[x] = present + contribution

    def take(self, x: Node) -> Any:
        """Remove and return the adjoint of `x`, as a Variable."""
        g = self.pop(x)
        if not isinstance(g, Patches):
            return g
        base = np.zeros(x._data.shape, x._data.dtype) if g.dense is None else g.dense
        indices = tuple(patch.index for patch in g.patches)
        return RULES[scatter_add](base, *(patch.value for patch in g.patches), indices=indices)


def _spread(x: Node, patch: Patch) -> np.ndarray:
    out = np.zeros(x._data.shape, np.result_type(patch.value, x._data))
    _add_at(out, *patch)
    return out
