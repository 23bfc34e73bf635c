"""Sums of squares between bounds: fits to data, and chains of equations."""

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
    return _square_roots(
        "hatfldb",
        np.array([np.inf, 0.8, np.inf, np.inf]),
        # Down from the bound every step is exact; x1 is half way between 1 and the root of 0.8
        solution=np.array([(1 + math.sqrt(0.8)) / 2, 0.8, 0.64, 0.4096]),
        least_value=(1 - math.sqrt(0.8)) ** 2 / 2,
    )


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


# The four parameters and the least value
PALMER_SOLUTIONS = {
    1: (
        11.363634071583617,
        33.86573464732288,
        0.3379417395188459,
        0.41386247562103273,
        11754.602545349453,
    ),
    2: (
        15.045505502659607,
        11.53761425093882,
        0.5063805763847284,
        0.077014329917351,
        3651.0975354001876,
    ),
    3: (
        17.322571101395607,
        5.257663862193203,
        0.4826449837872896,
        0.033127456025429866,
        2265.958218282433,
    ),
    4: (
        18.26555803056698,
        5.337672007854641,
        0.5016035461039022,
        0.027721052682017615,
        2285.383225449551,
    ),
}


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
        solution=np.array(PALMER_SOLUTIONS[number][:4]),
        least_value=PALMER_SOLUTIONS[number][4],
        source="M. Palmer (1990), University of Edinburgh, private communication",
        description=f"Fit of a parabola and a peak to energies of a molecule, data {number}",
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
        solution=np.array([196.1862617750886, 49.09163945711106, 0.3135697299341461]),
        least_value=2.5872773952842,
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
        solution=np.array([0.15000000202130648, -0.25000000279029855, 139.99999866448988]),
        least_value=6.6697e-13,
        source="L. T. Watson (1993), course on LANCELOT, Virginia Tech",
        note="CUTEst's file has 0 for the least value; the data, made with (0.15, "
        "-0.25, 140), have eight digits.",
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
        solution=np.array(
            [
                0.35276303048901625,
                0.499,
                130.24561422816012,
                163.05821819966073,
                222.76694290002206,
                11.878316352629332,
                19.537368085039652,
                16.41489360935893,
            ]
        ),
        least_value=1136.3073035740722,
        source="W. Hock and K. Schittkowski (1981), Test Examples for Nonlinear Programming Codes, "
        "Springer, problem 105, without its constraint on the shares, which is not active",
        note="The published least value of problem 105, 1138.4162, is that of a local minimiser. "
        "The published start lies below the bound of the fourth variable.",
        lower=np.array([0.001, 0.001, 100.0, 130.0, 170.0, 5.0, 5.0, 5.0]),
        upper=np.array([0.499, 0.499, 180.0, 210.0, 240.0, 25.0, 25.0, 25.0]),
    )
