"""Equilibrium, separation, and coupled pairs: ten to sixteen variables."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record

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
    "The least value is -47.7610909. The source has -47.76109026 for problem 111 and -47.707579 "
    "for 112, CUTEst's files -47.707579 for both: it is one problem in two sets of variables."
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
        solution=[
            -3.202311588551217,
            -1.9123665970809858,
            -0.24442674775038242,
            -6.561177271658375,
            -0.7230979632953046,
            -7.274232280188147,
            -3.5972374223277788,
            -4.0203167306908565,
            -3.2883768813602585,
            -2.334371739220623,
        ],
        least_value=-47.76109085936587,
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
        solution=[
            0.04066808735569017,
            0.14773035434082296,
            0.7831533540092328,
            0.0014142198090301185,
            0.4852466486992727,
            0.0006931720784210671,
            0.0273993107140034,
            0.01794727958492542,
            0.03731436591303054,
            0.09687132386577739,
        ],
        least_value=-47.76109085936587,
        note=REPORTED,
        tags={"convex"},
        lower=1e-6,
        constraints=constraints,
        constraints_lower=TOTALS,
        constraints_upper=TOTALS,
    )


@register
def hs116() -> ConstrainedProblem:
    """Dembo's three-stage membrane separation: variables from 0.0001 to 1000."""

    def value(x):
        return x[..., 10] + x[..., 11] + x[..., 12]

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13 = entries(x)

        def stage(feed, product):
            return product - 0.03475 * feed - 0.975 * feed * product + 0.00975 * feed**2

        def area(membrane, flow, feed):
            return membrane - 1.262626 * flow + 1.231059 * feed * flow

        return joined(
            x3 - x2,
            x2 - x1,
            1 - 0.002 * (x7 - x8),
            x11 + x12 + x13,
            area(x13, x10, x3),
            stage(x2, x5),
            stage(x3, x6),
            x5 * x7 - x1 * x8 - x4 * x7 + x4 * x8,
            1 - 0.002 * (x2 * x9 + x5 * x8 - x1 * x8 - x6 * x9) - x5 - x6,
            x2 * x9 - x3 * x10 - x6 * x9 - 500 * (x2 - x6) + x2 * x10,
            x2 - 0.9 - 0.002 * (x2 * x10 - x3 * x10),
            stage(x1, x4),
            area(x11, x8, x1),
            area(x12, x9, x2),
        )

    total = np.arange(14) == 3
    return record(
        116,
        value,
        start=[0.5, 0.8, 0.9, 0.1, 0.14, 0.5, 489.0, 80.0, 650.0, 450.0, 150.0, 150.0, 150.0],
        solution=[
            0.8037731573766546,
            0.8999858006730379,
            0.970982435483775,
            0.1,
            0.1908131762155072,
            0.46065478285196304,
            574.0775735827625,
            74.07757358276248,
            500.0161601689685,
            0.1,
            20.233090697367608,
            77.3476899273073,
            0.0067289333955779405,
        ],
        least_value=97.58750955807048,
        note="The published least value, 97.588409, is right to five digits: it is 97.5875096.",
        lower=np.array([0.1, 0.1, 0.1, 1e-4, 0.1, 0.1, 0.1, 0.1, 500.0, 0.1, 1.0, 1e-4, 1e-4]),
        upper=np.array([1.0, 1.0, 1.0, 0.1, 0.9, 0.9, 1e3, 1e3, 1e3, 500.0, 150.0, 150.0, 150.0]),
        constraints=constraints,
        constraints_lower=np.where(total, 50.0, 0.0),
        constraints_upper=np.where(total, 250.0, np.inf),
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
        solution=[
            0.03984735141112229,
            0.7919831556883807,
            0.20287033025103648,
            0.8443579163656751,
            1.2699064528665027,
            0.9347387078246431,
            1.681961969246919,
            0.15530087738956874,
            1.5678703335518007,
            0.0,
            0.0,
            0.0,
            0.6602040660869549,
            0.0,
            0.6742559268682822,
            0.0,
        ],
        least_value=244.89969751680084,
        note="The published start lies outside the box.",
        lower=0.0,
        upper=5.0,
        constraints=constraints,
        constraints_upper=EQUAL,
    )
