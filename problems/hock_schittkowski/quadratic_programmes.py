"""Quadratic objectives in polytopes."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import entries, joined, record


@register
def hs35() -> ConstrainedProblem:
    """Beale's quadratic programme."""

    def value(x):
        x1, x2, x3 = entries(x)
        return (
            9 - 8 * x1 - 6 * x2 - 4 * x3 + 2 * x1**2 + 2 * x2**2 + x3**2 + 2 * x1 * x2 + 2 * x1 * x3
        )

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(3 - x1 - x2 - 2 * x3)

    return record(
        35,
        value,
        start=[0.5, 0.5, 0.5],
        solution=[4 / 3, 7 / 9, 4 / 9],
        least_value=1 / 9,
        tags={"convex", "quadratic"},
        lower=0.0,
        constraints=constraints,
    )


@register
def hs44() -> ConstrainedProblem:
    """Indefinite quadratic in a polytope, with local minimisers in its corners."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return x1 - x2 - x3 - x1 * x3 + x1 * x4 + x2 * x3 - x2 * x4

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(
            8 - x1 - 2 * x2,
            12 - 4 * x1 - x2,
            12 - 3 * x1 - 4 * x2,
            8 - 2 * x3 - x4,
            8 - x3 - 2 * x4,
            5 - x3 - x4,
        )

    return record(
        44,
        value,
        start=[0.0, 0.0, 0.0, 0.0],
        solution=[0.0, 3.0, 0.0, 4.0],
        least_value=-15.0,
        note="Of the local minimisers (3, 0, 4, 0), with the value -13, is the one where most "
        "methods end; the source and CUTEst's file have both.",
        tags={"quadratic"},
        lower=0.0,
        constraints=constraints,
    )


@register
def hs76() -> ConstrainedProblem:
    """Quadratic programme of Murtagh and Sargent."""

    def value(x):
        x1, x2, x3, x4 = entries(x)
        return x1**2 + x2**2 / 2 + x3**2 + x4**2 / 2 - x1 * x3 + x3 * x4 - x1 - 3 * x2 + x3 - x4

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(5 - x1 - 2 * x2 - x3 - x4, 4 - 3 * x1 - x2 - 2 * x3 + x4, x2 + 4 * x3 - 1.5)

    return record(
        76,
        value,
        start=[0.5, 0.5, 0.5, 0.5],
        solution=[3 / 11, 23 / 11, 0.0, 6 / 11],
        least_value=-103 / 22,
        tags={"convex", "quadratic"},
        lower=0.0,
        constraints=constraints,
    )


@register
def hs118() -> ConstrainedProblem:
    """Five periods of three products: a quadratic programme of changes and demands."""
    linear = np.tile([2.3, 1.7, 2.2], 5)
    square = np.tile([1e-4, 1e-4, 1.5e-4], 5)

    def value(x):
        return np.sum(linear * x + square * x**2, axis=-1)

    def constraints(x):
        changes = x[..., 3:] - x[..., :-3]
        sums = x[..., 0::3] + x[..., 1::3] + x[..., 2::3]
        return np.concatenate([changes, sums], axis=-1)

    demands = np.array([60.0, 50.0, 70.0, 85.0, 100.0])
    return record(
        118,
        value,
        start=[20.0, 55.0, 15.0, *([20.0, 60.0, 20.0] * 4)],
        solution=[8.0, 49.0, 3.0, 1.0, 56.0, 0.0, 1.0, 63.0, 6.0, 3.0, 70.0, 12.0, 5.0, 77.0, 18.0],
        least_value=664.8204499999999,
        tags={"convex", "quadratic"},
        lower=np.array([8.0, 43.0, 3.0] + [0.0] * 12),
        upper=np.array([21.0, 57.0, 16.0] + [90.0, 120.0, 60.0] * 4),
        constraints=constraints,
        constraints_lower=np.concatenate([np.full(12, -7.0), demands]),
        constraints_upper=np.concatenate([np.tile([6.0, 7.0, 6.0], 4), np.full(5, np.inf)]),
    )
