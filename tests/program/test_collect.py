"""What is linear, multiplied out: the same to rounding, and less work for each product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends.lines import Writer
from hessopt.program.collect import MOST_TERMS, collect
from hessopt.program.partition import partition
from hessopt.program.program import Program
from hessopt.program.simplify import common_subexpressions, simplify
from tests.fuzz.generator import random_program
from tests.program.generator import random_function, scalar_of
from tests.program.planning import program_of

X = np.linspace(0.1, 1.0, 8)
V = np.cos(np.arange(8.0))


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def second_of(program: Program) -> Program:
    """Return what is left for each v once x is known."""
    collected = common_subexpressions(collect(program, {0}))
    return simplify(partition(collected, {0}, cheap=1)[1])


def ops(program: Program) -> list[str]:
    return [line.op for line in program.instructions if line.op != "GetItem"]


def close(found: Any, expected: Any) -> None:
    assert found[1] == expected[1]
    for a, b in zip(found[0], expected[0], strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = np.max(np.abs(b), initial=1e-300)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12 * scale)


def check(program: Program, *inputs: Any) -> None:
    with np.errstate(all="ignore"):
        close(
            Writer(collect(program, {0})).compiled()(*inputs), Writer(program).compiled()(*inputs)
        )


def test_a_chain_becomes_its_three_diagonals():
    program = program_of(hessopt.hvp(rosenbrock), X, V)
    check(program, X, V)
    assert ops(second_of(program)) == ["Mul", "Mul", "Mul", "ScatterAdd"]


@pytest.mark.parametrize("seed", range(40))
def test_random_functions(seed: int):
    f = random_function(seed, 6)
    random = np.random.default_rng(seed)
    product = hessopt.hvp(lambda z: scalar_of(f)(z, z[::-1]))
    program = program_of(product, *random.standard_normal((2, 6)))
    check(program, *random.standard_normal((2, 6)))


def test_fuzzed_products():
    done = 0
    for seed in range(40):
        f = random_program(seed, most=30)
        v = np.cos(np.arange(f.x.size))
        with np.errstate(all="ignore"):
            try:
                program = program_of(hessopt.hvp(f.run), f.x, v)
            except Exception:  # it looks at values
                continue
            check(program, 1.001 * f.x, v)
        done += 1
    assert done > 10


@pytest.mark.parametrize(
    ("f", "left"),
    [
        (lambda x, v: x * (x * v) - v / x, ["Mul"]),
        (lambda x, v: -(x * v + 2 * v) / 4, ["Mul"]),
        (lambda x, v: (v[1:] + v[:-1]) * x[1:] - v[1:], ["Mul", "Mul", "Add"]),
        (lambda x, v: v[0] * x + x * v, ["Mul", "Mul", "Add"]),
        (lambda x, v: 3.0 * v - v, ["Mul"]),
        (lambda x, v: np.exp(v * x) * x, ["Mul", "Exp", "Mul"]),
        (lambda x, v: np.sum(x * v) * x, ["Mul", "Sum", "Mul"]),
        (lambda x, v: v * v + x * v, ["Mul", "Mul", "Add"]),
        (lambda x, v: x * v + x, ["Mul", "Add"]),
    ],
)
def test_what_is_left(f: Any, left: list[str]):
    program = program_of(f, X, V)
    check(program, X, V)
    assert ops(second_of(program)) == left


def test_patches_of_one_place_are_one():
    def f(x: Any, v: Any) -> Any:
        y = np.zeros(8)
        y = y + np.concatenate([x[1:] * v[1:], v[:1] * 0])
        z = np.copy(v) * 0.0
        z[2:5] += x[:3] * v[1:4]
        z[2:5] += x[3:6] * v[1:4]
        z[2:5] += v[2:5]
        return y + z

    check(program_of(f, X, V), X, V)


@pytest.mark.parametrize("index", [[0, 2, 2], np.array([True, False] * 4), (slice(None), 0), -1])
def test_patches_at_any_index(index: Any):
    x = np.outer(X, V) if isinstance(index, tuple) else X

    def f(x: Any) -> Any:
        return np.sum(x[index] ** 3) + np.sum(x**2 * x[0])

    check(program_of(hessopt.hvp(f), x, np.cos(x)), x, np.cos(x))


def test_single_precision_is_left_alone():
    program = program_of(lambda x, v: x * (x * v), np.float32(X), np.float32(V))
    assert str(collect(program, {0})) == str(program)


def test_factors_are_not_joined_where_they_would_underflow():
    program = program_of(lambda x, v: x * 1e-200 * (v * 1e-100) * 1e300, X, V)
    check(program, X, V)
    assert np.all(Writer(collect(program, {0})).compiled()(X, V)[0][0] != 0)


def test_long_sums_stay_as_they_are():
    def f(x: Any, v: Any) -> Any:
        total = v
        for k in range(2 * MOST_TERMS):
            total = x * (total + np.roll(v, k) * x)
        return total

    program = program_of(f, X, V)
    check(program, X, V)
    assert len(collect(program, {0}).instructions) < 6 * len(program.instructions)


def test_guards_on_what_is_multiplied_out():
    def f(x: Any, v: Any) -> Any:
        y = x * (x * v)
        return y * 2 if y[0] > 0 else y

    program = program_of(f, X, V)
    check(program, X, V)
    assert not Writer(collect(program, {0})).compiled()(X, -V)[1]
