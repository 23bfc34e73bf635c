"""Building arrays out of others: blocks, grids, insertions and removals."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array, strip
from hessopt.autodiff.families import Rearrange
from hessopt.autodiff.registry import derived
from hessopt.primitives.available import newer


class Diagflat(Rearrange):
    numpy = np.diagflat


class Delete(Rearrange):
    numpy = np.delete


class Resize(Rearrange):
    numpy = np.resize


@derived(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Put values in between; where they go is what the same call says of the entries' numbers."""
    arr = as_array(arr)
    values = np.astype(as_array(values), arr.dtype)
    n, m = int(np.prod(arr.shape)), int(np.prod(values.shape))
    numbers = np.insert(
        np.arange(n).reshape(arr.shape), strip(obj), np.arange(n, n + m).reshape(values.shape), axis
    )
    return np.concatenate([np.ravel(arr), np.ravel(values)])[numbers]


@derived(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """Drop zeros at the ends."""
    filt = as_array(filt)
    trim = trim.lower()
    if trim not in {"fb", "bf", "f", "b"}:
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    axes = range(filt.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    found = np.nonzero(strip(filt))
    index: list[Any] = [slice(None)] * filt.ndim
    for a in axes:
        if found[a].size:
            start, stop = int(np.min(found[a])), int(np.max(found[a])) + 1
            index[a] = slice(start if "f" in trim else None, stop if "b" in trim else None)
        else:
            index[a] = slice(0, 0)
    return filt[tuple(index)]


@derived(*newer("unstack"))
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """Take apart along an axis."""
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(np.moveaxis(x, axis, 0))


@derived(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Return coordinates of the points of a grid."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = 1, 0
    grids = [
        np.reshape(x, [-1 if i == place else 1 for i in range(len(xi))])
        for x, place in zip(xi, places, strict=True)
    ]
    if not sparse:
        grids = np.broadcast_arrays(*grids)
    return tuple(map(np.copy, grids)) if copy else tuple(grids) if not sparse else grids


@derived(np.ix_)
def ix_(*args: Any) -> Any:
    """Vectors along axes of their own."""
    parts = []
    for k, part in enumerate(map(as_array, args)):
        if part.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if part.dtype == bool:
            (part,) = np.nonzero(part)
        parts.append(part.reshape([-1 if i == k else 1 for i in range(len(args))]))
    return tuple(parts)


@derived(np.block)
def block(arrays: Any) -> Any:
    """Put nested lists of blocks together."""
    depth = _depth(arrays, "arrays")
    ndim = max(depth, *map(np.ndim, _leaves(arrays)))

    def joined(part: Any, level: int) -> Any:
        if level == depth:
            part = as_array(part)
            return np.reshape(part, (1,) * (ndim - np.ndim(part)) + np.shape(part))
        parts = [joined(p, level + 1) for p in part]
        return np.concatenate(parts, axis=level - depth)

    result = joined(arrays, 0)
    return np.copy(result) if depth == 0 else result


def _leaves(arrays: Any) -> list[Any]:
    if not isinstance(arrays, list):
        return [arrays]
    return [leaf for part in arrays for leaf in _leaves(part)]


def _depth(arrays: Any, where: str) -> int:
    if isinstance(arrays, tuple):
        raise TypeError(f"block: {where} is a tuple; only lists are taken as nested blocks")
    if not isinstance(arrays, list):
        return 0
    if not arrays:
        raise ValueError(f"block: the list at {where} cannot be empty")
    depths = [_depth(part, f"{where}[{i}]") for i, part in enumerate(arrays)]
    if len(set(depths)) > 1:
        raise ValueError(f"block: lists in {where} are nested to different depths")
    return depths[0] + 1


@derived(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return powers of a vector as columns."""
    x = as_array(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    n = x.shape[0] if N is None else N
    x = np.astype(x, np.promote_types(x.dtype, int))
    if n == 0:
        return np.zeros((x.shape[0], 0), x.dtype)
    powers = [np.ones(x.shape, x.dtype)]
    for k in range(1, n):
        powers.append(x if k == 1 else powers[-1] * x)
    return np.stack(powers if increasing else powers[::-1], axis=1)
