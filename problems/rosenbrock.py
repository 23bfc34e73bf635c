"""Rosenbrock's curved valley, in the plane and in its two generalisations to any size."""

from __future__ import annotations

import numpy as np

from problems._parameters import real_number, whole_number
from problems._problem import Problem
from problems._registry import register
from problems.mgh._paper import multiples, paper


@register
def rosenbrock(a: float = 1.0, b: float = 100.0) -> Problem:
    """Curved valley in the plane: easy to get into, slow to follow.

    Parameters
    ----------
    a : float
        Place of the minimum, ``(a, a**2)``.
    b : float
        Steepness of the walls, greater than 0.
    """
    a = real_number("a", a)
    b = real_number("b", b, above=0)

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (a - x1) ** 2 + b * (x2 - x1**2) ** 2

    published = (a, b) == (1, 100)
    return Problem(
        "rosenbrock",
        value,
        start=np.array([-1.2, 1.0]),
        solution=np.array([a, a**2]),
        least_value=0.0,
        source="H. H. Rosenbrock (1960), An automatic method for finding the greatest or least "
        f"value of a function, The Computer Journal 3(3), 175-184; {paper(1)}",
        note="" if published else "The starts are the published ones of a = 1, b = 100.",
        starts=multiples([-1.2, 1]),
        bounds=np.array([[-2.0, 2.0], [-1.0, 3.0]]) if published else None,
        tags=frozenset({"mgh", "unimodal", "sum-of-squares"}),
    )


@register
def chained_rosenbrock(n: int = 100) -> Problem:
    """Rosenbrock's valley with each variable tied to the next: SciPy's ``rosen``.

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
        "chained-rosenbrock",
        value,
        start=np.resize([-1.2, 1.0], n),
        solution=np.ones(n),
        least_value=0.0,
        source="S. Kok and C. Sandrock (2009), Locating and characterizing the stationary points "
        "of the extended Rosenbrock function, Evolutionary Computation 17(3), 437-453",
        note="From four variables on there is a second local minimiser, near (-1, 1, ..., 1), with "
        "a value of 3.70 (n = 4) to 3.99 (large n): a method that ends there has converged, and "
        "from the usual start some do."
        if n >= 4
        else "",
        tags=frozenset({"unimodal" if n < 4 else "multimodal", "sum-of-squares"}),
    )


@register
def extended_rosenbrock(n: int = 100) -> Problem:
    """Independent Rosenbrock valleys, one for each pair of variables.

    Parameters
    ----------
    n : int
        Number of variables, even.
    """
    n = whole_number("n", n, least=2, multiple_of=2)

    def value(x):
        odd, even = x[..., ::2], x[..., 1::2]
        return np.sum(100 * (even - odd**2) ** 2 + (1 - odd) ** 2, axis=-1)

    return Problem(
        "extended-rosenbrock",
        value,
        start=np.resize([-1.2, 1.0], n),
        solution=np.ones(n),
        least_value=0.0,
        source=paper(21),
        starts=multiples(np.resize([-1.2, 1], n)),
        tags=frozenset({"mgh", "unimodal", "sum-of-squares"}),
    )
