"""Quadratics, and one that nearly is: solved by one Newton step, by hundreds of gradient steps."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._least import LEAST
from problems.cutest._sources import BUCKLEY, SPARSE, TOINT, cutest

QUADRATIC = frozenset({"convex", "cutest", "quadratic", "unimodal"})


@register
def tridia(n: int = 100) -> Problem:
    """Tridiagonal quadratic whose condition grows with the square of ``n``.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)
    i = np.arange(2.0, n + 1)

    def value(x):
        return (x[..., 0] - 1) ** 2 + np.sum(i * (2 * x[..., 1:] - x[..., :-1]) ** 2, axis=-1)

    return Problem(
        "tridia",
        value,
        start=np.ones(n),
        solution=np.exp2(-np.arange(float(n))),
        least_value=0.0,
        source=cutest("TRIDIA", f"{TOINT}, problem 8"),
        tags=QUADRATIC | {"sum-of-squares"},
    )


@register
def dqdrtic(n: int = 1000) -> Problem:
    """Diagonal quadratic with four different curvatures.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    """
    n = whole_number("n", n, least=3)

    def value(x):
        squares = x**2
        return np.sum(squares[..., :-2] + 100 * (squares[..., 1:-1] + squares[..., 2:]), axis=-1)

    return Problem(
        "dqdrtic",
        value,
        start=np.full(n, 3.0),
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest("DQDRTIC", f"{TOINT}, problem 22"),
        tags=QUADRATIC | {"sum-of-squares"},
    )


@register
def dixon3dq(n: int = 100) -> Problem:
    """Differences of neighbours, tied at both ends: conjugate gradients take ``n`` steps.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    """
    n = whole_number("n", n, least=3)

    def value(x):
        differences = x[..., 1:-1] - x[..., 2:]
        ends = (x[..., 0] - 1) ** 2 + (x[..., -1] - 1) ** 2
        return ends + np.sum(differences**2, axis=-1)

    return Problem(
        "dixon3dq",
        value,
        start=np.full(n, -1.0),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("DIXON3DQ", f"{BUCKLEY}, problem 156"),
        tags=QUADRATIC | {"sum-of-squares"},
    )


@register
def hilberta(n: int = 5) -> Problem:
    """Hilbert's matrix as a quadratic form: from 12 variables on singular to double precision.

    Parameters
    ----------
    n : int
        Number of variables, up to 5000.
    """
    return _hilbert("hilberta", whole_number("n", n, least=1, greatest=5000), 0.0)


@register
def hilbertb(n: int = 10) -> Problem:
    """Hilbert's matrix as a quadratic form, made well conditioned by ten times the unit matrix.

    Parameters
    ----------
    n : int
        Number of variables, up to 5000.
    """
    return _hilbert("hilbertb", whole_number("n", n, least=1, greatest=5000), 5.0)


def _hilbert(name: str, n: int, shift: float) -> Problem:
    i = np.arange(n)
    matrix = 0.5 / (i + i[:, None] + 1.0) + shift * np.eye(n)

    def value(x):
        return np.sum(x * np.matmul(x, matrix), axis=-1)

    return Problem(
        name,
        value,
        start=np.full(n, -3.0),
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest(name.upper(), f"{BUCKLEY}, problem 19"),
        note="" if shift else "The condition is 1.5e7 for n = 6 and 1.6e13 for n = 10.",
        tags=QUADRATIC | ({"ill-conditioned"} if not shift and n > 5 else set()),
    )


@register
def fletcbv2(n: int = 100) -> Problem:
    """Boundary value problem as an energy: nearly quadratic, condition of the order of n^2.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    h = 1 / (n + 1)

    def value(x):
        ends = x[..., 0] ** 2 + x[..., -1] ** 2
        energy = (ends + np.sum((x[..., :-1] - x[..., 1:]) ** 2, axis=-1)) / 2
        return energy - h**2 * np.sum(2 * x + np.cos(x), axis=-1) - x[..., -1]

    return Problem(
        "fletcbv2",
        value,
        start=h * np.arange(1.0, n + 1),
        least_value=LEAST["fletcbv2"].get(n),
        source=cutest("FLETCBV2", f"{SPARSE}, first problem"),
        note="With h^2 in the source's place of 1 / h^2, as its author meant it. For large n the "
        "value at the start agrees with the least in its first digits, and tests on the gradient "
        "are met at the start.",
        tags=frozenset({"cutest"}),
    )
