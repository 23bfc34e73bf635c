"""Sums of squares between bounds: fits to data, and systems of equations."""

from __future__ import annotations

import functools
import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._parameters import whole_number
from problems._registry import register
from problems.bounded._common import record
from problems.bounded.measurements import GROUP_COUNTS, GROUP_SIZES, PALMER, WEEDS, YFIT

OPTIMA = "Numerical Optimization Centre (1989), The OPTIMA user manual, 8, Hatfield Polytechnic"


def _square_roots(name: str, upper: np.ndarray | float, **fields) -> ConstrainedProblem:
    def value(x):
        steps = x[..., :-1] - np.sqrt(x[..., 1:])
        return (x[..., 0] - 1) ** 2 + np.sum(steps**2, axis=-1)

    return record(
        name,
        value,
        start=np.full(4, 0.1),
        source=OPTIMA,
        tags={"sum-of-squares"},
        lower=1e-7,
        upper=upper,
        **fields,
    )


@register
def hatflda() -> ConstrainedProblem:
    """Chain of square roots, with bounds that keep them real."""
    return _square_roots("hatflda", np.inf, solution=np.ones(4), least_value=0.0)


@register
def hatfldb() -> ConstrainedProblem:
    """Chain of square roots, with a bound that the solution leans on."""
    return _square_roots("hatfldb", np.array([np.inf, 0.8, np.inf, np.inf]))


@register
def hatfldc(n: int = 25) -> ConstrainedProblem:
    """Chain of squares, each the variable after it.

    Parameters
    ----------
    n : int
        Number of variables, at least 3; 25 in the source.
    """
    n = whole_number("n", n, least=3)
    last = np.arange(n) == n - 1

    def value(x):
        steps = x[..., 2:] - x[..., 1:-1] ** 2
        return (x[..., 0] - 1) ** 2 + np.sum(steps**2, axis=-1) + (x[..., -1] - 1) ** 2

    return record(
        "hatfldc",
        value,
        start=np.full(n, 0.9),
        solution=np.ones(n),
        least_value=0.0,
        source=OPTIMA,
        tags={"sum-of-squares"},
        lower=np.where(last, -np.inf, 0.0),
        upper=np.where(last, np.inf, 10.0),
    )


def palmer(number: int) -> ConstrainedProblem:
    """Rotation of a molecule: parabola and peak, for any of four molecules."""
    angle, energy = PALMER[number]
    square = angle**2

    def value(x):
        a, b, c, d = (x[..., i : i + 1] for i in range(4))
        return np.sum((a * square + b / (c + square / d) - energy) ** 2, axis=-1)

    return record(
        f"palmer{number}",
        value,
        start=np.ones(4),
        source="M. Palmer (1990), University of Edinburgh, private communication",
        description=f"Fit of a parabola and a peak to energies of a molecule, data {number}",
        note="There is a second, worse minimiser; from the start some methods end there.",
        tags={"sum-of-squares", "multimodal"},
        lower=np.array([-np.inf, 1e-5, 1e-5, 1e-5]),
    )


for _number in PALMER:
    register(functools.partial(palmer, _number), name=f"palmer{_number}")


@register
def weeds() -> ConstrainedProblem:
    """Growth of weeds by a logistic curve, badly scaled."""
    time = np.arange(1.0, 13.0)

    def value(x):
        b1, b2, b3 = (x[..., i : i + 1] for i in range(3))
        return np.sum((b1 / (1 + b2 * np.exp(-b3 * time)) - WEEDS) ** 2, axis=-1)

    return record(
        "weeds",
        value,
        start=np.ones(3),
        source="J. C. Nash (1990), Compact Numerical Methods for Computers, 2nd edition, Adam "
        "Hilger, p. 144",
        tags={"sum-of-squares"},
        lower=0.0,
        upper=np.array([np.inf, np.inf, 3.0]),
    )


@register
def yfit() -> ConstrainedProblem:
    """Height on a wall seen under angles between two unknown ones."""
    share = np.arange(17) / 16

    def value(x):
        alpha, beta, distance = (x[..., i : i + 1] for i in range(3))
        heights = distance * np.tan(alpha * (1 - share) + beta * share)
        return np.sum((heights - YFIT) ** 2, axis=-1)

    return record(
        "yfit",
        value,
        start=np.array([0.6, -0.6, 20.0]),
        source="L. T. Watson (1993), course on LANCELOT, Virginia Tech",
        note="CUTEst's file has 0 for the least value; the data have eight digits.",
        tags={"sum-of-squares"},
        lower=np.array([-np.inf, -np.inf, 0.0]),
    )


@register
def maxlika() -> ConstrainedProblem:
    """Likelihood of a mixture of three normal distributions, for 235 measurements."""

    def value(x):
        x1, x2, x3, x4, x5, x6, x7, x8 = (x[..., i : i + 1] for i in range(8))

        def normal(share, mean, deviation):
            return share / deviation * np.exp(-(((GROUP_SIZES - mean) / deviation) ** 2) / 2)

        density = normal(x1, x3, x6) + normal(x2, x4, x7) + normal(1 - x1 - x2, x5, x8)
        return -np.sum(GROUP_COUNTS * np.log(density / math.sqrt(2 * math.pi)), axis=-1)

    return record(
        "maxlika",
        value,
        start=np.array([0.1, 0.2, 100.0, 125.0, 175.0, 11.2, 13.2, 15.8]),
        source="W. Hock and K. Schittkowski (1981), Test Examples for Nonlinear Programming Codes, "
        "Springer, problem 105, without its constraint on the shares, which is not active",
        note="The least value is that of problem 105, 1138.4162. The published start lies below "
        "the bound of the fourth variable.",
        lower=np.array([0.001, 0.001, 100.0, 130.0, 170.0, 5.0, 5.0, 5.0]),
        upper=np.array([0.499, 0.499, 180.0, 210.0, 240.0, 25.0, 25.0, 25.0]),
    )


@register
def chebyqad(n: int = 8) -> ConstrainedProblem:
    """Points of equal weight for quadrature by Chebyshev, between 0 and 1.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)
    degree = np.arange(1, n + 1)
    integrals = np.zeros(n)
    integrals[1::2] = -1.0 / (degree[1::2] ** 2 - 1)

    def value(x):
        y = 2 * x - 1
        before, now = 1.0, y
        total = 0.0
        for integral in integrals:
            total = total + (np.mean(now, axis=-1) - integral) ** 2
            before, now = now, 2 * y * now - before
        return total

    return record(
        "chebyqad",
        value,
        start=degree / (n + 1),
        least_value=LEAST["chebyqad"].get(n),
        source="R. Fletcher (1965), Function minimization without evaluating derivatives, The "
        "Computer Journal 8(1), 33-41; Moré, Garbow and Hillstrom (1981), ACM TOMS 7(1), 17-41, "
        "problem 35",
        note="The order of the points is free.",
        tags={"sum-of-squares", "multimodal"},
        lower=0.0,
        upper=1.0,
    )


@register
def linverse(n: int = 19) -> ConstrainedProblem:
    """Bidiagonal factor whose inverse is nearest to the root of a matrix of five diagonals.

    Parameters
    ----------
    n : int
        Number of variables, odd, at least 5: two diagonals.
    """
    n = whole_number("n", n, least=5)
    if n % 2 == 0:
        raise ValueError(f"n must be odd, the entries of two diagonals, got {n}: take {n + 1}")
    i = np.arange(1, (n + 1) // 2 + 1)
    t0, t1, t2 = (np.sin(i[k:]) * np.cos(i[: i.size - k]) for k in range(3))

    def value(x):
        a, b = x[..., ::2], x[..., 1::2]
        # The diagonals of L T L', from the main one down
        d0 = a**2 * t0
        d0_after = 2 * a[..., 1:] * b * t1 + b**2 * t0[:-1]
        d1 = a[..., :-1] * (a[..., 1:] * t1 + b * t0[:-1])
        d1_after = b[..., :-1] * (a[..., 2:] * t2 + b[..., 1:] * t1[:-1])
        d2 = a[..., :-2] * (a[..., 2:] * t2 + b[..., 1:] * t1[:-1])
        return (
            (d0[..., 0] - 1) ** 2
            + np.sum((d0[..., 1:] + d0_after - 1) ** 2, axis=-1)
            + 2 * d1[..., 0] ** 2
            + 2 * np.sum((d1[..., 1:] + d1_after) ** 2, axis=-1)
            + 2 * np.sum(d2**2, axis=-1)
        )

    return record(
        "linverse",
        value,
        start=np.full(n, -1.0),
        least_value=LEAST["linverse"].get(n),
        source="Ph. L. Toint (1991), private communication",
        note="The published start has the diagonal below its bounds. Like CUTEst's "
        "file, the record leaves out of L T L' what has two entries of the second diagonal in it "
        "and lies two rows or more below the first.",
        tags={"sum-of-squares"},
        lower=np.where(np.arange(n) % 2 == 0, 1e-8, -np.inf),
    )


# Least values by n, from solves to full precision
LEAST: dict[str, dict[int, float]] = {
    "chebyqad": {2: 0.0, 3: 0.0, 4: 0.0, 5: 0.0, 6: 0.0, 7: 0.0, 9: 0.0},
    "linverse": {},
}
