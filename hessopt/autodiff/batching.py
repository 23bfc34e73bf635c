"""Many examples at once: the operands of an operation with a leading axis of examples.

A primitive's batch rule, ``batch(self, b, **params)``, computes from a `Batch` what the primitive
would compute from each example, stacked. It is plain NumPy like the other rules: on arrays it
computes, on Variables it is recorded, so what it returns can be differentiated and traced. The
families bring rules for their members; what has none is called once for each example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np


class Batch(NamedTuple):
    """The operands of one operation for all examples.

    Attributes
    ----------
    size : int
        How many examples there are.
    operands : sequence
        Variables, arrays and constants.
    leads : sequence of bool
        Which of them have the leading axis; the others are the same for all examples.
    """

    size: int
    operands: Sequence[Any]
    leads: Sequence[bool]

    def shape(self, i: int) -> tuple[int, ...]:
        """Return the shape of operand `i` in one example."""
        return np.shape(self.operands[i])[self.leads[i] :]

    def ndim(self, i: int) -> int:
        """Return the rank of operand `i` in one example."""
        return np.ndim(self.operands[i]) - self.leads[i]

    def whole(self, i: int) -> Any:
        """Return operand `i` with the leading axis, which it may not have needed."""
        x = self.operands[i]
        return x if self.leads[i] else np.broadcast_to(x, (self.size, *np.shape(x)))

    def raised(self, i: int, ndim: int) -> Any:
        """Return operand `i` with axes of one behind the leading one, up to rank `ndim` each."""
        x = self.operands[i]
        missing = ndim - self.ndim(i)
        if not self.leads[i] or missing <= 0:
            return x
        return np.reshape(x, (self.size, *(1,) * missing, *self.shape(i)))

    def aligned(self, core: Sequence[int] = ()) -> list[Any]:
        """Return the operands so that the leading axes meet where NumPy broadcasts.

        ``core[i]`` is the number of last axes of operand `i` that are not broadcast.
        """
        core = core or (0,) * len(self.operands)
        free = [self.ndim(i) - n for i, n in enumerate(core)]
        return [self.raised(i, max(free) + n) for i, n in enumerate(core)]

    def one_by_one(self, call: Callable[[Sequence[Any]], Any]) -> Any:
        """Call a function of the operands for each example, and stack what it returns."""
        results = [
            call([x[k] if lead else x for x, lead in zip(self.operands, self.leads, strict=True)])
            for k in range(self.size)
        ]
        if isinstance(results[0], tuple):
            return tuple(map(np.stack, zip(*results, strict=True)))
        return np.stack(results)


def entries(primitive: Any, shape: tuple[int, ...], params: dict[str, Any]) -> tuple[Any, Any]:
    """Return which entry of an operand of `shape` each entry of a rearrangement comes from.

    The rearrangement shows it on the entries' numbers. Besides, return where there is none.
    """
    n = prod(shape)
    numbers, others = (
        primitive.forward(np.arange(start, start + n).reshape(shape), **params)
        for start in (0.0, float(n))
    )
    # what is no entry, but padding, stays the same, or is left empty and may be anything
    moved = (others - numbers == n) & (numbers >= 0) & (numbers < n)
    return np.astype(np.where(moved, numbers, 0), np.intp), moved


def gathered(primitive: Any, b: Batch, **params: Any) -> Any:
    """Take the entries that a rearrangement takes."""
    (x,) = b.operands
    shape = b.shape(0)
    numbers, moved = entries(primitive, shape, params)
    flat = np.reshape(x, (b.size, prod(shape)))
    if np.all(moved):
        return flat[:, numbers]
    padding = primitive.forward(np.zeros(shape, x.dtype), **params)
    if not np.any(moved):
        return np.broadcast_to(padding, (b.size, *padding.shape)).copy()
    return np.where(moved, flat[:, numbers], padding)


def behind(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return axes of an example, None for all, as axes counted from the end."""
    axes = range(ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(a - ndim if a >= 0 else a for a in axes)
