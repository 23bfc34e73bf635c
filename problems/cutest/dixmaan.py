"""The family of Dixon and Maany: twelve choices of weights of one sparse quartic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._sources import cutest

# Weights alpha, beta, gamma, delta, and the powers of i / n that go with them
WEIGHTS = {
    "a": (1, 0, 0.125, 0.125),
    "b": (1, 0.0625, 0.0625, 0.0625),
    "c": (1, 0.125, 0.125, 0.125),
    "d": (1, 0.26, 0.26, 0.26),
}
POWERS = {"abcd": (0, 0, 0, 0), "efgh": (1, 0, 0, 1), "ijkl": (2, 0, 0, 2)}


def dixmaan(letter: str, n: int) -> Problem:
    """Build one member of the family."""
    n = whole_number("n", n, least=3, multiple_of=3)
    m = n // 3
    group, powers = next(pair for pair in POWERS.items() if letter in pair[0])
    alpha, beta, gamma, delta = WEIGHTS["abcd"[group.index(letter)]]
    i = np.arange(1.0, n + 1) / n
    a, b, c, d = (
        weight * i[:count] ** power
        for weight, count, power in zip(
            (alpha, beta, gamma, delta), (n, n - 1, 2 * m, m), powers, strict=True
        )
    )

    def value(x):
        head, tail = x[..., :-1], x[..., 1:]
        return (
            1
            + np.sum(a * x**2, axis=-1)
            + np.sum(b * head**2 * (tail + tail**2) ** 2, axis=-1)
            + np.sum(c * x[..., : 2 * m] ** 2 * x[..., m:] ** 4, axis=-1)
            + np.sum(d * x[..., :m] * x[..., 2 * m :], axis=-1)
        )

    return Problem(
        f"dixmaan{letter}",
        value,
        start=np.full(n, 2.0),
        solution=np.zeros(n),
        least_value=1.0,
        source=cutest(
            f"DIXMAAN{letter.upper()}",
            "L. C. W. Dixon and Z. Maany (1988), A family of test problems with sparse Hessians "
            "for unconstrained optimization, TR 206, Numerical Optimisation Centre, Hatfield "
            "Polytechnic",
        ),
        description=f"Sparse quartic of the family DIXMAAN, member {letter.upper()}: "
        + ("mild" if powers[0] == 0 else f"condition growing like n^{powers[0]}")
        + ".",
        tags=frozenset({"cutest"}),
    )


def _member(letter: str) -> Callable[..., Problem]:
    def factory(n: int = 300) -> Problem:
        return dixmaan(letter, n)

    return factory


for _letter in "abcdefghijkl":
    register(_member(_letter), name=f"dixmaan{_letter}")
