"""Where entries come from, against NumPy: each move is followed back and read there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from hessopt.program.places import Flat, Moves, Place, aligned, counters, flat, spelled_out
from tests.program.planning import program_of

X = np.arange(24.0).reshape(2, 3, 4)


def entry(place: Place, at: tuple[int, ...], moves: Moves) -> int:
    """Return the number that a place stands for."""
    total = place.const + sum(c * i for c, i in zip(place.coefs, at, strict=True))
    for lookup, factor in place.looked_up:
        total += factor * int(moves.arrays[lookup.array][entry(lookup.place, at, moves)])
    return total


def read_back(f: Callable[[Any], Any], x: np.ndarray) -> np.ndarray:
    """Compute a chain of moves by reading each entry where it comes from."""
    program = program_of(f, x)
    kinds = [x.shape, *(line.shape for line in program.instructions)]
    result = f(x)
    moves, depth = Moves(), result.ndim
    found = np.empty(result.shape)
    where: Any = counters(depth)
    number = program.outputs[0].number
    while number:
        line = program.instructions[number - 1]
        number = line.operands[0].number
        where = moves.back(line, kinds[number], where, depth)
        assert where is not None, line
        assert number == 0 or not isinstance(where, Flat)
    place = where.place if isinstance(where, Flat) else flat(where, x.shape, depth)
    for at in product(*map(range, result.shape)):
        found[at] = x.reshape(-1)[entry(place, at, moves)]
    return found


ROWS = np.array([1, 0, -1, 1])
COLUMNS = np.array([2, -3, 0, 1])
MOVES = {
    "slice": lambda x: x[:, 1:, ::2],
    "backwards": lambda x: x[::-1, 2:0:-1, -1:0:-2],
    "integer": lambda x: x[1, :, -2],
    "new axes": lambda x: x[None, :, 0, None, ...],
    "transpose": lambda x: np.transpose(x, (2, 0, 1)),
    "transposed slice": lambda x: np.transpose(x, (1, 2, 0))[1:, ::-1],
    "broadcast": lambda x: np.broadcast_to(x[:, :1], (5, 2, 3, 4)),
    "ravel": lambda x: x.reshape(-1),
    "split": lambda x: x.reshape(4, 6),
    "ones": lambda x: x.reshape(2, 1, 3, 1, 4, 1),
    "ones away": lambda x: x[:, :1].reshape(2, 4),
    "list": lambda x: x[ROWS],
    "list in the middle": lambda x: x[:, COLUMNS],
    "two lists": lambda x: x[ROWS, COLUMNS],
    "two lists at the end": lambda x: x[:, COLUMNS, ROWS],
    "list of a list": lambda x: x[ROWS][:, COLUMNS],
    "list and slice": lambda x: x[1:, COLUMNS, ::-1],
    "list of a transposed": lambda x: np.transpose(x, (2, 1, 0))[ROWS],
}


@pytest.mark.parametrize("name", MOVES)
def test_entries_come_from_there(name: str):
    np.testing.assert_array_equal(read_back(MOVES[name], X), MOVES[name](X))


def test_what_is_no_move():
    (line, *_) = program_of(lambda x: np.sin(x), X).instructions
    assert Moves().back(line, X.shape, counters(3), 3) is None
    (line,) = program_of(lambda x: np.reshape(x, (6, 4), order="F"), X).instructions[-1:]
    if line.params.get("order") == "F":
        assert Moves().back(line, X.shape, counters(2), 2) is None


@pytest.mark.parametrize(
    "index",
    [
        np.array([[0, 1], [1, 0]]),
        np.array([True, False]),
        np.array([], dtype=int),
        (np.array([0]), slice(None), np.array([0])),
        (0, slice(None), np.array([0, 1])),
        (np.array([0, 1]), np.array([0])),
    ],
    ids=["table", "mask", "empty", "apart", "beside a number", "of two lengths"],
)
def test_indices_that_are_not_spelled_out(index: Any):
    assert spelled_out(index, 3) is None


@pytest.mark.parametrize(
    "index", [0, (Ellipsis, 1), (slice(1), None), (), None, (None, Ellipsis, np.array([0, 1]))]
)
def test_spelled_out_means_the_same(index: Any):
    parts = spelled_out(index, 3)
    assert parts is not None
    assert sum(part is not None for part in parts) == 3
    np.testing.assert_array_equal(X[tuple(parts)], X[index])


def test_an_index_array_is_kept_once_and_counts_from_the_front():
    moves = Moves()
    for _ in range(2):
        (line,) = program_of(lambda x: x[ROWS], X).instructions
        moves.back(line, X.shape, counters(3), 3)
    same = [array for array in moves.arrays.values()]
    assert all(np.array_equal(array, [1, 0, 1, 1]) for array in same)
    one = Moves()
    for _ in range(3):
        one.back(line, X.shape, counters(3), 3)
    assert len(one.arrays) == 1
    one.back(line, (3, 3, 4), counters(3), 3)  # from the end of another axis it is another array
    assert [list(x) for x in one.arrays.values()] == [[1, 0, 1, 1], [1, 0, 2, 1]]


def test_arithmetic_of_places():
    i, j = counters(2)
    place = i.scaled(3, 1).plus(j.scaled(-1, 5))
    assert place == Place(6, (3, -1))
    assert place.fixed_at() == Place(0, (0, 0))
    assert flat((i, j), (7, 4), 2) == Place(0, (4, 1))
    assert aligned((i, j), (7, 4), (1, 4)) == (Place(0, (0, 0)), j)
    assert aligned((i, j), (7, 4), (4,)) == (j,)
