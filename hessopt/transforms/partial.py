"""A program with its first arguments held fixed: what they decide is computed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.backends.code import Code
from hessopt.program.partition import partition
from hessopt.transforms.engine import Engine
from hessopt.transforms.shortcut import MISSED, missed, shortcut
from hessopt.transforms.signature import SINGLE, HasVariable


class Split:
    """A program in two parts, each with an engine of its own."""

    def __init__(self, engine: Engine, known: int) -> None:
        first, second = partition(engine.program, range(known))
        self.first = Engine(first, engine.backend, engine.name)
        self.second = Engine(second, engine.backend, engine.name)


class Partial:
    """A jitted function with its first arguments held fixed; made by `Jitted.partial`.

    Parameters
    ----------
    jitted : callable
        The function of all arguments.
    held : tuple
        The first ones.
    trace_for : callable
        Given all arguments, returns the trace to split, or None where there is none yet.
    """

    def __init__(
        self, jitted: Callable[..., Any], held: tuple[Any, ...], trace_for: Callable[..., Any]
    ) -> None:
        self._jitted, self._held, self._trace_for = jitted, held, trace_for
        self._inputs = _as_inputs(held)
        self._rest: Engine | None = None
        self._kept: tuple[Any, ...] = ()
        self._form: Any = None
        self._kinds: Any = None
        self._shortcut: Callable[..., Any] = missed

    def __call__(self, *args: Any) -> Any:
        """Compute with the remaining arguments."""
        result = self._shortcut(*args)
        if result is not MISSED:
            return result
        try:
            result = self._run(args)
        except Exception:  # an operation failed, which the function itself may never have come to
            result = MISSED
        return self._jitted(*self._held, *args) if result is MISSED else result

    def _run(self, args: tuple[Any, ...]) -> Any:
        if self._rest is None:
            self._begin(args)
        inputs = _as_inputs(args)
        if self._rest is None or self._kinds != [_kind(x) for x in inputs]:
            return MISSED
        outputs, holds = self._rest([*self._inputs, *inputs, *self._kept])
        if not holds:
            return MISSED
        if self._rest.settled:
            self._shorten(self._rest.run, args, outputs)
        return self._form.fill(outputs)

    def _begin(self, args: tuple[Any, ...]) -> None:
        """Compute what the held arguments decide, once the program of the whole is trusted."""
        try:
            trace = self._trace_for((*self._held, *args))
        except HasVariable:
            return
        if trace is None:
            return
        inputs = _as_inputs(args)
        split = trace.split(len(self._held))
        kept, holds = split.first([*self._inputs, *inputs])
        if holds:
            self._rest, self._kept, self._form = split.second, kept, trace.form
            self._kinds = [_kind(x) for x in inputs]

    def _shorten(self, run: Callable[..., Any], args: tuple[Any, ...], outputs: Any) -> None:
        first, known = len(self._held), (*self._held, *args)
        code = Code.calling(run, len(known) + len(self._kept), len(outputs))
        held = dict(enumerate(self._inputs)) | dict(enumerate(self._kept, len(known)))
        free = dict(enumerate(args, first))
        self._shortcut = shortcut(code, free, self._form, held) or missed


def _as_inputs(args: tuple[Any, ...]) -> list[Any]:
    """Return arguments as programs take them: single numbers of Python's are arrays."""
    return [np.array(x) if x.__class__ in SINGLE else x for x in args]


def _kind(x: Any) -> Any:
    """Return what a program was made for; of what it cannot take, something equal to nothing."""
    return (x.shape, x.dtype) if x.__class__ is np.ndarray else object()
