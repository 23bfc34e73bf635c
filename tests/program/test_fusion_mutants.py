"""Hand-made mistakes in fusion and in what runs it: each must be noticed by the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff.registry import RULES
from hessopt.backends import blocks, driver, kernel_cache, numba_backend
from hessopt.backends.lines import Writer
from hessopt.program import (
    collapse,
    fuse,
    fusible,
    goals,
    inline,
    partition,
    places,
    scatter,
)
from hessopt.program.nest import Call, Check
from hessopt.program.program import Program
from tests.backends.ways import check_all_ways, interpreted
from tests.program.planning import nests, plan_of, program_of

X = np.linspace(-1.0, 2.0, 24)
T = X.reshape(2, 12)
V = np.cos(X)


def same(f: Any, *arrays: Any) -> None:
    """Trace here, replay there, all ways."""
    check_all_ways(program_of(f, *arrays), [0.5 * x[::-1] for x in arrays])


def fused(f: Any, *arrays: Any) -> Any:
    """Return the function run by interpreted kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel_cache, "load", interpreted)
        return numba_backend.compile_program(program_of(f, *arrays))


# The checks


def stencils() -> None:
    def f(x: Any) -> Any:
        return np.sum(x[1:] * x[:-1] ** 2) + np.sum(x[::2] ** 3) + np.sum(x[::-3]) + x[3] * x[-1]

    same(hessopt.value_and_grad(f), X)
    same(hessopt.hvp(f), X, V)


def moved() -> None:
    same(lambda x: (np.transpose(x) * 2, x[:, ::-2] * 3, x[1, 2:] + x[0, :-2], x * x[:, :1]), T)
    same(lambda x: np.transpose(x, (1, 2, 0)) * 2, X.reshape(2, 3, 4))
    same(lambda x: np.reshape(x, (3, 8))[1:] * 2 + np.reshape(x, (3, 8))[:1], X)


def looked_up() -> None:
    rows = np.array([1, 3, -1, 3])
    same(hessopt.value_and_grad(lambda x: np.sum(np.sin(x[rows]) * x[rows[::-1]])), X)


def reduced() -> None:
    same(lambda x: (np.sum(x, axis=1), np.max(x, axis=1), np.sum(x * x), np.sum(x, axis=0)), T)
    same(lambda x: (np.concatenate([x[:, 1:], x[:, :1]], axis=1), np.sum(x, axis=1)), T)
    same(lambda x: np.max(x, axis=0) * 2, T.T)
    same(lambda x: np.exp(x - np.max(x, axis=1, keepdims=True)) * np.sum(x), T)


def calling() -> None:
    same(lambda x: np.sin(np.cumsum(x * np.sum(x))) * np.cumsum(np.exp(x)) + x, X)


def guarded() -> None:
    def f(x: Any) -> Any:
        y = np.sin(x) * 2
        return np.cumsum(y) if np.sum(y) > 0 else y

    run = fused(f, np.abs(X))
    assert run(np.abs(X))[1]
    assert run(-np.abs(X)) == ((), False)


def own_memory() -> None:
    f = lambda x: (x, (y := np.sin(x)), np.reshape(y, (2, 12)), np.ones(3))  # noqa: E731
    run = fused(f, X)
    for _ in range(2):
        x = X.copy()
        outputs, _ = run(x)
        for k, (a, b) in enumerate(zip(outputs, f(x), strict=True)):
            np.testing.assert_allclose(a, b)
            assert not any(np.shares_memory(a, c) for c in (x, *outputs[:k]))
        for a in outputs:
            a[...] = 7


def layouts() -> None:
    run = fused(lambda x: np.sin(x) * x[::-1], T)
    for x in (np.asfortranarray(T), T[::-1], np.broadcast_to(T[:1], T.shape)):
        np.testing.assert_allclose(run(x)[0][0], np.sin(x) * x[::-1])


def split_in_two() -> None:
    def f(x: Any, v: Any) -> Any:
        y = np.exp(x) * v if np.sum(x) > 0 else v
        return (np.sin(y) if np.sum(v) > 0 else y), np.cumsum(np.tanh(x)) * v

    program = program_of(f, X, X)
    whole = Writer(program).compiled()
    first, second = partition.partition(program, {0})
    one, two = Writer(first).compiled(), Writer(second).compiled()
    for x, v in ((X, X), (2 * X, V), (X, -X), (-X, X)):
        kept, holds = one(x, np.full_like(x, np.nan))
        found = two(x, v, *kept) if holds else ((), False)
        expected = whole(x, v)
        assert found[1] == expected[1]
        for a, b in zip(found[0], expected[0], strict=True):
            np.testing.assert_array_equal(a, b)
    again = {0, 2, 3, 4, 5} & set(range(len(second.inputs)))
    repeated = [x.op for x in second.instructions if set(x.references()) <= again - {1}]
    assert not {"Exp", "Tanh", "cumsum"} & set(repeated)


def plans() -> None:
    """What is lost in speed alone shows in the plan."""
    f = hessopt.grad(lambda x: np.sum((x[1:] - x[:-1] ** 2) ** 2))
    plan = plan_of(f, X)
    assert len(plan.steps) == 1
    heavy = plan_of(lambda x: np.exp(x)[2:] * np.exp(x)[1:-1] * np.exp(x)[:-2], X)
    assert len(heavy.stored) == 2
    assert len(nests(plan_of(lambda x: (np.sin(x), np.sum(x)), X))) == 1


CHECKS = (
    stencils, moved, looked_up, reduced, calling, guarded, own_memory, layouts, split_in_two, plans,
)  # fmt: skip


# The mistakes


def strides_lose_their_sign(patch: Any) -> None:
    real = places.Place.scaled
    patch.setattr(places.Place, "scaled", lambda s, factor, shift=0: real(s, abs(factor), shift))


def axes_of_length_one_move(patch: Any) -> None:
    def lead(found: Any, shape: Any, operand: Any) -> Any:
        return found[len(shape) - len(operand) :]

    for module in (places, inline, goals, scatter):
        patch.setattr(module, "aligned", lead)


def transposed_the_other_way(patch: Any) -> None:
    real = places.Moves.back

    def back(self: Any, line: Any, shape: Any, where: Any, depth: int) -> Any:
        if line.op == "Transpose":
            return tuple(where[axis] for axis in line.params["axes"])
        return real(self, line, shape, where, depth)

    patch.setattr(places.Moves, "back", back)


def negative_indices_kept(patch: Any) -> None:
    def keep(self: Any, array: Any, n: int) -> int:
        key = len(self.arrays)
        self.arrays[key] = np.abs(array)
        return key

    patch.setattr(places.Moves, "_keep", keep)


def patches_begin_one_late(patch: Any) -> None:
    real = scatter.Piece.meets

    def late(self: Any, *args: Any) -> Any:
        found = real(self, *args)
        return found and tuple((min(low + 1, high), high) for low, high in found)

    patch.setattr(scatter.Piece, "meets", late)


def patches_cover_everything(patch: Any) -> None:
    whole = lambda self, part, shape: tuple((0, n) for n in self.extents)  # noqa: E731
    patch.setattr(scatter.Piece, "meets", whole)


def steps_forgotten(patch: Any) -> None:
    patch.setattr(scatter, "_steps", lambda shape, patches: (1,) * len(shape))


def sums_overwrite(patch: Any) -> None:
    store = goals.Store
    patch.setattr(
        goals, "Store", lambda number, place, term, adds=False: store(number, place, term)
    )


def rows_are_cut(patch: Any) -> None:
    patch.setattr(goals, "_whole_rows", lambda goal, rows: True)


def loops_of_any_length_join(patch: Any) -> None:
    patch.setattr(goals, "_may_join", lambda one, other: len(one.extents) == len(other.extents))


def loops_never_join(patch: Any) -> None:
    patch.setattr(goals, "_may_join", lambda one, other: False)


def read_before_it_is_there(patch: Any) -> None:
    patch.setattr(fuse._Planner, "_loads", lambda self, number: number in self.stored)
    root = fuse._Planner._root

    def early(self: Any, number: int, line: Any, at: int) -> None:
        root(self, number, line, at)
        self.ready[number] = at

    patch.setattr(fuse._Planner, "_root", early)


def heavy_values_not_kept(patch: Any) -> None:
    patch.setattr(fuse._Planner, "heavy", lambda self: set())


def operands_of_calls_not_stored(patch: Any) -> None:
    init = fuse._Planner.__init__

    def without(self: Any, *args: Any) -> None:
        init(self, *args)
        self.needed_by_calls = set()

    patch.setattr(fuse._Planner, "__init__", without)


def extremes_are_sums(patch: Any) -> None:
    patch.setitem(inline._JOINS, "Max", RULES[np.add])
    fold = goals.Fold
    patch.setattr(goals, "Fold", lambda number, term, kind, at: fold(number, term, "Sum", at))


def counters_always_joined(patch: Any) -> None:
    patch.setattr(collapse, "_joins", lambda nest, axis, size: True)


def checks_dropped(patch: Any) -> None:
    steps = fuse._Planner._steps
    patch.setattr(
        fuse._Planner, "_steps", lambda self: (s for s in steps(self) if not isinstance(s, Check))
    )


def calls_first(patch: Any) -> None:
    steps = fuse._Planner._steps
    patch.setattr(
        fuse._Planner, "_steps", lambda self: sorted(steps(self), key=lambda s: type(s) is not Call)
    )


def every_extreme_is_fusible(patch: Any) -> None:
    patch.setattr(fusible, "_reduces_the_end", lambda line: True)


def outputs_not_copied(patch: Any) -> None:
    patch.setattr(driver.Driver, "output", lambda self, x: self.writer.spell(x))


def layouts_ignored(patch: Any) -> None:
    patch.setattr(driver, "flattened", lambda x: np.ravel(x, order="K"))


def buffers_released_at_once(patch: Any) -> None:
    def early(ended: Any, chosen: Any, dtypes: Any, free: Any) -> None:
        for number in chosen:
            if isinstance(chosen[number], int) and chosen[number] not in free[dtypes[number]]:
                free[dtypes[number]].append(chosen[number])

    patch.setattr(blocks, "_release", early)


def last_block_is_dropped(patch: Any) -> None:
    patch.setattr(blocks, "divmod", lambda a, b: (a // b, 0), raising=False)


def nothing_is_kept(patch: Any) -> None:
    patch.setattr(partition.partition, "__defaults__", (1e9,))


def known_too_much(patch: Any) -> None:
    real = partition.partition
    patch.setattr(
        partition, "partition", lambda program, known, *more: real(program, {0, 1}, *more)
    )


def guards_of_the_second_part_lost(patch: Any) -> None:
    real = partition._second
    patch.setattr(partition, "_second", lambda program, kept, guards: real(program, kept, []))


def guards_of_the_first_part_lost(patch: Any) -> None:
    real = partition._trimmed

    def without(program: Program) -> Program:
        first = len(program.inputs) == 2
        return real(partition.replace(program, guards=()) if first else program)

    patch.setattr(partition, "_trimmed", without)


MUTANTS = (
    strides_lose_their_sign,
    axes_of_length_one_move,
    transposed_the_other_way,
    negative_indices_kept,
    patches_begin_one_late,
    patches_cover_everything,
    steps_forgotten,
    sums_overwrite,
    rows_are_cut,
    loops_of_any_length_join,
    loops_never_join,
    read_before_it_is_there,
    heavy_values_not_kept,
    operands_of_calls_not_stored,
    extremes_are_sums,
    counters_always_joined,
    checks_dropped,
    calls_first,
    every_extreme_is_fusible,
    outputs_not_copied,
    layouts_ignored,
    buffers_released_at_once,
    last_block_is_dropped,
    nothing_is_kept,
    known_too_much,
    guards_of_the_second_part_lost,
    guards_of_the_first_part_lost,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda f: f.__name__)
def test_without_a_mistake(check: Callable[[], None]):
    check()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda f: f.__name__)
def test_a_mistake_is_noticed(mutant: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch):
    mutant(monkeypatch)
    noticed = False
    for check in CHECKS:
        try:
            check()
        except Exception:
            noticed = True
            break
    assert noticed
