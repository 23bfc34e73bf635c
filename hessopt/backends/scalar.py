"""Programs of single numbers as Python arithmetic on floats: tens of nanoseconds an operation.

Where Python's ``math`` raises and NumPy gives nan or inf, the NumPy program answers for that call.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.program.program import Instruction, Program, Ref

# NumPy's ufunc, the same function of one float. Each agrees with NumPy's to rounding.
_UNARY: dict[Any, Any] = {
    np.exp: math.exp,
    np.log: math.log,
    np.sqrt: math.sqrt,
    np.sin: math.sin,
    np.cos: math.cos,
    np.tan: math.tan,
    np.arcsin: math.asin,
    np.arccos: math.acos,
    np.arctan: math.atan,
    np.sinh: math.sinh,
    np.cosh: math.cosh,
    np.tanh: math.tanh,
    np.arcsinh: math.asinh,
    np.arccosh: math.acosh,
    np.arctanh: math.atanh,
    np.expm1: math.expm1,
    np.log1p: math.log1p,
    np.absolute: abs,
}

_SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Neg": "-"}


def compile_program(program: Program, fallback: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return ``run(*arrays) -> (outputs, True)``, or None where a value is not one float.

    Parameters
    ----------
    program : Program
    fallback : callable
        The same program by another backend, for arguments outside the domain of ``math``.
    """
    number = ((), np.dtype(np.float64))
    shapes = [*program.inputs, *((line.shape, line.dtype) for line in program.instructions)]
    if program.guards or any(kind != number for kind in shapes):
        return None
    names: dict[str, Any] = {"fallback": fallback, "number": np.float64, "copied": np.array}
    lines = []
    for k, line in program.numbered():
        spelled = _spell_line(line, names)
        if spelled is None:
            return None
        lines.append(f"v{k} = {spelled}")
    arguments = ", ".join(f"a{k}" for k in range(len(program.inputs)))
    floats = [f"v{k} = float(a{k})" for k in range(len(program.inputs))]
    outputs = "".join(f"{_spell_output(x, names)}, " for x in program.outputs)
    body = "\n".join(f"        {line}" for line in [*floats, *lines, f"return ({outputs}), True"])
    source = (
        f"def run({arguments}):\n    try:\n{body}\n"
        f"    except (ValueError, ArithmeticError):\n        return fallback({arguments})\n"
    )
    exec(compile(source, "<hessopt program>", "exec"), names)
    run = names["run"]
    run.__doc__ = source
    return run


def _spell(x: Any) -> str:
    return f"v{x.number}" if isinstance(x, Ref) else f"({float(x)!r})"


def _spell_output(x: Any, names: dict[str, Any]) -> str:
    if isinstance(x, Ref):
        return f"number({_spell(x)})"
    name = f"c{len(names)}"
    names[name] = x if np.ndim(x) else np.asarray(x)[()]
    return f"copied({name})" if np.ndim(x) else name


def _spell_line(line: Instruction, names: dict[str, Any]) -> str | None:
    if any(not isinstance(x, Ref) and not _is_float(x) for x in line.operands):
        return None
    operands = [_spell(x) for x in line.operands]
    op = line.op
    if op == "Pow":
        return _spell_power(line, operands, names)
    if op in ("Identity", "Reshape", "BroadcastTo", "Copy", "asarray", "Positive"):
        return operands[0]
    if op == "Sum":
        return operands[0] if set(line.params) <= {"axis", "keepdims"} else None
    if op in _SIGNS:
        return f" {_SIGNS[op]} ".join(operands) if len(operands) == 2 else f"-{operands[0]}"
    if op == "Square":
        return f"{operands[0]} * {operands[0]}"
    function = _UNARY.get(line.primitive.forward) if op and not line.params else None
    if function is None:
        return None
    names[op] = function
    return f"{op}({operands[0]})"


def _spell_power(line: Instruction, operands: list[str], names: dict[str, Any]) -> str:
    base, exponent = operands
    if not isinstance(line.operands[1], Ref) and line.operands[1] == 2:
        return f"{base} * {base}"
    names["power"] = math.pow
    return f"power({base}, {exponent})"


def _is_float(x: Any) -> bool:
    return np.ndim(x) == 0 and np.asarray(x).dtype.kind in "fiu" and bool(np.isfinite(x))
