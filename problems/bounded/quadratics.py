"""Quadratics between bounds: convex, degenerate, indefinite."""

from __future__ import annotations

import functools

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._parameters import whole_number
from problems._registry import register
from problems.bounded._common import entries, record


@register
def biggsb1(n: int = 100) -> ConstrainedProblem:
    """Chain between 0 and 1 whose links, but the last, must stay below 0.9.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)
    last = np.arange(n) == n - 1

    def value(x):
        steps = x[..., 1:] - x[..., :-1]
        return (x[..., 0] - 1) ** 2 + np.sum(steps**2, axis=-1) + (1 - x[..., -1]) ** 2

    return record(
        "biggsb1",
        value,
        start=np.zeros(n),
        solution=np.where(last, 0.95, 0.9),
        least_value=0.015,
        source="M. Bartholomew-Biggs and F. G. Hernandez (1992), Some improvements to the "
        "subroutine OPALQP for dealing with large problems, Hatfield Polytechnic",
        tags={"convex", "quadratic", "sum-of-squares"},
        lower=np.where(last, -np.inf, 0.0),
        upper=np.where(last, np.inf, 0.9),
    )


@register
def chenhark(n: int = 100) -> ConstrainedProblem:
    """Linear complementarity of a plate, a fifth of its variables degenerate.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=10)
    free, degenerate = n // 2, n // 5
    solution = np.where(np.arange(n) < free, 1.0, 0.0)

    def bends(x):
        inner = x[..., 2:] + x[..., :-2] - 2 * x[..., 1:-1]
        ends = (
            x[..., 0] ** 2
            + (2 * x[..., 0] - x[..., 1]) ** 2
            + (2 * x[..., -1] - x[..., -2]) ** 2
            + x[..., -1] ** 2
        )
        return (np.sum(inner**2, axis=-1) + ends) / 2

    padded = np.concatenate([[0.0, 0.0], solution, [0.0, 0.0]])
    force = np.convolve(padded, [1.0, -4.0, 6.0, -4.0, 1.0], mode="valid")
    q = np.where(np.arange(n) < free + degenerate, -force, 1 - force)

    def value(x):
        return bends(x) + np.sum(q * x, axis=-1)

    return record(
        "chenhark",
        value,
        start=np.full(n, 0.5),
        solution=solution,
        least_value=-2.0,
        source="B. Chen and P. T. Harker (1993), A non-interior-point continuation method for "
        "linear complementarity problems, SIAM J. Matrix Anal. Appl. 14(4), 1168-1190",
        note="CUTEst's file has -0.5 for the least value; at the solution that it is built from "
        "the value is -2. Of its two more parameters, half of the variables are free at the "
        "solution here, and a fifth degenerate.",
        tags={"convex", "quadratic"},
        lower=0.0,
    )


def gould(name: str, quarters: int, n: int = 100) -> ConstrainedProblem:
    """Sum of weighted squares of triples, some with a negative sign.

    Parameters
    ----------
    n : int
        Number of variables, at least 4.
    """
    n = whole_number("n", n, least=4)
    i = np.arange(1, n + 1)
    second, third = (2 * i - 1) % n, (3 * i - 1) % n
    weights = np.where(i <= n * quarters // 4, 1.0, -1.0) * i / 2

    def value(x):
        return np.sum(weights * (x + x[..., second] + x[..., third]) ** 2, axis=-1)

    convex = quarters == 4
    return record(
        name,
        value,
        start=np.full(n, 0.5),
        solution=np.full(n, 0.1) if convex else None,
        least_value=0.0225 * n * (n + 1) if convex else LEAST.get((name, n)),
        source="N. I. M. Gould (1995), private communication",
        description="Sum of squares of triples, each larger than the one before"
        if convex
        else f"Squares of triples, the last {4 - quarters} quarters of them with a negative sign",
        note=""
        if convex
        else "The least value is the least of those found from many starts; local minimisers are "
        "plenty. CUTEst's file has -660133, that of one of them, for NCVXBQP3.",
        tags={"quadratic", "convex"} if convex else {"quadratic", "multimodal"},
        lower=0.1,
        upper=10.0,
    )


for _name, _quarters in (("cvxbqp1", 4), ("ncvxbqp1", 1), ("ncvxbqp2", 2), ("ncvxbqp3", 3)):
    register(functools.partial(gould, _name, _quarters), name=_name)

LEAST = {
    ("ncvxbqp1", 100): -1995577.65,
    ("ncvxbqp2", 100): -1333045.53,
    ("ncvxbqp3", 100): -670848.7173475607,
}


@register
def harkerp2(n: int = 100) -> ConstrainedProblem:
    """Linear complementarity with a dense triangular matrix: methods drop bounds one by one.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        # The sums from each entry to the last
        tails = np.cumsum(x[..., ::-1], axis=-1)
        total = tails[..., -1]
        return 2 * np.sum(tails**2, axis=-1) - total**2 - total - np.sum(x**2, axis=-1) / 2

    return record(
        "harkerp2",
        value,
        start=np.arange(1.0, n + 1),
        solution=(np.arange(n) == 0).astype(float),
        least_value=-0.5,
        source="P. T. Harker and J.-S. Pang (1990), A damped Newton method for the linear "
        "complementarity problem, Lectures in Applied Mathematics 26, AMS, 265-284",
        note="CUTEst's file has 1.0 for the least value; it is -1/2.",
        tags={"quadratic"},
        lower=0.0,
    )


@register
def oslbqp() -> ConstrainedProblem:
    """Separable quadratic from the manual of OSL."""
    linear = np.array([1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, -1.0])

    def value(x):
        return np.sum(linear * x + x**2 / 2, axis=-1)

    return record(
        "oslbqp",
        value,
        start=np.full(8, 0.5),
        solution=np.array([2.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 1.0]),
        least_value=6.25,
        source="IBM (1991), Optimization Subroutine Library, Guide and Reference",
        note="The published start lies below the bound of the first variable.",
        tags={"convex", "quadratic"},
        lower=np.array([2.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]),
        upper=np.array([np.inf, 4.1, np.inf, np.inf, 4.0, np.inf, np.inf, 4.3]),
    )


@register
def pentdi(n: int = 100) -> ConstrainedProblem:
    """Five diagonals whose condition grows with n, degenerate at the solution.

    Parameters
    ----------
    n : int
        Number of variables, even, at least 8.
    """
    n = whole_number("n", n, least=8, multiple_of=2)
    half = n // 2
    linear = np.where(np.arange(n) >= half + 2, 1.0, 0.0)
    linear[[0, half - 1]] = -3.0
    linear[[1, half - 2]] = 1.0
    linear[half] = 4.0
    solution = np.zeros(n)
    solution[[0, half - 1]] = 0.25

    def value(x):
        return (
            6 * np.sum(x**2, axis=-1)
            - 4 * np.sum(x[..., 1:-1] * x[..., :-2], axis=-1)
            + np.sum(x[..., 2:] * x[..., :-2], axis=-1)
            + np.sum(linear * x, axis=-1)
        )

    return record(
        "pentdi",
        value,
        start=np.zeros(n),
        solution=solution,
        least_value=-0.75,
        source="Y. Y. Lin and J.-S. Pang (1987), Iterative methods for large convex quadratic "
        "programs: a survey, SIAM Journal on Control and Optimization 25(2), 383-411",
        note="CUTEst's file, and so the record, leaves out the product of the last two variables, "
        "which the source has; the solution is the same.",
        tags={"convex", "quadratic"},
        lower=0.0,
    )


@register
def simbqp() -> ConstrainedProblem:
    """Quadratic in the plane with its minimiser on a bound."""

    def value(x):
        x1, x2 = entries(x)
        return x2 + (x2 - x1) ** 2 + (2 * x1 + x2) ** 2

    return record(
        "simbqp",
        value,
        start=np.array([10.0, 1.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source="N. I. M. Gould (1992), private communication",
        note="The published start lies above the bound of the second variable.",
        tags={"convex", "quadratic"},
        lower=np.array([-np.inf, 0.0]),
        upper=np.array([np.inf, 0.5]),
    )
