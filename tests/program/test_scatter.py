"""Patches from the side of the result: any slices, against NumPy."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hessopt
from hessopt.backends.lines import Writer
from hessopt.primitives.indexing import ScatterAdd
from hessopt.program import scatter
from hessopt.program.program import Instruction
from hessopt.program.scatter import is_constant_number, patches_of, pieces
from tests.backends.ways import check_all_ways
from tests.program.planning import program_of

SHAPES = [(1,), (7,), (20,), (4, 5), (3, 17), (2, 3, 4)]


@st.composite
def indices(draw: Any, shape: tuple[int, ...]) -> Any:
    """Draw a basic index: slices, integers, new axes and an ellipsis."""
    parts: list[Any] = []
    for n in shape[: draw(st.integers(0, len(shape)))]:
        if draw(st.booleans()):
            parts.append(draw(st.slices(n)))
        else:
            parts.append(draw(st.integers(-n, n - 1)))
        if draw(st.integers(0, 5)) == 0:
            parts.append(None)
    if draw(st.integers(0, 3)) == 0 and None not in parts:
        parts.append(Ellipsis)
    return tuple(parts)


def scattered(shape: tuple[int, ...], chosen: list[Any]) -> Any:
    """Return a function whose gradient is an array with a patch for each index."""

    def f(x: Any) -> Any:
        return sum((k + 2.0) * np.sum(np.sin(x[index])) for k, index in enumerate(chosen))

    return hessopt.grad(f)


@settings(max_examples=40)
@given(st.data())
def test_gradients_of_slices(data: Any):
    shape = data.draw(st.sampled_from(SHAPES))
    chosen = data.draw(st.lists(indices(shape), min_size=1, max_size=4))
    x = np.random.default_rng(0).standard_normal(shape)
    expected = np.zeros(shape)
    for k, index in enumerate(chosen):
        np.add.at(expected, index, (k + 2.0) * np.cos(x[index]))
    gradient = program_of(scattered(shape, chosen), x)
    check_all_ways(gradient, (x,))
    np.testing.assert_allclose(Writer(gradient).compiled()(x)[0][0], expected, atol=1e-12)


def added(shape: tuple[int, ...], chosen: list[Any]) -> tuple[list[Any], list[Any], Any]:
    """Return the patches of a line that adds one array a region, what is pushed, and the sum."""
    random = np.random.default_rng(1)
    values = [random.standard_normal(np.zeros(shape)[index].shape) for index in chosen]
    line = Instruction(
        ScatterAdd(), (np.zeros(shape), *values), {"indices": tuple(chosen)}, shape, np.dtype("f8")
    )
    expected = np.zeros(shape)
    for index, value in zip(chosen, values, strict=True):
        np.add.at(expected, index, value)
    return *patches_of(line, np.shape), expected


@given(st.data())
def test_pieces_cover_each_entry_once_and_patches_say_where_it_comes_from(data: Any):
    shape = data.draw(st.sampled_from(SHAPES))
    chosen = data.draw(st.lists(indices(shape), min_size=1, max_size=4))
    pulled, pushed, expected = added(shape, chosen)
    assume(pulled or pushed)
    found = np.zeros(shape)
    for index, value in pushed:
        np.add.at(found, index, value)
    covered = np.zeros(shape, int)
    for piece in pieces(shape, pulled):
        for at in product(*map(range, piece.extents)):
            where = tuple(
                sum(c * i for c, i in zip(p.coefs, at, strict=True)) + p.const
                for p in (piece.place(axis, len(shape)) for axis in range(len(shape)))
            )
            covered[where] += 1
            for patch in pulled:
                box = piece.meets(patch, shape)
                if box is None or not all(a <= i < b for i, (a, b) in zip(at, box, strict=True)):
                    continue
                inside = tuple(
                    sum(c * i for c, i in zip(p.coefs, at, strict=True)) + p.const
                    for p in piece.inside(patch, shape, patch.value.shape)
                )
                assert all(0 <= i < n for i, n in zip(inside, patch.value.shape, strict=True))
                found[where] += patch.value[inside]
    assert np.all(covered == 1)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_patches_far_apart_are_pushed_instead_of_cutting_the_result_into_many_pieces():
    chosen = [slice(None, None, 50), slice(1, None, 70), slice(1, None, 2), slice(None, -1)]
    pulled, pushed, _ = added((2000,), chosen)
    assert [index for index, _ in pushed] == chosen[:2]
    assert len(pieces((2000,), pulled)) == 2


def test_single_entries_of_long_arrays_are_pushed():
    pulled, pushed, _ = added((100,), [slice(1, None), 0, -1])
    assert len(pulled) == 1
    assert [index for index, _ in pushed] == [0, -1]
    pulled, pushed, _ = added((scatter.SMALL,), [slice(1, None), 0, -1])
    assert (len(pulled), pushed) == (3, [])


def test_a_pushed_patch_keeps_its_index():
    """An integer next to a new axis was lost."""
    pulled, pushed, _ = added((100,), [(0, None)])
    assert (pulled, pushed[0][0]) == ([], (0, None))
    x = np.linspace(0, 1, 40)
    check_all_ways(
        program_of(scattered((40,), [(3, None), (slice(None, None, 20), None)]), x), (x,)
    )


def test_many_patches_are_pushed():
    pulled, pushed, _ = added((100,), [slice(k, k + 5) for k in range(scatter.MOST_PULLED + 1)])
    assert (len(pulled), len(pushed)) == (0, scatter.MOST_PULLED + 1)


def test_lists_are_pushed_and_empty_patches_dropped():
    pulled, pushed, _ = added((10,), [np.array([1, 1, 2]), slice(3, 3), slice(0, 2)])
    assert (len(pulled), len(pushed)) == (1, 1)


@pytest.mark.parametrize(
    ("x", "constant"),
    [
        (2.0, True),
        (np.float32(1), True),
        (np.array(3.0), True),
        (np.broadcast_to(1.0, (3, 4)), True),
        (np.ones(3), False),
        (np.broadcast_to(np.ones(4), (3, 4)), False),
    ],
)
def test_one_number_all_over(x: Any, constant: bool):
    assert is_constant_number(x) == constant
