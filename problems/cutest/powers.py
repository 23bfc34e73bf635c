"""Powers and sines of single variables and of sums of scattered ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._sources import BUCKLEY, cutest

GOULD = "N. I. M. Gould, unpublished"
LOWEST = 1.895494267033981  # least s^2 + 4 cos s: the positive root of s = 2 sin s


@register
def quartc(n: int = 100) -> Problem:
    """Fourth powers of far distances: the Hessian is zero at the solution.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    i = np.arange(1.0, n + 1)

    def value(x):
        return np.sum((x - i) ** 4, axis=-1)

    return Problem(
        "quartc",
        value,
        start=np.full(n, 2.0),
        solution=i,
        least_value=0.0,
        source=cutest("QUARTC", f"{BUCKLEY}, problem 157"),
        note="CUTEst's DQRTIC is the same function.",
        tags=frozenset({"convex", "cutest", "singular"}),
    )


@register
def power(n: int = 100) -> Problem:
    """Square of a quadratic: the Hessian is zero at the solution, and badly scaled before.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    i = np.arange(1.0, n + 1)

    def value(x):
        return np.sum(i * x**2, axis=-1) ** 2

    return Problem(
        "power",
        value,
        start=np.ones(n),
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest(
            "POWER",
            "S. S. Oren (1974), Self-scaling variable metric algorithms, Part II: implementation "
            "and experiments, Management Science 20(5), 863-874",
        ),
        tags=frozenset({"convex", "cutest", "singular"}),
    )


@register
def sparsine(n: int = 100) -> Problem:
    """Sines of six scattered variables: the Hessian is sparse and its pattern has no structure.

    Parameters
    ----------
    n : int
        Number of variables, at least 10.
    """
    n = whole_number("n", n, least=10)
    i = np.arange(1.0, n + 1)
    places = scattered(n, (2, 3, 5, 7, 11))

    def value(x):
        sines = np.sin(x)
        return np.sum(i * (sines + sum(sines[..., k] for k in places)) ** 2, axis=-1) / 2

    return Problem(
        "sparsine",
        value,
        start=np.full(n, 0.5),
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest("SPARSINE", GOULD),
        note="The sums leave some directions free in some sizes, n = 100 among them, and the "
        "Hessian at the solution is singular there.",
        tags=frozenset({"cutest", "multimodal", "singular", "sum-of-squares"}),
    )


@register
def sparsqur(n: int = 100) -> Problem:
    """Squared sums of six scattered squares: convex, the Hessian zero at the solution.

    Parameters
    ----------
    n : int
        Number of variables, at least 10.
    """
    n = whole_number("n", n, least=10)
    i = np.arange(1.0, n + 1)
    places = scattered(n, (2, 3, 5, 7, 11))

    def value(x):
        squares = x**2
        return np.sum(i * (squares + sum(squares[..., k] for k in places)) ** 2, axis=-1) / 8

    return Problem(
        "sparsqur",
        value,
        start=np.full(n, 0.5),
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest("SPARSQUR", GOULD),
        tags=frozenset({"convex", "cutest", "singular"}),
    )


def scattered(n: int, multiples: tuple[int, ...]) -> list[Any]:
    """Return, for each multiple k, the places of k i + 1 modulo n for i = 1, ..., n."""
    i = np.arange(1, n + 1)
    return [(k * i - 1) % n for k in multiples]


@register
def noncvxu2(n: int = 100) -> Problem:
    """Squares and cosines of three scattered variables: bounded below, convex nowhere much.

    Parameters
    ----------
    n : int
        Number of variables, at least 7.
    """
    n = whole_number("n", n, least=7)
    i = np.arange(1, n + 1)
    second, third = (3 * i - 2) % n, (7 * i - 3) % n

    def value(x):
        sums = x + x[..., second] + x[..., third]
        return np.sum(sums**2 + 4 * np.cos(sums), axis=-1)

    return Problem(
        "noncvxu2",
        value,
        start=np.arange(1.0, n + 1),
        solution=np.full(n, LOWEST / 3),
        least_value=n * (LOWEST**2 + 4 * np.cos(LOWEST)),
        source=cutest("NONCVXU2", GOULD),
        note="Published as 2.3168084 n. From the usual start most methods end a little higher, "
        "for the sums can differ in sign. They leave some directions free in some sizes, n = 100 "
        "among them, and the Hessian at the solutions is singular there.",
        tags=frozenset({"cutest", "multimodal", "singular"}),
    )
