"""Checks of the parameters that problems take; each refusal names the parameter."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any


def whole_number(
    name: str, value: Any, *, least: int, greatest: int | None = None, multiple_of: int = 1
) -> int:
    """Return `value` as an int within the limits, or raise a ValueError."""
    limits = f" of at least {least}"
    if greatest is not None:
        limits = f" from {least} to {greatest}"
    if multiple_of == 2:
        limits = f", even,{limits}"
    elif multiple_of > 1:
        limits = f", divisible by {multiple_of},{limits}"
    complaint = f"{name} must be a whole number{limits}, got {value!r}"
    if isinstance(value, bool):
        raise ValueError(complaint)
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(complaint) from None
    if number < least or number % multiple_of or (greatest is not None and number > greatest):
        raise ValueError(complaint)
    return number


def real_number(
    name: str, value: Any, *, above: float = -math.inf, least: float = -math.inf
) -> float:
    """Return `value` as a finite float within the limits, or raise a ValueError."""
    limits = ""
    if above > -math.inf:
        limits = f" greater than {above:g}"
    elif least > -math.inf:
        limits = f" of at least {least:g}"
    complaint = f"{name} must be a finite number{limits}, got {value!r}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(complaint) from None
    if not (math.isfinite(number) and number > above and number >= least):
        raise ValueError(complaint)
    return number


def one_of(name: str, value: Any, choices: Sequence[str]) -> str:
    """Return `value` if it is among `choices`, or raise a ValueError."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value
