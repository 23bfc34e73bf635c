"""The shortest way into a program: for small problems the way in is what takes the time.

Once a trace is settled, its code is put into a function that looks at the arguments' types, shapes
and dtypes and builds the result, all in a few hundred nanoseconds. Whatever it was not made for it
hands to the long way.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.tracing import active
from hessopt.backends.code import FAILED, Code, indented
from hessopt.transforms.signature import SINGLE, Form

ABSENT = object()


def shortcut(
    code: Code, arguments: Mapping[int, Any], form: Form, held: Sequence[int] = ()
) -> Callable[..., Any] | None:
    """Return a function of positional arguments like these, or None where there is no short way.

    Parameters
    ----------
    code : Code
        Of the program.
    arguments : mapping of int to ndarray, float and np.float64
        For inputs of the program, arguments like those that they will get.
    form : Form
        Of the result.
    held : sequence of int, optional
        The other inputs.

    Returns
    -------
    bind : callable or None
        ``bind(held, otherwise)``, given the list of the held inputs and the long way in, returns
        the function of the arguments.
    """
    result = form.expression(code.outputs)
    if result is None:
        return None
    names = dict(code.names)
    names |= {"ndarray": np.ndarray, "active": active, "number": np.float64}
    names |= {"ABSENT": ABSENT, "present": present}
    tests = ["active() is None"]
    prepared = []
    for k, x in arguments.items():
        if x.__class__ in SINGLE:
            names[f"v{k}_class"] = x.__class__
            tests.append(f"v{k}.__class__ is v{k}_class")
            prepared.append(f"v{k} = number(v{k})")
        else:
            names[f"v{k}_dtype"] = x.dtype
            shape = f"v{k}.shape == {x.shape!r}"
            if x.ndim == 1:  # which takes less than to make a tuple
                shape = f"v{k}.ndim == 1 and len(v{k}) == {len(x)}"
            tests += [f"v{k}.__class__ is ndarray", shape, f"v{k}.dtype is v{k}_dtype"]
        prepared += code.entry[k]
    given = [f"v{k}" for k in arguments]
    missed = f"return otherwise(*present({', '.join(given)}), *others, **named)"
    body = [line.replace(FAILED, missed) for line in [*prepared, *code.body]]
    call = [
        f"def call({''.join(f'{name}=ABSENT, ' for name in given)}*others, **named):",
        f"    if others or named or not ({' and '.join(tests)}): {missed}",
        "    try:",
        *indented(indented([*body, f"return {result}"])),
        "    except Exception:",
        f"        {missed}",
    ]
    entry = [line for k in held for line in code.entry[k]]
    taken = [f"({''.join(f'v{k}, ' for k in held)}) = held"] if held else []
    source = ["def bind(held, otherwise):", *indented([*taken, *entry, *call, "return call"])]
    exec(compile("\n".join(source), "<hessopt shortcut>", "exec"), names)
    return names["bind"]


def present(*args: Any) -> Any:
    """Return the arguments that were given."""
    return [x for x in args if x is not ABSENT]


class ShortlyCalled:
    """An object that is called by a function which may change; at first by its long way in.

    That `__call__` is a slot, which holds the function itself, halves what a call costs: a method
    would be bound and its arguments packed first.
    """

    __slots__ = ("__call__", "__dict__", "__weakref__")
    __call__: Callable[..., Any]

    def __init__(self) -> None:
        way = weakref.WeakMethod(self._long_way)  # else it would hold itself, until collected

        def otherwise(*args: Any, **kwargs: Any) -> Any:
            method = way()
            assert method is not None
            return method(*args, **kwargs)

        self._otherwise = self.__call__ = otherwise

    def _long_way(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError
