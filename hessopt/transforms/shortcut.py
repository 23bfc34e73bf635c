"""The shortest way into a program: for small problems the way in is what takes the time.

Once a trace is settled, its code is put into a function that looks at the arguments' types, shapes
and dtypes and builds the result, all in a few hundred nanoseconds. Whatever it was not made for it
hands back by returning `MISSED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.tracing import active
from hessopt.backends.code import FAILED, Code, indented
from hessopt.transforms.signature import SINGLE, Form

MISSED = object()


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
        The other inputs. If there are any, the result is a function that takes these, in a list,
        and returns the function of the arguments.
    """
    result = form.expression(code.outputs)
    if result is None:
        return None
    names = dict(code.names)
    names |= {"ndarray": np.ndarray, "active": active, "MISSED": MISSED, "number": np.float64}
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
            tests += [f"v{k}.__class__ is ndarray", shape, f"v{k}.dtype is v{k}_dtype"]
        prepared += code.entry[k]
    body = [line.replace(FAILED, "return MISSED") for line in [*prepared, *code.body]]
    source = [
        f"def call({''.join(f'v{k}=None, ' for k in arguments)}*others):",
        f"    if others or not ({' and '.join(tests)}): return MISSED",
        "    try:",
        *indented(indented([*body, f"return {result}"])),
        "    except Exception:",
        "        return MISSED",
    ]
    if held:
        given = f"({''.join(f'v{k}, ' for k in held)}) = held"
        entry = [line for k in held for line in code.entry[k]]
        source = ["def bind(held):", *indented([given, *entry, *source, "return call"])]
    exec(compile("\n".join(source), "<hessopt shortcut>", "exec"), names)
    return names["bind" if held else "call"]


def missed(*args: Any) -> Any:
    """Stand for a shortcut where there is none."""
    return MISSED
