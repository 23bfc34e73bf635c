"""Random functions of arrays, and an interpreter of programs that knows no trick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.program.program import Program, Ref

UNARY = (
    np.sin,
    np.tanh,
    np.negative,
    np.square,
    lambda x: x**3,
    lambda x: x**4,
    lambda x: 2.0 * x,
    lambda x: -1.0 * x,
    lambda x: x / 4,
    lambda x: x + 0,
    lambda x: 1 * x,
    lambda x: x + x,
    lambda x: 3 - x,
    lambda x: np.exp(-(x**2)),
    lambda x: np.copy(x),
    lambda x: np.sqrt(1 + x**2),
)
BINARY = (
    np.add,
    np.subtract,
    np.multiply,
    np.maximum,
    lambda a, b: a / (2 + b * b),
    lambda a, b: np.where(a > b, a, 0.5 * b),
    lambda a, b: -a + b,
    lambda a, b: a - (-b),
    lambda a, b: (2 * a) * (3 * b),
    lambda a, b: (-a) * b,
)


def random_function(seed: int, n: int, steps: int = 25) -> Callable[..., Any]:
    """Return a function of two vectors of length n; the same seed gives the same function."""
    random = np.random.default_rng(seed)
    choices = [(random.random(), random.random(), random.random()) for _ in range(steps)]

    def function(x: Any, y: Any) -> Any:
        values = [x, y, np.sin(x + 1), x * y]
        for p, q, r in choices:
            a, b = values[int(q * len(values))], values[int(r * len(values))]
            values.append(_step(p, q, r, a, b, n))
        return values[-1], np.sum(values[-2]), values[-3]

    return function


def _step(p: float, q: float, r: float, a: Any, b: Any, n: int) -> Any:
    """Compute one value of n entries from two."""
    if p < 0.3:
        return UNARY[int(p / 0.3 * len(UNARY))](a)
    if p < 0.6:
        return BINARY[int((p - 0.3) / 0.3 * len(BINARY))](a, b)
    if p < 0.65:
        return np.concatenate([a[1:], b[:1]])
    if p < 0.70:
        return a[::-1]
    if p < 0.75:
        return a - np.mean(b)
    if p < 0.80:
        return np.reshape(np.transpose(np.reshape(a, (-1, 3))), (n,))
    if p < 0.85:
        table = np.reshape(a, (3, -1)) + np.reshape(b, (3, -1))[:, None, :][:, 0]
        return np.reshape(table * np.sum(table, axis=0), (n,))
    if p < 0.90:
        out = np.copy(a)
        out[1:] = b[:-1] * q
        out[0] += r
        return out
    if p < 0.95:
        return np.broadcast_to(np.sum(a * b), (n,)) * 0.01 + a
    out = np.zeros_like(a)
    out[: n // 3] += b[: n // 3]
    out[n // 3 :] -= a[n // 3 :]
    return out


def scalar_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the sum of all results, to be differentiated."""
    return lambda *args: sum(np.sum(part) for part in function(*args)) * 0.1


def evaluate(program: Program, *arrays: Any) -> list[np.ndarray]:
    """Run a program line by line on new memory, ignoring its guards."""
    values: list[Any] = [np.array(x) for x in arrays]

    def value(x: Any) -> Any:
        return values[x.number] if isinstance(x, Ref) else x

    for line in program.instructions:
        result = line.primitive.forward(*map(value, line.operands), **line.params)
        if line.shape is not None:
            result = np.asarray(result)
            assert (result.shape, result.dtype) == (line.shape, line.dtype), line
            result = np.array(result)
        values.append(result)
    return [np.asarray(value(x)) for x in program.outputs]
