"""Every variable tied to one: the Hessian is an arrow head, or a band with a border."""

from __future__ import annotations

import numpy as np

from problems._parameters import real_number, whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._least import LEAST
from problems.cutest._sources import FRONTAL, LANCELOT, LI, LUKSAN, cutest


@register
def arwhead(n: int = 1000) -> Problem:
    """Quartic whose Hessian is an arrow head.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        head, last = x[..., :-1], x[..., -1:]
        return np.sum((head**2 + last**2) ** 2 - 4 * head + 3, axis=-1)

    solution = np.ones(n)
    solution[-1] = 0
    return Problem(
        "arwhead",
        value,
        start=np.ones(n),
        solution=solution,
        least_value=0.0,
        source=cutest("ARWHEAD", f"{FRONTAL}, problem 55"),
        tags=frozenset({"convex", "cutest", "unimodal"}),
    )


@register
def bdqrtic(n: int = 100) -> Problem:
    """Quartics of four neighbours and the last variable: a band with a border.

    Parameters
    ----------
    n : int
        Number of variables, at least 5.
    """
    n = whole_number("n", n, least=5)

    def value(x):
        head, last = x[..., :-4], x[..., -1:]
        band = sum(k * x[..., k - 1 : n - 5 + k] ** 2 for k in (1, 2, 3, 4))
        return np.sum((3 - 4 * head) ** 2 + (band + 5 * last**2) ** 2, axis=-1)

    return Problem(
        "bdqrtic",
        value,
        start=np.ones(n),
        least_value=LEAST["bdqrtic"].get(n),
        source=cutest("BDQRTIC", f"{FRONTAL}, problem 61"),
        note="Least values are published for n = 100, 500 and 1000, to 6 digits.",
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def liarwhd(n: int = 1000) -> Problem:
    """Quartics that tie each square to the first variable, and a weak bowl.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        return np.sum(4 * (x**2 - x[..., :1]) ** 2 + (x - 1) ** 2, axis=-1)

    return Problem(
        "liarwhd",
        value,
        start=np.full(n, 4.0),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("LIARWHD", LI),
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def nondia(n: int = 1000) -> Problem:
    """Rosenbrock's parabolas, all against the first variable.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        first = x[..., :1]
        return (x[..., 0] - 1) ** 2 + 100 * np.sum((first - x[..., :-1] ** 2) ** 2, axis=-1)

    return Problem(
        "nondia",
        value,
        start=np.full(n, -1.0),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest(
            "NONDIA",
            "D. F. Shanno (1978), On variable metric methods for sparse Hessians II: the new "
            "method, MIS Technical Report 27, University of Arizona",
        ),
        note="The term of variable 2 is that of variable 1 squared, and so on: the last variable "
        "does not occur, so it is free and the Hessian singular.",
        tags=frozenset({"cutest", "singular", "sum-of-squares"}),
    )


@register
def nondquar(n: int = 100) -> Problem:
    """Quartics with a border, singular at the solution: slow for everybody.

    Parameters
    ----------
    n : int
        Number of variables, even, at least 4.
    """
    n = whole_number("n", n, least=4, multiple_of=2)

    def value(x):
        ends = (x[..., 0] - x[..., 1]) ** 2 + (x[..., -2] - x[..., -1]) ** 2
        return ends + np.sum((x[..., :-2] + x[..., 1:-1] + x[..., -1:]) ** 4, axis=-1)

    return Problem(
        "nondquar",
        value,
        start=np.resize([1.0, -1.0], n),
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest("NONDQUAR", f"{FRONTAL}, problem 57"),
        tags=frozenset({"convex", "cutest", "singular"}),
    )


@register
def tquartic(n: int = 1000) -> Problem:
    """Squares that should equal the first variable's: minimisers with every choice of signs.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        first = x[..., 0]
        return (first - 1) ** 2 + np.sum((x[..., :1] ** 2 - x[..., 1:] ** 2) ** 2, axis=-1)

    return Problem(
        "tquartic",
        value,
        start=np.full(n, 0.1),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("TQUARTIC", "Ph. L. Toint, unpublished"),
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def sinquad(n: int = 50) -> Problem:
    """Sines of the distance to the last variable, squares of the first: a curved narrow valley.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    """
    n = whole_number("n", n, least=3)

    def value(x):
        first, last = x[..., :1], x[..., -1:]
        inner = x[..., 1:-1]
        terms = np.sin(inner - last) - first**2 + inner**2
        ends = (x[..., 0] - 1) ** 4 + (x[..., -1] ** 2 - x[..., 0] ** 2) ** 2
        return ends + np.sum(terms**2, axis=-1)

    return Problem(
        "sinquad",
        value,
        start=np.full(n, 0.1),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("SINQUAD2", "N. I. M. Gould, unpublished"),
        note="As intended by its author, with every term squared; CUTEst's SINQUAD forgets the "
        "squares of the inner terms and is another function.",
        tags=frozenset({"cutest", "singular"}),
    )


@register
def eg2(n: int = 1000) -> Problem:
    """Sines with a common shift: minimisers in every period.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        sines = np.sin(x[..., :1] + x[..., :-1] ** 2 - 1)
        return np.sum(sines, axis=-1) + np.sin(x[..., -1] ** 2) / 2

    # All sines -1: x_1 from x_1 + x_1^2 = 1 - pi/2 + 2 pi, then x_i = 0 or +-x_1
    first = (-1 + np.sqrt(1 + 4 * (1 + 1.5 * np.pi))) / 2
    solution = np.full(n, first)
    solution[-1] = np.sqrt(1.5 * np.pi)
    return Problem(
        "eg2",
        value,
        start=np.zeros(n),
        solution=solution,
        least_value=0.5 - n,
        source=cutest("EG2", f"{LANCELOT}, section 2.4"),
        note="There are infinitely many minimisers, one for each period of each sine. The start "
        "is stationary in all variables but the first, and methods that stay on that line end in "
        "-998.947 (n = 1000).",
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def indefm(n: int = 100, alpha: float = 0.5) -> Problem:
    """Cosines that couple each variable to both ends, in a wide bowl of sines: indefinite.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    alpha : float
        Weight of the cosines: the larger, the more negative curvature.
    """
    n = whole_number("n", n, least=3)
    alpha = real_number("alpha", alpha, above=0)

    def value(x):
        cosines = np.cos(2 * x[..., 1:-1] - x[..., -1:] - x[..., :1])
        return 100 * np.sum(np.sin(x / 100), axis=-1) + alpha * np.sum(cosines, axis=-1)

    return Problem(
        "indefm",
        value,
        start=np.arange(1.0, n + 1) / (n + 1),
        source=cutest("INDEFM", f"{LUKSAN}, problem 37"),
        note="The published function is bounded below by -100 n - alpha (n - 2), and this bound is "
        "all but reached: the sines are near -1 at x = -50 pi, where the cosines can be -1.",
        tags=frozenset({"cutest", "multimodal"}),
    )
