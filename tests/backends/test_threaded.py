"""Loops on several threads: the same digits as on one, whoever runs which block when."""

from __future__ import annotations

import re
import threading
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hessopt
from hessopt.backends import numpy_backend, threaded, workers
from hessopt.backends.workers import Scratch
from tests.backends.ways import identical, small_blocks
from tests.program.generator import random_function, scalar_of
from tests.program.planning import program_of

COUNTS = (2, 3, 5)
X = np.linspace(-1.0, 1.2, 41)
T = X[:40].reshape(8, 5)
LONG = np.linspace(-1, 1, 300).reshape(100, 3)
WIDE = LONG.T.copy()
LARGE = 100_003


def on_threads(f: Any, *arrays: Any) -> dict[int, Any]:
    """Return the runs of a function in small blocks, by the number of threads."""
    program = program_of(f, *arrays)
    with small_blocks():
        return {k: numpy_backend.compile_program(program, k) for k in (1, *COUNTS)}


def check(f: Any, *arrays: Any) -> str:
    """Compare all numbers of threads; return the code for several."""
    runs = on_threads(f, *arrays)
    expected, held = runs[1](*arrays)
    for count in COUNTS:
        for _ in range(2):
            found, holds = runs[count](*arrays)
            assert holds == held
            identical(found, expected)
    return runs[2].__doc__ or ""


def in_any_order(blocks: Any, size: int, rows: int, threads: int) -> None:
    """Stand for `in_threads`: block by block, from the last to the first."""
    for first in reversed(range(0, size, rows)):
        blocks(first, min(first + rows, size))


@pytest.fixture
def everyone_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no thread begin before all have; short blocks would be done before another wakes up."""

    def together(blocks: Any, size: int, rows: int, threads: int) -> None:
        meeting = threading.Barrier(min(threads, -(-size // rows)), timeout=60)

        def one(first: int, last: int) -> None:
            meeting.wait()
            blocks(first, last)

        workers.in_threads(one, size, rows, threads)

    monkeypatch.setattr(threaded, "in_threads", together)


def second_differences(x: Any) -> Any:
    return np.sum((x[2:] - 2 * x[1:-1] + x[:-2]) ** 2) + np.sum(np.sin(x[1:] * x[:-1]))


def many_patches(x: Any) -> Any:
    out = np.zeros_like(x)
    for k in range(14):
        out[k : x.size - 14 + k] += np.sin((k + 1) * x[14:])
    return out


def with_patches(x: Any) -> Any:
    return np.sum(np.cos(many_patches(x)) * x)


PARALLEL: dict[str, tuple[Callable[..., Any], np.ndarray]] = {
    "entries": (lambda x: (np.sin(x) * x + 1, np.exp(x[::-1])), X),
    "sums": (lambda x: (np.sum(np.sin(x)), np.max(np.cos(x)), np.min(x * x), np.sum(x > 0)), X),
    "a dot": (lambda x: np.sin(x) @ np.cos(x), X),
    "halo": (hessopt.value_and_grad(second_differences), X),
    "steps": (hessopt.grad(lambda x: np.sum(np.sin(x[::2]) ** 2) + np.sum(x[1::2] ** 3)), X),
    "rows": (lambda x: (np.sum(np.sin(x), axis=1), np.exp(x), np.max(x * x, axis=1)), WIDE),
    "transposed": (lambda x: (np.sin(x.T) * 2, np.cos(x)), T),
    "single precision": (lambda x: (np.sum(np.sin(x)), x * np.float32(3)), X.astype(np.float32)),
    "choices": (lambda x: np.where(x > 0, np.where(x > 0.5, np.sin(x), x), -x) * x, X),
    "a constant extreme": (lambda x: np.max(np.broadcast_to(np.sin(x[:1]), (40,)) + 0 * x[1:]), X),
}  # fmt: skip


@pytest.mark.usefixtures("everyone_takes_part")
@pytest.mark.parametrize("name", PARALLEL)
def test_the_same_digits(name: str):
    f, x = PARALLEL[name]
    assert "in_threads(" in check(f, x)


@pytest.mark.parametrize("name", PARALLEL)
def test_the_same_digits_in_any_order(name: str, monkeypatch: pytest.MonkeyPatch):
    f, x = PARALLEL[name]
    monkeypatch.setattr(threaded, "in_threads", in_any_order)
    check(f, x)


@pytest.mark.usefixtures("everyone_takes_part")
def test_products_with_hessians():
    for x in (X, X[:8], X[:9], X[:33]):
        check(hessopt.hvp(second_differences), x, np.cos(x))


def test_blocks_that_write_into_each_other_stay_in_one_thread():
    """Their patches overlap: entries at the edge of a block are added to by its neighbour, too."""
    source = check(many_patches, X)
    assert "in_threads" not in source
    assert "for low in" in source
    check(hessopt.value_and_grad(with_patches), X)
    for axis, parallel in ((0, False), (1, True)):
        x = LONG if axis == 0 else WIDE
        source = check(lambda x, axis=axis: np.sum(np.exp(x), axis=axis), x)
        assert ("in_threads" in source) == parallel


@given(seed=st.integers(0, 10_000), n=st.sampled_from([3, 9, 12, 36, 51]))
@settings(max_examples=40)
def test_random_programs(seed: int, n: int):
    f = random_function(seed, n, steps=20)
    x, y = np.random.default_rng(seed).standard_normal((2, n))
    with np.errstate(all="ignore"):
        check(f, x, y)
        check(hessopt.grad(scalar_of(f), (0, 1)), x, y)


@pytest.mark.parametrize(
    "function",
    [np.sin, np.cos, np.tan, np.exp, np.log, np.tanh, np.arctan, np.sqrt, np.expm1, np.log1p,
     np.cbrt, np.sinh, lambda x: x**1.7, lambda x: 2.0**x, lambda x: np.arctan2(x, 0.3 + x)],
)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_true_blocks_of_large_arrays(function: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch):
    """Entries of a vector instruction, and the last ones, which it does not fill."""
    monkeypatch.setattr(threaded, "WORTH", 0)
    for shape in ((LARGE,), (33, 5001)):
        x = np.linspace(0.1, 3, np.prod(shape)).astype(dtype).reshape(shape)
        program = program_of(lambda x: (function(x), np.sum(function(x[1:]) - 1)), x)
        expected, _ = numpy_backend.compile_program(program)(x)
        for count in COUNTS:
            run = numpy_backend.compile_program(program, count)
            assert "in_threads" in (run.__doc__ or "")
            identical(run(x)[0], expected)


def test_where_threads_do_not_pay():
    def source(f: Any, n: int, threads: int = 2) -> str:
        return numpy_backend.compile_program(program_of(f, np.ones(n)), threads).__doc__ or ""

    f = hessopt.grad(lambda x: np.sum(np.exp(np.sin(x) * x)))
    assert "in_threads" in source(f, LARGE)
    assert "in_threads" not in source(f, LARGE, threads=1)
    assert "in_threads" not in source(f, 20_000)  # less than two blocks
    assert "in_threads" not in source(lambda x: x * 2, LARGE)  # cheap


def test_one_thread_starts_none(monkeypatch: pytest.MonkeyPatch):
    def never(*args: Any) -> None:
        raise AssertionError("it was asked for threads")

    monkeypatch.setattr(threaded, "in_threads", never)
    for count, n in ((1, LARGE), (4, 20_000)):
        x = np.linspace(0, 1, n)
        program = program_of(lambda x: np.sum(np.exp(np.sin(x))), x)
        numpy_backend.compile_program(program, count)(x)


def test_code_is_readable():
    source = check(lambda x: (np.sum(np.sin(x) ** 2), np.cos(x)), X)
    lines = [re.sub(r"c\d+\(", "ufunc(", line) for line in source.splitlines()]
    start = lines.index("    def blocks(first, last):")
    assert lines[start - 1] == "    p3 = [None] * 11"
    assert lines[start + 1] == "        memory = scratch.take()"
    end = lines.index("    in_threads(blocks, 41, 4, 2)")
    assert lines[end - 1] == "        scratch.put(memory)"
    assert lines[end + 1] == "    for part in p3: v3 = np.add(v3, part)"


def together(work: Callable[[int], None], count: int) -> None:
    """Run `work` on so many threads at once; fail if one of them did."""
    failed: list[BaseException] = []
    start = threading.Barrier(count)

    def one(k: int) -> None:
        start.wait()
        try:
            work(k)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


@pytest.mark.usefixtures("everyone_takes_part")
def test_called_from_several_threads():
    run = on_threads(hessopt.value_and_grad(second_differences), X)[2]
    points = [X * k for k in range(1, 7)]
    expected = [run(x)[0] for x in points]

    def work(k: int) -> None:
        for _ in range(50):
            identical(run(points[k])[0], expected[k])

    together(work, 6)


def division(x: Any) -> Any:
    return np.sum(1 / x), np.sqrt(x) * 2


@pytest.mark.usefixtures("everyone_takes_part")
@pytest.mark.parametrize("place", [0, 20, 40])
def test_errstate_is_that_of_the_caller(place: int):
    """Where in the array it happens decides which thread runs it."""
    x = np.ones(41)
    x[place] = 0
    for run in on_threads(division, np.ones(41)).values():
        with np.errstate(divide="ignore"):
            assert run(x)[0][0] == np.inf
        with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
            run(x)
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            run(x)
        with (
            warnings.catch_warnings(action="error"),
            pytest.raises(RuntimeWarning, match="divide by zero"),
        ):
            run(x)
        noted: list[str] = []
        with np.errstate(divide="call", call=lambda kind, flag, noted=noted: noted.append(kind)):
            run(x)
        assert noted == ["divide by zero"]
        with np.errstate(divide="ignore"):
            assert np.isposinf(run(x)[0][0])  # an error before leaves nothing behind


@pytest.mark.usefixtures("everyone_takes_part")
def test_errstate_of_several_callers():
    x = np.ones(41)
    x[::4] = 0
    run = on_threads(division, np.ones(41))[3]

    def work(k: int) -> None:
        for _ in range(30):
            if k % 2:
                with np.errstate(divide="ignore"):
                    assert run(x)[0][0] == np.inf
            else:
                with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
                    run(x)

    together(work, 4)


@pytest.mark.usefixtures("everyone_takes_part")
def test_called_from_within_a_block():
    """By the handler of an error: whoever runs that block may be one of the threads."""
    x = np.ones(41)
    x[::10] = 0
    other = on_threads(hessopt.grad(second_differences), X)[3]
    expected = other(X)[0]
    run = on_threads(division, np.ones(41))[3]

    def handler(kind: str, flag: int) -> None:
        identical(other(X)[0], expected)

    with np.errstate(divide="call", call=handler):
        for _ in range(20):
            assert run(x)[0][0] == np.inf


def test_memory():
    """Buffers are some wide blocks for each thread, however long the arrays; and used again."""
    x = np.linspace(0, 1, 1_000_000)
    program = program_of(hessopt.hvp(second_differences), x, x)
    peaks = {}
    for count in (1, 2, 3):
        run = numpy_backend.compile_program(program, count)
        tracemalloc.start()
        run(x, x)
        peaks[count] = tracemalloc.get_traced_memory()[1] / x.nbytes
        tracemalloc.stop()
        sets = run.__globals__["scratch"]._free if count > 1 else []
        assert len(sets) <= count
        assert sum(memory.nbytes for memory in sets) <= count * x.nbytes
    assert max(peaks.values()) < 5, peaks


def test_scratch_is_given_to_one_at_a_time():
    scratch = Scratch()
    scratch.size = 10
    first, second = scratch.take(), scratch.take()
    assert first.nbytes == second.nbytes == 10
    assert not np.shares_memory(first, second)
    scratch.put(first)
    assert scratch.take() is first
