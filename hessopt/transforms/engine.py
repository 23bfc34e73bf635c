"""Which backend runs a program, and when another takes over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.autodiff.config import whole_threads
from hessopt.transforms.verification import agree

if TYPE_CHECKING:
    from hessopt.program.program import Program

BACKENDS = ("auto", "numpy", "numba", "scalar")
ONE_THREAD = ("numba", "scalar")

# The name of the threads that compile in the background
COMPILING = "hessopt-compiling"

# Seconds of replays after which compiling is likely to pay: about what it takes
PAYS = 0.3


class WrongBackend(TypeError):
    """A program cannot be run by the backend that was asked for."""


class MissingBackend(WrongBackend, ImportError):
    """The backend that was asked for is not installed."""


class Engine:
    """A program with the callable that runs it; for ``"auto"`` a faster one may come.

    Parameters
    ----------
    program : Program
    backend : str
        One of `BACKENDS`.
    name : str
        Of the function, for messages.
    threads : int, optional
        How many run the blocks of NumPy's loops.

    Attributes
    ----------
    run : callable
        ``run(*arrays) -> (outputs, guards hold)``.
    settled : bool
        Whether `run` will stay what it is.
    """

    def __init__(self, program: Program, backend: str, name: str, threads: int = 1) -> None:
        self.program, self.backend, self.name = program, backend, name
        self.threads = threads
        self.settled = True
        self._spent = 0.0
        self._coming: Callable[..., Any] | None = None
        self._compiling: threading.Thread | None = None
        if backend == "numba":
            self.run = _numba(program, threads)
            return
        from hessopt.backends import numpy_backend, scalar  # `import hessopt` need not pay for it

        self.run = numpy_backend.compile_program(program, threads)
        if backend == "numpy":
            return
        quick = scalar.compile_program(program, self.run)
        if quick is None and backend == "scalar":
            raise WrongBackend(
                f"jit(backend='scalar'): {name} computes something else than single "
                "float64 numbers by elementary functions; use backend='auto'"
            )
        self.run = quick or self.run
        if backend == "auto" and has_numba():
            self.settled = False

    def __call__(self, arrays: list[np.ndarray]) -> Any:
        """Run the program; where that is not settled, see whether it could be faster."""
        if self.settled:
            return self.run(*arrays)
        start = time.perf_counter()
        result = self.run(*arrays)
        self._spent += time.perf_counter() - start
        if self._compiling is None:
            if self._spent > PAYS:
                self._compiling = threading.Thread(
                    target=self._compile, name=COMPILING, daemon=True
                )
                self._compiling.start()
        elif not self._compiling.is_alive():
            self._take_over(arrays, result)
        return result

    def _compile(self) -> None:
        from hessopt.backends import numba_backend

        try:
            self._coming = numba_backend.compile_program(self.program)
        except Exception:  # whatever numba cannot do, the program that runs now can
            self._coming = None

    def _take_over(self, arrays: list[np.ndarray], result: Any) -> None:
        """Go over to the compiled program if it does what the other one did."""
        if self._coming is not None and not result[1]:
            return  # outputs, by which it can be judged, come only where the guards hold
        self.settled = True
        if self._coming is None:
            return
        try:
            outputs, holds = self._coming(*arrays)
        except Exception:
            return
        if holds and agree(outputs, result[0]):
            self.run = self._coming


def thread_count(value: Any, backend: str) -> int:
    """Return the number of threads that was asked for, if the backend can have so many."""
    count = whole_threads(value, "jit: threads")
    if count > 1 and backend in ONE_THREAD:
        raise ValueError(
            f"jit: threads={count} needs backend='numpy' or 'auto'; a program of {backend!r} runs "
            "in one thread"
        )
    return count


def has_numba() -> bool:
    """Whether numba is installed; it is not imported."""
    return find_spec("numba") is not None


def _numba(program: Program, threads: int) -> Callable[..., Any]:
    if not has_numba():
        raise MissingBackend(
            "jit(backend='numba') needs numba, which is not installed: pip install 'hessopt[jit]'"
        )
    from hessopt.backends import numba_backend, numpy_backend

    try:
        return numba_backend.compile_program(program)
    except numba_backend.NotFused:
        return numpy_backend.compile_program(program, threads)
