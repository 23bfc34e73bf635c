"""Sums of exponentials: fits to data made by the model itself, and Brown and Dennis's."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper


@register
def gulf() -> Problem:
    """Weibull's distribution, fitted at its percentiles: a power with both parts free."""
    t = np.arange(1, 100) / 100
    y = 25 + (-50 * np.log(t)) ** (2 / 3)

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return np.exp(-(np.abs(y - x2) ** x3) / x1) - t

    return Problem(
        "gulf",
        sum_of_squares(residual),
        start=np.array([5.0, 2.5, 0.15]),
        solution=np.array([50.0, 25.0, 1.5]),
        least_value=0.0,
        source="R. A. Cox (1969), Comparison of the performance of seven optimization algorithms "
        "on twelve unconstrained minimization problems, Report 1335CNO4, Gulf Research and "
        f"Development Company; {paper(11)}",
        note="With 99 terms. The paper's formula prints the distance as |y m i x2|, a slip for "
        "|y - x2|. Ten times the standard start is the solution itself, so farther starts are "
        "left out. The objective has kinks where x2 equals a percentile, 25.34 or more.",
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def box_3d() -> Problem:
    """Two exponentials that the data contain, with the amplitude free: a line of solutions."""
    t = np.arange(1, 11) / 10

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return np.exp(-t * x1) - np.exp(-t * x2) - x3 * (np.exp(-t) - np.exp(-10 * t))

    return Problem(
        "box-3d",
        sum_of_squares(residual),
        start=np.array([0.0, 10.0, 20.0]),
        solution=np.array([1.0, 10.0, 1.0]),
        least_value=0.0,
        source="M. J. Box (1966), A comparison of several current optimization methods, and the "
        "use of transformations in constrained problems, The Computer Journal 9(1), 67-77; "
        f"{paper(12)}",
        note="The value 0 is taken at (1, 10, 1), at (10, 1, -1), and wherever x1 = x2 and x3 = 0. "
        "The objective falls to 0.0755887 at (0.6136, inf, 1.320), where some methods end.",
        starts=multiples([0, 10, 20]),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def brown_dennis() -> Problem:
    """Squares of squares: residuals stay large, so Gauss and Newton's steps differ."""
    t = np.arange(1, 21) / 5

    def residual(x):
        x1, x2, x3, x4 = x[..., 0:1], x[..., 1:2], x[..., 2:3], x[..., 3:4]
        return (x1 + t * x2 - np.exp(t)) ** 2 + (x3 + x4 * np.sin(t) - np.cos(t)) ** 2

    return Problem(
        "brown-dennis",
        sum_of_squares(residual),
        start=np.array([25.0, 5.0, -5.0, -1.0]),
        solution=np.array(
            [-11.594439904762163, 13.203630051207202, -0.40343948817685965, 0.23677877445573625]
        ),
        least_value=85822.20162635631,
        source="K. M. Brown and J. E. Dennis (1971), New computational algorithms for minimizing "
        f"a sum of squares of nonlinear functions, Report 71-6, Yale University; {paper(16)}",
        note="The paper's 20 terms. Published as 85822.2; to double precision here.",
        starts=multiples([25, 5, -5, -1]),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def biggs_exp6() -> Problem:
    """Three exponentials with all amplitudes and rates free; a saddle holds methods up."""
    t = np.arange(1, 14) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        x4, x5, x6 = x[..., 3:4], x[..., 4:5], x[..., 5:6]
        return x3 * np.exp(-t * x1) - x4 * np.exp(-t * x2) + x6 * np.exp(-t * x5) - y

    return Problem(
        "biggs-exp6",
        sum_of_squares(residual),
        start=np.array([1.0, 2.0, 1.0, 1.0, 1.0, 1.0]),
        solution=np.array([1.0, 10.0, 1.0, 5.0, 4.0, 3.0]),
        least_value=0.0,
        source="M. C. Biggs (1971), Minimization algorithms making use of non-quadratic properties "
        "of the objective function, Journal of the Institute of Mathematics and its Applications "
        f"8(3), 315-327; {paper(18)}",
        note="With 13 terms. Start and gradient are the same in the first and third term (x1 = x5, "
        "x3 = x6), so that most methods end in 5.65565e-3, published as a local minimum: by the "
        "exact Hessian it is a saddle, with the eigenvalue -0.0098 across. The first and third "
        "term may change places.",
        starts=multiples([1, 2, 1, 1, 1, 1]),
        residual=residual,
        tags=frozenset({"mgh", "multimodal", "sum-of-squares"}),
    )
