"""All ways to run a program, each against NumPy line by line; several threads against one.

Kernels are interpreted here, not compiled: what is tested is what they say, thousands of times.
That numba makes the same of it is tested in test_numba_backend.py, on fewer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import blocks, kernel_cache, numba_backend, numpy_backend, threaded
from hessopt.backends.lines import Writer
from hessopt.backends.numba_kernel import PREAMBLE
from hessopt.program.program import Program

_OTHER_NAMES = {f"a{f}": f"arc{f}" for f in ["sin", "cos", "tan", "sinh", "cosh", "tanh", "tan2"]}


class _Quiet:
    """Python's math by NumPy's functions, which give nan and inf where math raises errors."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, _OTHER_NAMES.get(name, name))


def interpreted(name: str, source: str, signature: str) -> Any:
    """Stand for `kernel_cache.load`: run the kernel as Python, on NumPy's numbers."""

    def njit(*args: Any, **kwargs: Any) -> Any:
        return args[0] if args else lambda function: function

    helpers = [line for line in PREAMBLE.splitlines() if "import" not in line]
    namespace = {"njit": njit, "math": _Quiet(), "f4": np.float32, "f8": np.float64}
    exec("\n".join([*helpers, source]), namespace)
    kernel = namespace[name]

    def call(*args: Any) -> Any:
        for x in args:
            assert not isinstance(x, np.ndarray) or (x.flags.carray and x.ndim == 1)
        return kernel(*args)

    return call


@contextmanager
def small_blocks() -> Iterator[None]:
    """Fuse everything, in blocks of a few entries, and interpret kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel_cache, "load", interpreted)
        patch.setattr(numpy_backend, "LARGE", 1)
        patch.setattr(blocks, "BLOCK", 4)
        patch.setattr(threaded, "WORTH", 0)
        yield


def program_of(function: Any, *arguments: Any) -> Program | None:
    """Return the program of a function, or None where it runs eagerly."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "jit: .* runs eagerly")
        try:
            return hessopt.jit(function, verify=False, backend="numpy").program(*arguments)
        except TypeError:
            return None


def check_all_ways(program: Program, arguments: Any) -> int:
    """Compare fused loops with single lines; return how many steps are loops."""
    expected, held = Writer(program).compiled()(*arguments)
    with small_blocks():
        runs = [numpy_backend.compile_program(program)]
        on_threads = numpy_backend.compile_program(program, 3)
        with suppress(numba_backend.NotFused):
            runs.append(numba_backend.compile_program(program))
    identical(on_threads(*arguments)[0], runs[0](*arguments)[0])
    for run in runs:
        before = [np.copy(x) for x in arguments]
        found, holds = run(*arguments)
        assert holds == held
        same(found, expected, tight=all(x.dtype.itemsize > 4 for x in before))
        for x, y in zip(before, arguments, strict=True):
            np.testing.assert_array_equal(x, y)
    return len(runs) - 1


def same(found: Any, expected: Any, tight: bool) -> None:
    """Compare two lists of outputs."""
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = max(1.0, np.max(np.abs(b), initial=0.0, where=np.isfinite(b)))
        rtol, atol = (1e-8, 1e-10) if tight else (2e-4, 1e-5)
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol * scale)


def identical(found: Any, expected: Any) -> None:
    """Compare two lists of outputs to the last digit, and the sign of zeros."""
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_array_equal(a, b)
        numbers = ~np.isnan(a)
        np.testing.assert_array_equal(np.signbit(a)[numbers], np.signbit(b)[numbers])
