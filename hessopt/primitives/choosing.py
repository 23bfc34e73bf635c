"""Choosing among alternatives, and applying functions to parts of an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array, strip
from hessopt.autodiff.families import negative_axis
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived

_NUMBERS = (int, float, complex)


@derived(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Take each entry from the first choice whose condition holds there."""
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError("list of cases must be same length as list of conditions, and not empty")
    choices = [c if type(c) in _NUMBERS else as_array(c) for c in (*choicelist, default)]
    dtype = np.result_type(*choices)
    shape = np.broadcast_shapes(*map(np.shape, (*condlist, *choices)))
    *choices, result = choices
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        if condition.dtype != bool:
            raise TypeError("invalid entry in condlist: should be boolean ndarray")
        result = np.where(condition, choice, result)
    return np.astype(np.broadcast_to(result, shape), dtype)


@derived(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Evaluate on each part of `x` the function that belongs to it, on that part alone."""
    x, condlist = as_array(x), strip(condlist)
    if np.isscalar(condlist) or (
        not isinstance(condlist[0], (list, np.ndarray)) and np.ndim(x) != 0
    ):
        condlist = [condlist]
    conditions = np.asarray(condlist, dtype=bool)
    if len(conditions) == len(funclist) - 1:
        otherwise = ~np.any(conditions, axis=0, keepdims=True)
        conditions = np.concatenate([conditions, otherwise], axis=0)
    elif len(conditions) != len(funclist):
        raise ValueError(
            f"with {len(conditions)} condition(s), either {len(conditions)} or "
            f"{len(conditions) + 1} functions are expected"
        )
    y = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        if not isinstance(function, Callable):
            y[condition] = function
        elif np.any(condition):
            y[condition] = function(x[condition], *args, **kw)
    return y


@derived(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    """Take each entry from the choice that an array of integers names."""
    if out is not None:
        raise unsupported(np.choose, {"out": out})
    a = np.asarray(strip(a))
    parts = np.broadcast_arrays(a, *choices)
    numbers = np.choose(parts[0], range(len(parts) - 1), mode=mode)
    return np.take_along_axis(np.stack(parts[1:]), numbers[None], 0)[0]


@derived(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """Entries where a condition holds, in one dimension."""
    return np.compress(np.ravel(strip(condition)), np.ravel(arr))


@derived(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """Drop imaginary parts that are rounding errors."""
    if a.dtype.kind != "c":
        return a
    if tol > 1:
        tol = np.finfo(a.dtype).eps * tol
    return np.real(a) if np.all(np.absolute(np.imag(a)) < tol) else a


@derived(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Apply a function of a vector to every vector along an axis."""
    arr = as_array(arr)
    axis = negative_axis(axis, arr.ndim) + arr.ndim
    rows = np.moveaxis(arr, axis, -1)
    lead = rows.shape[:-1]
    if 0 in lead:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [func1d(rows[index], *args, **kwargs) for index in np.ndindex(lead)]
    stacked = np.stack(results)
    stacked = stacked.reshape((*lead, *stacked.shape[1:]))
    new = list(range(len(lead), stacked.ndim))
    return np.moveaxis(stacked, new, [axis + i for i in range(len(new))])


@derived(np.apply_over_axes)
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """Apply a function of an array and an axis for one axis after the other."""
    value = as_array(a)
    for axis in (axes,) if np.ndim(axes) == 0 else axes:
        axis = negative_axis(axis, np.ndim(a))
        result = func(value, axis)
        value = result if result.ndim == value.ndim else np.expand_dims(result, axis)
        if value.ndim != np.ndim(a):
            raise ValueError("function is not returning an array of the correct shape")
    return value
