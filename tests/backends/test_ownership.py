"""Which blocks may run at once: brute force over all places they touch."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hessopt.backends.ownership import blocks_are_independent
from hessopt.backends.shifts import merged
from hessopt.program.nest import Fold, Load, Statement, Store
from hessopt.program.places import Place
from tests.program.planning import nests, plan_of


def touched(place: Place, counts: list[int], first: int) -> set[int]:
    """Return the entries at a place for one value of the first counter."""
    inner = product(*(range(n) for n in counts[1:]))
    return {place.const + np.dot(place.coefs, (first, *rest)) for rest in inner}


def meet(body: list[Statement], counts: list[int]) -> bool:
    """Whether two values of the first counter write, or write and read, an entry of one array."""
    writes = [(s.number, s.place) for s in body if isinstance(s, (Store, Fold))]
    reads = [(s.array, s.place) for s in body if isinstance(s, Load)]
    for array, place in writes:
        for other, elsewhere in writes + reads:
            if array != other or place is None or elsewhere is None:
                continue
            for i, j in product(range(counts[0]), repeat=2):
                if i != j and touched(place, counts, i) & touched(elsewhere, counts, j):
                    return True
    return False


def places(depth: int) -> Any:
    return st.builds(
        lambda const, coefs: Place(const, tuple(coefs)),
        st.integers(0, 3),
        st.lists(st.sampled_from([-6, -3, -2, -1, 0, 1, 2, 3, 6, 12]), min_size=depth,
                 max_size=depth),
    )  # fmt: skip


@st.composite
def bodies(draw: Any) -> tuple[list[Statement], list[int]]:
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    statements: list[Statement] = []
    for _ in range(draw(st.integers(1, 3))):
        array, place = draw(st.integers(0, 1)), draw(places(len(counts)))
        statements.append(
            draw(st.sampled_from([
                Store(array, place, 0.5, adds=True), Store(array, place, 0.5),
                Load(9, array, place), Fold(array, 0.5, "Sum", place),
            ]))
        )  # fmt: skip
    return statements, [max(2, counts[0]), *counts[1:]]


@given(bodies())
@settings(max_examples=400)
def test_blocks_that_meet_are_never_independent(case: Any):
    body, counts = case
    assert not (blocks_are_independent(body, counts) and meet(body, counts))


PLACES = [
    ([Place(3, (1,))], [9], True),
    ([Place(3, (-2,))], [9], True),
    ([Place(0, (5, 1))], [9, 5], True),  # a table
    ([Place(0, (1, 9))], [9, 5], True),  # transposed
    ([Place(0, (1, 8))], [9, 5], False),
    ([Place(0, (0, 1))], [9, 5], False),  # summed over the first axis
    ([Place(0, (1, 0))], [9, 5], True),  # over the last
    ([Place(0, (2,)), Place(1, (2,))], [9], True),  # even and odd entries
    ([Place(0, (1,)), Place(1, (1,))], [9], False),  # neighbours
    ([Place(0, (1,), ((4, 1),))], [9], False),  # looked up
]


@pytest.mark.parametrize(("places", "counts", "independent"), PLACES)
def test_places(places: list[Place], counts: list[int], independent: bool):
    stores: list[Statement] = [Store(7, place, 0.5, adds=True) for place in places]
    assert blocks_are_independent(stores, counts) is independent


def test_what_is_read_and_written():
    store, here = Store(7, Place(0, (1,)), 0.5), Place(0, (1,))
    assert blocks_are_independent([Load(1, 6, here), store], [9])
    assert not blocks_are_independent([Load(1, 7, here), store], [9])


def test_totals():
    total = Fold(7, 0.5, "Sum", None)
    assert blocks_are_independent([total, total._replace(number=8)], [9])
    assert not blocks_are_independent([total, total], [9])


X = np.linspace(-1, 1, 40)
T = X.reshape(8, 5)
LONG = np.linspace(-1, 1, 60).reshape(20, 3)


def many_patches(x: Any) -> Any:
    """More patches than are gathered from the side of the result: each is added where it goes."""
    out = np.zeros_like(x)
    for k in range(14):
        out[k : x.size - 14 + k] += np.sin(k * x[14:])
    return out


@pytest.mark.parametrize(
    ("f", "x", "independent"),
    [
        (lambda x: np.sin(x) * 2, X, [True]),
        (lambda x: (np.sum(np.sin(x)), np.max(x)), X, [True]),
        (lambda x: np.sum(np.sin(x), axis=1), LONG.T, [True]),
        (lambda x: np.sum(np.sin(x), axis=0), LONG, [False]),
        (lambda x: np.transpose(np.sin(x)) * 2, T, [True]),
        (lambda x: np.concatenate([x[1:], x[:1] * 2]), X, [True]),
        (many_patches, X, [False]),
    ],
)
def test_loops_of_functions(f: Any, x: np.ndarray, independent: list[bool]):
    found = []
    for nest in nests(plan_of(f, x)):
        for segment in nest.segments:
            counts = [high - low for low, high in segment.ranges]
            if segment.body and counts[0] > 1:
                body, _ = merged(segment.body, 1)
                found.append(blocks_are_independent(body, counts))
    assert sorted(set(found)) == independent
