"""Equilibria and coupled pairs on planes: ten and sixteen variables."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, record

ENERGIES = np.array(
    [-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179]
)
# Atoms of three elements in ten compounds, and their totals
ATOMS = np.array(
    [
        [1.0, 2.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0, 1.0, 2.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 1.0],
    ]
)
TOTALS = np.array([2.0, 1.0, 1.0])
REPORTED = (
    "The least value is -47.76109. The source has -47.761090 for problem 111 and -47.707579 for "
    "112, CUTEst's files -47.707579 for both, though they are one problem in two sets of variables."
)


@register
def hs111() -> ConstrainedProblem:
    """Chemical equilibrium in the logarithms of the amounts."""

    def value(x):
        amounts = np.exp(x)
        share = x - np.log(np.sum(amounts, axis=-1))[..., None]
        return np.sum(amounts * (ENERGIES + share), axis=-1)

    def constraints(x):
        return np.exp(x) @ ATOMS.T

    return record(
        111,
        value,
        start=np.full(10, -2.3),
        note=REPORTED,
        lower=-100.0,
        upper=100.0,
        constraints=constraints,
        constraints_lower=TOTALS,
        constraints_upper=TOTALS,
    )


@register
def hs112() -> ConstrainedProblem:
    """Chemical equilibrium in the amounts."""

    def value(x):
        total = np.sum(x, axis=-1)
        return np.sum(x * (ENERGIES + np.log(x)), axis=-1) - total * np.log(total)

    def constraints(x):
        return x @ ATOMS.T

    return record(
        112,
        value,
        start=np.full(10, 0.1),
        note=REPORTED,
        tags={"convex"},
        lower=1e-6,
        constraints=constraints,
        constraints_lower=TOTALS,
        constraints_upper=TOTALS,
    )


# The pairs of problem 119, by rows of its triangular table, each variable with itself among them
PAIRS = {
    1: (1, 4, 7, 8, 16), 2: (2, 3, 7, 10), 3: (3, 7, 9, 10, 14), 4: (4, 7, 11, 15),
    5: (5, 6, 10, 12, 16), 6: (6, 8, 15), 7: (7, 11, 13), 8: (8, 10, 15), 9: (9, 12, 16),
    10: (10, 14), 11: (11, 13), 12: (12, 14), 13: (13, 14), 14: (14,), 15: (15,), 16: (16,),
}  # fmt: skip


@register
def hs119() -> ConstrainedProblem:
    """Colville's seventh: coupled pairs of quadratics on eight planes, in a box."""
    left = np.array([i for i, row in PAIRS.items() for _ in row]) - 1
    right = np.array([j for row in PAIRS.values() for j in row]) - 1
    B = np.array(
        [
            [0.22, 0.20, 0.19, 0.25, 0.15, 0.11, 0.12, 0.13],
            [-1.46, 0.0, -1.30, 1.82, -1.15, 0.0, 0.80, 0.0],
            [1.29, -0.89, 0.0, 0.0, -1.16, -0.96, 0.0, -0.49],
            [-1.10, -1.06, 0.95, -0.54, 0.0, -1.78, -0.41, 0.0],
            [0.0, 0.0, 0.0, -1.43, 1.51, 0.59, -0.33, -0.43],
            [0.0, -1.72, -0.33, 0.0, 1.62, 1.24, 0.21, -0.26],
            [1.12, 0.0, 0.0, 0.31, 0.0, 0.0, 1.12, 0.0],
            [0.0, 0.45, 0.26, -1.10, 0.58, 0.0, -1.03, 0.10],
        ]
    )
    B = np.hstack([B, np.eye(8)])
    B[6, 8] = -0.36
    right_side = np.array([2.5, 1.1, -3.1, -3.5, 1.3, 2.1, 2.3, -1.5])

    def value(x):
        y = x**2 + x + 1
        return np.sum(y[..., left] * y[..., right], axis=-1)

    def constraints(x):
        return x @ B.T - right_side

    return record(
        119,
        value,
        start=np.full(16, 10.0),
        note="The published start lies outside the box.",
        lower=0.0,
        upper=5.0,
        constraints=constraints,
        constraints_upper=EQUAL,
    )
