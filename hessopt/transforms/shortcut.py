"""The shortest way into a program: for small problems the way in is what takes the time.

Once a trace is settled, its code is put into a function that looks at the arguments' types, shapes
and dtypes and builds the result, all in a few hundred nanoseconds. Whatever it was not made for it
hands back by returning `MISSED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hessopt.autodiff.tracing import active
from hessopt.backends.code import FAILED, Code, indented
from hessopt.transforms.signature import SINGLE, Form

MISSED = object()


def shortcut(
    code: Code,
    arguments: Mapping[int, Any],
    form: Form,
    held: Mapping[int, Any] | None = None,
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
    held : mapping of int to ndarray, optional
        The other inputs.
    """
    result = form.expression(code.outputs)
    if result is None:
        return None
    names = dict(code.names)
    names |= {"ndarray": np.ndarray, "active": active, "MISSED": MISSED, "number": np.float64}
    for k, x in (held or {}).items():
        names[f"v{k}"] = x
        exec("\n".join(code.entry[k]), names)
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
    exec(compile("\n".join(source), "<hessopt shortcut>", "exec"), names)
    return names["call"]


def missed(*args: Any) -> Any:
    """Stand for a shortcut where there is none."""
    return MISSED
