"""Norms of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.registry import derived


def _squares(x: Any) -> Any:
    return np.real(x * np.conjugate(x)) if x.dtype.kind == "c" else x * x


@derived(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return norms of vectors and matrices, of every order that NumPy has."""
    if axis is None:
        if ord is None or (ord in ("fro", "f") and x.ndim == 2) or (ord == 2 and x.ndim == 1):
            flat = np.ravel(x)
            square = (
                np.dot(np.real(flat), np.real(flat)) + np.dot(np.imag(flat), np.imag(flat))
                if flat.dtype.kind == "c"
                else np.dot(flat, flat)
            )
            root = np.sqrt(square)
            return root.reshape((1,) * x.ndim) if keepdims else root
        axis = tuple(range(x.ndim))
    axes = (axis,) if np.ndim(axis) == 0 and not isinstance(axis, tuple) else tuple(axis)
    if len(axes) == 1:
        return vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return matrix_norm(x, ord, axes, keepdims)
    raise ValueError(f"norm: axis {axis} must name one axis, or two for a matrix norm")


def vector_norm(x: Any, ord: Any, axis: int, keepdims: bool) -> Any:
    """Return the norm of vectors along an axis."""
    if ord is None or ord == 2:
        return np.sqrt(np.sum(_squares(x), axis=axis, keepdims=keepdims))
    size = np.abs(x)
    if ord == np.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(np.not_equal(x, 0).astype(size.dtype), axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: order {ord!r} is not one of a vector")
    return np.sum(size**ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)


def matrix_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """Return the norm of matrices in two axes."""
    if ord in (None, "fro", "f"):
        return np.sqrt(np.sum(_squares(x), axis=axes, keepdims=keepdims))
    rows, columns = (a % x.ndim for a in axes)
    if ord in (1, -1, np.inf, -np.inf):
        inner_axis, outer_axis = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = np.sum(np.abs(x), axis=inner_axis, keepdims=True)
        extreme = np.max if ord > 0 else np.min
        result = extreme(sums, axis=outer_axis, keepdims=True)
        return result if keepdims else np.squeeze(result, (rows, columns))
    of_singular_values = {2: np.max, -2: np.min, "nuc": np.sum}.get(ord)
    if of_singular_values is None:
        raise ValueError(f"norm: order {ord!r} is not one of a matrix")
    s = np.linalg.svdvals(np.moveaxis(x, (rows, columns), (-2, -1)))
    result = of_singular_values(s, axis=-1)
    return np.expand_dims(result, axes) if keepdims else result
