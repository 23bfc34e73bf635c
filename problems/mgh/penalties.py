"""Penalty functions, and a polynomial of the fourth degree in one direction."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper


@register
def penalty_1(n: int = 10) -> Problem:
    """Sphere with a weak pull to (1, ..., 1): curvature of 1e-5 along it, of 1 across.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    weight = np.sqrt(1e-5)

    def residual(x):
        sphere = np.sum(x**2, axis=-1)[..., None] - 0.25
        return np.concatenate([weight * (x - 1), sphere], axis=-1)

    along = _penalty_1_root(n)
    start = np.arange(1.0, n + 1)
    return Problem(
        "penalty-1",
        sum_of_squares(residual),
        start=start,
        solution=np.full(n, along),
        least_value=1e-5 * n * (along - 1) ** 2 + (n * along**2 - 0.25) ** 2,
        source=f"P. E. Gill, W. Murray and R. A. Pitfield (1972), NPL report; {paper(23)}",
        note="Published as 2.24997e-5 (n = 4) and 7.08765e-5 (n = 10).",
        starts=multiples(start),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


def _penalty_1_root(n: int) -> float:
    """Return the entry, the same for all, of the minimiser of ``penalty_1``."""
    # On a sphere (1, ..., 1) / sqrt(n) is nearest to (1, ..., 1). The slope along the diagonal is
    # 2 n times 1e-5 (s - 1) + 2 s (n s^2 - 1/4)
    return float(np.max(np.roots([2.0 * n, 0.0, 1e-5 - 0.5, -1e-5]).real))


@register
def penalty_2(n: int = 10) -> Problem:
    """Weighted sphere with a weak pull of exponentials: curvature that hardly shows across.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)
    weight = np.sqrt(1e-5)
    i = np.arange(2.0, n + 1)
    y = np.exp(i / 10) + np.exp((i - 1) / 10)
    weights = np.arange(n, 0.0, -1)

    def residual(x):
        e = np.exp(x / 10)
        return np.concatenate(
            [
                x[..., :1] - 0.2,
                weight * (e[..., 1:] + e[..., :-1] - y),
                weight * (e[..., 1:] - np.exp(-0.1)),
                np.sum(weights * x**2, axis=-1)[..., None] - 1,
            ],
            axis=-1,
        )

    return Problem(
        "penalty-2",
        sum_of_squares(residual),
        start=np.full(n, 0.5),
        least_value={4: 9.376293007355e-06, 10: 2.93660537457e-4}.get(n),
        source=f"P. E. Gill, W. Murray and R. A. Pitfield (1972), NPL report; {paper(24)}",
        note="Published as 9.37629e-6 (n = 4) and 2.93660e-4 (n = 10); more digits here. For other "
        "sizes the least value is not kept.",
        starts=multiples(np.full(n, 0.5)),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def variably_dimensioned(n: int = 10) -> Problem:
    """Sphere, and a quartic valley wall across one direction that steepens fast with ``n``.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    j = np.arange(1.0, n + 1)

    def residual(x):
        across = np.sum(j * (x - 1), axis=-1)[..., None]
        return np.concatenate([x - 1, across, across**2], axis=-1)

    return Problem(
        "variably-dimensioned",
        sum_of_squares(residual),
        start=1 - j / n,
        solution=np.ones(n),
        least_value=0.0,
        source=paper(25),
        starts=multiples(1 - j / n),
        residual=residual,
        tags=frozenset({"convex", "mgh", "sum-of-squares", "unimodal"}),
    )
