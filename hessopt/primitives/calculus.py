"""Differences, integrals and interpolation of sampled functions; convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch, behind
from hessopt.autodiff.data import as_array, strip
from hessopt.autodiff.families import Linear, Multilinear, negative_axis
from hessopt.autodiff.registry import derived
from hessopt.autodiff.structure import SAME, Link, Local, joins


@derived(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Central differences inside, one-sided ones of order 1 or 2 at the edges."""
    f = as_array(f)
    axes = range(f.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = [negative_axis(a, f.ndim) for a in axes]
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if not varargs:
        spacings: list[Any] = [1.0] * len(axes)
    elif len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        spacings = list(varargs) * len(axes)
    elif len(varargs) == len(axes):
        spacings = [_steps(x, f.shape[a]) for x, a in zip(varargs, axes, strict=True)]
    else:
        raise TypeError(f"gradient: {len(varargs)} spacings for {len(axes)} axes")
    results = [_slopes(f, h, a, edge_order) for h, a in zip(spacings, axes, strict=True)]
    return results[0] if len(results) == 1 else tuple(results)


def _steps(x: Any, length: int) -> Any:
    """Return the distances of coordinates; a spacing as it is."""
    if np.ndim(x) == 0:
        return x
    if np.ndim(x) != 1 or len(x) != length:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    steps = np.diff(x)
    if steps.dtype.kind in "iu":
        steps = steps.astype(float)
    # NumPy's shortcut for equal steps rounds in another way; derivatives need every step
    equal = isinstance(steps, np.ndarray) and np.all(steps == steps[0])
    return steps[0] if equal else steps


def _slopes(f: Any, h: Any, axis: int, edge_order: int) -> Any:
    behind = (slice(None),) * (-axis - 1)
    if f.shape[axis] < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least "
            "(edge_order + 1) elements are required."
        )

    def at(*bounds: int | None) -> Any:
        return f[(..., slice(*bounds), *behind)]

    def along(c: Any) -> Any:
        return c.reshape((-1, *(1,) * (-axis - 1)))

    uniform = np.ndim(h) == 0
    if uniform:
        inside = (at(2, None) - at(None, -2)) / (2.0 * h)
    else:
        a, b = h[:-1], h[1:]
        inside = (
            along(-b / (a * (a + b))) * at(None, -2)
            + along((b - a) / (a * b)) * at(1, -1)
            + along(a / (b * (a + b))) * at(2, None)
        )
    if edge_order == 1:
        first = (at(1, 2) - at(0, 1)) / (h if uniform else h[0])
        last = (at(-1, None) - at(-2, -1)) / (h if uniform else h[-1])
    else:
        if uniform:
            left = (-1.5 / h, 2.0 / h, -0.5 / h)
            right = (0.5 / h, -2.0 / h, 1.5 / h)
        else:
            a, b = h[0], h[1]
            left = (-(2.0 * a + b) / (a * (a + b)), (a + b) / (a * b), -a / (b * (a + b)))
            a, b = h[-2], h[-1]
            right = (b / (a * (a + b)), -(b + a) / (a * b), (2.0 * b + a) / (b * (a + b)))
        first = left[0] * at(0, 1) + left[1] * at(1, 2) + left[2] * at(2, 3)
        n = f.shape[axis]
        last = right[0] * at(n - 3, n - 2) + right[1] * at(n - 2, n - 1) + right[2] * at(n - 1, n)
    parts = [np.astype(part, f.dtype) for part in (first, inside, last)]
    return np.concatenate(parts, axis)


@derived(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Integral by the trapezoidal rule."""
    y = as_array(y)
    axis = negative_axis(axis, y.ndim)
    behind = (slice(None),) * (-axis - 1)
    if x is None:
        d = dx
    elif np.ndim(x) == 1:
        d = np.reshape(np.diff(x), (-1, *(1,) * (-axis - 1)))
    else:
        d = np.diff(x, axis=axis)
    pairs = y[(..., slice(1, None), *behind)] + y[(..., slice(None, -1), *behind)]
    return np.sum(d * pairs / 2.0, axis=axis)


class Unwrap(Linear):
    """Multiples of the period are added, and these are constants."""

    numpy = np.unwrap

    def bind(
        self, p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (p,), {"discont": strip(discont), "axis": axis, "period": strip(period)}

    def batch(self, b: Batch, axis: int, **params: Any) -> Any:
        (axis,) = behind(axis, b.ndim(0))
        return self.replay(b.operands, {"axis": axis, **params})

    def links(self, at: Local, **params: Any) -> list[Link]:
        return [SAME]

    def adjoint(self, g: Any, x: Any, **params: Any) -> Any:
        return np.astype(g, x.dtype)


@derived(np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """Piecewise linear interpolation, differentiable in all that it reads.

    At a point of `xp` the slope is that of the piece to the right of it, at the last one of the
    piece to the left.
    """
    x, xp = (np.astype(as_array(z), float) for z in (x, xp))
    fp = as_array(fp)
    fp = np.astype(fp, complex if fp.dtype.kind == "c" else float)
    if xp.ndim != 1 or fp.shape != xp.shape:
        raise ValueError("fp and xp are not of the same length")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period, left, right = np.abs(period), None, None
        x, xp = x % period, xp % period
        order = np.argsort(strip(xp))
        xp, fp = xp[order], fp[order]
        xp = np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
        fp = np.concatenate((fp[-1:], fp, fp[:1]))
    n = xp.shape[0]
    if n == 0:
        raise ValueError("array of sample points is empty")
    plain = strip(x)
    base = np.clip(np.searchsorted(strip(xp), plain, side="right") - 1, 0, n - 1)
    if n == 1:
        y = fp[base]
    else:
        piece = np.minimum(base, n - 2)
        slope = (fp[piece + 1] - fp[piece]) / (xp[piece + 1] - xp[piece])
        y = slope * (x - xp[base]) + fp[base]
    y = np.where(np.less(x, xp[0]), fp[0] if left is None else left, y)
    y = np.where(np.greater(x, xp[-1]), fp[-1] if right is None else right, y)
    return np.where(np.isnan(x), np.nan, y)


class Convolve(Multilinear):
    """Products of polynomials: each adjoint is a convolution with the other operand reversed."""

    numpy = np.convolve
    adjoints = (
        lambda g, a, v, mode: _convolution_adjoint(_in_full(g, a, v), v),
        lambda g, a, v, mode: _convolution_adjoint(_in_full(g, a, v), a),
    )

    def bind(self, a: Any, v: Any, mode: Any = "full") -> tuple[tuple[Any, ...], dict[str, Any]]:
        return tuple(np.atleast_1d(z) for z in map(as_array, (a, v))), {"mode": mode}

    def forward(self, a: Any, v: Any, mode: Any) -> Any:
        return np.convolve(a, v, mode)

    def batch(self, b: Batch, mode: Any) -> Any:
        return _convolutions(b.whole(0), b.whole(1), mode)

    def links(self, at: Local, mode: Any) -> list[Link]:
        return _windows(at)


class Correlate(Multilinear):
    """The convolution with the second operand conjugated and reversed."""

    numpy = np.correlate
    adjoints = (
        lambda g, a, v, mode: _convolution_adjoint(
            _in_full(g, a, v, mirrored=True), np.conjugate(np.flip(v))
        ),
        lambda g, a, v, mode: np.conjugate(
            np.flip(_convolution_adjoint(_in_full(g, a, v, mirrored=True), a))
        ),
    )

    def bind(self, a: Any, v: Any, mode: Any = "valid") -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (as_array(a), as_array(v)), {"mode": mode}

    def forward(self, a: Any, v: Any, mode: Any) -> Any:
        return np.correlate(a, v, mode)

    def links(self, at: Local, mode: Any) -> list[Link]:
        return _windows(at, mirrored=True)

    def batch(self, b: Batch, mode: Any) -> Any:
        return _convolutions(b.whole(0), np.conjugate(np.flip(b.whole(1), -1)), mode, mirrored=True)


def _windows(at: Local, mirrored: bool = False) -> list[Link]:
    """Return the links of a convolution: entries i and j of the operands meet in entry i + j."""
    (n,), (m,) = at.shapes
    start = _left_out_before(n + m - 1 - at.size, mirrored and n < m)
    a, v = (
        np.arange(k) if x is None else np.flatnonzero(x)
        for x, k in zip(at.operands, (n, m), strict=True)
    )
    i, j = (x.ravel() for x in np.meshgrid(a, v, indexing="ij"))
    results = i + (m - 1 - j if mirrored else j) - start
    inside = (results >= 0) & (results < at.size)
    return at.each(
        lambda k: (joins(results[inside], (j if k else i)[inside], (at.size, m if k else n)),)
    )


def _in_full(g: Any, a: Any, v: Any, mirrored: bool = False) -> Any:
    """Fill up the adjoint of the middle part of a convolution to that of all of it."""
    missing = len(a) + len(v) - 1 - len(g)
    before = _left_out_before(missing, mirrored and len(a) < len(v))
    return np.pad(g, (before, missing - before))


def _left_out_before(missing: int, other_side: bool) -> int:
    """Return how many of the `missing` entries of a convolution stand before its middle part.

    A correlation whose first operand is the shorter one is computed from the other side.
    """
    return missing - missing // 2 if other_side else missing // 2


def _convolutions(a: Any, v: Any, mode: Any, mirrored: bool = False) -> Any:
    """Return the convolutions of the rows of two matrices: windows of one, times the other."""
    n, m = a.shape[-1], v.shape[-1]
    length = len(np.correlate(np.zeros(n), np.zeros(m), mode))
    missing = n + m - 1 - length
    start = _left_out_before(missing, mirrored and n < m)
    if m > n:
        a, v, n, m = v, a, m, n
    padded = np.pad(a, ((0, 0), (m - 1, m - 1)))
    windows = padded[:, np.add.outer(np.arange(start, start + length), np.arange(m))]
    return np.matmul(windows, np.flip(v, -1)[..., None])[..., 0]


def _convolution_adjoint(g: Any, other: Any) -> Any:
    return np.convolve(g, np.flip(other), "valid")
