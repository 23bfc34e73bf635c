"""Sequences of numbers between two bounds, which may be Variables."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived

_NUMBERS = (int, float, complex)  # which leave the type of a result to others


@derived(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """Evenly spaced numbers; the last one is `stop` itself."""
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    if device not in (None, "cpu"):
        raise unsupported(np.linspace, {"device": device})
    div = num - 1 if endpoint else num
    kind = np.result_type(*(z if type(z) in _NUMBERS else as_array(z) for z in (start, stop)), 0.0)
    start, stop = as_array(start), as_array(stop)
    delta = np.astype(stop - start, kind)
    numbers = np.arange(0, num, dtype=kind).reshape((-1,) + (1,) * delta.ndim)
    step: Any = np.nan
    if div > 0:
        step = delta / div
        y = numbers / div * delta if np.any(np.equal(step, 0)) else numbers * step
    else:
        y = numbers * delta
    y = y + start
    if endpoint and num > 1:
        y = np.concatenate([y[:-1], np.broadcast_to(np.astype(stop, kind), (1, *delta.shape))])
    y = np.moveaxis(y, 0, axis) if axis else y
    y = y if dtype is None else np.astype(y, dtype)
    return (y, step) if retstep else y


@derived(np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Powers of `base` with evenly spaced exponents."""
    if np.ndim(base):
        ndim = max(np.ndim(start), np.ndim(stop), np.ndim(base))
        start, stop, base = (
            np.reshape(z, (1,) * (ndim - np.ndim(z)) + np.shape(z)) for z in (start, stop, base)
        )
        base = np.expand_dims(base, axis)
    y = np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else np.astype(y, dtype)


@derived(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Evenly spaced numbers on a logarithmic scale, the bounds among them."""
    start, stop = as_array(start), as_array(stop)
    if np.any(np.equal(start, 0)) or np.any(np.equal(stop, 0)):
        raise ValueError("Geometric sequence cannot include zero")
    kind = np.result_type(start, stop, float(num), np.zeros((), dtype))
    start, stop = np.astype(start, kind), np.astype(stop, kind)
    sign = np.sign(start)  # a direction, where it is complex
    start, stop = start / sign, stop / sign
    logs = np.log10(start), np.log10(stop)
    y = np.astype(np.power(10.0, np.linspace(*logs, num, endpoint)), kind)
    shape = (1, *y.shape[1:])
    ends = [np.broadcast_to(z, shape) for z in (start, stop)]
    if num > 1 and endpoint:
        y = np.concatenate([ends[0], y[1:-1], ends[1]])
    elif num > 0:
        y = np.concatenate([ends[0], y[1:]])
    y = y * sign
    y = np.moveaxis(y, 0, axis) if axis else y
    return y if dtype is None else np.astype(y, dtype)
