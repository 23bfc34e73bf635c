"""Sums, products, quotients, powers."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from hessopt.autodiff.families import Elementwise, Rearrange, twice
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.node import NO_PARAMS
from hessopt.autodiff.registry import derived


class Add(Elementwise):
    numpy, symbol = np.add, "+"
    partials = (1, 1)


class Sub(Elementwise):
    numpy, symbol = np.subtract, "-"
    partials = (1, -1)


class Mul(Elementwise):
    numpy, symbol = np.multiply, "*"
    partials = (lambda y, a, b: b, lambda y, a, b: a)


class Div(Elementwise):
    numpy, symbol = np.true_divide, "/"
    partials = (lambda y, a, b: 1 / b, lambda y, a, b: -y / b)
    pulls = {0: lambda g, y, a, b: g / b}


class Neg(Elementwise):
    numpy, symbol = np.negative, "-"
    partials = (-1,)


class Positive(Elementwise):
    numpy, symbol = np.positive, "+"
    partials = (1,)


class Reciprocal(Elementwise):
    numpy = np.reciprocal
    partials = (lambda y, a: -y * y,)


class Square(Elementwise):
    numpy = np.square
    partials = (lambda y, a: 2 * a,)
    pulls = {0: lambda g, y, a: a * twice(g)}


def _base_partial(a: Any, b: Any) -> Any:
    """Return d(a**b)/da = b a**(b-1); where both are 0, it is 0."""
    if isinstance(b, (int, float)):
        return b * a ** (b - 1) if b else np.zeros((), a.dtype)
    return b * a ** np.where(np.equal(a, 0) & np.equal(b, 0), 1.0, b - 1)


def _pull_to_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    """Keep the commonest power, the square, to one product with `a`."""
    if (type(b) is int or type(b) is float) and b == 2:
        return a * twice(g)
    return g * _base_partial(a, b)


def _exponent_partial(y: Any, a: Any, b: Any) -> Any:
    """Return d(a**b)/db = a**b log a, whose limit at a = 0 is 0 for b > 0."""
    vanishing = np.equal(a, 0) & np.greater_equal(np.real(b), 0)
    return y * np.log(np.where(vanishing, 1.0, a))


class Pow(Elementwise):
    numpy, symbol = np.power, "**"
    partials = (lambda y, a, b: _base_partial(a, b), _exponent_partial)
    pulls = {0: _pull_to_base}

    forward = staticmethod(operator.pow)  # it has NumPy's shortcuts for small constant powers


class FloatPower(Pow):
    numpy = np.float_power


class Mod(Elementwise):
    numpy, symbol = np.remainder, "%"
    partials = (1, lambda y, a, b: -np.floor_divide(a, b))


class Fmod(Elementwise):
    numpy = np.fmod
    partials = (1, lambda y, a, b: -np.trunc(a / b))


class Conjugate(Elementwise):
    numpy = np.conjugate
    partials = (None,)
    pulls = {0: lambda g, y, a: np.conjugate(g)}


class Real(Rearrange):
    """The adjoint of the real part is real: in the convention g = dL/dRe - i dL/dIm, g itself."""

    numpy = np.real
    elementwise = True

    def bind(self, val: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (val,), NO_PARAMS

    def adjoint(self, g: Any, x: Any) -> Any:
        return g.astype(x.dtype)


class Imag(Rearrange):
    """The imaginary part; its adjoint is -i g."""

    numpy = np.imag
    elementwise = True

    def bind(self, val: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (val,), NO_PARAMS

    def adjoint(self, g: Any, x: Any) -> Any:
        if x.dtype.kind != "c":
            return np.zeros(x.shape, x.dtype)
        return np.multiply(-1j, g).astype(x.dtype)  # -1j * g would be Python's for a NumPy scalar


class Cast(Rearrange):
    """A change of type; the adjoint goes back in the operand's type."""

    numpy = np.astype
    elementwise = True

    def bind(
        self, x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        dtype = np.dtype(dtype)
        if dtype.kind not in "fc":
            raise TypeError(
                f"astype({dtype}) on a Variable would drop its derivative; take x.data.astype(...)"
            )
        if device is not None:
            raise unsupported(self, {"device": device})
        return (x,), {"dtype": dtype}

    def forward(self, x: Any, dtype: Any) -> Any:
        return x.astype(dtype)

    def adjoint(self, g: Any, x: Any, dtype: Any) -> Any:
        if dtype.kind == "c" and x.dtype.kind != "c":
            g = np.real(g)
        return g.astype(x.dtype)


class Copy(Rearrange):
    numpy = np.copy
    elementwise = True

    def bind(
        self, a: Any, order: Any = "K", subok: bool = False
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (a,), NO_PARAMS

    def adjoint(self, g: Any, x: Any) -> Any:
        return g


@derived(np.divmod)
def divmod_(a: Any, b: Any) -> Any:
    """Return quotient (constant almost everywhere) and remainder."""
    return np.floor_divide(a, b), np.remainder(a, b)


@derived(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """Return the angle of a complex number."""
    phase = np.arctan2(np.imag(z), np.real(z))
    return np.rad2deg(phase) if deg else phase
