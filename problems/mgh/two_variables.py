"""Two variables: scaled badly, or with a minimiser at which methods like to end in vain."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper


@register
def freudenstein_roth() -> Problem:
    """Two cubics with a common root, and a local minimum nearer to the start."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack(
            [-13 + x1 + ((5 - x2) * x2 - 2) * x2, -29 + x1 + ((x2 + 1) * x2 - 14) * x2], axis=-1
        )

    return Problem(
        "freudenstein-roth",
        sum_of_squares(residual),
        start=np.array([0.5, -2.0]),
        solution=np.array([5.0, 4.0]),
        least_value=0.0,
        source="F. Freudenstein and B. Roth (1963), Numerical solutions of systems of nonlinear "
        f"equations, Journal of the ACM 10(4), 550-556; {paper(2)}",
        note="From the standard start most methods end in the local minimum 48.9842536793 at "
        "(11.4127790, -0.8968053).",
        starts=multiples([0.5, -2]),
        residual=residual,
        tags=frozenset({"mgh", "multimodal", "sum-of-squares"}),
    )


@register
def powell_badly_scaled() -> Problem:
    """Hyperbola and exponential: one variable a million times the other at the solution."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack([1e4 * x1 * x2 - 1, np.exp(-x1) + np.exp(-x2) - 1.0001], axis=-1)

    return Problem(
        "powell-badly-scaled",
        sum_of_squares(residual),
        start=np.array([0.0, 1.0]),
        solution=np.array([1.0981593296997579e-05, 9.106146739867018]),
        least_value=0.0,
        source="M. J. D. Powell (1970), A hybrid method for nonlinear equations, in P. Rabinowitz "
        f"(ed.), Numerical Methods for Nonlinear Algebraic Equations, 87-114; {paper(3)}",
        note="The two variables may change places: there is a second minimiser. The minimisers "
        "are published as (1.098e-5, 9.106), to double precision here.",
        starts=multiples([0, 1]),
        solutions=(
            np.array([1.0981593296997579e-05, 9.106146739867018]),
            np.array([9.106146739867018, 1.0981593296997579e-05]),
        ),
        residual=residual,
        tags=frozenset({"ill-conditioned", "mgh", "sum-of-squares"}),
    )


@register
def brown_badly_scaled() -> Problem:
    """Variables that differ by twelve orders of magnitude at the solution."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack([x1 - 1e6, x2 - 2e-6, x1 * x2 - 2], axis=-1)

    return Problem(
        "brown-badly-scaled",
        sum_of_squares(residual),
        start=np.array([1.0, 1.0]),
        solution=np.array([1e6, 2e-6]),
        least_value=0.0,
        source=f"K. M. Brown, unpublished; {paper(4)}",
        starts=multiples([1, 1]),
        residual=residual,
        tags=frozenset({"ill-conditioned", "mgh", "sum-of-squares"}),
    )


@register
def jennrich_sampson() -> Problem:
    """Sum of two equal exponentials, fitted to a straight line: residuals stay large."""
    i = np.arange(1, 11.0)

    def residual(x):
        return 2 + 2 * i - (np.exp(i * x[..., 0:1]) + np.exp(i * x[..., 1:2]))

    return Problem(
        "jennrich-sampson",
        sum_of_squares(residual),
        start=np.array([0.3, 0.4]),
        solution=np.array([0.25782521367036404, 0.25782521367036404]),
        least_value=124.36218235561485,
        source="R. I. Jennrich and P. F. Sampson (1968), Application of stepwise regression to "
        f"non-linear estimation, Technometrics 10(1), 63-72; {paper(6)}",
        note="The paper's 10 terms. Published to 6 digits; to double precision here. The start "
        "100 times as far out is left out: the objective overflows there.",
        starts=multiples([0.3, 0.4], (1, 10)),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )
