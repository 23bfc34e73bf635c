"""Choosing between values: absolute value, extremes, where.

At a kink the derivative is a convention: 0 for ``abs`` at 0; where the operands of ``maximum`` or
``minimum`` are equal, half for each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.constants import Constant
from hessopt.autodiff.families import Elementwise, Multilinear
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.node import NO_PARAMS, Handle
from hessopt.autodiff.registry import derived
from hessopt.autodiff.structure import Link, Local, takes


def _absolute_partial(y: Any, x: Any) -> Any:
    if x.dtype.kind != "c":
        return np.sign(x)
    return np.conjugate(x) / np.where(np.equal(x, 0), 1.0, y)


_STEP = Constant(np.sign)


class Sign(Elementwise):
    """Constant where it is real; of a complex number, its direction."""

    numpy = np.sign
    partials = (None,)
    pulls = {0: lambda g, y, x: _turned(g, y, x)}

    def __call__(self, *operands: Any, **kwargs: Any) -> Any:
        if operands[0].dtype.kind == "c":
            return super().__call__(*operands, **kwargs)
        return _STEP(*operands, **kwargs)


def _turned(g: Any, y: Any, x: Any) -> Any:
    across = g - np.conjugate(y) * np.real(g * y)
    return across / np.where(np.equal(x, 0), 1.0, np.absolute(x))


class Absolute(Elementwise):
    numpy = np.absolute
    partials = (_absolute_partial,)


class Fabs(Absolute):
    numpy = np.fabs


def _wins(x: Any, other: Any, y: Any) -> Any:
    """1 where x is the chosen value, 1/2 where both are, else 0; a constant."""
    return np.where(np.equal(x, other), 0.5, np.equal(x, y)).astype(y.dtype)


class Maximum(Elementwise):
    numpy = np.maximum
    partials = (lambda y, a, b: _wins(a, b, y), lambda y, a, b: _wins(b, a, y))


class Minimum(Maximum):
    numpy = np.minimum


class Fmax(Maximum):
    numpy = np.fmax


class Fmin(Maximum):
    numpy = np.fmin


class Copysign(Elementwise):
    numpy = np.copysign
    partials = (lambda y, a, b: np.sign(a) * np.sign(y), 0)


def _as_condition(condition: Any) -> Any:
    """Return a condition as booleans: an array, or a traced value in a trace."""
    if isinstance(condition, Handle):
        condition = np.not_equal(condition, 0)  # pyright: ignore - dispatches on the Variable
    return condition if isinstance(condition, Handle) else np.asarray(condition, dtype=bool)


class Where(Multilinear):
    """Linear in both branches; the condition carries no derivative."""

    numpy = np.where
    elementwise = True
    stacks = True
    adjoints = (
        lambda g, condition, a, b: np.zeros_like(condition),
        lambda g, condition, a, b: np.where(condition, g, 0.0),
        lambda g, condition, a, b: np.where(condition, 0.0, g),
    )

    def __call__(self, condition: Any, *branches: Any) -> Any:
        if not branches:
            return np.nonzero(condition)
        return super().__call__(condition, *branches)

    def links(self, at: Local) -> list[Link]:
        chosen = at.operands[0]

        def link(i: int) -> Link:
            if i == 0:
                return None
            if chosen is None:
                return at.broadcast(i)
            where = chosen if i == 1 else ~chosen
            return takes(np.broadcast_to(at.numbers(i), at.shape), where)

        return at.each(link)

    def bind(self, condition: Any, x: Any, y: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (_as_condition(condition), x, y), NO_PARAMS


@derived(np.clip)
def clip(
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: Any = None,
    *,
    min: Any = None,
    max: Any = None,
    **kwargs: Any,
) -> Any:
    """Limit to an interval: the maximum with the lower bound, then the minimum with the upper."""
    if out is not None:
        raise unsupported(np.clip, {"out": out})
    if kwargs:
        raise unsupported(np.clip, kwargs)
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    if low is not None:
        a = np.maximum(a, low)
    return a if high is None else np.minimum(a, high)
