"""What the problems of the collection share: their record, and the way they are spelt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from problems._constrained import ConstrainedProblem

EQUAL = 0.0  # as the upper limit makes c(x) >= 0 to c(x) = 0


def record(
    number: int, value: Callable[[Any], Any], *, tags: Iterable[str] = (), **fields: Any
) -> ConstrainedProblem:
    """Return the record of problem `number`; the other fields are those of the record."""
    return ConstrainedProblem(
        f"hs{number}",
        value,
        source="W. Hock and K. Schittkowski (1981), Test Examples for Nonlinear Programming Codes, "
        f"Lecture Notes in Economics and Mathematical Systems 187, Springer, problem {number}",
        tags=frozenset({"hs", *tags}),
        **fields,
    )


def entries(x: Any) -> list[Any]:
    """Return ``x1, x2, ...``: the entries of the last axis."""
    return [x[..., i] for i in range(x.shape[-1])]


def joined(*rows: Any) -> Any:
    """Return constraints, one or more, along a last axis."""
    return np.stack(rows, axis=-1)
