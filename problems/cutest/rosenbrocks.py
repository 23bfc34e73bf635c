"""Variants of Rosenbrock's valley for many variables."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._sources import BUCKLEY, SPARSE, TOINT, cutest
from problems.mgh._paper import paper


@register
def cube(n: int = 2) -> Problem:
    """Cubic valley: Rosenbrock's with the third power.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        valley = x[..., 1:] - x[..., :-1] ** 3
        return (x[..., 0] - 1) ** 2 + 100 * np.sum(valley**2, axis=-1)

    return Problem(
        "cube",
        value,
        start=np.resize([-1.2, 1.0], n),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("CUBE", f"{BUCKLEY}, problem 5"),
        tags=frozenset({"cutest", "sum-of-squares"} | ({"ill-conditioned"} if n > 4 else set())),
    )


@register
def extrosnb(n: int = 10) -> Problem:
    """Chained Rosenbrock anchored in the first variable alone: flat beyond measure for large n.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        valley = x[..., 1:] - x[..., :-1] ** 2
        return (x[..., 0] - 1) ** 2 + 100 * np.sum(valley**2, axis=-1)

    return Problem(
        "extrosnb",
        value,
        start=np.full(n, -1.0),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("EXTROSNB", f"{TOINT}, problem 10"),
        note="The Hessian's condition at the solution grows like 4 to the n: 3e8 for n = 10.",
        tags=frozenset({"cutest", "sum-of-squares"} | ({"ill-conditioned"} if n > 7 else set())),
    )


@register
def fletchcr(n: int = 100) -> Problem:
    """Chained Rosenbrock from zero: followed variable by variable, in steps proportional to ``n``.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        head, tail = x[..., :-1], x[..., 1:]
        return np.sum(100 * (tail - head**2) ** 2 + (1 - head) ** 2, axis=-1)

    return Problem(
        "fletchcr",
        value,
        start=np.zeros(n),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("FLETCHCR", f"{SPARSE}, second problem"),
        note="The chained Rosenbrock function from another start. Some collections have "
        "100 times the sum of (x[i+1] - x[i] + 1 - x[i]^2)^2 under this name.",
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def genrose(n: int = 100) -> Problem:
    """Chained Rosenbrock, raised by one, from a start from which every step bends.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        tail = x[..., 1:]
        return 1 + np.sum(100 * (tail - x[..., :-1] ** 2) ** 2 + (tail - 1) ** 2, axis=-1)

    solutions = (np.ones(n), np.ones(n))
    solutions[1][0] = -1
    return Problem(
        "genrose",
        value,
        start=np.arange(1.0, n + 1) / (n + 1),
        solution=solutions[0],
        least_value=1.0,
        source=cutest(
            "GENROSE",
            "S. G. Nash (1984), Newton-type minimization via the Lanczos process, SIAM J. "
            "Numerical Analysis 21(4), 770-788, problem 5",
        ),
        note="The first variable occurs as a square alone, so its sign is free.",
        solutions=solutions,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def woods(n: int = 1000) -> Problem:
    """Independent copies of Wood's function, one for every four variables.

    Parameters
    ----------
    n : int
        Number of variables, divisible by 4.
    """
    n = whole_number("n", n, least=4, multiple_of=4)

    def value(x):
        return np.sum(_wood(x[..., 0::4], x[..., 1::4], x[..., 2::4], x[..., 3::4]), axis=-1)

    return Problem(
        "woods",
        value,
        start=np.resize([-3.0, -1.0], n),
        solution=np.ones(n),
        least_value=0.0,
        source=cutest("WOODS", paper(14)),
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def chainwoo(n: int = 100) -> Problem:
    """Wood's function of each pair of variables with the next: many local minima.

    Parameters
    ----------
    n : int
        Number of variables, even, at least 4.
    """
    n = whole_number("n", n, least=4, multiple_of=2)

    def value(x):
        odd, even = x[..., 0::2], x[..., 1::2]
        return 1 + np.sum(
            _wood(odd[..., :-1], even[..., :-1], odd[..., 1:], even[..., 1:]), axis=-1
        )

    start = np.full(n, -2.0)
    start[:4] = -3, -1, -3, -1
    return Problem(
        "chainwoo",
        value,
        start=start,
        solution=np.ones(n),
        least_value=1.0,
        source=cutest(
            "CHAINWOO",
            "A. R. Conn, N. I. M. Gould and Ph. L. Toint (1988), Testing a class of methods for "
            "solving minimization problems with simple bounds on the variables, Mathematics of "
            "Computation 50(182), 399-430, problem 8",
        ),
        note="With 100 variables some methods reach the least value from the usual start; others, "
        "and most with more variables, end in local minima, up to 550 for n = 1000.",
        tags=frozenset({"cutest", "multimodal"}),
    )


def _wood(x1, x2, x3, x4):
    return (
        100 * (x2 - x1**2) ** 2
        + (1 - x1) ** 2
        + 90 * (x4 - x3**2) ** 2
        + (1 - x3) ** 2
        + 10 * (x2 + x4 - 2) ** 2
        + 0.1 * (x2 - x4) ** 2
    )
