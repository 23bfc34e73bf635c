"""Words that choose, move, reduce and write entries in ways the plain vocabulary does not."""

from __future__ import annotations

from typing import Any

import numpy as np


def _take_largest(xp: Any, a: Any) -> Any:
    return xp.take_along_axis(a, xp.expand_dims(xp.argmax(a, axis=0), 0), axis=0)


def _mean_of_negative(xp: Any, a: Any) -> Any:
    return xp.sum(a[a < 0.2]) / (1 + a.size)


def _rows_and_columns(xp: Any, a: Any) -> Any:
    return xp.outer(a, xp.cos(a))[[0, -1, 0], 1:][..., [[0], [-1]]]


def _joined(xp: Any, a: Any) -> Any:
    head, tail = xp.split(a, [1])
    return xp.vstack([xp.atleast_2d(tail.T), xp.atleast_2d(2 * tail.T)]) + xp.sum(head)


CHOOSE = {
    "a[[[0,1],[1,-1]]]": lambda xp, a: a[np.array([[0, 1], [1, -1]])],
    "a[even]": lambda xp, a: a[np.arange(len(a)) % 2 == 0],
    "a[None,::-1]": lambda xp, a: a[None, ::-1],
    "rows and columns": _rows_and_columns,
    "sum a[a<.2]": _mean_of_negative,
    "take": lambda xp, a: xp.take(a, np.array([0, 1, 1]), axis=0),
    "take_along_axis": _take_largest,
    "diag": lambda xp, a: xp.diag(xp.ravel(a)[:4]),
    "triu": lambda xp, a: xp.triu(xp.outer(a, a)[:4, :5], 1),
    "pad edge": lambda xp, a: xp.pad(a, 1, mode="edge"),
    "pad constant": lambda xp, a: xp.pad(a, 1, mode="constant"),
    "pad reflect": lambda xp, a: xp.pad(a, 1, mode="reflect"),
    "pad wrap": lambda xp, a: xp.pad(a, 1, mode="wrap"),
    "split and join": _joined,
    "broadcast_to": lambda xp, a: xp.broadcast_to(a, (2, *a.shape)),
    "insert": lambda xp, a: xp.insert(a, 1, 0.5, axis=0),
    "delete": lambda xp, a: xp.delete(a, 0, axis=0),
    "rot90": lambda xp, a: xp.rot90(xp.outer(a, a)[:3, :2]),
    "kron": lambda xp, a: xp.kron(a[:2], a[:3]),
    "meshgrid": lambda xp, a: xp.multiply(*xp.meshgrid(xp.ravel(a)[:3], xp.sin(xp.ravel(a)[:4]))),
    "moveaxis": lambda xp, a: xp.moveaxis(a[..., None] * np.array([1.0, -2.0]), -1, 0),
    "block": lambda xp, a: xp.block([[xp.ravel(a)[:3]], [xp.ravel(a)[-3:]]]),
    "reshape F": lambda xp, a: xp.reshape(a, (2, -1), order="F") if a.size % 2 == 0 else a[1:],
}


def _interpolated(xp: Any, a: Any) -> Any:
    flat = xp.ravel(a)
    return xp.interp(xp.tanh(flat), np.array([-2.0, 0.1, 2.0]), flat[[0, -1, 0]])


def _methods(xp: Any, a: Any) -> Any:
    return (0.5 * a.T).clip(-2, 2).reshape(-1).cumsum().dot(a.ravel()) / (1 + a.size)


SUMMARY = {
    "sum where": lambda xp, a: xp.sum(a, axis=-1, where=a > 0.1),
    "max initial": lambda xp, a: xp.max(a, axis=0, initial=0.15),
    "sum axes": lambda xp, a: xp.sum(xp.outer(a, a), axis=(0, 1), keepdims=True) / (1 + a.size),
    "var ddof": lambda xp, a: xp.var(a, axis=0, ddof=-1),
    "std": lambda xp, a: xp.std(xp.ravel(a) + np.arange(a.size) * 0.5),
    "median": lambda xp, a: xp.median(a, axis=0),
    "quantile": lambda xp, a: xp.quantile(a, np.array([0.3, 0.8]), axis=0),
    "average": lambda xp, a: xp.average(a, axis=0, weights=1.0 + np.arange(len(a))),
    "cumprod": lambda xp, a: xp.cumprod(1 + 0.5 * xp.tanh(a), axis=-1),
    "nansum": lambda xp, a: xp.nansum(a, axis=0, keepdims=True),
    "ptp": lambda xp, a: xp.ptp(a, axis=-1),
    "logaddexp.reduce": lambda xp, a: xp.logaddexp.reduce(a, axis=0),
    "multiply.reduce": lambda xp, a: xp.multiply.reduce(xp.tanh(a), axis=0, keepdims=True),
    "maximum.accumulate": lambda xp, a: xp.maximum.accumulate(a, axis=0),
    "subtract.outer": lambda xp, a: xp.subtract.outer(a[:2], xp.ravel(a)[-3:]),
    "norm 1": lambda xp, a: xp.linalg.norm(xp.ravel(a), 1),
    "norm axis": lambda xp, a: xp.linalg.norm(a + 3.0, axis=0),
    "trapezoid": lambda xp, a: xp.trapezoid(a, dx=0.3, axis=0),
    "gradient": lambda xp, a: xp.gradient(xp.ravel(a), 0.7),
    "interp": _interpolated,
    "convolve": lambda xp, a: xp.convolve(xp.ravel(a), xp.sin(xp.ravel(a)[:3])),
    "correlate": lambda xp, a: xp.correlate(xp.ravel(a), xp.ravel(a)[:2], "same"),
    "cov": lambda xp, a: xp.cov(xp.outer(xp.sin(xp.ravel(a)[:3]), xp.ravel(a))),
    "methods": _methods,
}


def _fancy(xp: Any, a: Any) -> Any:
    y = a * 1.0
    y[[0, -1, 0]] += xp.sin(a[[1, 0, -1]])  # the last of equal indices counts
    return y


def _add_at(xp: Any, a: Any) -> Any:
    y = xp.copy(a)
    np.add.at(y, np.array([0, -1, 0]), xp.sin(a[[1, 0, -1]]))
    return y


def _views_of_views(xp: Any, a: Any) -> Any:
    y = a * 1.0
    tail = y[1:]
    backwards = tail[::-1]
    backwards[0] = xp.sin(a[0])
    tail *= 2
    return y + xp.sum(backwards)


def _reshaped_view(xp: Any, a: Any) -> Any:
    y = xp.reshape(xp.ravel(a) + 0.5, a.shape)  # contiguous, or reshape would copy
    flat = y.reshape(-1)
    flat[::2] = 0.5 * flat[::2] ** 2
    y.T[..., 0] -= 1.0
    return y


def _overlap(xp: Any, a: Any) -> Any:
    y = xp.sin(a)
    y[1:] = y[:-1]
    y[:-1] += y[1:] * a[:-1]
    return y


def _swap(xp: Any, a: Any) -> Any:
    y = xp.cos(a)
    y[0], y[-1] = y[-1] * 2, y[0]  # of a matrix, y[0] is a view of what was overwritten
    return y


def _recurrence(xp: Any, a: Any) -> Any:
    y = xp.zeros_like(a)
    y[0] = a[0]
    for i in range(1, min(len(a), 5)):
        y[i] = 0.5 * y[i - 1] + xp.sin(a[i]) * y[i - 1]
    return y


def _fill(xp: Any, a: Any) -> Any:
    y = xp.empty_like(a)
    y[...] = xp.mean(a)
    np.copyto(y, a, where=np.arange(len(a)).reshape(-1, *[1] * (a.ndim - 1)) < 1)
    return y


def _diagonal(xp: Any, a: Any) -> Any:
    y = xp.outer(a, a)[:3, :3]
    np.fill_diagonal(y, xp.sin(a.ravel()[0]))
    return y


def _kept(xp: Any, a: Any) -> Any:
    y = xp.sin(a)
    before = y**2  # of the values before the assignment
    y[:1] = 0.0
    y /= 2 + a**2
    return before + y


WRITE = {
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
