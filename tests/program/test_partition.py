"""A program in two parts: together they are the whole, and the first does its part once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends.lines import Writer
from hessopt.program.partition import CHEAP, partition
from hessopt.program.program import Program, Ref
from tests.fuzz.generator import random_program
from tests.program.planning import program_of

X = np.linspace(0.1, 1.0, 8)
V = np.cos(np.arange(8.0))


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def deep(x: Any) -> Any:
    return np.sum(np.exp(np.sin(x[1:] * x[:-1])) * np.cumsum(np.tanh(x))[1:])


def solving(x: Any) -> Any:
    return np.sum(np.linalg.solve(np.outer(x, x) + np.eye(len(x)), np.sin(x)) ** 2)


def run_both(program: Program, known: Any, held: Any, other: Any) -> Any:
    """Run the first part where the unknown inputs are nan, then the second."""
    first, second = partition(program, known)
    inputs = len(program.inputs)
    blind = [x if k in known else np.full_like(x, np.nan) for k, x in enumerate(held)]
    kept, holds = Writer(first).compiled()(*blind)
    if not holds:
        return (), False
    assert len(second.inputs) == inputs + len(kept)
    return Writer(second).compiled()(*other, *kept)


def same(found: Any, expected: Any) -> None:
    assert found[1] == expected[1]
    for a, b in zip(found[0], expected[0], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("f", [rosenbrock, deep, solving])
@pytest.mark.parametrize("known", [{0}, {1}, set(), {0, 1}], ids=str)
def test_second_after_first_is_the_whole(f: Any, known: set[int]):
    program = program_of(hessopt.hvp(f), X, V)
    whole = Writer(program).compiled()
    same(run_both(program, known, (X, V), (X, V)), whole(X, V))


@pytest.mark.parametrize("f", [rosenbrock, deep, solving])
def test_one_first_serves_many_seconds(f: Any):
    program = program_of(hessopt.hvp(f), X, V)
    for v in (V, -V, X):
        same(run_both(program, {0}, (2 * X, V), (2 * X, v)), Writer(program).compiled()(2 * X, v))


def is_heavy(line: Any) -> bool:
    return not line.primitive.elementwise and line.op not in (
        "GetItem", "Reshape", "Transpose", "BroadcastTo", "Identity", "Copy",
    )  # fmt: skip


@pytest.mark.parametrize("f", [deep, solving])
def test_the_second_part_does_nothing_heavy_that_the_first_could(f: Any):
    program = program_of(hessopt.hvp(f), X, V)
    _, second = partition(program, {0})
    known = {0, *range(2, len(second.inputs))}
    again = []
    for number, line in second.numbered():
        if all(k in known for k in line.references()):
            known.add(number)
            again.append(line)
    assert not any(is_heavy(line) for line in again), again
    assert not any(line.op in ("Exp", "Sin", "Cos", "Tanh", "Pow") for line in again), again


def test_what_is_cheap_is_not_kept():
    first, second = partition(program_of(hessopt.hvp(rosenbrock), X, V), {0})
    assert (len(first.outputs), len(first.instructions)) == (0, 0)
    assert len(second.inputs) == 2
    first, second = partition(program_of(lambda x, v: np.exp(x) * v, X, V), {0})
    assert len(first.outputs) == 1
    assert [line.op for line in second.instructions] == ["Mul"]
    assert CHEAP <= 16


def test_the_first_part_reads_known_inputs_alone():
    first, _ = partition(program_of(hessopt.hvp(deep), X, V), {0})
    assert first.instructions
    assert all(1 not in line.references() for line in first.instructions)


def guarded(x: Any, v: Any) -> Any:
    y = np.exp(x) * v
    if np.sum(x) > 0:
        y = y * 2
    if np.sum(v) > 0:
        y = y + 1
    if y[0] > 0:
        y = np.sqrt(y)
    return y


def test_guards_go_where_they_are_decided():
    first, second = partition(program_of(guarded, X, X), {0})
    assert (len(first.guards), len(second.guards)) == (1, 2)
    program = program_of(guarded, X, X)
    for x, v in ((X, X), (X, 2 * X), (X, -X), (-X, X), (-X, -X)):
        same(run_both(program, {0}, (x, v), (x, v)), Writer(program).compiled()(x, v))


def test_outputs_that_the_known_part_decides():
    program = program_of(lambda x, v: (np.exp(x), x, v, np.ones(2), 2 * x), X, V)
    first, second = partition(program, {0})
    assert len(first.outputs) == 1
    same(run_both(program, {0}, (X, V), (X, V)), Writer(program).compiled()(X, V))
    assert second.outputs[1:3] == (Ref(0), Ref(1))


def test_several_outputs_of_one_operation():
    def f(x: Any, v: Any) -> Any:
        w, q = np.linalg.eigh(np.outer(x, x) + np.eye(8))
        return q @ (w * (q.T @ v))

    program = program_of(f, X, V)
    first, _ = partition(program, {0})
    assert all(
        shape is not None for shape, _ in (program.inputs + partition(program, {0})[1].inputs)
    )
    assert len(first.outputs) >= 2
    same(run_both(program, {0}, (X, V), (X, V)), Writer(program).compiled()(X, V))


def test_random_programs():
    done = 0
    with np.errstate(all="ignore"):
        for seed in range(12):
            one = random_program(seed, most=30)
            v = np.random.default_rng(seed).standard_normal(one.x.shape)
            try:
                program = program_of(hessopt.hvp(one.run), one.x, v)
            except Exception:  # it looks at values
                continue
            done += 1
            x = 1.001 * one.x
            whole = Writer(program).compiled()(x, v)
            same(run_both(program, {0}, (x, v), (x, v)), whole)
    assert done > 3
