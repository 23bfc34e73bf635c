"""What the bound-constrained problems share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from problems._constrained import ConstrainedProblem


def record(
    name: str, value: Callable[[Any], Any], *, source: str, tags: Iterable[str] = (), **fields: Any
) -> ConstrainedProblem:
    """Return the record; `source` is completed by the name that CUTEst has for it."""
    return ConstrainedProblem(
        name,
        value,
        source=f"{source}; CUTEst problem {name.upper()}",
        tags=frozenset({"bounds", *tags}),
        **fields,
    )


def entries(x: Any) -> list[Any]:
    """Return ``x1, x2, ...``: the entries of the last axis."""
    return [x[..., i] for i in range(x.shape[-1])]
