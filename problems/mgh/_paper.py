"""What the records of the collection share: the paper, and its starts."""

from __future__ import annotations

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
