"""What goes in and comes out of fused programs: copies, layouts, memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import blocks, driver, kernel_cache, numba_backend, numpy_backend
from hessopt.backends.driver import flattened
from tests.backends.ways import interpreted
from tests.program.planning import program_of

X = np.linspace(-1.0, 2.0, 24)
T = X.reshape(4, 6)


def runs_of(program: Any) -> list[Callable[..., Any]]:
    """Return the program fused by blocks, and by interpreted kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel_cache, "load", interpreted)
        patch.setattr(numpy_backend, "LARGE", 1)
        patch.setattr(blocks, "BLOCK", 4)
        patch.setattr(driver, "LARGE", 1)  # let go of everything
        return [numpy_backend.compile_program(program), numba_backend.compile_program(program)]


OUTPUTS: dict[str, Callable[[Any], Any]] = {
    "the input": lambda x: (x, np.sin(x)),
    "parts of the input": lambda x: (x[1:], np.reshape(x, (6, 4)), np.sin(x)),
    "one value twice": lambda x: ((y := np.sin(x)), y),
    "a value and a view": lambda x: ((y := np.sin(x)), y[1:], np.transpose(y)),
    "a value and its reshape": lambda x: ((y := np.sin(x)), np.reshape(y, -1)),
    "a reshape twice": lambda x: ((z := np.reshape(np.sin(x), -1)), z),
    "a constant": lambda x: (np.arange(3.0), np.sin(x)),
    "a called value and a view": lambda x: (
        (y := np.cumsum(np.sin(x), axis=0)), np.reshape(y, -1), y[::2]),
    "numbers": lambda x: (np.sum(x), np.sin(np.sum(x)), 2.5, np.sin(x)),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTPUTS)
def test_outputs_are_nobodys_memory(name: str):
    f = OUTPUTS[name]
    for run in runs_of(program_of(f, T)):
        x = T.copy()
        before = [np.copy(y) for y in f(x)]
        for _ in range(3):
            outputs, holds = run(x)
            assert holds
            for y, expected in zip(outputs, before, strict=True):
                np.testing.assert_allclose(y, expected, rtol=1e-14)
            arrays = [y for y in outputs if y.ndim]
            for k, y in enumerate(arrays):
                assert y.flags.writeable
                assert not np.shares_memory(y, x)
                assert not any(np.shares_memory(y, z) for z in arrays[:k])
            for y in arrays:
                y[...] = np.nan
            np.testing.assert_array_equal(x, T)


def read_only(x: np.ndarray) -> np.ndarray:
    x = x.copy()
    x.flags.writeable = False
    return x


def unaligned(x: np.ndarray) -> np.ndarray:
    raw = np.zeros(x.nbytes + 1, np.uint8)
    y = raw[1:].view(x.dtype).reshape(x.shape)
    y[...] = x
    assert not y.flags.aligned
    return y


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": np.copy,
    "read-only": read_only,
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[..., ::-1].copy()[..., ::-1],
    "columns first": np.asfortranarray,
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
    "unaligned": unaligned,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_of_inputs(name: str):
    def f(x: Any) -> Any:
        return np.sin(x) * x[::-1], np.sum(x * x, axis=0), np.cumsum(x), np.reshape(x, -1) + 1

    x = LAYOUTS[name](T)
    for run in runs_of(program_of(f, T)):
        for y, expected in zip(run(x)[0], f(x), strict=True):
            np.testing.assert_allclose(y, expected, rtol=1e-13)
        np.testing.assert_array_equal(x, LAYOUTS[name](T))


def test_inputs_that_are_numbers():
    def f(x: Any, y: Any) -> Any:
        return np.sin(x) * y, x * x, np.exp(x)

    for run in runs_of(program_of(f, np.array(0.5), X)):
        for given in (np.array(0.5), np.float64(0.5)):
            outputs, _ = run(given, X)
            assert [np.shape(y) for y in outputs] == [X.shape, (), ()]
            for y, expected in zip(outputs, f(0.5, X), strict=True):
                np.testing.assert_allclose(y, expected, rtol=1e-14)


def test_an_array_given_twice():
    for run in runs_of(program_of(lambda x, y: (x[1:] * y[:-1], x - y), X, X + 1)):
        np.testing.assert_allclose(run(X, X)[0][0], X[1:] * X[:-1])


@pytest.mark.parametrize("shape", [(2, -1), (-1,)], ids=["the value", "its view"])
def test_what_a_users_operation_keeps_is_not_given_out(shape: Any):
    """Neither the array that it was given nor another view of it."""
    kept: list[np.ndarray] = []

    @hessopt.primitive
    def keep(x: Any) -> Any:
        kept.append(x)
        return np.array(3.0)

    def f(x: Any) -> Any:
        y = np.reshape(np.sin(x), (4, 6))
        return y, keep(np.reshape(y, shape)) + np.sum(y)

    def g(x: Any) -> Any:
        y = np.sin(x)
        return np.reshape(y, (2, 12)), keep(np.reshape(y, shape)) + np.sum(y)

    for h in (f, g):
        for run in runs_of(program_of(h, X)):
            kept.clear()
            outputs, _ = run(X)
            assert not np.shares_memory(outputs[0], kept[-1])


def test_guards():
    def f(x: Any) -> Any:
        y = np.sin(x) * 2
        return (np.cumsum(y) if np.sum(y) > 0 else x), np.max(y)

    for run in runs_of(program_of(f, np.abs(X))):
        assert run(-np.abs(X)) == ((), False)
        outputs, holds = run(np.abs(X) / 2)
        assert holds
        np.testing.assert_allclose(outputs[0], f(np.abs(X) / 2)[0], rtol=1e-13)


def test_memory_is_let_go():
    """Arrays between calls are freed as soon as no later step reads them."""

    def f(x: Any) -> Any:
        for _ in range(30):
            x = np.cumsum(np.tanh(x) * 1e-3)
        return np.sum(x)

    x = np.linspace(0, 1, 100_000)
    run = numpy_backend.compile_program(program_of(f, x))
    assert "del " in (run.__doc__ or "")
    run(x)
    gc.collect()
    tracemalloc.start()
    run(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * x.nbytes, (peak / x.nbytes, run.__doc__)


@pytest.mark.parametrize(
    ("dtype", "taken"),
    [(np.int8, np.int64), (np.uint64, np.float64), (np.float16, np.float32),
     (np.float32, np.float32), (np.bool_, np.bool_), (np.float64, np.float64)],
)  # fmt: skip
def test_constants_have_types_that_kernels_take(dtype: Any, taken: Any):
    constant = np.arange(24).astype(dtype)
    assert flattened(constant).dtype == taken
    for x in (X, X.astype(np.float32)):
        program = program_of(lambda x: x * constant + x, x)
        for run in runs_of(program):
            (y,), _ = run(x)
            np.testing.assert_allclose(y, x * constant + x, rtol=1e-6)
            assert y.dtype == (x * constant + x).dtype


def test_huge_unsigned_constants():
    constant = np.array([2**64 - 1, 1], np.uint64)
    for run in runs_of(program_of(lambda x: x * constant, X[:2])):
        np.testing.assert_array_equal(run(X[:2])[0][0], X[:2] * constant)


def test_flattened_copies_only_what_it_must():
    assert np.shares_memory(flattened(T), T)
    for name in ("read-only", "every other", "columns first", "unaligned"):
        flat = flattened(LAYOUTS[name](T))
        assert flat.flags.carray
        np.testing.assert_array_equal(flat, T.reshape(-1))
