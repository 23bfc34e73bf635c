"""What loops are for: storing a value, summing one, adding patches to one."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from hessopt.autodiff.registry import RULES
from hessopt.program.inline import Body, Lines, reduced_axes
from hessopt.program.nest import Define, Fold, Store
from hessopt.program.places import Moves, Place, Shape, aligned, counters
from hessopt.program.program import Instruction, Ref
from hessopt.program.scatter import Patch, Piece, pieces

SHORT = 4
NEAR = 8  # loops whose counters differ by no more become one

Box = tuple[tuple[int, int], ...]


@dataclass
class Goal:
    """Something a loop is for: what it stores or folds, and over which counters.

    Attributes
    ----------
    extents : tuple of int
        How far each counter runs.
    rows : int
        The counters from here on are folded over, one result for each of the others.
    boxes : list of boxes of counters
        At their edges the statements change.
    write : callable
        Writes the statements of one box into a body.
    """

    extents: Shape
    rows: int
    boxes: list[Box]
    write: Callable[[Body, Box], None]


def whole_box(extents: Shape) -> Box:
    """Return the box of all counters."""
    return tuple((0, n) for n in extents)


def scalar_goal(number: int) -> Goal:
    """Compute a single number."""

    def write(body: Body, box: Box) -> None:
        body.statements.append(Define(number, body.value(number, ())))

    return Goal((), 0, [()], write)


def store_goal(number: int, shape: Shape) -> Goal:
    """Compute all entries of an array and store them."""

    def write(body: Body, box: Box) -> None:
        places = counters(len(shape))
        term = body.term(Ref(number), places)
        body.statements.append(Store(number, body.place_in(shape, places), term))

    return Goal(shape, len(shape), [whole_box(shape)], write)


def dot_goal(number: int, line: Instruction, lines: Lines) -> Goal:
    """Sum the products of the entries of two vectors."""
    a, b = line.operands

    def write(body: Body, box: Box) -> None:
        at = counters(1)
        each = body.compute(_plain(np.multiply, line), (body.term(a, at), body.term(b, at)))
        body.statements.append(Fold(number, each, "Sum", None))

    shape = lines.shape(a)
    return Goal(shape, 1, [whole_box(shape)], write)


def reduction_goal(number: int, line: Instruction, lines: Lines) -> tuple[Goal, bool]:
    """Sum over axes; the second result says whether the sums are added into an array of zeros.

    They are where the axes are not the last ones: entries of a row then go to different sums.
    """
    x = line.operands[0]
    shape, result = lines.shape(x), line.shape or ()
    depth = len(shape)
    axes = reduced_axes(line, depth)
    outer = [axis for axis in range(depth) if axis not in axes]
    adds = outer != list(range(len(outer)))

    def place(body: Body) -> Place:
        kept = [
            Place(0, (0,) * depth) if axis in axes else p for axis, p in enumerate(counters(depth))
        ]
        if not line.params["keepdims"]:
            kept = [kept[axis] for axis in outer]
        return body.place_in(result, tuple(kept))

    def write(body: Body, box: Box) -> None:
        term = body.term(x, counters(depth))
        if adds:
            body.statements.append(Store(number, place(body), term, adds=True))
        else:
            at = None if result == () else place(body)
            body.statements.append(Fold(number, term, line.op, at))

    rows = depth if adds or result == () else len(outer)
    return Goal(shape, rows, [whole_box(shape)], write), adds


def patched_goals(
    number: int, line: Instruction, patches: list[Patch], base: Any, lines: Lines
) -> list[Goal]:
    """Write an array that patches are added to, from the side of the array; base None for none."""
    shape = line.shape or ()
    return [
        _piece_goal(number, line, piece, patches, base, lines) for piece in pieces(shape, patches)
    ]


def _piece_goal(
    number: int, line: Instruction, piece: Piece, patches: list[Patch], base: Any, lines: Lines
) -> Goal:
    shape = line.shape or ()
    depth = len(shape)
    meetings = [(patch, piece.meets(patch, shape)) for patch in patches]
    found = [(patch, covers) for patch, covers in meetings if covers is not None]

    def write(body: Body, box: Box) -> None:
        places = tuple(piece.place(axis, depth) for axis in range(depth))
        total: Any = None if base is None else body.term(base, aligned(places, shape, shape))
        for patch, covers in found:
            if all(a >= low and b <= high for (a, b), (low, high) in zip(box, covers, strict=True)):
                inside = piece.inside(patch, shape, lines.shape(patch.value))
                term = body.term(patch.value, inside)
                if total is not None:
                    term = body.compute(_plain(np.add, line), (total, term))
                total = term
        total = 0.0 if total is None else total
        body.statements.append(Store(number, body.place_in(shape, places), total))

    boxes = [whole_box(piece.extents), *(covers for _, covers in found)]
    return Goal(piece.extents, depth, boxes, write)


def push_goal(
    number: int, line: Instruction, index: Any, value: Any, lines: Lines, moves: Moves
) -> Goal:
    """Add a patch to an array from the side of the patch, as one must where it goes by a list."""
    shape = line.shape or ()
    region = np.broadcast_to(np.float64(0), shape)[index].shape
    getting = line._replace(
        primitive=RULES[operator.getitem],  # pyright: ignore - a primitive
        shape=region,
        params={"index": index},
    )
    # a short last axis is written out, so that the loop meets those over the others
    depth = len(region) - (len(region) > 1 and region[-1] <= SHORT)

    def write(body: Body, box: Box) -> None:
        for rest in product(*map(range, region[depth:])):
            places = (*counters(depth), *(Place(k, (0,) * depth) for k in rest))
            where = moves.back(getting, shape, places, depth)
            assert isinstance(where, tuple)
            term = body.term(value, aligned(places, region, lines.shape(value)))
            body.statements.append(Store(number, body.place_in(shape, where), term, adds=True))

    return Goal(region[:depth], depth, [whole_box(region[:depth])], write)


def _plain(function: Callable[..., Any], line: Instruction) -> Instruction:
    return line._replace(primitive=RULES[function], params={})  # pyright: ignore - a primitive


def grouped(goals: list[Goal]) -> list[list[Goal]]:
    """Join the goals whose loops may be one."""
    groups: list[list[Goal]] = []
    for goal in goals:
        for group in groups:
            if all(_may_join(goal, other) for other in group):
                group.append(goal)
                break
        else:
            groups.append([goal])
    return groups


def _may_join(one: Goal, other: Goal) -> bool:
    depth = len(one.extents)
    if len(other.extents) != depth:
        return False
    if one.rows < depth or other.rows < depth:
        rows = {one.rows, other.rows} - {depth}
        return (
            len(rows) == 1
            and one.extents == other.extents
            and all(_whole_rows(goal, min(rows)) for goal in (one, other))
        )
    near = NEAR if depth == 1 else 2
    return all(abs(a - b) <= near for a, b in zip(one.extents, other.extents, strict=True))


def _whole_rows(goal: Goal, rows: int) -> bool:
    """Whether no box cuts the counters from `rows` on; a fold over them is complete in each box."""
    whole = whole_box(goal.extents)[rows:]
    return all(box[rows:] == whole for box in goal.boxes)
