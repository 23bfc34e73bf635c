"""Straight-line NumPy: buffers, views, guards, memory."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import numpy_backend
from hessopt.program.memory import FOR_EVER, memory_of
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace
from tests.program.generator import evaluate, random_function, scalar_of

SIZES = (3, 20_001)  # below and above `LARGE`


def program_of(f: Any, *arrays: Any) -> Any:
    def flat(*xs: Any) -> list[Any]:
        result = f(*xs)
        return list(result) if isinstance(result, tuple) else [result]

    return trace(flat, arrays)[0]


def close(found: Any, expected: Any) -> None:
    for a, b in zip(found, expected, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = max(1.0, float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b))))
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10 * scale)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("seed", range(15))
def test_random_programs(seed: int, n: int):
    f = random_function(seed, n, steps=30)
    random = np.random.default_rng(seed)
    traced, other = random.standard_normal((2, 2, n))
    with np.errstate(all="ignore"):
        for g in (f, hessopt.grad(scalar_of(f), (0, 1))):
            for program in (plain := program_of(g, *traced), simplify(plain)):
                run = numpy_backend.compile_program(program)
                expected = evaluate(program, *other)
                first, _ = run(*other)
                close(first, expected)
                for x in first:
                    if x.ndim:
                        x[...] = np.nan
                run(*traced)  # leaves other numbers in the buffers
                close(run(*other)[0], expected)


def test_in_place_where_the_operand_is_done_with():
    x = np.linspace(0, 1, 10_000)
    run = numpy_backend.compile_program(
        program_of(lambda x: np.sum(np.cos(np.sin(np.exp(x) * 2))), x)
    )
    source = run.__doc__ or ""
    assert source.count("out=b0") == 4
    assert "b1" not in source


def test_small_arrays_take_no_buffers():
    run = numpy_backend.compile_program(program_of(lambda x: np.sin(x) * x, np.ones(3)))
    assert "out=" not in (run.__doc__ or "")


def test_a_view_keeps_its_buffer():
    def f(x: Any) -> Any:
        a = np.sin(x)
        tail = a[::-1]
        b = np.cos(a)  # must not go into the buffer of a, which tail still reads
        return np.sum(b * tail)

    x = np.linspace(0, 1, 10_000)
    program = program_of(f, x)
    memory = memory_of(program)
    assert memory.group[2] == memory.group[1]
    assert memory.end[memory.group[1]] == 4
    close(numpy_backend.compile_program(program)(x)[0], [np.asarray(f(x))])


def test_what_a_user_operation_was_given_is_never_overwritten():
    """It may have kept a reference, as a memory of its last argument does."""
    last: list[Any] = [None, None]

    @hessopt.primitive
    def simulator(x: Any) -> Any:
        if last[0] is None or not np.array_equal(last[0], x):
            last[:] = x, np.cumsum(x)
        return last[1]

    def f(x: Any) -> Any:
        y = simulator(x * 2.0)
        return y + 1.0, np.sum(y)

    x = np.linspace(0, 1, 10_000)
    run = numpy_backend.compile_program(program_of(f, x))
    for z in (x, 2 * x, x, 3 * x):
        close(run(z)[0], [np.cumsum(2 * z) + 1, np.asarray(np.sum(np.cumsum(2 * z)))])
    memory = memory_of(program_of(f, x))
    assert memory.end[memory.group[1]] == FOR_EVER


def test_what_a_user_operation_returns_is_copied():
    kept = np.arange(3.0)
    constant = hessopt.primitive(lambda x: kept)
    run = numpy_backend.compile_program(program_of(lambda x: constant(x), np.ones(3)))
    (y,), _ = run(np.ones(3))
    y[:] = 9
    np.testing.assert_array_equal(kept, np.arange(3.0))


def test_guards_come_before_what_follows_them():
    def f(x: Any) -> Any:
        y = np.sum(x)
        return np.linalg.inv(np.diag(x)) if y > 0 else x

    run = numpy_backend.compile_program(program_of(f, np.ones(3)))
    assert run(-np.zeros(3)) == ((), False)


def test_a_guard_that_fails_puts_the_buffers_back():
    def f(x: Any) -> Any:
        y = np.sin(x) * 2
        return np.sum(np.cos(y)) if np.sum(y) > 0 else x

    x = np.linspace(0, 1, 10_000)
    run = numpy_backend.compile_program(program_of(f, x))
    pool = run.__globals__["pool"]
    for z in (x, -x, x, -x):
        run(z)
        assert len(pool) == 1


def test_division_is_numpys():
    """A count is no Python number, which would raise an error."""

    def f(x: Any) -> Any:
        return 1.0 / np.count_nonzero(x > 0)

    run = numpy_backend.compile_program(program_of(f, np.ones(3)))
    with np.errstate(divide="ignore"):
        assert run(-np.ones(3))[0][0] == np.inf


def test_powers():
    x = np.linspace(0.1, 1, 10_000)

    def f(x: Any) -> Any:
        return (np.sum(2.0**x), *(np.sum(x**p) for p in (-2, -1, 0.5, 1.5, 2, 3, 2.5)))

    program = program_of(f, x)
    close(numpy_backend.compile_program(program)(x)[0], map(np.asarray, f(x)))


def test_float_power_is_wide():
    x = np.float32([1.5, 2.5])
    program = program_of(lambda x: np.float_power(x, 2), x)
    close(numpy_backend.compile_program(simplify(program))(x)[0], [np.float_power(x, 2)])


@pytest.mark.parametrize(
    "index", [1, slice(1, None), (0,), np.array([0, 0, 2]), -1, slice(2, 0, -1)]
)
def test_scatter(index: Any):
    x = np.array([0.5, -1.5, 2.5])

    def f(x: Any) -> Any:
        return hessopt.grad(lambda z: np.sum(z[index] ** 2) + np.sum(z[1:] * z[:-1]))(x)

    program = program_of(f, x)
    for one in (program, simplify(program)):
        close(numpy_backend.compile_program(one)(x)[0], [f(x)])


def test_several_outputs():
    def f(a: Any) -> Any:
        w, v = np.linalg.eigh(a + a.T)
        sign, log = np.linalg.slogdet(a)
        return w, v * 2, sign * log

    a = np.array([[1.0, 2.0], [0.5, 3.0]])
    close(numpy_backend.compile_program(program_of(f, a))(a)[0], map(np.asarray, f(a)))


def test_memory_of_a_large_program():
    """Values that nothing needs any more are let go of while the program runs."""

    def f(x: Any) -> Any:
        for _ in range(30):
            x = np.tanh(np.concatenate([x[1:], x[:1]]) + np.cumsum(x) * 1e-6)
        return np.sum(x)

    x = np.linspace(0, 1, 100_000)
    run = numpy_backend.compile_program(simplify(program_of(f, x)))
    run(x)
    tracemalloc.start()
    run(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * x.nbytes, (peak / x.nbytes, run.__doc__)
