"""Reshaping, transposing, repeating: entries move and nothing is computed."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from hessopt.autodiff.adjoints import sum_to
from hessopt.autodiff.batching import Batch, behind, gathered
from hessopt.autodiff.families import Rearrange, negative_axes, negative_axis
from hessopt.autodiff.node import raw
from hessopt.autodiff.registry import RULES, derived


class Reshape(Rearrange):
    numpy = np.reshape
    permutes = True

    def bind(
        self, a: Any, /, shape: Any = None, order: Any = "C", *, copy: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if shape is None:
            raise TypeError("reshape: give the new shape")
        params: dict[str, Any] = {"shape": tuple(map(operator.index, _as_tuple(shape)))}
        if order != "C" and memory_order(a, order) == "F":
            params["order"] = "F"
        return (a,), params

    def batch(self, b: Batch, shape: Any, order: Any = "C") -> Any:
        (x,) = b.operands
        if order == "C":
            return self.replay((x,), {"shape": (b.size, *shape)})
        turned = np.reshape(_mirrored(x), (b.size, *shape[::-1]))
        return _mirrored(turned)

    def adjoint(self, g: Any, x: Any, shape: Any, order: Any = "C") -> Any:
        return g.reshape(x.shape) if order == "C" else g.reshape(x.shape, order=order)


def _mirrored(x: Any) -> Any:
    """Return examples with their axes in the opposite order: rows first becomes columns first."""
    return np.transpose(x, (0, *range(x.ndim - 1, 0, -1)))


def _as_tuple(shape: Any) -> tuple[Any, ...]:
    return tuple(shape) if np.iterable(shape) else (shape,)


def memory_order(a: Any, order: Any) -> str:
    """Return "C" or "F" for NumPy's order "C", "F", "A" (as stored) or "K" (as stored, exactly)."""
    if order in ("C", "F"):
        return order
    flags = raw(a).flags
    if order in ("A", "K"):
        if flags.c_contiguous or (order == "A" and not flags.f_contiguous):
            return "C"
        if flags.f_contiguous:
            return "F"
    raise TypeError(
        f"order={order!r} on a Variable of this layout is not supported; use 'C' or 'F'"
    )


class Transpose(Rearrange):
    numpy = np.transpose
    permutes = True

    def bind(self, a: Any, axes: Any = None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        ndim = np.ndim(a)
        if axes is None:
            return (a,), {"axes": tuple(range(-1, -ndim - 1, -1))}
        return (a,), {"axes": tuple(negative_axis(axis, ndim) for axis in axes)}

    def batch(self, b: Batch, axes: Any) -> Any:
        return self.replay(b.operands, {"axes": (-len(axes) - 1, *axes)})

    def adjoint(self, g: Any, x: Any, axes: Any) -> Any:
        return np.transpose(g, np.argsort([axis % len(axes) for axis in axes]))


class BroadcastTo(Rearrange):
    numpy = np.broadcast_to

    def bind(
        self, array: Any, shape: Any, subok: bool = False
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (array,), {"shape": tuple(map(operator.index, _as_tuple(shape)))}

    def batch(self, b: Batch, shape: Any) -> Any:
        return self.replay((b.raised(0, len(shape)),), {"shape": (b.size, *shape)})

    def adjoint(self, g: Any, x: Any, shape: Any) -> Any:
        return sum_to(g, x.shape)


class Flip(Rearrange):
    numpy = np.flip
    permutes = True

    def batch(self, b: Batch, axis: Any = None) -> Any:
        return self.replay(b.operands, {"axis": behind(axis, b.ndim(0))})

    def adjoint(self, g: Any, x: Any, axis: Any = None) -> Any:
        return np.flip(g, axis)


class Fliplr(Rearrange):
    numpy = np.fliplr
    permutes = True


class Flipud(Rearrange):
    numpy = np.flipud
    permutes = True


class Rot90(Rearrange):
    numpy = np.rot90
    permutes = True


class Roll(Rearrange):
    numpy = np.roll

    def batch(self, b: Batch, shift: Any, axis: Any = None) -> Any:
        if axis is None:
            return gathered(self, b, shift=shift)
        return self.replay(b.operands, {"shift": shift, "axis": behind(axis, b.ndim(0))})

    def adjoint(self, g: Any, x: Any, shift: Any, axis: Any = None) -> Any:
        return np.roll(g, tuple(-s for s in shift) if np.ndim(shift) else -shift, axis)


class Tile(Rearrange):
    numpy = np.tile


class Repeat(Rearrange):
    numpy = np.repeat


class _Triangle(Rearrange):
    """One of the triangles of matrices; of a vector NumPy makes a matrix first."""

    def batch(self, b: Batch, **params: Any) -> Any:
        return self.replay(b.operands, params) if b.ndim(0) > 1 else super().batch(b, **params)


class Tril(_Triangle):
    numpy = np.tril

    def adjoint(self, g: Any, x: Any, k: int = 0) -> Any:
        return sum_to(np.tril(g, k), x.shape)  # of a vector it makes a matrix


class Triu(_Triangle):
    numpy = np.triu

    def adjoint(self, g: Any, x: Any, k: int = 0) -> Any:
        return sum_to(np.triu(g, k), x.shape)


def _of_every_axis(widths: dict[int, Any], ndim: int) -> tuple[Any, ...]:
    """Return widths that are given by axis as NumPy takes them for all axes."""
    rows = [(0, 0)] * ndim
    for axis, width in widths.items():
        before, after = np.broadcast_to(width, 2)
        rows[operator.index(axis)] = int(before), int(after)
    return tuple(rows)


_MOVING_PADS = ("constant", "edge", "reflect", "symmetric", "wrap", "empty")


class Pad(Rearrange):
    numpy = np.pad

    def bind(
        self, array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if mode not in _MOVING_PADS or kwargs.get("reflect_type", "even") != "even":
            given = ", ".join(
                f"{name}={value!r}" for name, value in {"mode": mode, **kwargs}.items()
            )
            raise TypeError(
                f"np.pad({given}) on a Variable has no derivative rule; modes that have one: "
                f"{', '.join(_MOVING_PADS)}, with reflect_type='even'"
            )
        if isinstance(pad_width, dict):
            pad_width = _of_every_axis(pad_width, np.ndim(array))
        return super().bind(array, pad_width, mode=mode, **kwargs)

    def adjoint(self, g: Any, x: Any, **params: Any) -> Any:
        # What surrounds the entries, set or left empty, must not pass for entry numbers.
        moving = {k: v for k, v in params.items() if k != "constant_values"}
        if moving["mode"] == "empty":
            moving["mode"] = "constant"
        return super().adjoint(g, x, **moving)


@derived(np.ravel)
def ravel(a: Any, order: Any = "C") -> Any:
    """Return the entries in one dimension."""
    return RULES[np.reshape](a, -1, order=memory_order(a, order))


@derived(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Drop axes of length one."""
    ndim = np.ndim(a)
    dropped = negative_axes(axis, ndim)
    if dropped is None:
        return np.reshape(a, tuple(n for n in a.shape if n != 1))
    if any(a.shape[d] != 1 for d in dropped):
        raise ValueError(f"squeeze: axis {axis} of shape {a.shape} is not of length one")
    return np.reshape(a, tuple(n for i, n in enumerate(a.shape) if i - ndim not in dropped))


@derived(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """Insert axes of length one."""
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = np.ndim(a) + len(axes)
    new = negative_axes(tuple(axes), ndim) or ()
    sizes = iter(a.shape)
    return np.reshape(a, tuple(1 if i - ndim in new else next(sizes) for i in range(ndim)))


@derived(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes."""
    axes = list(range(np.ndim(a)))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return np.transpose(a, axes)


@derived(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Move axes to new places; the others keep their order."""
    ndim = np.ndim(a)
    source = [s % ndim for s in np.atleast_1d(source)]
    destination = [d % ndim for d in np.atleast_1d(destination)]
    if len(source) != len(destination):
        raise ValueError("moveaxis: source and destination differ in length")
    order = [axis for axis in range(ndim) if axis not in source]
    for d, s in sorted(zip(destination, source, strict=True)):
        order.insert(d, s)
    return np.transpose(a, order)


@derived(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Move one axis backwards."""
    ndim = np.ndim(a)
    axis, start = axis % ndim, start + ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if start > axis else start)


@derived(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """Exchange the last two axes."""
    return np.swapaxes(x, -1, -2)


def _at_least(rank: int, place: Any) -> Any:
    def rule(*arrays: Any) -> Any:
        raised = tuple(a if np.ndim(a) >= rank else place(a) for a in arrays)
        return raised[0] if len(raised) == 1 else raised

    return rule


derived(np.atleast_1d)(_at_least(1, lambda a: np.reshape(a, (1,))))
derived(np.atleast_2d)(_at_least(2, lambda a: np.reshape(a, (1, -1))))
derived(np.atleast_3d)(
    _at_least(3, lambda a: np.reshape(a, (1, -1, 1)) if np.ndim(a) < 2 else np.expand_dims(a, -1))
)


@derived(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """Broadcast arrays against each other."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)
