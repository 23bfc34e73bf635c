"""Fits of polynomials: Watson's differential equation and Chebyshev's quadrature."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper


@register
def watson(n: int = 6) -> Problem:
    """Polynomial that solves a differential equation: the worse conditioned, the higher its degree.

    Parameters
    ----------
    n : int
        Number of coefficients, from 2 to 31.
    """
    n = whole_number("n", n, least=2, greatest=31)
    j = np.arange(n)
    t = np.arange(1, 30)[:, None] / 29
    powers = t**j
    slopes = np.where(j > 0, j * t ** np.maximum(j - 1, 0), 0.0)

    def residual(x):
        equation = np.matmul(x, slopes.T) - np.matmul(x, powers.T) ** 2 - 1
        x1, x2 = x[..., 0:1], x[..., 1:2]
        return np.concatenate([equation, x1, x2 - x1**2 - 1], axis=-1)

    return Problem(
        "watson",
        sum_of_squares(residual),
        start=np.zeros(n),
        least_value={6: 2.287670053552e-3, 9: 1.399760138099e-6, 12: 4.722381107e-10}.get(n),
        source="J. S. Kowalik and M. R. Osborne (1968), Methods for Unconstrained Optimization "
        f"Problems, American Elsevier; {paper(20)}",
        note="Published for n = 6, 9 and 12. The start is 0, so there are no farther ones.",
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"} | ({"ill-conditioned"} if n >= 9 else set())),
    )


@register
def chebyquad(n: int = 8) -> Problem:
    """Points at which the mean of a polynomial is its integral; any order of them is as good.

    Parameters
    ----------
    n : int
        Number of points, from 1 to 100.
    """
    n = whole_number("n", n, least=1, greatest=100)
    i = np.arange(1.0, n + 1)
    # Of the shifted Chebyshev polynomial of degree i over [0, 1]
    even = i % 2 == 0
    integrals = np.where(even, -1 / np.where(even, i**2 - 1, 1), 0.0)

    def residual(x):
        # The recurrence runs over the degree; the cosine's formula holds in [0, 1] alone
        y = 2 * x - 1
        before, now = np.ones(x.shape), y
        means = [np.mean(now, axis=-1)]
        for _ in range(n - 1):
            before, now = now, 2 * y * now - before
            means.append(np.mean(now, axis=-1))
        return np.stack(means, axis=-1) - integrals

    return Problem(
        "chebyquad",
        sum_of_squares(residual),
        start=i / (n + 1),
        least_value={8: 3.516873725677e-3, 10: 4.7727136957e-3}.get(n, 0.0 if n in EXACT else None),
        source="R. Fletcher (1965), Function minimization without evaluating derivatives - a "
        f"review, The Computer Journal 8(1), 33-41; {paper(35)}",
        note="The value 0 is taken for n = 1 to 7 and 9. For n = 8 it is published as 3.51687e-3; "
        "for n = 10 the paper's 6.50395e-3 is a local minimum, and 4.772713e-3 is CUTEst's. "
        "Farther out the polynomials are huge, and a hundred times as far they are left out "
        "from n = 20 on.",
        starts=multiples(i / (n + 1), (1, 10, 100) if n < 20 else (1, 10)),
        residual=residual,
        tags=frozenset({"mgh", "multimodal", "sum-of-squares"}),
    )


EXACT = frozenset({1, 2, 3, 4, 5, 6, 7, 9})  # numbers of points with a quadrature without error
