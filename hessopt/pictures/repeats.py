"""Drawing what repeats once: the body of a loop that was unrolled into the graph.

Written down in the order of creation, the calls of a loop are a sequence with a period, the length
of the loop's body. A run of at least three periods is folded onto one, and the graph is drawn with
what was folded together as one box; a dashed arrow back is a value handed on to the next round.
The backward passes of loops are loops, so they fold too.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.pictures.graph import Call, Graph, Value

LONGEST_BODY = 256


def fold(graph: Graph) -> Graph:
    """Return the graph with the calls of each repeated stretch drawn once."""
    calls = sorted(graph.calls, key=lambda call: call.created)
    signatures: dict[Any, int] = {}
    sequence = np.array(
        [signatures.setdefault(_signature(call, graph), len(signatures)) for call in calls],
        dtype=np.intp,
    )
    groups: dict[int, list[Call]] = {}
    for call, group in zip(calls, grouped(sequence).tolist(), strict=True):
        groups.setdefault(group, []).append(call)
    return _quotient(graph, list(groups.values()))


def grouped(sequence: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return a number for each entry of `sequence`, the same for those drawn as one.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.pictures.repeats import grouped
    >>> grouped(np.array([7, 0, 1, 0, 1, 0, 1, 8]))
    array([0, 1, 2, 1, 2, 1, 2, 3])
    """
    group = np.arange(sequence.size)
    changed = True
    while changed:
        changed = False
        period = 1
        # short bodies first: what repeats inside a loop is folded before the loop is looked for
        while period <= min(LONGEST_BODY, sequence.size // 3):
            target = _fold_once(sequence, period)
            kept = np.unique(target)
            if kept.size < sequence.size:
                changed = True
                group = np.searchsorted(kept, target)[group]
                sequence = sequence[kept]
            period += 1
    return group


def _fold_once(sequence: NDArray[np.intp], period: int) -> NDArray[np.intp]:
    """For each position, the one it is folded onto: itself outside runs of that period."""
    target = np.arange(sequence.size)
    same = np.concatenate(([False], sequence[period:] == sequence[:-period], [False]))
    edges = np.flatnonzero(same[1:] != same[:-1]).reshape(-1, 2)
    free = 0  # runs may share up to a period of entries; the first has them
    for start, stop in edges[edges[:, 1] - edges[:, 0] >= 2 * period]:
        first, end = max(start, free), stop + period
        if end - first >= 3 * period:
            target[first:end] = first + np.arange(end - first) % period
            free = end
    return target


def _signature(call: Call, graph: Graph) -> Any:
    """Return what two calls must agree in to be drawn as one; the output's stands alone."""
    outputs = tuple((value.name, *_form(value)) for value in call.outputs)
    inputs = tuple("constant" if value.constant else _form(value) for value in call.inputs)
    return call.name, inputs, outputs, graph.output in call.outputs


def _form(value: Value) -> Any:
    return value.data.shape, value.data.dtype.str


def _quotient(graph: Graph, groups: list[list[Call]]) -> Graph:
    """Merge the calls of each group, slot by slot; the groups are in the order of creation."""
    merged: dict[Value, Value] = {}
    made_by: dict[Value, int] = {}
    for k, group in enumerate(groups):
        for slot in zip(*(call.outputs for call in group), strict=True):
            made_by[slot[-1]] = k
            merged.update(dict.fromkeys(slot, slot[-1]))
    calls = []
    for k, group in enumerate(groups):
        last = group[-1]
        slots = zip(*(call.inputs for call in group), strict=True)
        inputs = [value for slot in slots for value in _merge_slot(slot, merged)]
        handed_on = frozenset(value for value in inputs if made_by.get(value, -1) >= k)
        calls.append(
            Call(last.number, last.name, last.created, inputs, last.outputs, len(group), handed_on)
        )
    # in the order of the walk, which the numbers have kept
    return Graph(graph.output, sorted(calls, key=lambda call: call.number))


def _merge_slot(slot: tuple[Value, ...], merged: dict[Value, Value]) -> list[Value]:
    constants = [value for value in slot if value.constant]
    sources = list(dict.fromkeys(merged.get(value, value) for value in slot if not value.constant))
    if constants:
        first = constants[0]
        if any(not _equal(a, b) for a, b in pairwise(constants)):
            first = Value(first.number, None, f"{len(constants)} constants", constant=True)
        sources.append(first)
    return sources


def _equal(a: Value, b: Value) -> bool:
    if a is b:
        return True
    return a.data.ndim == b.data.ndim == 0 and bool(a.data == b.data)
