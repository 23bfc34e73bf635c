"""Curved valleys, waves and products between bounds."""

from __future__ import annotations

import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._parameters import whole_number
from problems._registry import register
from problems.bounded._common import entries, record

PSPMIN = (
    "Ph. L. Toint (1983), Test problems for partially separable optimization and results for the "
    "routine PSPMIN, Report 83/4, Namur, problem"
)
TOINT = "Ph. L. Toint (1991), private communication"


@register
def mccormck(n: int = 100) -> ConstrainedProblem:
    """McCormick's function, chained.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        left, right = x[..., :-1], x[..., 1:]
        return np.sum(
            -1.5 * left + 2.5 * right + 1 + (left - right) ** 2 + np.sin(left + right), axis=-1
        )

    return record(
        "mccormck",
        value,
        start=np.zeros(n),
        least_value=LEAST["mccormck"].get(n),
        source=f"{PSPMIN} 29",
        lower=-1.5,
        upper=3.0,
    )


@register
def nonscomp(n: int = 100) -> ConstrainedProblem:
    """Chained valley whose solution touches half of the bounds without leaning on them.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        return (x[..., 0] - 1) ** 2 + 4 * np.sum((x[..., 1:] - x[..., :-1] ** 2) ** 2, axis=-1)

    return record(
        "nonscomp",
        value,
        start=np.full(n, 3.0),
        solution=np.ones(n),
        least_value=0.0,
        source="M. Lescrenier (1989), Towards the use of supercomputers for large scale nonlinear "
        "partially separable optimization, PhD thesis, Namur",
        tags={"sum-of-squares"},
        lower=np.where(np.arange(n) % 2 == 0, 1.0, -100.0),
        upper=100.0,
    )


@register
def s368(n: int = 8) -> ConstrainedProblem:
    """Wolfe's problem of sums of powers in the unit cube, with local minimisers in its corners.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        second, third, fourth = (np.sum(x**k, axis=-1) for k in (2, 3, 4))
        return third**2 - second * fourth

    # k variables at 1 and the others at t: the least is at k = n / 2 and t = 1 / 2
    return record(
        "s368",
        value,
        start=np.arange(1, n + 1) / (n + 1),
        solution=np.where(np.arange(n) < n // 2, 1.0, 0.5),
        least_value=-(n // 2) * ((n + 1) // 2) / 16,
        source="P. Wolfe (1972), Explicit solution of an optimization problem, Mathematical "
        "Programming 2, 258-260; K. Schittkowski (1987), More Test Examples for Nonlinear "
        "Programming Codes, Springer, problem 368",
        note="The least value is -n**2/64 for an even n, -1 for n = 8.",
        tags={"multimodal"},
        lower=0.0,
        upper=1.0,
    )


@register
def sineali(n: int = 100) -> ConstrainedProblem:
    """Rosenbrock's valley of sines, in a box that leaves one of its periods.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)
    solution, upper = [1 - math.pi / 2], [math.pi / 2]
    for _ in range(n - 1):
        solution.append(solution[-1] ** 2 - math.pi / 2)
        upper.append(math.sqrt(upper[-1] + math.pi / 2))

    def value(x):
        return np.sin(x[..., 0] - 1) + 100 * np.sum(np.sin(x[..., 1:] - x[..., :-1] ** 2), axis=-1)

    return record(
        "sineali",
        value,
        start=np.zeros(n),
        solution=np.array(solution),
        least_value=-100.0 * (n - 1) - 1,
        source="A. Bouriacha, N. I. M. Gould and Ph. L. Toint (1993), private communication",
        lower=np.array(upper) - 2 * math.pi,
        upper=np.array(upper),
    )


@register
def logros() -> ConstrainedProblem:
    """Logarithm of Rosenbrock's function, much steeper, with bounds."""

    def value(x):
        x1, x2 = entries(x)
        return np.log(1 + 10000 * (x2 - x1**2) ** 2 + (1 - x1) ** 2)

    return record(
        "logros",
        value,
        start=np.array([-1.2, 1.0]),
        solution=np.ones(2),
        least_value=0.0,
        source=TOINT,
        note="The published start lies below the bound of the first variable.",
        lower=0.0,
    )


@register
def mdhole() -> ConstrainedProblem:
    """Slope along a valley in the form of a sine, with a bound at its end."""

    def value(x):
        x1, x2 = entries(x)
        return 100 * (np.sin(x1) - x2) ** 2 + x1

    return record(
        "mdhole",
        value,
        start=np.array([10.0, 1.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source=TOINT,
        lower=np.array([0.0, -np.inf]),
    )


@register
def pspdoc() -> ConstrainedProblem:
    """Square roots of sums of squares, with one bound."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return np.sqrt(1 + x1**2 + (x2 - x3) ** 2) + np.sqrt(1 + x2**2 + (x3 - x4) ** 2)

    return record(
        "pspdoc",
        value,
        start=np.full(4, 3.0),
        solution=np.array([-1.0, 0.0, 0.0, 0.0]),
        least_value=1 + math.sqrt(2),
        source=f"{PSPMIN} 47",
        note="The published start lies above the bound of the first variable.",
        tags={"convex"},
        upper=np.array([-1.0, np.inf, np.inf, np.inf]),
    )


@register
def eg1() -> ConstrainedProblem:
    """Quartic and sine in three variables, from the manual of LANCELOT."""

    def value(x):
        x1, x2, x3 = entries(x)
        return x1**2 + (x2 * x3) ** 4 + x2 + x2 * np.sin(x1 + x3) + x1 * x3

    return record(
        "eg1",
        value,
        start=np.zeros(3),
        solution=np.array([-0.9264269921289384, -0.30849066822383076, 2.0]),
        least_value=-1.4293067535754411,
        source="A. R. Conn, N. I. M. Gould and Ph. L. Toint (1992), LANCELOT, Springer, 1.2.3",
        note="The published start lies below the bound of the third variable.",
        lower=np.array([-np.inf, -1.0, 1.0]),
        upper=np.array([np.inf, 1.0, 2.0]),
    )


@register
def camel6() -> ConstrainedProblem:
    """Six-hump camel: six local minimisers, two of them global."""

    def value(x):
        x1, x2 = entries(x)
        return 4 * x1**2 - 2.1 * x1**4 + x1**6 / 3 + x1 * x2 - 4 * x2**2 + 4 * x2**4

    solution = np.array([-0.08984201310031807, 0.7126564030207396])
    return record(
        "camel6",
        value,
        start=np.array([1.1, 1.1]),
        solution=solution,
        solutions=(solution, -solution),
        least_value=-1.0316284534898776,
        source="L. C. W. Dixon and G. P. Szegő (1975), Towards Global Optimization, North-Holland",
        tags={"multimodal"},
        lower=np.array([-3.0, -1.5]),
        upper=np.array([3.0, 1.5]),
    )


# Least values by n, from solves to full precision
LEAST = {
    "mccormck": {
        2: -math.sqrt(3) / 2 - math.pi / 3,
        10: -9.598006194746514,
        100: -91.78807339325445,
    },
}
