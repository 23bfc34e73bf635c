"""The six examples of Dennis and Schnabel."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.cutest._sources import cutest

BOOK = (
    "J. E. Dennis and R. B. Schnabel (1983), Numerical Methods for Unconstrained Optimization and "
    "Nonlinear Equations, Prentice-Hall"
)


@register
def denschna() -> Problem:
    """Quartic and exponential in the plane."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return x1**4 + (x1 + x2) ** 2 + (np.exp(x2) - 1) ** 2

    return Problem(
        "denschna",
        value,
        start=np.array([1.0, 1.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest("DENSCHNA", BOOK),
        tags=frozenset({"cutest", "sum-of-squares", "unimodal"}),
    )


@register
def denschnb() -> Problem:
    """Three squares, one of a product."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack([x1 - 2, (x1 - 2) * x2, x2 + 1], axis=-1)

    return Problem(
        "denschnb",
        sum_of_squares(residual),
        start=np.array([1.0, 1.0]),
        solution=np.array([2.0, -1.0]),
        least_value=0.0,
        source=cutest("DENSCHNB", BOOK),
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares", "unimodal"}),
    )


@register
def denschnc() -> Problem:
    """Circle and an exponential with a cubic, which meet in several points."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack([x1**2 + x2**2 - 2, np.exp(x1 - 1) + x2**3 - 2], axis=-1)

    return Problem(
        "denschnc",
        sum_of_squares(residual),
        start=np.array([2.0, 3.0]),
        solution=np.array([1.0, 1.0]),
        least_value=0.0,
        source=cutest("DENSCHNC", BOOK),
        note="There is a second root, near (-0.7137, 1.2209).",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def denschnd() -> Problem:
    """Three polynomials of up to the fourth degree: the Hessian is zero at the solution."""

    def residual(x):
        x1, x2, x3 = x[..., 0], x[..., 1], x[..., 2]
        return np.stack(
            [x1**2 + x2**3 - x3**4, 2 * x1 * x2 * x3, 2 * x1 * x2 - 3 * x2 * x3 + x1 * x3], axis=-1
        )

    return Problem(
        "denschnd",
        sum_of_squares(residual),
        start=np.full(3, 10.0),
        solution=np.zeros(3),
        least_value=0.0,
        source=cutest("DENSCHND", BOOK),
        tags=frozenset({"cutest", "singular", "sum-of-squares"}),
        residual=residual,
    )


@register
def denschne() -> Problem:
    """Three separate variables: linear, quadratic with two roots, exponential."""

    def residual(x):
        x1, x2, x3 = x[..., 0], x[..., 1], x[..., 2]
        return np.stack([x1, x2 + x2**2, np.exp(x3) - 1], axis=-1)

    return Problem(
        "denschne",
        sum_of_squares(residual),
        start=np.array([2.0, 3.0, -8.0]),
        solution=np.zeros(3),
        least_value=0.0,
        source=cutest("DENSCHNE", BOOK),
        note="The objective tends to 1 where x3 tends to -inf, and is flat in x3 at the start.",
        solutions=(np.zeros(3), np.array([0.0, -1.0, 0.0])),
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


@register
def denschnf() -> Problem:
    """Two ellipses that meet."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack(
            [2 * (x1 + x2) ** 2 + (x1 - x2) ** 2 - 8, 5 * x1**2 + (x2 - 3) ** 2 - 9], axis=-1
        )

    return Problem(
        "denschnf",
        sum_of_squares(residual),
        start=np.array([2.0, 0.0]),
        solution=np.array([1.0, 1.0]),
        least_value=0.0,
        source=cutest("DENSCHNF", BOOK),
        note="The ellipses meet in more than one point.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )
