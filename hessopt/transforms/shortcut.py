"""The shortest way into a program: for small problems the way in is what takes the time.

Once a trace is settled, a function is written that looks at the arguments' types, shapes and
dtypes, runs the program, and builds the result, all in a few hundred nanoseconds. Whatever it was
not made for it hands back by returning `MISSED`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.tracing import active
from hessopt.transforms.signature import SINGLE, Form

MISSED = object()


def shortcut(
    run: Callable[..., Any], arguments: Sequence[Any], form: Form, single: Sequence[bool]
) -> Callable[..., Any] | None:
    """Return a function of positional arguments like these, or None where there is no short way.

    Parameters
    ----------
    run : callable
        The program.
    arguments : sequence of ndarray, float and np.float64
        Arguments like those that it will see: vectors and single numbers.
    form : Form
        Of the result.
    single : sequence of bool
        Which outputs are single numbers.
    """
    outputs = [f"outputs[{k}]{'[()]' if one else ''}" for k, one in enumerate(single)]
    result = form.expression(outputs)
    if result is None:
        return None
    names = [f"x{k}" for k in range(len(arguments))]
    passed = list(names)
    namespace: dict[str, Any] = {
        "run": run,
        "ndarray": np.ndarray,
        "active": active,
        "MISSED": MISSED,
        "number": np.float64,
    }
    tests = ["active() is None"]
    for k, (name, x) in enumerate(zip(names, arguments, strict=True)):
        if x.__class__ in SINGLE:
            namespace[f"{name}_class"] = x.__class__
            tests.append(f"{name}.__class__ is {name}_class")
            passed[k] = f"number({name})"
            continue
        namespace[f"{name}_dtype"] = x.dtype
        tests += [
            f"{name}.__class__ is ndarray",
            f"{name}.shape == {x.shape!r}",
            f"{name}.dtype is {name}_dtype",
        ]
    source = f"""
def call({"".join(f"{name}=None, " for name in names)}*others):
    if others or not ({" and ".join(tests)}):
        return MISSED
    try:
        outputs, holds = run({", ".join(passed)})
    except Exception:
        return MISSED
    return {result} if holds else MISSED
"""
    exec(compile(source, "<hessopt shortcut>", "exec"), namespace)
    return namespace["call"]
