"""Fusion: what becomes one loop, what is stored, and in what order things happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hessopt
import problems
from hessopt.program import fuse as fusion
from hessopt.program.nest import Call, Check, Compute, Fold, Load, Nest, Store, View, Zero
from hessopt.program.program import Ref
from tests.backends.ways import check_all_ways
from tests.program.planning import calls, nests, plan_of, program_of, traffic

X = np.linspace(0.1, 1.0, 50)
TABLE = np.linspace(-1.0, 1.0, 60).reshape(5, 12)


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def step_names(plan: Any) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


@pytest.mark.parametrize(
    ("f", "arguments"),
    [
        (hessopt.grad(rosenbrock), (X,)),
        (hessopt.value_and_grad(rosenbrock), (X,)),
        (hessopt.hvp(rosenbrock), (X, X)),
    ],
    ids=["gradient", "value and gradient", "HVP"],
)
def test_chained_rosenbrock_is_one_loop_with_two_ends(f: Any, arguments: Any):
    plan = plan_of(f, *arguments)
    (nest,) = plan.steps
    assert [segment.ranges for segment in nest.segments] == [((0, 1),), ((1, 49),), ((49, 50),)]
    read, written = traffic(plan)
    assert set(read) == set(range(len(arguments)))
    assert set(read.values()) == set(written.values()) == {1}
    assert len(plan.stored) == 1  # the result


def test_each_entry_is_loaded_once_in_a_segment():
    for nest in nests(plan_of(hessopt.hvp(rosenbrock), X, X)):
        for segment in nest.segments:
            loads = [(s.array, s.place) for s in segment.body if isinstance(s, Load)]
            assert len(loads) == len(set(loads))
            computed = [(s.line.op, s.arguments) for s in segment.body if isinstance(s, Compute)]
            assert len(computed) == len(set(map(repr, computed)))


def test_lennard_jones_goes_over_the_pairs_once():
    problem = problems.get("lennard-jones", n=6)
    plan = plan_of(hessopt.grad(problem.value), problem.start)
    (nest,) = nests(plan)
    assert [segment.ranges for segment in nest.segments] == [((0, 15),)]
    assert calls(plan) == 0
    assert sum(isinstance(s, Store) and s.adds for s in nest.segments[0].body) == 6


@pytest.mark.parametrize(
    ("f", "boxes"),
    [
        (lambda x: (np.sin(x), np.cos(x), np.sum(x), np.max(x), x @ x), 1),
        (lambda x: (x[1:] - x[:-1], np.sum(np.sin(x))), 2),
        (lambda x: (np.concatenate([x[1:], x[:1]]), np.sin(x)), 2),
    ],
    ids=["same counters", "nearly the same", "rolled"],
)
def test_loops_of_one_stage_become_one(f: Any, boxes: int):
    plan = plan_of(f, X)
    (nest,) = plan.steps
    assert len(nest.segments) == boxes
    assert set(traffic(plan)[0].values()) == {1}
    check_all_ways(program_of(f, X), (X,))


ROLLED_AND_SUMMED: list[Callable[[Any], Any]] = [
    lambda x: (np.concatenate([x[:, 1:], x[:, :1]], axis=1), np.sum(x, axis=1)),
    lambda x: (np.concatenate([x[:, 1:], x[:, :1]], axis=1), np.max(x * x, axis=1), np.sum(x)),
    lambda x: (np.concatenate([x[1:], x[:1]], axis=0), np.sum(x, axis=-1, keepdims=True)),
    lambda x: (x[:, 1:] * 2, np.sum(x, axis=1), np.min(x, axis=1), np.sum(x, axis=0)),
]


@pytest.mark.parametrize("f", ROLLED_AND_SUMMED)
def test_rows_that_are_folded_are_not_cut(f: Any):
    """A cut row would keep the fold of its last part alone."""
    for nest in nests(plan_of(f, TABLE)):
        for segment in nest.segments:
            if any(isinstance(s, Fold) and s.place is not None for s in segment.body):
                assert segment.ranges[nest.rows :] == ((0, 12),)
    check_all_ways(program_of(f, TABLE), (TABLE[::-1],))


def test_a_sum_is_there_before_it_is_read():
    plan = plan_of(lambda x: x - np.mean(x), X)
    first, number, second = plan.steps
    assert (first.depth, number.depth, second.depth) == (1, 0, 1)
    (total,) = [s.number for s in first.segments[0].body if isinstance(s, Fold)]
    assert number.scalars() == {total}


def test_steps_read_only_what_is_there():
    """In every plan: arrays are filled, and single numbers known, before they are used."""
    functions: list[tuple[Any, tuple[Any, ...]]] = [
        (hessopt.hvp(rosenbrock), (X, X)),
        (lambda x: np.sin(np.outer(x, x) @ np.cos(x)) * np.sum(x) + np.max(np.exp(x)), (X,)),
        (lambda x: np.sum(np.exp(x - np.sum(x, 1, keepdims=True)), axis=0) * 2, (TABLE,)),
        (hessopt.grad(lambda x: np.sum(np.sin(x)[np.array([0, 3, -1, 3])] ** 2)), (X,)),
    ]
    for f, arguments in functions:
        there = set(range(len(arguments)))
        for step in plan_of(f, *arguments).steps:
            if isinstance(step, Nest):
                statements = [s for segment in step.segments for s in segment.body]
                reads = {s.array for s in statements if isinstance(s, Load)}
                adds = {s.number for s in statements if isinstance(s, Store) and s.adds}
                assert {k for k in reads if isinstance(k, int)} | adds <= there
                assert step.scalars() <= there | {
                    s.number for s in statements if hasattr(s, "number")
                }
                there |= {s.number for s in statements if hasattr(s, "number")}
            elif isinstance(step, View):
                assert step.of in there
                there.add(step.number)
            elif isinstance(step, (Call, Zero)):
                there.add(step.number)


def three(x: Any) -> Any:
    return x[2:] * x[1:-1] * x[:-2]


def test_a_heavy_value_is_kept_and_a_cheap_one_computed_again():
    heavy = plan_of(lambda x: three(np.exp(x)), X)
    bodies = [segment.body for nest in nests(heavy) for segment in nest.segments]
    kinds = [s.line.op for body in bodies for s in body if isinstance(s, Compute)]
    assert kinds.count("Exp") == 1
    assert len(heavy.stored) == 2
    cheap = plan_of(lambda x: three(2 * x), X)
    assert len(cheap.stored) == 1


def test_a_heavy_value_used_once_is_not_kept():
    assert len(plan_of(lambda x: np.cos(np.exp(x)) * 2, X).stored) == 1


def test_long_chains_are_cut():
    def chain(x: Any) -> Any:
        for _ in range(250):
            x = np.sin(x + 1)
        return x

    plan = plan_of(chain, X)
    assert len(nests(plan)) == 1 + 500 // (fusion.DEEPEST + 1)
    for nest in nests(plan):
        assert len(nest.segments[0].body) <= fusion.DEEPEST + 3
    check_all_ways(program_of(chain, X), (X,))


def test_a_wide_program_does_not_grow_in_depth():
    """Each value uses the one before twice: written out without a memory it would be 2^40."""

    def doubling(x: Any) -> Any:
        for _ in range(40):
            x = x * (x + 1)
        return x

    (nest,) = nests(plan_of(doubling, X * 1e-3))
    assert len(nest.segments[0].body) == 82


def test_a_reshaped_array_is_a_view():
    plan = plan_of(lambda x: (np.cumsum(x).reshape(5, 10), np.ones((3, 50)) @ x), X)
    assert "View" in step_names(plan)
    assert nests(plan) == []


def test_calls_get_their_operands_and_their_results_are_read():
    plan = plan_of(lambda x: np.sin(np.outer(x, x) @ np.cos(x)) * x, X)
    assert calls(plan) == 1
    at = step_names(plan).index("Call")
    assert all(isinstance(step, Nest) for step in plan.steps[:at])
    (after,) = plan.steps[at + 1 :]
    assert plan.steps[at].number in after.arrays()


def test_guards_come_before_the_loops_and_calls_of_their_stage():
    plan = plan_of(lambda x: np.cumsum(x * np.sum(x)) if np.sum(x) > 0 else x, X)
    (check,) = [k for k, step in enumerate(plan.steps) if isinstance(step, Check)]
    (call,) = [k for k, step in enumerate(plan.steps) if isinstance(step, Call)]
    assert check < call


def test_sums_over_few_entries_are_written_out():
    narrow = TABLE[:, :4]
    plan = plan_of(lambda x: np.sin(np.sum(x * x, axis=1)), narrow)
    (nest,) = plan.steps
    assert nest.depth == 1
    check_all_ways(program_of(lambda x: np.sin(np.sum(x * x, axis=1)), narrow), (narrow,))


def test_sums_over_the_first_axis_add_into_zeros():
    plan = plan_of(lambda x: np.sum(x * x, axis=0), TABLE.T)
    zero, nest = plan.steps
    assert isinstance(zero, Zero)
    assert [s.adds for s in nest.segments[0].body if isinstance(s, Store)] == [True]


def test_prices():
    lines = program_of(lambda x: (x + 1, np.sin(x), x / 3.5, x[1:], x > 0), X).instructions
    prices = {line.op: fusion.price(line) for line in lines}
    assert prices["Add"] < prices["Sin"]
    assert prices["GetItem"] == 0
    assert prices["greater"] == 1


def test_outputs_that_are_inputs_or_constants_need_no_loop():
    program = program_of(lambda x: (x, np.ones(3), np.sin(x)), X)
    assert isinstance(program.outputs[0], Ref)
    assert len(plan_of(lambda x: (x, np.ones(3), np.sin(x)), X).steps) == 1
