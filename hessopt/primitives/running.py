"""Running sums and products, and differences of neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.families import Linear, Opaque, negative_axis
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived
from hessopt.autodiff.structure import Link, Local
from hessopt.primitives.available import newer


class Cumsum(Linear):
    numpy = np.cumsum
    stacks = True

    def bind(
        self, a: Any, axis: int | None = None, dtype: Any = None, out: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if out is not None:
            raise unsupported(self, {"out": out})
        if dtype is not None:
            a = np.astype(a, dtype)
        if axis is None:
            return (np.ravel(a),), {"axis": -1}
        return (a,), {"axis": negative_axis(axis, np.ndim(a))}

    def links(self, at: Local, axis: int) -> list[Link]:
        return [at.along(0, axis)]

    def adjoint(self, g: Any, x: Any, axis: int) -> Any:
        return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


derived(np.add.accumulate)(
    lambda array, axis=0, dtype=None, out=None: np.cumsum(array, axis, dtype, out)
)


class Cumprod(Opaque):
    numpy = np.cumprod
    stacks = True

    bind = Cumsum.bind

    def links(self, at: Local, axis: int) -> list[Link]:
        return [at.along(0, axis)]

    def backward(self, g: Any, y: Any, x: Any, axis: int) -> Any:
        # dy[j]/dx[i] is the product of x[:j+1] without x[i]: row i of a triangle, so that zeros
        # do no harm. O(n^2) along the axis.
        n = x.shape[axis]
        rows = np.moveaxis(x, axis, -1)
        without = np.where(np.eye(n, dtype=bool), 1.0, rows[..., None, :])
        products = np.triu(np.cumprod(without, axis=-1))
        gx = np.sum(np.moveaxis(g, axis, -1)[..., None, :] * products, axis=-1)
        return (np.moveaxis(gx, -1, axis),)


@derived(np.multiply.accumulate)
def multiply_accumulate(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Return running products along the first axis."""
    return np.cumprod(array, axis, dtype, out)


@derived(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours, `n` times."""
    if n < 0:
        raise ValueError(f"diff: order must be non-negative, got {n}")
    if n == 0:
        return a
    axis = negative_axis(axis, np.ndim(a))
    around = [
        edge if edge is a or np.ndim(edge) else np.broadcast_to(edge, _one_along(a.shape, axis))
        for edge in (prepend, a, append)
        if edge is not None
    ]
    if len(around) > 1:
        a = np.concatenate(around, axis)
    behind = (slice(None),) * (-axis - 1)
    for _ in range(n):
        a = a[(..., slice(1, None), *behind)] - a[(..., slice(None, -1), *behind)]
    return a


def _one_along(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    sizes = list(shape)
    sizes[axis] = 1
    return tuple(sizes)


@derived(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbours of the flattened array."""
    steps = np.diff(np.ravel(ary))
    parts = [np.ravel(p) for p in (to_begin, steps, to_end) if p is not None]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _cumulative(function: Any) -> Any:
    def rule(
        x: Any,
        /,
        *,
        axis: int | None = None,
        dtype: Any = None,
        out: Any = None,
        include_initial: bool = False,
    ) -> Any:
        if axis is None and x.ndim > 1:
            raise ValueError(
                "For arrays which have more than one dimension ``axis`` argument is required."
            )
        y = function(x, axis=0 if axis is None else axis, dtype=dtype, out=out)
        if not include_initial:
            return y
        start = 0 if function is np.cumsum else 1
        first = np.full(_one_along(x.shape, 0 if axis is None else axis), start, y.dtype)
        return np.concatenate([first, y], axis=0 if axis is None else axis)

    return rule


derived(*newer("cumulative_sum"))(_cumulative(np.cumsum))
derived(*newer("cumulative_prod"))(_cumulative(np.cumprod))
