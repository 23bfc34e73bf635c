"""What the records of the collection share: the paper, its starts, and sums of squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from problems._problem import Array


def paper(number: int) -> str:
    """Return where the paper is published, with the number that the problem has there."""
    return (
        "J. J. Moré, B. S. Garbow and K. E. Hillstrom (1981), Testing unconstrained optimization "
        f"software, ACM TOMS 7(1), 17-41, problem {number}"
    )


def multiples(start: Any, factors: tuple[float, ...] = (1, 10, 100)) -> tuple[Array, ...]:
    """Return the starts that the paper asks for: the standard one, 10 and 100 times as far out."""
    return tuple(factor * np.asarray(start, dtype=float) for factor in factors)


def sum_of_squares(residual: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the objective of which the residual's entries are the terms."""
    return lambda x: np.sum(residual(x) ** 2, axis=-1)
