"""One line for each special function: the ufunc, and its partial derivatives in order.

A partial is written with other special functions of the same kind, so that it can be
differentiated again. None stands where no such expression is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from hessopt.autodiff.families import Elementwise, Opaque, Partial
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.structure import Link, Local, Shape


class Several(Opaque):
    """A ufunc of several outputs.

    ``partials[i](y, *operands)`` returns the derivative of each output with respect to operand
    `i`, where `y` is the tuple of outputs; None where it is not known.
    """

    stacks = True
    partials: ClassVar[tuple[Callable[..., tuple[Any, ...]] | None, ...]] = ()

    def links(self, at: Local, **params: Any) -> list[Link]:
        return at.each(at.broadcast)

    def shared(self, shapes: Sequence[Shape]) -> Shape:
        return np.broadcast_shapes(*shapes)

    def backward(self, g: Any, y: Any, *operands: Any) -> Sequence[Any]:
        def of_operand(i: int) -> Any:
            partial = self.partials[i]
            if partial is None:
                raise NoDerivativeError(
                    f"{self.name}: the derivative with respect to argument {i} is not known; "
                    "pass that argument as a constant"
                )
            return sum(gk * dk for gk, dk in zip(g, partial(y, *operands), strict=True))

        return [lambda i=i: of_operand(i) for i in range(len(operands))]


def elementwise(ufunc: np.ufunc, *partials: Partial) -> None:
    """Declare a ufunc of one output."""
    _declare(Elementwise, ufunc, partials)


def several(ufunc: np.ufunc, *partials: Callable[..., tuple[Any, ...]] | None) -> None:
    """Declare a ufunc of several outputs."""
    _declare(Several, ufunc, partials)


def _declare(family: type, ufunc: np.ufunc, partials: Sequence[Any]) -> None:
    if len(partials) != ufunc.nin:
        raise TypeError(f"{ufunc.__name__} takes {ufunc.nin} arguments, not {len(partials)}")
    name = ufunc.__name__.lstrip("_")
    type(name, (family,), {"numpy": ufunc, "partials": tuple(partials)})


def real_only(name: str, x: Any) -> Any:
    """Return `x`, or refuse it where a function is not holomorphic and `x` is complex."""
    if x.dtype.kind == "c":
        raise NoDerivativeError(f"{name}: no derivative at complex arguments; pass real ones")
    return x


def safe(condition: Any, x: Any, instead: float) -> Any:
    """Return `x` where the branch that reads it is taken, else a number that does no harm."""
    return np.where(condition, x, instead)
