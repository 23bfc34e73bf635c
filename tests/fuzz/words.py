"""The vocabulary of random programs: functions of arrays that stay moderate and away from poles.

A word takes a namespace, NumPy's or another library's, and arrays. Kinks (maximum, where, sort,
abs) occur, and a caller who compares with differences discards points that sit on one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

UNARY = {
    "sin": lambda xp, a: xp.sin(a),
    "cos": lambda xp, a: xp.cos(a),
    "tanh": lambda xp, a: xp.tanh(a),
    "arctan": lambda xp, a: xp.arctan(a),
    "exp(tanh)": lambda xp, a: xp.exp(xp.tanh(a)),
    "log(1+a^2)": lambda xp, a: xp.log(1 + a * a),
    "sqrt(1+a^2)": lambda xp, a: xp.sqrt(1 + a**2),
    "log1p(a^2)": lambda xp, a: xp.log1p(xp.square(a)),
    "1/(2+sin)": lambda xp, a: 1 / (2 + xp.sin(a)),
    "(1+a^2)**-1.5": lambda xp, a: (1 + a**2) ** -1.5,
    "a**3 tanh": lambda xp, a: xp.tanh(a) ** 3,
    "abs": lambda xp, a: abs(a),
    "-a": lambda xp, a: -a,
    "sinh(tanh)": lambda xp, a: xp.sinh(xp.tanh(a)),
    "clip": lambda xp, a: xp.clip(a, -0.7, 0.8),
    "where": lambda xp, a: xp.where(a > 0.1, a**2, xp.sin(a)),
    "expm1(-a^2)": lambda xp, a: xp.expm1(-(a**2)),
}

BINARY = {
    "a+b": lambda xp, a, b: a + b,
    "a-b": lambda xp, a, b: a - b,
    "a*b": lambda xp, a, b: a * b,
    "a/(1+b^2)": lambda xp, a, b: a / (1 + b * b),
    "(1.5+tanh a)**b": lambda xp, a, b: (1.5 + xp.tanh(a)) ** xp.tanh(b),
    "maximum": lambda xp, a, b: xp.maximum(a, b),
    "minimum": lambda xp, a, b: xp.minimum(a, b),
    "arctan2": lambda xp, a, b: xp.arctan2(a, 1.1 + b * b),
    "logaddexp": lambda xp, a, b: xp.logaddexp(a, b),
    "where <": lambda xp, a, b: xp.where(a < b, a * b, a - b),
}

REARRANGE = {
    "ravel": lambda xp, a: xp.ravel(a),
    "transpose": lambda xp, a: xp.transpose(a),
    "flip": lambda xp, a: xp.flip(a, 0),
    "roll": lambda xp, a: xp.roll(a, 1, axis=0),
    "cumsum": lambda xp, a: xp.cumsum(a, axis=0),
    "diff": lambda xp, a: xp.diff(a, axis=0),
    "concatenate": lambda xp, a: xp.concatenate([a, 2 * a], axis=0),
    "stack": lambda xp, a: xp.stack([a, xp.sin(a)], axis=-1),
    "repeat": lambda xp, a: xp.repeat(a, 2, axis=0),
    "sort": lambda xp, a: xp.sort(a, axis=0),
    "tile": lambda xp, a: xp.tile(a, 2),
    "a[1:]": lambda xp, a: a[1:],
    "a[::-2]": lambda xp, a: a[::-2],
    "a[-1]": lambda xp, a: a[-1],
    "a[[0,-1,0]]": lambda xp, a: a[np.array([0, -1, 0])],
    "a[...,None]": lambda xp, a: a[..., None],
    "expand": lambda xp, a: xp.expand_dims(a, 0) + xp.zeros((2,) + (1,) * a.ndim),
}

REDUCE = {
    "sum": lambda xp, a: xp.sum(a, axis=0),
    "mean keepdims": lambda xp, a: xp.mean(a, axis=-1, keepdims=True),
    "prod": lambda xp, a: xp.prod(xp.tanh(a) + 0.2, axis=-1),
    "max": lambda xp, a: xp.max(a, axis=0),
    "min": lambda xp, a: xp.min(a),
    "var": lambda xp, a: xp.var(a, axis=-1),
    "norm": lambda xp, a: xp.sqrt(0.3 + xp.sum(a**2)),
    "einsum": lambda xp, a: xp.einsum("i...,i...->...", a, a),
}


def _product(xp: Any, a: Any, b: Any) -> Any:
    return xp.matmul(xp.reshape(a, (-1, 1)), xp.reshape(b, (1, -1)))


def _matrix_vector(xp: Any, a: Any, b: Any) -> Any:
    rows = xp.reshape(a, (-1,))
    return xp.dot(xp.outer(rows, xp.cos(rows)), rows) / (1 + a.size) + xp.sum(b)


def _solve(xp: Any, a: Any) -> Any:
    v = xp.reshape(a, (-1,))[:3]
    matrix = xp.outer(v, v) + 2 * xp.eye(v.shape[0])
    return xp.linalg.solve(matrix, xp.sin(v))


def _branch(xp: Any, a: Any) -> Any:
    if xp.sum(a) > 0.2:
        return xp.sin(a) * 2
    return a**2 + 1


def _loop(xp: Any, a: Any) -> Any:
    flat = xp.reshape(a, (-1,))
    total = flat[0]
    for i in range(min(len(flat), 6)):
        total = xp.tanh(total * 0.5 + flat[i])
    while abs(total) > 0.4:
        total = total * 0.6
    return total


def _assign_slice(xp: Any, a: Any) -> Any:
    y = xp.zeros_like(a)
    y[1:] = a[:-1] ** 2
    y[0] = xp.sin(a[-1])
    return y


def _assign_in_place(xp: Any, a: Any) -> Any:
    y = a * 1.0
    y *= 0.5
    y += xp.cos(a)
    view = y[:1]
    view -= a[-1:]
    return y


def _assign_mask(xp: Any, a: Any) -> Any:
    y = xp.copy(a)
    y[y > 0.3] *= 0.5
    y[..., -1:] += 1.0
    return y


CONTROL = {"solve": _solve, "if": _branch, "loop": _loop}
ASSIGN = {
    "assign slice": _assign_slice,
    "assign in place": _assign_in_place,
    "assign mask": _assign_mask,
}
PRODUCTS = {"outer product": _product, "matrix vector": _matrix_vector}
