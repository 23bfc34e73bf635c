"""Discrete Fourier transforms: linear maps, whose transposes are transforms again.

The matrix of a transform is symmetric, so that of the complex ones is its own transpose. In the
convention g = dL/dRe - i dL/dIm a rule is the transpose without conjugation; that of a real
operand is the real part.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.families import Linear, fit, negative_axis
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived
from hessopt.autodiff.structure import Link, Local

_OTHER_WAY: dict[Any, Any] = {
    None: "forward",
    "backward": "forward",
    "forward": "backward",
    "ortho": "ortho",
}


def _resized(x: Any, n: int, axis: int) -> Any:
    """Return `x` cut, or filled up with zeros, to `n` entries along `axis`."""
    length = x.shape[axis]
    if n <= length:
        return x[(..., slice(None, n), *(slice(None),) * (-axis - 1))]
    widths = [(0, 0)] * x.ndim
    widths[axis] = (0, n - length)
    return np.pad(x, widths)


class _Transform(Linear):
    """A transform along one axis; ``params["n"]`` is the number of points."""

    stacks = True

    def bind(
        self, a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if out is not None:
            raise unsupported(self, {"out": out})
        axis = negative_axis(axis, a.ndim)
        n = self.points(a.shape[axis]) if n is None else int(n)
        return (a,), {"n": n, "axis": axis, "norm": norm}

    def points(self, length: int) -> int:
        return length

    def links(self, at: Local, axis: int, **params: Any) -> list[Link]:
        return [at.along(0, axis)]

    def adjoint(self, g: Any, x: Any, n: int, axis: int, norm: Any) -> Any:
        gx = self.forward(g, n=n, axis=axis, norm=norm)
        return fit(_resized(gx, x.shape[axis], axis), x)


class FFT(_Transform):
    numpy = np.fft.fft


class IFFT(_Transform):
    numpy = np.fft.ifft


class RFFT(_Transform):
    """The complex transform of real numbers, its first half."""

    numpy = np.fft.rfft

    def adjoint(self, g: Any, x: Any, n: int, axis: int, norm: Any) -> Any:
        gx = np.real(np.fft.fft(g, n, axis, norm))
        return fit(_resized(gx, x.shape[axis], axis), x)


class IRFFT(_Transform):
    """Entry k stands for entry n - k too, except where the two are one."""

    numpy = np.fft.irfft

    def points(self, length: int) -> int:
        return 2 * (length - 1)

    def adjoint(self, g: Any, x: Any, n: int, axis: int, norm: Any) -> Any:
        k = np.arange(n // 2 + 1)
        times = np.where((k == 0) | (2 * k == n), 1.0, 2.0).astype(g.dtype)
        gx = np.conjugate(np.fft.rfft(g, n, axis, _OTHER_WAY[norm]))
        gx = gx * times.reshape((-1, *(1,) * (-axis - 1)))
        return fit(_resized(gx, x.shape[axis], axis), x)


@derived(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """Transform the first half of Hermitian-symmetric numbers to real ones."""
    return np.fft.irfft(np.conjugate(a), n, axis, _OTHER_WAY[norm], out)


@derived(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """Undo `hfft`."""
    return np.conjugate(np.fft.rfft(a, n, axis, _OTHER_WAY[norm], out))


def _steps(a: Any, s: Any, axes: Any, out: Any, halved: bool = False) -> list[tuple[int, int]]:
    """Return (points, axis) for each axis of a transform over several."""
    if out is not None:
        raise unsupported(np.fft.fftn, {"out": out})
    ndim = len(a.shape)
    if s is None:
        axes = range(-ndim, 0) if axes is None else axes
        points = [a.shape[axis] for axis in axes]
        if halved:
            points[-1] = 2 * (points[-1] - 1)
    else:
        axes = range(-len(s), 0) if axes is None else axes
        if len(s) != len(axes):
            raise ValueError(f"fft: s has {len(s)} entries and axes {len(axes)}")
        pairs = zip(s, axes, strict=True)
        points = [a.shape[axis] if n is None or n == -1 else n for n, axis in pairs]
    return list(zip(points, axes, strict=True))


@derived(np.fft.fftn)
def fftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Transform over several axes, the last one first."""
    for n, axis in reversed(_steps(a, s, axes, out)):
        a = np.fft.fft(a, n, axis, norm)
    return a


@derived(np.fft.ifftn)
def ifftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Undo `fftn`."""
    for n, axis in reversed(_steps(a, s, axes, out)):
        a = np.fft.ifft(a, n, axis, norm)
    return a


@derived(np.fft.rfftn)
def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Transform real numbers over several axes; the last one is halved."""
    *others, (n, axis) = _steps(a, s, axes, out)
    a = np.fft.rfft(a, n, axis, norm)
    for n, axis in reversed(others):
        a = np.fft.fft(a, n, axis, norm)
    return a


@derived(np.fft.irfftn)
def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Undo `rfftn`."""
    *others, (n, axis) = _steps(a, s, axes, out, halved=True)
    for points, other in others:
        a = np.fft.ifft(a, points, other, norm)
    return np.fft.irfft(a, n, axis, norm)


def _in_two_axes(function: Any) -> Any:
    def rule(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
        return function(a, s, axes, norm, out)

    return rule


derived(np.fft.fft2)(_in_two_axes(np.fft.fftn))
derived(np.fft.ifft2)(_in_two_axes(np.fft.ifftn))
derived(np.fft.rfft2)(_in_two_axes(np.fft.rfftn))
derived(np.fft.irfft2)(_in_two_axes(np.fft.irfftn))


def _shifted(half: Any) -> Any:
    def rule(x: Any, axes: Any = None) -> Any:
        if axes is None:
            axes = tuple(range(x.ndim))
        elif np.ndim(axes) == 0:
            axes = (axes,)
        return np.roll(x, tuple(half(x.shape[axis]) for axis in axes), tuple(axes))

    return rule


derived(np.fft.fftshift)(_shifted(lambda n: n // 2))
derived(np.fft.ifftshift)(_shifted(lambda n: -(n // 2)))
