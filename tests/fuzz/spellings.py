"""The same functions in other words, for libraries that lack one or cannot write into arrays.

Being another way to compute it, each of them also tests the value.
"""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import numpy as np


def _outer(xp: Any, a: Any, b: Any) -> Any:
    return xp.reshape(a, (-1, 1)) * xp.reshape(b, (1, -1))


def _shifted_squares(xp: Any, a: Any) -> Any:
    return xp.concatenate([xp.sin(a[-1])[None], a[:-1] ** 2])


def _half_and_cosine(xp: Any, a: Any) -> Any:
    y = 0.5 * a + xp.cos(a)
    return xp.concatenate([y[:1] - a[-1:], y[1:]])


def _halved_where_large(xp: Any, a: Any) -> Any:
    y = xp.where(a > 0.3, 0.5 * a, a)
    return xp.concatenate([y[..., :-1], y[..., -1:] + 1.0], axis=-1)


def _ends_and_middle(xp: Any, first: Any, a: Any, last: Any) -> Any:
    """Return a with other first and last entries, of which the last counts if they are one."""
    return xp.concatenate([first[None], a[1:-1], last[None]])


def _fancy(xp: Any, a: Any) -> Any:
    last = a[-1] + xp.sin(a[0])
    return _ends_and_middle(xp, a[0] + xp.sin(a[-1]), a, last)


def _add_at(xp: Any, a: Any) -> Any:
    first = a[0] + xp.sin(a[1]) + xp.sin(a[-1])
    return _ends_and_middle(xp, first, a, a[-1] + xp.sin(a[0]))


def _views_of_views(xp: Any, a: Any) -> Any:
    tail = 2 * xp.concatenate([a[1:-1], xp.sin(a[:1])])
    return xp.concatenate([a[:1], tail]) + xp.sum(tail)


def _reshaped_view(xp: Any, a: Any) -> Any:
    y = xp.ravel(a) + 0.5
    even = np.arange(a.size) % 2 == 0
    y = xp.reshape(xp.where(even, 0.5 * y**2, y), a.shape)
    return y - (np.arange(len(a)) == 0).reshape(-1, *[1] * (a.ndim - 1))


def _overlap(xp: Any, a: Any) -> Any:
    y = xp.sin(xp.concatenate([a[:1], a[:-1]]))
    return xp.concatenate([y[:-1] + y[1:] * a[:-1], y[-1:]])


def _swap(xp: Any, a: Any) -> Any:
    first, last = 2 * xp.cos(a[-1]), xp.cos(a[0]) if a.ndim == 1 else 2 * xp.cos(a[-1])
    return _ends_and_middle(xp, first, xp.cos(a), last)


def _recurrence(xp: Any, a: Any) -> Any:
    rows = [a[0]]
    for i in range(1, min(len(a), 5)):
        rows.append((0.5 + xp.sin(a[i])) * rows[-1])
    return xp.stack(rows + [0 * a[0]] * (len(a) - len(rows)))


def _fill(xp: Any, a: Any) -> Any:
    return xp.concatenate([a[:1], 0 * a[1:] + xp.mean(a)])


def _diagonal(xp: Any, a: Any) -> Any:
    y = _outer(xp, a, a)[:3, :3]
    return y * (1 - np.eye(len(y))) + np.eye(len(y)) * xp.sin(xp.ravel(a)[0])


def _kept(xp: Any, a: Any) -> Any:
    y = xp.sin(a)
    return y**2 + xp.concatenate([0 * y[:1], y[1:]]) / (2 + a**2)


WITHOUT_ASSIGNMENT = {
    "assign slice": _shifted_squares,
    "assign in place": _half_and_cosine,
    "assign mask": _halved_where_large,
    "write fancy": _fancy,
    "write add.at": _add_at,
    "write views of views": _views_of_views,
    "write reshaped": _reshaped_view,
    "write overlap": _overlap,
    "write swap": _swap,
    "write recurrence": _recurrence,
    "write fill": _fill,
    "write diagonal": _diagonal,
    "write after reading": _kept,
}


def sort(xp: Any, a: Any) -> Any:
    """Sort along the first axis by indices."""
    return a[(xp.argsort(a, axis=0), *np.indices(a.shape)[1:])]


def _largest(xp: Any, a: Any) -> Any:
    return a[(xp.argmax(a, axis=0)[None], *np.indices((1, *a.shape[1:]))[1:])]


def _padded(xp: Any, a: Any, mode: Any) -> Any:
    return a[np.ix_(*(np.pad(np.arange(n), 1, mode=mode) for n in a.shape))]


def _kron(xp: Any, a: Any, b: Any) -> Any:
    apart = [m for n in a.shape for m in (n, 1)], [m for n in b.shape for m in (1, n)]
    product = xp.reshape(a, apart[0]) * xp.reshape(b, apart[1])
    return xp.reshape(product, tuple(np.multiply(a.shape, b.shape)))


def _mesh(xp: Any, a: Any) -> Any:
    flat = xp.ravel(a)
    return flat[:3] * xp.sin(flat[:4])[:, None]


def _quantile(xp: Any, a: Any, q: float) -> Any:
    ordered, place = sort(xp, a), (len(a) - 1) * q
    k = min(int(place), len(a) - 2)
    return ordered[k] * (1 - (place - k)) + ordered[k + 1] * (place - k)


def _average(xp: Any, a: Any) -> Any:
    w = 1.0 + np.arange(len(a))
    return xp.sum(a * (w / w.sum()).reshape(-1, *[1] * (a.ndim - 1)), axis=0)


def _running_maximum(xp: Any, a: Any) -> Any:
    rows = [a[0]]
    for row in a[1:]:
        rows.append(xp.where(row > rows[-1], row, rows[-1]))
    return xp.stack(rows)


def _product(xp: Any, a: Any) -> Any:
    return reduce(operator.mul, xp.tanh(a))[None]


def _gradient(xp: Any, a: Any) -> Any:
    y = xp.ravel(a) / 0.7
    return xp.concatenate([y[1:2] - y[:1], (y[2:] - y[:-2]) / 2, y[-1:] - y[-2:-1]])


def _interpolated(xp: Any, a: Any) -> Any:
    flat = xp.ravel(a)
    t, first, last = xp.tanh(flat), flat[0], flat[-1]
    return xp.where(
        t < 0.1,
        first + (last - first) * (t + 2) / 2.1,
        last + (first - last) * (t - 0.1) / 1.9,
    )


def _convolved(xp: Any, a: Any, b: Any) -> Any:
    rows = [xp.pad(a * b[j], (j, len(b) - 1 - j), mode="constant") for j in range(len(b))]
    return xp.sum(xp.stack(rows), axis=0)


def _covariance(xp: Any, a: Any) -> Any:
    y = _outer(xp, xp.sin(xp.ravel(a)[:3]), a)
    y = y - xp.mean(y, axis=1, keepdims=True)
    return xp.dot(y, y.T) / (a.size - 1)


def _flat_products(xp: Any, a: Any) -> Any:
    return xp.dot(xp.cumsum(xp.clip(xp.ravel(a.T) * 0.5, -2, 2)), xp.ravel(a)) / (1 + a.size)


ENTRIES = {
    "flip": lambda xp, a: a[::-1],
    "sort": sort,
    "tile": lambda xp, a: xp.concatenate([a, a], axis=-1),
    "rows and columns": lambda xp, a: _outer(xp, a, xp.cos(a))[[0, -1, 0], 1:][..., [[0], [-1]]],
    "take": lambda xp, a: a[np.array([0, 1, 1])],
    "take_along_axis": _largest,
    "triu": lambda xp, a: xp.triu(_outer(xp, a, a)[:4, :5], 1),
    "pad edge": lambda xp, a: _padded(xp, a, "edge"),
    "pad reflect": lambda xp, a: _padded(xp, a, "reflect"),
    "pad wrap": lambda xp, a: _padded(xp, a, "wrap"),
    "broadcast_to": lambda xp, a: xp.stack([a, a]),
    "insert": lambda xp, a: xp.concatenate([a[:1], np.full((1, *a.shape[1:]), 0.5), a[1:]]),
    "delete": lambda xp, a: a[1:],
    "rot90": lambda xp, a: xp.rot90(_outer(xp, a, a)[:3, :2]),
    "kron": lambda xp, a: _kron(xp, a[:2], a[:3]),
    "meshgrid": _mesh,
    "block": lambda xp, a: xp.stack([xp.ravel(a)[:3], xp.ravel(a)[-3:]]),
    "max initial": lambda xp, a: xp.maximum(xp.max(a, axis=0), 0.15),
    "sum where": lambda xp, a: xp.sum(xp.where(a > 0.1, a, 0.0), axis=-1),
    "sum axes": lambda xp, a: xp.reshape(xp.sum(a) ** 2, (1, 1)) / (1 + a.size),
    "median": lambda xp, a: _quantile(xp, a, 0.5),
    "quantile": lambda xp, a: xp.stack([_quantile(xp, a, 0.3), _quantile(xp, a, 0.8)]),
    "average": _average,
    "cumprod": lambda xp, a: xp.exp(xp.cumsum(xp.log(1 + 0.5 * xp.tanh(a)), axis=-1)),
    "nansum": lambda xp, a: xp.sum(a, axis=0, keepdims=True),
    "ptp": lambda xp, a: xp.max(a, axis=-1) - xp.min(a, axis=-1),
    "logaddexp.reduce": lambda xp, a: xp.log(xp.sum(xp.exp(a - 9), axis=0)) + 9,
    "multiply.reduce": _product,
    "maximum.accumulate": _running_maximum,
    "subtract.outer": lambda xp, a: a[:2][..., None] - xp.ravel(a)[-3:],
    "norm 1": lambda xp, a: xp.sum(xp.abs(a)),
    "trapezoid": lambda xp, a: 0.3 * (xp.sum(a, axis=0) - (a[0] + a[-1]) / 2),
    "gradient": _gradient,
    "interp": _interpolated,
    "convolve": lambda xp, a: _convolved(xp, xp.ravel(a), xp.sin(xp.ravel(a)[:3])),
    "correlate": lambda xp, a: _convolved(xp, xp.ravel(a), xp.ravel(a)[1::-1])[: a.size],
    "cov": _covariance,
    "methods": _flat_products,
}
