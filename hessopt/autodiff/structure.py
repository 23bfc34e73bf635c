"""Which entries of its operands each entry of an operation's result can depend on.

A primitive's rule, ``links(self, at, **params)``, returns for each operand the structure of its own
Jacobian: which entries may be other than zero. The chain rule on these is the structure of a whole
program (`hessopt/program/sparsity.py`). The families bring rules for their members; of what has
none, every entry depends on every entry.

A link is a tuple of factors, applied first to last, or None where there is no dependence. A factor
is an array of numbers, entry k of the result taking what entry ``numbers[k]`` of the operand has,
nothing where that is -1; or a sparse matrix, whose row k names the entries that meet in entry k.
So a dependence of everything on everything takes no more memory than the operands.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
Link = tuple[Any, ...] | None

SAME: Link = ()  # each entry depends on the one in its own place

# Beyond so many terms the zeros of constants are not looked for
TERMS = 1 << 24


class Local(NamedTuple):
    """One operation as its rule sees it.

    Attributes
    ----------
    operands : sequence
        The constants among the operands; None for the others.
    shapes : sequence of tuple of int
        Of the operands.
    varies : sequence of bool
        Which operands depend on what the structure is wanted for.
    shape : tuple of int
        Of the result; of several results, the leading axes that they share (`Primitive.shared`).
    """

    operands: Sequence[Any]
    shapes: Sequence[Shape]
    varies: Sequence[bool]
    shape: Shape

    @property
    def size(self) -> int:
        """How many entries the result has."""
        return prod(self.shape)

    def each(self, link: Callable[[int], Link]) -> list[Link]:
        """Return what a function gives for the operands that vary, None for the others."""
        return [link(i) if varies else None for i, varies in enumerate(self.varies)]

    def numbers(self, i: int) -> NDArray[np.intp]:
        """Return the entries' numbers of operand `i`, in its shape."""
        return np.arange(prod(self.shapes[i])).reshape(self.shapes[i])

    def broadcast(self, i: int) -> Link:
        """Return the link of operand `i` where NumPy broadcasts it to the result's shape."""
        if self.shapes[i] == self.shape:
            return SAME
        return takes(np.broadcast_to(self.numbers(i), self.shape))

    def everything(self, i: int) -> Link:
        """Return the link where every entry of the result depends on every one of operand `i`."""
        return self.stacked(i, len(self.shapes[i]), 0)

    def stacked(self, i: int, core: int, lead: int) -> Link:
        """Return the link of one of a stack of operands: the last `core` axes belong together.

        `lead` is how many leading axes the result has.
        """
        shape, whole = self.shapes[i], prod(self.shapes[i])
        outer = shape[: len(shape) - core]
        rows = np.arange(prod(outer)).reshape((*outer, *(1,) * core))
        met = joins(np.broadcast_to(rows, shape), self.numbers(i), (rows.size, whole))
        rows = rows.reshape((*outer, *(1,) * (len(self.shape) - lead)))
        return (met, np.broadcast_to(rows, self.shape).ravel())

    def along(self, i: int, axis: int) -> Link:
        """Return the link where the entries of a row along `axis` depend on all of operand `i`'s.

        The rows of the result may be longer or shorter.
        """
        shape = list(self.shapes[i])
        shape[axis] = 1
        rows = np.arange(prod(shape)).reshape(shape)
        groups, numbers = np.broadcast_arrays(rows, self.numbers(i))
        met = joins(groups, numbers, (rows.size, numbers.size))
        return (met, np.broadcast_to(rows, self.shape).ravel())


def takes(numbers: Any, where: Any = True) -> Link:
    """Return the link of a result whose entries come from the entries `numbers` of an operand."""
    return (np.where(where, numbers, -1).astype(np.intp).ravel(),)


def joins(results: Any, entries: Any, shape: tuple[int, int]) -> Any:
    """Return the factor of pairs: entry ``results[k]`` depends on entry ``entries[k]``."""
    from scipy import sparse  # `import hessopt` need not pay for it

    rows, columns = np.ravel(results), np.ravel(entries)
    return sparse.coo_array((np.ones(rows.size, bool), (rows, columns)), shape).tocsr()


def contraction(
    at: Local, inputs: Sequence[Sequence[Hashable]], output: Sequence[Hashable]
) -> list[Link]:
    """Return the links of a sum of products, its axes labelled as by the subscripts of an einsum.

    Along an axis of one, an operand is broadcast. What a zero of a constant operand multiplies is
    left out.
    """
    labels = {label: k for k, label in enumerate(dict.fromkeys(x for s in inputs for x in s))}
    sizes = dict.fromkeys(labels.values(), 1)
    axes = [[labels[x] for x in s] for s in inputs]
    for own, shape in zip(axes, at.shapes, strict=True):
        sizes |= {x: max(n, sizes[x]) for x, n in zip(own, shape, strict=True)}
    constants = [
        (np.not_equal(x, 0), own)
        for x, own in zip(at.operands, axes, strict=True)
        if x is not None and np.size(x) > 1 and not np.all(x)
    ]
    if prod(sizes.values()) > TERMS:
        constants = []
    result = [labels[x] for x in output]
    return at.each(lambda i: _contracted(at, i, axes[i], result, constants))


def _contracted(
    at: Local, i: int, own: list[int], result: list[int], constants: list[tuple[Any, list[int]]]
) -> Link:
    once = list(dict.fromkeys(own))
    entries = np.einsum(at.numbers(i), own, once)  # a label that occurs twice is a diagonal
    summed = [x for x in once if x not in result]
    if constants:
        every = [*result, *summed]
        present = [x for x in every if any(x in labels for _, labels in constants)]
        factors = [y for x, labels in constants for y in (x.astype(float), labels)]
        terms = _placed(np.einsum(*factors, present) != 0, present, every)
        placed = _placed(entries, once, every)
        results = np.arange(at.size).reshape((*at.shape, *(1,) * len(summed)))
        places, entries, terms = np.broadcast_arrays(results, placed, terms)
        return (joins(places[terms], entries[terms], (at.size, prod(at.shapes[i]))),)
    kept = [x for x in result if x in once]
    entries = _placed(entries, once, [*kept, *summed])
    shape = entries.shape[: len(kept)]
    met = np.arange(prod(shape)).reshape((*shape, *(1,) * len(summed)))
    joined = joins(np.broadcast_to(met, entries.shape), entries, (prod(shape), prod(at.shapes[i])))
    spread = np.broadcast_to(_placed(met.reshape(shape), kept, result), at.shape)
    return (joined, spread.ravel())


def _placed(x: Any, own: list[int], axes: list[int]) -> Any:
    """Return an array with its labelled axes in the order of `axes`, those it lacks being one."""
    order = sorted(range(len(own)), key=lambda k: axes.index(own[k]))
    shape = dict(zip(own, x.shape, strict=True))
    return np.transpose(x, order).reshape([shape.get(label, 1) for label in axes])
