"""Loops over neighbouring axes that memory does not tell apart, as one loop."""

from __future__ import annotations

from hessopt.program.nest import Fold, Load, Nest, Segment, Statement, Store
from hessopt.program.places import Place


def collapsed(nest: Nest) -> Nest:
    """Join counters as long as every entry that is read or written lies as before."""
    axis = nest.depth - 2
    while axis >= 0:
        size = _whole(nest, axis + 1)
        if size and axis + 1 != nest.rows and _joins(nest, axis, size):
            nest = _joined(nest, axis, size)
        axis -= 1
    return nest


def _whole(nest: Nest, axis: int) -> int:
    """Return how far a counter runs if all segments take all of it, else 0."""
    ranges = {segment.ranges[axis] for segment in nest.segments}
    low, high = next(iter(ranges))
    return high if len(ranges) == 1 and low == 0 else 0


def _joins(nest: Nest, axis: int, size: int) -> bool:
    return all(
        place.coefs[axis] == size * place.coefs[axis + 1]
        for segment in nest.segments
        for statement in segment.body
        if (place := _place(statement)) is not None
    )


def _place(statement: Statement) -> Place | None:
    return statement.place if isinstance(statement, (Load, Store, Fold)) else None


def _joined(nest: Nest, axis: int, size: int) -> Nest:
    segments = []
    for segment in nest.segments:
        low, high = segment.ranges[axis]
        ranges = (
            *segment.ranges[:axis],
            (low * size, high * size),
            *segment.ranges[axis + 2 :],
        )
        body: list[Statement] = []
        for statement in segment.body:
            place = _place(statement)
            if place is not None:
                coefs = place.coefs[:axis] + place.coefs[axis + 1 :]
                statement = statement._replace(place=place._replace(coefs=coefs))  # pyright: ignore
            body.append(statement)
        segments.append(Segment(ranges, tuple(body)))
    rows = nest.rows - (nest.rows > axis)
    return Nest(nest.depth - 1, rows, segments)
