"""Trace once, replay: a function as a program for each signature of its arguments."""

from __future__ import annotations

import inspect
import sys
import threading
import warnings
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.autodiff.config import default_threads
from hessopt.autodiff.tracing import Untraceable, active
from hessopt.backends.code import Code
from hessopt.transforms.engine import BACKENDS, Engine, WrongBackend, thread_count
from hessopt.transforms.partial import Partial
from hessopt.transforms.shortcut import ShortlyCalled, shortcut
from hessopt.transforms.signature import Call, Form, HasVariable, is_array, refilled, split
from hessopt.transforms.traces import Signature, Trace
from hessopt.transforms.trees import leaves
from hessopt.transforms.user_line import place_of
from hessopt.transforms.verification import Witness, agree

MOST_SIGNATURES = 64
MOST_TRACES = 8
MOST_KEPT = 16
MOST_INSTRUCTIONS = 20_000

if TYPE_CHECKING:
    from hessopt.program.program import Program

_tick = count().__next__


class ReplayError(RuntimeError):
    """A program gave another result than the function it was traced from."""


class Jitted(ShortlyCalled):
    """A function that replays what it computed before; made by `jit`.

    Attributes
    ----------
    function : callable
        The function itself.
    reference : callable
        Computes the same, and is called where no trace is made: to compare with, and eagerly.
    threads : int
        How many run a program of NumPy's.
    refusal : str
        Why it runs eagerly for some arguments; empty as long as it does not.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        backend: str,
        verify: bool,
        warns: bool = True,
        reference: Callable[..., Any] | None = None,
        threads: int | None = None,
    ) -> None:
        super().__init__()
        self.function, self.reference = function, reference or function
        self.backend = backend
        self.threads = default_threads() if threads is None else threads
        self.verify = verify
        self.warns = warns
        self.refusal = ""
        self._kept: dict[Any, Any] = {}
        self.__name__ = getattr(function, "__name__", "jitted")
        self.__qualname__ = getattr(function, "__qualname__", self.__name__)
        self.__module__ = getattr(function, "__module__", __name__)
        self.__doc__ = function.__doc__
        self._signatures: dict[Any, Signature] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> Any:
        named: Any = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            named = getattr(named, part, None)
        if named is self:  # it was decorated, and its function goes by its name
            return self.__qualname__
        reference = None if self.reference is self.function else self.reference
        switches = self.backend, self.verify, self.warns
        return Jitted, (self.function, *switches, reference, self.threads)

    def _long_way(self, *args: Any, **kwargs: Any) -> Any:
        """Replay, tracing first where no trace holds."""
        if active() is not None:  # its operations become part of the trace that is under way
            return self.function(*args, **kwargs)
        try:
            call = split(args, kwargs)
        except HasVariable:
            return self.function(*args, **kwargs)
        signature = self._signatures.get(call.key)
        if signature is None:
            signature = self._new_signature(call.key)
        signature.used = _tick()
        for one in signature.traces:
            outputs = _replay(one, call)
            if outputs is not None:
                if one.witness is not None:
                    self._verify(one, one.witness, call, outputs, args, kwargs)
                elif one.engine.settled and len(signature.traces) == 1 and call.simple:
                    self.__call__ = one.short = one.short or self._shortcut(one, args)
                return one.form.fill(outputs)
        return self._trace(signature, call, args, kwargs)

    def keep(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what was made of it before under this key, such as derivatives, or make it."""
        with self._lock:
            if key not in self._kept:
                while len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = make()
            return self._kept[key]

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @property
    def traced(self) -> bool:
        """Whether it was called with anything but Variables."""
        return bool(self._signatures)

    def _shortcut(self, one: Trace, args: tuple[Any, ...]) -> Callable[..., Any]:
        code = Code.calling(one.engine.run, len(args), len(one.engine.program.outputs))
        bind = shortcut(code, dict(enumerate(args)), one.form)
        return bind((), self._otherwise) if bind else self._otherwise

    def partial(self, *args: Any, multiply_out: bool = True) -> Partial:
        """Return the function of the remaining arguments, with these held fixed.

        What depends on them alone is computed once, here: ``jit(hvp(f)).partial(x)`` multiplies
        by the Hessian at x, without computing again what x decides.

        Parameters
        ----------
        *args
            The first arguments; arrays are copied, so that they may change afterwards.
        multiply_out : bool, optional
            Let sums that are linear in the other arguments be written with other coefficients,
            where no loop is compiled and that saves work. Without it, results are those of the
            whole function to the last digit.

        Returns
        -------
        callable
            Takes the rest of the positional arguments.

        Examples
        --------
        >>> import numpy as np, hessopt
        >>> product = hessopt.jit(hessopt.hvp(lambda x: np.sum(x**3)))
        >>> at = product.partial(np.array([1.0, 2.0]))
        >>> at(np.array([1.0, 0.0])), at(np.array([0.0, 1.0]))
        (array([6., 0.]), array([ 0., 12.]))
        """
        held = tuple(x.copy() if isinstance(x, np.ndarray) else x for x in args)
        return Partial(self, held, self._trace_for, multiply_out)

    def _trace_for(self, args: tuple[Any, ...]) -> Any:
        """Return the only trace for plain arrays, once it was compared; else None."""
        call = split(args, {})
        signature = self._signatures.get(call.key)
        if signature is None or not call.simple or len(signature.traces) != 1:
            return None
        (one,) = signature.traces
        return one if one.witness is None or one.witness.looked else None

    def program(self, *args: Any, **kwargs: Any) -> Program:
        """Return the program for these arguments, tracing where there is none yet.

        Raises
        ------
        TypeError
            If the function cannot be traced with them.
        """
        try:
            call = split(args, kwargs)
        except HasVariable:
            raise TypeError("jit: program(...) takes plain arrays, not Variables") from None
        signature = self._signatures.get(call.key) or self._new_signature(call.key)
        for _ in range(2):
            for one in signature.traces:
                # Without conditions it holds for all values, and need not be run to see that
                if not one.engine.program.guards or _replay(one, call) is not None:
                    return one.engine.program
            if not signature.eager:
                self._trace(signature, call, args, kwargs)
        raise TypeError(
            f"jit: {self.__name__} has no program for these arguments and runs eagerly, because "
            f"{signature.eager}"
        )

    def _new_signature(self, key: Any) -> Signature:
        with self._lock:
            while len(self._signatures) >= MOST_SIGNATURES:
                del self._signatures[min(self._signatures, key=lambda k: self._signatures[k].used)]
            new = self._signatures.setdefault(key, Signature())
            new.used = _tick()
            return new

    def _trace(self, signature: Signature, call: Call, args: Any, kwargs: Any) -> Any:
        with signature.lock:
            for one in signature.traces:  # another thread may have been here
                outputs = _replay(one, call)
                if outputs is not None:
                    return one.form.fill(outputs)
            if not signature.eager:
                try:
                    one, outputs = self._new_trace(signature, call, args, kwargs)
                    signature.traces.append(one)
                    # The program's own digits, as at every later call
                    return one.form.fill(_replay(one, call) or outputs)
                except WrongBackend:
                    raise
                except Untraceable as error:
                    reason = f"{error}{place_of(error, self.function)}"
                except Exception as error:
                    reason = f"{type(error).__name__}: {error}{place_of(error, self.function)}"
                signature.eager = reason
                try:
                    result = self.reference(*args, **kwargs)
                except BaseException:
                    signature.eager = ""  # it was not the tracing that was wrong
                    raise
                signature.traces.clear()
                self.refusal = reason
                if self.warns:
                    warnings.warn(
                        f"jit: {self.__name__} runs eagerly, because {reason}",
                        RuntimeWarning,
                        stacklevel=4,
                    )
                return result
        return self.reference(*args, **kwargs)

    def _new_trace(
        self, signature: Signature, call: Call, args: Any, kwargs: Any
    ) -> tuple[Trace, Any]:
        # Not before it is needed: `import hessopt` should not pay for it
        from hessopt.program.simplify import simplify
        from hessopt.program.trace import trace

        forms: list[Form] = []

        def flat(*inputs: Any) -> list[Any]:
            given = refilled((args, kwargs), iter(inputs), call.wide)
            before = [x for _, x in leaves(given, "")]
            result = self.function(*given[0], **given[1])
            after = [x for _, x in leaves(given, "")]
            if len(before) != len(after) or any(
                x is not y for x, y in zip(before, after, strict=True)
            ):
                raise Untraceable("it changes a container among its arguments")
            forms.append(Form(result))
            return [x for _, x in leaves(result, "result") if is_array(x)]

        if len(signature.traces) >= MOST_TRACES:
            raise Untraceable(f"it took more than {MOST_TRACES} different paths")
        program, values = trace(flat, call.arrays)
        if len(program.instructions) > MOST_INSTRUCTIONS:
            raise Untraceable(
                f"it has {len(program.instructions)} operations; write loops over whole arrays"
            )
        witness = Witness(call.arrays) if self.verify else None
        engine = Engine(simplify(program), self.backend, self.__name__, self.threads)
        one = Trace(engine, forms[0], witness)
        outputs, holds = engine(call.arrays)
        if not holds:
            raise Untraceable(
                "two numbers that it compares are equal but for rounding, so that the comparison "
                "may come out either way"
            )
        if not agree(outputs, values):
            raise Untraceable("a replay with the same arguments gave another result")
        return one, outputs

    def _verify(
        self, one: Trace, witness: Witness, call: Call, outputs: Any, args: Any, kwargs: Any
    ) -> None:
        news = witness.is_news(call.arrays)
        if not witness.waits:
            one.witness = None
        if not news:
            return
        eager = self.reference(*args, **kwargs)
        expected = one.form.arrays_of(eager)
        if expected is None or not agree(outputs, expected):
            raise ReplayError(
                f"jit: replaying {self.__name__} gave another result than calling it. It depends "
                "on something besides its arguments: randomness, a global or an attribute that "
                "changes, or input. Make that an argument, or do not jit it"
            )


def _replay(one: Trace, call: Call) -> Any:
    """Return the outputs of a trace, or None where it does not hold for these arguments.

    It does not where an operation fails: the function may catch that and go another way.
    """
    try:
        outputs, holds = one.engine(call.arrays)
    except Exception:
        return None
    return outputs if holds else None


def jit(
    fn: Callable[..., Any] | None = None,
    *,
    backend: str = "auto",
    verify: bool = True,
    threads: int | None = None,
) -> Any:
    """Return `fn` as a program: traced once for each signature, then replayed.

    The trace holds whatever `fn` computes from its arrays, derivatives included, so
    ``jit(hvp(f))`` and ``jit(value_and_grad(f))`` are programs too. A value-dependent ``if``,
    ``while`` or ``max()`` becomes a guard: where it comes out otherwise, the function is traced
    again. A function that looks at the numbers themselves (``x.data``, an index computed from
    values) runs eagerly, with one warning.

    Parameters
    ----------
    fn : callable
        A function of arrays, or of dicts, lists, tuples, named tuples and dataclasses of arrays;
        other arguments are static and must be hashable. It must depend on its arguments alone.
    backend : {"auto", "numpy", "numba", "scalar"}
        ``"numpy"`` needs nothing more. ``"numba"`` compiles loops, which takes a second or so
        the first time, and needs the extra ``hessopt[jit]``. ``"scalar"`` computes with Python
        floats where every value is a single number. ``"auto"`` starts with NumPy or floats at
        once, and goes over to numba, compiled in the background, when it is installed and the
        time that replays have taken pays for it.
    verify : bool
        Compare the first replay of each trace with the function itself.
    threads : int, optional
        How many threads run a program of NumPy's where its arrays are large; results have the same
        digits for any number. By default what ``using_config("threads", ...)`` says, or 1. Loops
        compiled by numba and Python floats run in one thread: beside those backends only 1 may be
        asked for, and ``"auto"`` has no more than one once numba has taken over.

    Returns
    -------
    Jitted
        Called like `fn`; ``.program(*args)`` is the program for those arguments.

    Raises
    ------
    ValueError
        If the backend is unknown, or has not so many threads.
    ImportError
        From the returned function, if the backend is ``"numba"`` and that is not installed.
    hessopt.ReplayError
        From the returned function, if a replay does not give what the function gives.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> slope = hessopt.jit(hessopt.grad(lambda x: np.sum(x**3)))
    >>> slope(np.array([1.0, 2.0]))
    array([ 3., 12.])
    >>> print(slope.program(np.array([1.0, 2.0])))
    inputs v0: float64[2]
      v1: float64[2] = Mul(v0, v0)
      v2: float64[2] = Mul(3.0, v1)
    outputs v2
    """
    if backend not in BACKENDS:
        raise ValueError(f"jit: unknown backend {backend!r}; the backends are {BACKENDS}")
    if threads is not None:
        threads = thread_count(threads, backend)
    if fn is None:
        return lambda function: jit(function, backend=backend, verify=verify, threads=threads)
    if not callable(fn):
        raise TypeError(f"jit: fn must be a function, not {type(fn).__name__}")
    return Jitted(fn, backend, verify, threads=threads)
