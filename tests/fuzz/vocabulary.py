"""Families of words: what they apply to, and how often programs use them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.fuzz import words
from tests.fuzz import words_of_derivatives as derivatives
from tests.fuzz import words_of_entries as entries
from tests.fuzz import words_of_matrices as matrices
from tests.fuzz import words_of_numbers as numbers
from tests.fuzz import words_of_python as python


@dataclass(frozen=True)
class Family:
    """Words of one kind.

    `least` is the length that first axes must have, 0 where there need be none; `takes` are the
    dtype kinds of the first operand, and of the others.
    """

    words: Mapping[str, Callable[..., Any]]
    weight: float
    operands: int = 1
    least: int = 0
    takes: tuple[str, str] = ("f", "f")

    def fits(self, *operands: Any) -> bool:
        """Whether the words apply to these arrays."""
        first, others = self.takes
        for k, a in enumerate(operands):
            if np.asarray(a).dtype.kind not in (others if k else first):
                return False
        if self.least:
            return all(np.ndim(a) >= 1 and len(a) >= self.least for a in operands)
        try:
            np.broadcast_shapes(*map(np.shape, operands))
        except ValueError:
            return False
        return True


PLAIN = (
    Family(words.UNARY, 6),
    Family(words.BINARY, 5, operands=2),
    Family(words.REARRANGE, 4, least=2),
    Family(words.REDUCE, 3, least=1),
    Family(words.PRODUCTS, 1, operands=2, least=1),
    Family(words.CONTROL, 2, least=1),
    Family(words.ASSIGN, 2, least=2),
)

WIDE = (
    *PLAIN,
    Family(entries.CHOOSE, 4, least=2),
    Family(entries.SUMMARY, 4, least=2),
    Family(entries.WRITE, 3, least=2),
    Family(numbers.ELEMENTARY, 4),
    Family(numbers.OPERANDS, 3, operands=2),
    Family(numbers.SPECIAL, 3, least=1),
    Family(matrices.ALGEBRA, 4, least=1),
    Family(matrices.TO_COMPLEX, 3, least=2),
    Family(matrices.OF_COMPLEX, 8, least=1, takes=("c", "")),
    Family(matrices.MIXED, 6, operands=2, takes=("c", "fc")),
    Family(matrices.TO_REAL, 6, least=1, takes=("c", "")),
    Family(derivatives.WITHIN, 2, least=2),
    Family(python.PYTHON, 3, least=2),
)


def without(families: Sequence[Family], names: Collection[str]) -> tuple[Family, ...]:
    """Return the families with some words left out."""

    def kept(family: Family) -> Family:
        return replace(family, words={n: f for n, f in family.words.items() if n not in names})

    return tuple(map(kept, families))
