"""Loops joined where memory does not tell them apart."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from hessopt.program.collapse import collapsed
from hessopt.program.nest import Fold, Load, Nest, Segment, Store, Temp
from hessopt.program.places import Place
from tests.program.planning import nests, plan_of

CUBE = np.linspace(-1, 1, 10 * 11 * 12).reshape(10, 11, 12)


def touched(nest: Nest) -> list[Any]:
    """Return which entries are read and written, in order."""
    found: list[Any] = []
    for segment in nest.segments:
        for at in product(*(range(*r) for r in segment.ranges)):
            for s in segment.body:
                place = getattr(s, "place", None)
                if place is not None:
                    where = place.const + sum(c * i for c, i in zip(place.coefs, at, strict=True))
                    found.append((type(s).__name__, where))
    return found


@pytest.mark.parametrize(
    ("f", "depth"),
    [
        (lambda x: np.sin(x), 1),
        (lambda x: x * x[:, :, ::-1], 2),
        (lambda x: x * x[:, ::-1], 3),
        (lambda x: x[::-1] * x, 2),
        (lambda x: np.transpose(x, (1, 0, 2)) * 2, 3),
        (lambda x: x[1:] - x[:-1], 1),
        (lambda x: x[:, 1:] * 2, 2),
        (lambda x: np.sum(x), 1),
        (lambda x: np.sum(x, axis=(1, 2)), 2),
        (lambda x: np.sum(x, axis=2), 2),
        (lambda x: np.sum(x, axis=0), 2),
        (lambda x: np.sum(x, axis=1), 3),
        (lambda x: x * x[0], 2),
        (lambda x: x * x[:, :, :1], 2),
    ],
)
def test_depth_and_the_same_entries_in_the_same_order(f: Any, depth: int):
    (nest,) = nests(plan_of(f, CUBE))
    joined = collapsed(nest)
    assert joined.depth == depth
    assert touched(joined) == touched(nest)
    assert all(len(segment.ranges) == depth for segment in joined.segments)


def test_rows_of_folds_stay_apart():
    (nest,) = nests(plan_of(lambda x: np.sum(x, axis=(1, 2)), CUBE))
    assert (nest.depth, nest.rows) == (3, 1)
    joined = collapsed(nest)
    assert (joined.depth, joined.rows) == (2, 1)
    (nest,) = nests(plan_of(lambda x: np.sum(x, axis=2), CUBE))
    assert (collapsed(nest).depth, collapsed(nest).rows) == (2, 1)


def test_segments_that_take_part_of_an_axis_keep_it():
    body = (Load(1, 0, Place(0, (4, 1))), Store(1, Place(0, (4, 1)), Temp(1)))
    whole = Nest(2, 2, [Segment(((0, 3), (0, 4)), body)])
    cut = Nest(2, 2, [Segment(((0, 3), (0, 2)), body), Segment(((0, 3), (2, 4)), body)])
    assert collapsed(whole).segments == [
        Segment(((0, 12),), (Load(1, 0, Place(0, (1,))), Store(1, Place(0, (1,)), Temp(1))))
    ]
    assert collapsed(cut) == cut
    rows = Nest(2, 2, [Segment(((0, 1), (0, 4)), body), Segment(((1, 3), (0, 4)), body)])
    assert [s.ranges for s in collapsed(rows).segments] == [((0, 4),), ((4, 12),)]


def test_a_total_has_no_place_that_could_forbid_it():
    body = (Load(1, 0, Place(0, (4, 1))), Fold(1, Temp(1), "Sum", None))
    assert collapsed(Nest(2, 2, [Segment(((0, 3), (0, 4)), body)])).depth == 1
