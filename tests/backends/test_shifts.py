"""What is computed alike some entries apart is computed once, and read where it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends.shifts import Part, merged
from hessopt.program.nest import Compute, Load
from tests.backends.test_blocks import check, segment_of

X = np.linspace(-1, 1, 40)


def computed(f: Any, most: int = 4) -> list[str]:
    """Return the operations of the loop of a function."""
    segment, _ = segment_of(f, X)
    body, _ = merged(segment.body, most)
    return [s.line.op for s in body if isinstance(s, Compute)]


def slope(x: Any) -> Any:
    y = np.abs(x * x)
    return y[1:] - y[:-1]


def chained(x: Any) -> Any:
    a = x[1:] * x[:-1]
    return a[1:] * 2 + np.exp(a[:-1]) * a[1:]


def three(x: Any) -> Any:
    y = x * x
    return y[2:] - 2 * y[1:-1] + y[:-2]


def stepping(x: Any) -> Any:
    y = np.abs(x)
    return y[2::2] - y[:-2:2] + y[1:-1:2]


def backwards(x: Any) -> Any:
    y = np.abs(x)
    return y[1:] - y[:0:-1]


def far(x: Any) -> Any:
    y = np.abs(x)
    return y[20:] - y[:20]


@pytest.mark.parametrize("block", [4, 8, 16, 64])
@pytest.mark.parametrize("f", [slope, chained, three, stepping, backwards, far])
def test_the_same_in_blocks_of_any_length(f: Any, block: int):
    check(f, X, block=block)
    check(hessopt.grad(lambda x: np.sum(f(x) ** 2)), X, block=block)
    check(hessopt.hvp(lambda x: np.sum(f(x) ** 2)), X, np.cos(X), block=block)


def test_rows_of_a_table():
    table = np.linspace(0, 1, 60).reshape(12, 5)

    def f(x: Any) -> Any:
        y = np.sin(x)
        return (y[1:] - y[:-1])[:, 1:] * (y[1:, 1:] + y[1:, :-1])

    for block in (20, 40, 1000):
        check(f, table, block=block)
        check(hessopt.hvp(lambda x: np.sum(f(x) ** 2)), table, np.cos(table), block=block)


def test_each_is_computed_once():
    assert computed(slope) == ["Mul", "Absolute", "Sub"]
    assert computed(slope, most=0) == ["Mul", "Absolute", "Mul", "Absolute", "Sub"]
    assert computed(stepping).count("Absolute") == 2  # two residues
    assert computed(backwards).count("Absolute") == 2
    assert computed(far).count("Absolute") == 2
    assert computed(far, most=20).count("Absolute") == 1


def test_what_differs_is_not_merged():
    assert computed(lambda x: np.abs(2 * x[1:]) - np.abs(3 * x[:-1])).count("Absolute") == 2
    assert computed(lambda x: x[1:] * x[0] - x[:-1] * x[1]).count("Mul") == 2
    assert computed(lambda x: x[2:] * x[1:-1] - x[2:] * x[:-2]).count("Mul") == 2


def test_parts_and_spans():
    segment, _ = segment_of(three, X)
    body, spans = merged(segment.body, 4)
    (square,) = [s for s in body if isinstance(s, Compute) and s.arguments[0] == s.arguments[1]]
    assert spans[square.target] == 2
    parts = {x for s in body if isinstance(s, Compute) for x in s.arguments if isinstance(x, Part)}
    assert {(x.lead, x.lack) for x in parts} == {(0, 2), (1, 1), (2, 0)}
    loads = [s for s in body if isinstance(s, Load)]
    assert [(s.array, s.place.const, spans[s.target]) for s in loads] == [(0, 0, 2)]
