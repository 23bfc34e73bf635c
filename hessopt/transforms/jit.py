"""Trace once, replay: a function as a program for each signature of its arguments."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hessopt.autodiff.data import check_data
from hessopt.autodiff.node import Handle
from hessopt.autodiff.tracing import Untraceable
from hessopt.autodiff.variable import Variable
from hessopt.backends import numpy_backend, scalar
from hessopt.program.program import Program
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace
from hessopt.transforms.trees import is_tree, leaves, rebuild

BACKENDS = ("auto", "numpy", "scalar")
MOST_SIGNATURES = 64
MOST_TRACES = 8
MOST_INSTRUCTIONS = 20_000


class ReplayError(RuntimeError):
    """A program gave another result than the function it was traced from."""


@dataclass
class _Trace:
    """One program and what is needed to call it."""

    program: Program
    run: Callable[..., Any]
    form: Any  # the function's return value, with its arrays as placeholders
    replayed: bool = False


@dataclass
class _Signature:
    """The traces of a function for arguments of one signature; none where it runs eagerly."""

    traces: list[_Trace] = field(default_factory=list)
    eager: bool = False


class Jitted:
    """A function that replays what it computed before; made by `jit`.

    Attributes
    ----------
    function : callable
        The function itself.
    """

    def __init__(self, function: Callable[..., Any], backend: str, verify: bool) -> None:
        self.function = function
        self.backend = backend
        self.verify = verify
        self.__name__ = getattr(function, "__name__", "jitted")
        self.__doc__ = function.__doc__
        self._signatures: OrderedDict[Any, _Signature] = OrderedDict()
        self._lock = threading.Lock()

    def __reduce__(self) -> Any:
        return Jitted, (self.function, self.backend, self.verify)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Replay, tracing first where no trace holds."""
        arrays, key = _split(args, kwargs)
        if arrays is None:
            return self.function(*args, **kwargs)
        signature = self._signatures.get(key)
        if signature is None:
            signature = self._new_signature(key)
        if signature.eager:
            return self.function(*args, **kwargs)
        for one in signature.traces:
            outputs, holds = one.run(*arrays)
            if holds:
                if self.verify and not one.replayed:
                    one.replayed = True
                    self._compare(one, outputs, args, kwargs)
                return _fill(one.form, outputs)
        return self._trace(signature, arrays, args, kwargs)

    def program(self, *args: Any, **kwargs: Any) -> Program:
        """Return the program for these arguments, tracing where there is none yet.

        Raises
        ------
        TypeError
            If the function cannot be traced with them.
        """
        arrays, key = _split(args, kwargs)
        if arrays is None:
            raise TypeError("jit: program(...) takes plain arrays, not Variables")
        signature = self._signatures.get(key) or self._new_signature(key)
        for one in signature.traces:
            if one.run(*arrays)[1]:
                return one.program
        if not signature.eager:
            self._trace(signature, arrays, args, kwargs)
        if signature.eager:
            raise TypeError(f"jit: {self.__name__} runs eagerly with these arguments")
        return signature.traces[-1].program

    def _new_signature(self, key: Any) -> _Signature:
        with self._lock:
            while len(self._signatures) >= MOST_SIGNATURES:
                self._signatures.popitem(last=False)
            return self._signatures.setdefault(key, _Signature())

    def _trace(self, signature: _Signature, arrays: list[Any], args: Any, kwargs: Any) -> Any:
        form: list[Any] = []

        def flat(*inputs: Variable) -> list[Any]:
            values = iter(inputs)
            result = self.function(*_refill(args, values), **_refill(kwargs, values))
            form.append(result)
            return [x for _, x in leaves(result, "result") if _is_array(x)]

        reason = None
        try:
            program, outputs = trace(flat, arrays)
            if len(program.instructions) > MOST_INSTRUCTIONS:
                reason = f"it has {len(program.instructions)} operations; write loops over arrays"
        except Untraceable as error:
            reason = f"{error}, at {_user_line(error)}"
        if reason is None and len(signature.traces) >= MOST_TRACES:
            reason = f"it took more than {MOST_TRACES} different paths"
        if reason is not None:
            signature.eager = True
            signature.traces.clear()
            warnings.warn(
                f"jit: {self.__name__} runs eagerly, because {reason}", RuntimeWarning, stacklevel=3
            )
            return self.function(*args, **kwargs)
        program = simplify(program)  # pyright: ignore - bound where there is no reason
        run = self._compile(program)
        signature.traces.append(_Trace(program, run, form[0]))
        arrays_out = [x._node.data if isinstance(x, Handle) else np.asarray(x) for x in outputs]  # pyright: ignore
        return _fill(form[0], [np.array(x) for x in arrays_out])

    def _compile(self, program: Program) -> Callable[..., Any]:
        run = numpy_backend.compile_program(program)
        if self.backend == "numpy":
            return run
        quick = scalar.compile_program(program, run)
        if quick is None and self.backend == "scalar":
            raise TypeError(
                f"jit(backend='scalar'): {self.__name__} computes something else than single "
                "float64 numbers by elementary functions; use backend='auto'"
            )
        return quick or run

    def _compare(self, one: _Trace, outputs: Any, args: Any, kwargs: Any) -> None:
        eager = self.function(*args, **kwargs)
        expected = [x for _, x in leaves(eager, "result") if _is_array(x)]
        same = len(expected) == len(outputs) and all(
            np.shape(a) == np.shape(b)
            and np.allclose(a, b, rtol=1e-7, atol=1e-9 * _scale(b), equal_nan=True)
            for a, b in zip(outputs, expected, strict=True)
        )
        if not same:
            raise ReplayError(
                f"jit: replaying {self.__name__} gave another result than calling it. It depends "
                "on something besides its arguments: randomness, a global or an attribute that "
                "changes, or input. Make that an argument, or do not jit it"
            )


def jit(fn: Callable[..., Any] | None = None, *, backend: str = "auto", verify: bool = True) -> Any:
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
    backend : {"auto", "numpy", "scalar"}
        ``"scalar"`` computes with Python floats where every value is a single number; ``"auto"``
        takes it where it can.
    verify : bool
        Compare the first replay of each trace with the function itself.

    Returns
    -------
    Jitted
        Called like `fn`; ``.program(*args)`` is the program for those arguments.

    Raises
    ------
    ValueError
        If the backend is unknown.
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
      v1: float64[2] = Pow(v0, 2)
      v2: float64[2] = Mul(3, v1)
    outputs v2
    """
    if backend not in BACKENDS:
        raise ValueError(f"jit: unknown backend {backend!r}; the backends are {BACKENDS}")
    if fn is None:
        return lambda function: jit(function, backend=backend, verify=verify)
    if not callable(fn):
        raise TypeError(f"jit: fn must be a function, not {type(fn).__name__}")
    return Jitted(fn, backend, verify)


def _split(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any] | None, Any]:
    """Return the arrays among the arguments and what identifies the signature.

    The arrays are None where a Variable is among them: then an outer derivative is under way,
    and the function runs on it as it is.
    """
    if len(args) == 1 and not kwargs and type(args[0]) is np.ndarray:
        x = args[0]
        if x.dtype.kind in "fc":
            return [x], (x.shape, x.dtype)
    arrays: list[Any] = []
    key: list[Any] = []
    for path, x in leaves((args, kwargs), ""):
        if isinstance(x, Handle):
            return None, None
        if isinstance(x, (np.ndarray, np.floating, np.complexfloating, float, complex)):
            x = np.asarray(x)
            if x.dtype.kind in "fc":
                check_data(x)
                arrays.append(x)
                key.append((path, x.shape, x.dtype))
                continue
            x = (x.shape, x.dtype, x.tobytes())
        key.append((path, type(x), x))
    try:
        hash(tuple(key))
    except TypeError as error:
        raise TypeError(f"jit: a static argument cannot be hashed: {error}") from None
    return arrays, tuple(key)


def _refill(arguments: Any, values: Iterator[Any]) -> Any:
    """Put Variables in the places of the arrays among the arguments."""
    found = (
        next(values) if not is_tree(x) and _is_floating(x) else x for _, x in leaves(arguments, "")
    )
    return rebuild(arguments, found)


def _is_floating(x: Any) -> bool:
    return (
        isinstance(x, (np.ndarray, np.floating, np.complexfloating, float, complex))
        and np.asarray(x).dtype.kind in "fc"
    )


def _is_array(x: Any) -> bool:
    return isinstance(x, (Handle, np.ndarray, np.generic))


def _fill(form: Any, outputs: Any) -> Any:
    """Return a result of the function's form with the arrays a replay computed."""
    if _is_array(form):
        return outputs[0] if outputs[0].ndim else outputs[0][()]
    values = iter(outputs)
    return rebuild(
        form,
        (_plain(next(values)) if _is_array(x) else x for _, x in leaves(form, "")),
    )


def _plain(x: Any) -> Any:
    return x if x.ndim else x[()]


def _scale(x: Any) -> float:
    finite = np.abs(x)[np.isfinite(x)]
    return float(max(1.0, finite.max(initial=0.0)))


def _user_line(error: BaseException) -> str:
    """Return file and line of the innermost frame that is not hessopt's own."""
    place = "an unknown line"
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(("hessopt.", "numpy.")):
            place = f"{frame.f_code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
