"""Rules about shapes: what moves, repeats or copies entries, and what need not.

One rounds otherwise than the original: a sum along a broadcast axis becomes a product.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.accumulate import is_basic, scatter_add
from hessopt.autodiff.registry import RULES
from hessopt.program.known import Known, instruction, is_zero
from hessopt.program.program import Instruction, Ref

MOST_PATCHES = 16  # a loop that assigns single entries would take long to look through


def _reshaped(x: Any, shape: Any, like: Instruction) -> Instruction:
    return instruction(RULES[np.reshape], (x,), like, shape=shape)  # pyright: ignore - a primitive


def _same_value(line: Instruction, known: Known) -> Any:
    """Drop a copy, a cast or a reshaping that changes nothing."""
    x = line.operands[0]
    return x if known.stands_for(x, line) else line


def _broadcast(line: Instruction, known: Known) -> Any:
    inner = known.made_by(line.operands[0], "BroadcastTo")
    if inner is not None:
        line = line._replace(operands=inner.operands)
    return _same_value(line, known)


def _reshape(line: Instruction, known: Known) -> Any:
    inner = known.made_by(line.operands[0], "Reshape")
    if inner is not None and "order" not in line.params and "order" not in inner.params:
        line = line._replace(operands=inner.operands)
    return _same_value(line, known)


def _transpose(line: Instruction, known: Known) -> Any:
    axes = line.params["axes"]
    inner = known.made_by(line.operands[0], "Transpose")
    if inner is not None:
        axes = tuple(inner.params["axes"][a] for a in axes)
        line = line._replace(operands=inner.operands, params={"axes": axes})
    x = line.operands[0]
    if axes == tuple(range(-len(axes), 0)):
        return x
    # with one long axis there is no order to change
    return line if sum(n > 1 for n in known.shape(x)) > 1 else _reshaped(x, line.shape, line)


def region(index: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of what an index takes from an array of `shape`."""
    return np.shape(np.broadcast_to(0.0, shape)[index])


def takes_all(index: Any, shape: tuple[int, ...]) -> bool:
    """Whether an index takes every entry of an array of `shape` in its order."""
    parts = index if type(index) is tuple else (index,)
    return (
        is_basic(index)
        and not any(isinstance(part, slice) and (part.step or 1) < 0 for part in parts)
        and math.prod(region(index, shape)) == math.prod(shape)
    )


def shortest(index: Any, ndim: int) -> Any:
    """Return a basic index without an Ellipsis that stands for no axis, and without a tuple of one.

    The same entries then have the same index.
    """
    if type(index) is not tuple or not is_basic(index):
        return index
    named = sum(part is not None and part is not Ellipsis for part in index)
    if named == ndim and Ellipsis in index:
        index = tuple(part for part in index if part is not Ellipsis)
    return index[0] if len(index) == 1 else index


def _get_item(line: Instruction, known: Known) -> Any:
    x = line.operands[0]
    index = shortest(line.params["index"], len(known.shape(x)))
    if index is not line.params["index"]:
        line = line._replace(params={"index": index})
    if not takes_all(index, known.shape(x)):
        return line
    return x if known.stands_for(x, line) else _reshaped(x, line.shape, line)


def _scatter(line: Instruction, known: Known) -> Any:
    """Join with the base's own patches; add to zeros everywhere = take."""
    base, *values = line.operands
    indices = tuple(shortest(index, len(line.shape or ())) for index in line.params["indices"])
    if any(a is not b for a, b in zip(indices, line.params["indices"], strict=True)):
        line = line._replace(params={"indices": indices})
    inner = known.made_by(base, "ScatterAdd", alone=True)
    if inner is not None:
        indices = (*inner.params["indices"], *indices)
        return line._replace(operands=(*inner.operands, *values), params={"indices": indices})
    if not takes_all(indices[0], line.shape or ()):
        return line
    first = values[0]
    if (
        known.shape(first) != region(indices[0], line.shape or ())
        or known.dtype(first) != line.dtype
    ):
        return line
    start = _reshaped(first, line.shape, line)
    if not is_zero(base):
        if not known.stands_for(base, line):
            return line
        start = instruction(RULES[np.add], (base, start), line)  # pyright: ignore
    if len(values) == 1:
        return start
    return line._replace(operands=(start, *values[1:]), params={"indices": indices[1:]})


def _assignment(line: Instruction, known: Known) -> Any:
    """y[i] += p adds a patch; so does y[i] = p where y is zero so far."""
    base, value = line.operands
    index = line.params["index"]
    if not is_basic(index) or known.dtype(value) != line.dtype:
        return line
    if known.shape(value) != region(index, line.shape or ()):
        return line
    patch = _added(base, value, index, known)
    if patch is None and _is_zero_at(base, index, line, known):
        patch = value
    scatter = RULES[scatter_add]
    return line if patch is None else instruction(scatter, (base, patch), line, indices=(index,))  # pyright: ignore


def _added(base: Any, value: Any, index: Any, known: Known) -> Any:
    """Return p where `value` is ``base[index] + p``, of its shape and type; else None."""
    for op in ("Add", "Sub"):
        inner = known.made_by(value, op, alone=True)
        if inner is None:
            continue
        a, b = inner.operands
        for taken, p in ((a, b), (b, a)) if op == "Add" else ((a, b),):
            item = known.made_by(taken, "GetItem")
            if (
                item is not None
                and isinstance(base, Ref)
                and item.operands[0] == base
                and is_basic(item.params["index"])
                and item.params["index"] == shortest(index, len(known.shape(base)))
                and known.stands_for(p, inner)
            ):
                return p if op == "Add" else instruction(RULES[np.negative], (p,), inner)  # pyright: ignore
    return None


def _is_zero_at(base: Any, index: Any, line: Instruction, known: Known) -> bool:
    """Whether a base is zeros, with patches that do not meet the index."""
    taken: tuple[Any, ...] = ()
    inner = known.made_by(base, "ScatterAdd", alone=True)
    if inner is not None:
        base, taken = inner.operands[0], inner.params["indices"]
    if not is_zero(base) or np.shape(base) != line.shape or len(taken) > MOST_PATCHES:
        return False
    if not taken:
        return True
    covered = np.zeros(line.shape or (), bool)
    for one in taken:
        covered[one] = True
    return not covered[index].any()


def _rows(line: Instruction, known: Known) -> Any:
    """Take rows that are zeros with patches for a table of zeros with patches."""
    if line.params["axis"] != -len(line.shape or ()):
        return line
    values: list[Any] = []
    indices: list[Any] = []
    for k, x in enumerate(line.operands):
        row = known.made_by(x, "Reshape", alone=True)
        if row is None or known.shape(x) != (1, *known.shape(row.operands[0])):
            return line
        patched = known.made_by(row.operands[0], "ScatterAdd", alone=True)
        if patched is None or not is_zero(patched.operands[0]) or patched.dtype != line.dtype:
            return line
        if not all(map(is_basic, patched.params["indices"])):
            return line
        values += patched.operands[1:]
        indices += [(k, *(i if type(i) is tuple else (i,))) for i in patched.params["indices"]]
    if len(values) > MOST_PATCHES:
        return line
    zeros = np.broadcast_to(np.zeros((), line.dtype), line.shape or ())
    scatter = RULES[scatter_add]
    return instruction(scatter, (zeros, *values), line, indices=tuple(indices))  # pyright: ignore


def _sum(line: Instruction, known: Known) -> Any:
    """Sum along nothing, along axes of length one, or along axes that were broadcast."""
    (x,) = line.operands
    shape = known.shape(x)
    axis = line.params["axis"]
    if not set(line.params) <= {"axis", "keepdims"} or known.dtype(x) != line.dtype:
        return line
    axes = tuple(range(-len(shape), 0)) if axis is None else axis
    if all(shape[a] == 1 for a in axes):
        return _reshaped(x, line.shape, line)
    inner = known.made_by(x, "BroadcastTo")
    if inner is None or line.dtype.kind != "f":  # pyright: ignore - not a tuple
        return line
    small = known.shape(inner.operands[0])
    small = (1,) * (len(shape) - len(small)) + small
    factor = int(np.prod([shape[a] for a in axes]))
    if factor == 0 or any(small[a] != 1 for a in axes):
        return line
    kept = [n for k, n in enumerate(small) if k - len(small) not in axes]
    rest = tuple(small) if line.params["keepdims"] else tuple(kept)
    small_line = line._replace(shape=rest)
    once = _reshaped(inner.operands[0], rest, small_line)
    product = instruction(RULES[np.multiply], (float(factor), once), small_line)  # pyright: ignore
    return instruction(RULES[np.broadcast_to], (product,), line, shape=line.shape)  # pyright: ignore


def _matrix_product(line: Instruction, known: Known) -> Any:
    """Multiply by a vector where a vector was made a column or a row for it.

    A column times a row is an elementwise product.
    """
    a, b = line.operands
    if len(known.shape(a)) != 2 or len(known.shape(b)) != 2:
        return line
    if known.shape(a)[1] == 1:
        return instruction(RULES[np.multiply], (a, b), line)  # pyright: ignore
    for place, x in ((1, b), (0, a)):
        inner = known.made_by(x, "Reshape")
        if inner is None or known.shape(x)[place] != 1:
            continue
        vector = inner.operands[0]
        if len(known.shape(vector)) != 1:
            continue
        operands = (a, vector) if place == 1 else (vector, b)
        short = tuple(n for k, n in enumerate(line.shape or ()) if k != place)
        return _reshaped(line._replace(operands=operands, shape=short), line.shape, line)
    return line


def _is_true(line: Instruction, known: Known) -> Any:
    """Take a condition for the result of comparing it with 0."""
    x, zero = line.operands
    false = not isinstance(zero, Ref) and np.ndim(zero) == 0 and zero == 0
    return x if false and known.stands_for(x, line) else line


RULES_OF_SHAPE: dict[str, Callable[[Instruction, Known], Any]] = {
    "Identity": _same_value,
    "Copy": _same_value,
    "Cast": _same_value,
    "Real": _same_value,
    "Positive": _same_value,
    "asarray": _same_value,
    "BroadcastTo": _broadcast,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "GetItem": _get_item,
    "ScatterAdd": _scatter,
    "SetItem": _assignment,
    "Concatenate": _rows,
    "Sum": _sum,
    "MatMul": _matrix_product,
    "not_equal": _is_true,
}

_BROADCASTING = frozenset(("Pow", "Where"))  # and ufuncs
_RESHAPED = frozenset(("BroadcastTo", "Reshape"))


def without_broadcasts(line: Instruction, known: Known) -> Instruction:
    """Take an operand as it was before a broadcast that the operation does by itself."""
    places = [
        i
        for i, x in enumerate(line.operands)
        if type(x) is Ref and known.ops.get(x.number) in _RESHAPED
    ]
    if not places:
        return line
    if line.op not in _BROADCASTING and not isinstance(line.primitive.forward, np.ufunc):
        return line
    operands = list(line.operands)
    for i in places:
        x = operands[i]
        inner = known.lines[x.number]
        before = inner.operands[0]
        lead = len(known.shape(x)) - len(known.shape(before))
        if inner.op == "Reshape" and known.shape(x) != (1,) * lead + known.shape(before):
            continue
        trial = [*operands[:i], before, *operands[i + 1 :]]
        if np.broadcast_shapes(*map(known.shape, trial)) == line.shape:
            operands = trial
    changed = any(x is not y for x, y in zip(operands, line.operands, strict=True))
    return line._replace(operands=tuple(operands)) if changed else line
