"""A program with its first arguments held fixed: what they decide is computed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.backends.code import Code
from hessopt.transforms.engine import Engine, has_numba
from hessopt.transforms.shortcut import ShortlyCalled, shortcut
from hessopt.transforms.signature import SINGLE, Form, HasVariable

if TYPE_CHECKING:
    from hessopt.program.program import Program

# What is multiplied out must leave no more than this share of the work: the first part grows
MOST_OF_THE_WORK = 0.7

_MISSED = object()


class Split:
    """A program in two parts, each with an engine of its own.

    Attributes
    ----------
    first, second : Engine
        What the first inputs decide, and the rest.
    bind : callable or None
        Given the held inputs and what they decide, returns a short way into the second part; there
        is one once its engine is settled.
    """

    def __init__(self, engine: Engine, known: int, multiply_out: bool) -> None:
        first, second = _parts(engine, range(known), multiply_out)
        self.first = Engine(first, engine.backend, engine.name, engine.threads)
        self.second = Engine(second, engine.backend, engine.name, engine.threads)
        self.bind: Callable[..., Any] | None = None

    def prepare(self, form: Form, known: int, args: tuple[Any, ...]) -> None:
        """Write the short way, for arguments like these."""
        program = self.second.program
        code = Code.calling(self.second.run, len(program.inputs), len(program.outputs))
        free = dict(enumerate(args, known))
        held = [k for k in range(len(program.inputs)) if k not in free]
        self.bind = shortcut(code, free, form, held)


def _parts(engine: Engine, known: range, multiply_out: bool) -> tuple[Program, Program]:
    """Cut a program; multiply out, if asked to, where each operation costs a pass."""
    from hessopt.program.collect import collect
    from hessopt.program.partition import partition
    from hessopt.program.simplify import common_subexpressions, simplify

    first, second = partition(engine.program, known)
    compiled = engine.backend == "numba" or (engine.backend == "auto" and has_numba())
    if compiled or not multiply_out:
        return first, second
    collected = common_subexpressions(collect(engine.program, known))
    before, after = partition(collected, known, cheap=1)
    after = simplify(after)
    worth = after.cost().flops <= MOST_OF_THE_WORK * second.cost().flops
    return (simplify(before), after) if worth else (first, second)


class Partial(ShortlyCalled):
    """A jitted function with its first arguments held fixed; made by `Jitted.partial`.

    Parameters
    ----------
    jitted : callable
        The function of all arguments.
    held : tuple
        The first ones.
    trace_for : callable
        Given all arguments, returns the trace to split, or None where there is none yet.
    multiply_out : bool
        Whether the second part may round otherwise, if that saves work.
    """

    def __init__(
        self,
        jitted: Callable[..., Any],
        held: tuple[Any, ...],
        trace_for: Callable[..., Any],
        multiply_out: bool,
    ) -> None:
        super().__init__()
        self._jitted, self._held, self._trace_for = jitted, held, trace_for
        self._multiply_out = multiply_out
        self._inputs = _as_inputs(held)
        self._split: Split | None = None
        self._kept: tuple[Any, ...] = ()
        self._form: Any = None
        self._kinds: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether the held arguments are known to decide nothing that is worth keeping."""
        return self._split is not None and not self._split.first.program.outputs

    def _long_way(self, *args: Any) -> Any:
        """Compute with the remaining arguments."""
        try:
            result = self._run(args)
        except Exception:  # an operation failed, which the function itself may never have come to
            result = _MISSED
        return self._jitted(*self._held, *args) if result is _MISSED else result

    def _run(self, args: tuple[Any, ...]) -> Any:
        if self._split is None:
            self._begin(args)
        inputs = _as_inputs(args)
        if self._split is None or self._kinds != [_kind(x) for x in inputs]:
            return _MISSED
        outputs, holds = self._split.second([*self._inputs, *inputs, *self._kept])
        if not holds:
            return _MISSED
        if self._split.second.settled:
            if self._split.bind is None:
                self._split.prepare(self._form, len(self._held), args)
            self._shorten()
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
        split = trace.split(len(self._held), self._multiply_out)
        kept, holds = split.first([*self._inputs, *inputs])
        if holds:
            self._split, self._kept, self._form = split, kept, trace.form
            self._kinds = [_kind(x) for x in inputs]
            self._shorten()

    def _shorten(self) -> None:
        assert self._split is not None
        if self._split.bind is not None:
            self.__call__ = self._split.bind([*self._inputs, *self._kept], self._otherwise)


def _as_inputs(args: tuple[Any, ...]) -> list[Any]:
    """Return arguments as programs take them: single numbers of Python's are arrays."""
    return [np.array(x) if x.__class__ in SINGLE else x for x in args]


def _kind(x: Any) -> Any:
    """Return what a program was made for; of what it cannot take, something equal to nothing."""
    return (x.shape, x.dtype) if x.__class__ is np.ndarray else object()
