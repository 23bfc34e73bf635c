"""Functions that hand plain arrays over to SciPy, and know what to do with Variables."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from hessopt.autodiff.function import Primitive, apply
from hessopt.autodiff.node import Handle
from hessopt.autodiff.registry import full_name

F = TypeVar("F", bound=Callable[..., Any])


def holds_variables(values: Any) -> bool:
    """Whether a Variable is among (nested) arguments."""
    if isinstance(values, Handle):
        return True
    if isinstance(values, dict):
        values = values.values()
    elif not isinstance(values, (list, tuple)):
        return False
    return any(holds_variables(value) for value in values)


def mirrors(original: Callable[..., Any]) -> Callable[[F], F]:
    """Declare what a function of SciPy's does to Variables.

    The decorated rule has SciPy's signature. Without a Variable among its arguments, SciPy's own
    function is called, and its result returned as it is.
    """

    def decorate(rule: F) -> F:
        @wraps(rule)
        def function(*args: Any, **kwargs: Any) -> Any:
            chosen = rule if holds_variables(args) or holds_variables(kwargs) else original
            return chosen(*args, **kwargs)

        function.__doc__ = f"{rule.__doc__}\n\n    See `{full_name(original)}`.\n    "
        return function  # pyright: ignore[reportReturnType]

    return decorate


def applied(primitive: Primitive, *operands: Any, **params: Any) -> Any:
    """Apply a primitive within a rule, which is run on arrays and on Variables."""
    if holds_variables(operands):
        return apply(primitive, operands, params)
    return primitive.forward(*operands, **params)
