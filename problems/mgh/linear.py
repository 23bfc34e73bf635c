"""Linear least squares: of full rank, and of rank 1, where the solutions are a plane."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper


@register
def linear_full_rank(n: int = 10, m: int = 20) -> Problem:
    """Linear least squares with orthogonal columns: the Hessian is twice the unit matrix.

    Parameters
    ----------
    n : int
        Number of variables.
    m : int
        Number of terms, at least `n`.
    """
    n = whole_number("n", n, least=1)
    m = whole_number("m", m, least=n)

    def residual(x):
        shift = -(2 / m) * np.sum(x, axis=-1)[..., None] - 1
        rest = np.zeros((*x.shape[:-1], m - n))
        return np.concatenate([x, rest], axis=-1) + shift

    return Problem(
        "linear-full-rank",
        sum_of_squares(residual),
        start=np.ones(n),
        solution=np.full(n, -1.0),
        least_value=float(m - n),
        source=paper(32),
        starts=multiples(np.ones(n)),
        residual=residual,
        tags=frozenset({"convex", "mgh", "quadratic", "sum-of-squares", "unimodal"}),
    )


@register
def linear_rank_1(n: int = 10, m: int = 20) -> Problem:
    """Linear least squares of rank 1: the objective is constant on parallel planes.

    Parameters
    ----------
    n : int
        Number of variables.
    m : int
        Number of terms, at least `n` and at least 2.
    """
    n = whole_number("n", n, least=1)
    m = whole_number("m", m, least=max(n, 2))
    i, j = np.arange(1.0, m + 1), np.arange(1.0, n + 1)

    def residual(x):
        return i * np.sum(j * x, axis=-1)[..., None] - 1

    return Problem(
        "linear-rank-1",
        sum_of_squares(residual),
        start=np.ones(n),
        solution=j / np.sum(j**2) * 3 / (2 * m + 1),
        least_value=m * (m - 1) / (2 * (2 * m + 1)),
        source=paper(33),
        note="Every x with sum of j x_j equal to 3 / (2 m + 1) is a minimiser; here, the shortest.",
        starts=multiples(np.ones(n)),
        residual=residual,
        tags=frozenset({"convex", "mgh", "quadratic", "sum-of-squares"})
        | ({"singular"} if n > 1 else set()),
    )


@register
def linear_rank_1_zero(n: int = 10, m: int = 20) -> Problem:
    """Linear least squares of rank 1, with columns and rows of zeros.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    m : int
        Number of terms, at least `n` and at least 4.
    """
    n = whole_number("n", n, least=3)
    m = whole_number("m", m, least=max(n, 4))
    i = np.arange(m, dtype=float)
    i[-1] = 0
    j = np.arange(1.0, n + 1)
    j[[0, -1]] = 0

    def residual(x):
        return i * np.sum(j * x, axis=-1)[..., None] - 1

    return Problem(
        "linear-rank-1-zero",
        sum_of_squares(residual),
        start=np.ones(n),
        solution=j / np.sum(j**2) * 3 / (2 * m - 3),
        least_value=(m**2 + 3 * m - 6) / (2 * (2 * m - 3)),
        source=paper(34),
        note="Every x with the sum of j x_j, the first and last left out, equal to 3 / (2 m - 3) "
        "is a minimiser; here, the shortest.",
        starts=multiples(np.ones(n)),
        residual=residual,
        tags=frozenset({"convex", "mgh", "quadratic", "singular", "sum-of-squares"}),
    )
