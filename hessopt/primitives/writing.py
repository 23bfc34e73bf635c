"""NumPy functions that write into their first argument, which has to be a Variable.

A plain array cannot receive a Variable: it holds numbers alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array, strip
from hessopt.autodiff.node import Handle
from hessopt.autodiff.registry import NoDerivativeError, full_name, register


def _writes(*targets: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that writes; refuse a plain array as its target."""

    def decorate(rule: Callable[..., Any]) -> Callable[..., Any]:
        def checked(target: Any, *args: Any, **kwargs: Any) -> None:
            if not isinstance(target, Handle):
                raise NoDerivativeError(
                    f"{full_name(targets[0])}: a plain array cannot receive a Variable, whose "
                    "derivative would be lost; write into one made by np.zeros_like(x, shape=...) "
                    "or hessopt.zeros(...)"
                )
            rule(target, *args, **kwargs)

        for function in targets:
            register(function, checked, "assignment")
        return rule

    return decorate


@_writes(np.copyto)
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Copy values, where a condition holds."""
    if not np.can_cast(np.result_type(src), dst.dtype, casting):  # pyright: ignore
        raise TypeError(f"copyto: cannot cast to {dst.dtype} by the rule {casting!r}")
    if where is True:
        dst[...] = src
    else:
        chosen = np.broadcast_to(strip(where), dst.shape)
        dst[chosen] = np.broadcast_to(as_array(src), dst.shape)[chosen]


@_writes(np.put)
def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    """Write at positions of the flattened array; values are repeated as needed."""
    numbers = np.arange(a.size)
    places = np.ravel(np.take(numbers, strip(ind), mode=mode))
    if places.size:
        a[np.unravel_index(places, a.shape)] = np.resize(as_array(v), places.shape)


@_writes(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """Write where a mask holds; value k goes to entry k, repeated as needed."""
    chosen = np.broadcast_to(strip(mask), a.shape)
    a[chosen] = np.resize(as_array(values), a.shape)[chosen]


@_writes(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """Write where a mask holds; values are taken one after the other, repeated as needed."""
    chosen = np.reshape(np.asarray(strip(mask), bool), arr.shape)
    arr[chosen] = np.resize(as_array(vals), (int(np.sum(chosen)),))


@_writes(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Write on the diagonal."""
    marked = np.zeros(a.shape, bool)
    np.fill_diagonal(marked, True, wrap)
    places = np.nonzero(marked)
    a[places] = np.resize(as_array(val), places[0].shape)


@_writes(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    """Write one entry for each index along an axis."""
    indices = np.asarray(strip(indices))
    if axis is None:
        raise NoDerivativeError("put_along_axis: axis=None writes into a copy; name an axis")
    axis %= arr.ndim
    places = [
        indices
        if a == axis
        else np.arange(n).reshape([-1 if b == a else 1 for b in range(arr.ndim)])
        for a, n in enumerate(arr.shape)
    ]
    arr[tuple(places)] = values
