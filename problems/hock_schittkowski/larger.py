"""Seven to fifteen variables."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import entries, joined, record


@register
def hs100() -> ConstrainedProblem:
    """Powers up to six within four curved limits, two of them active."""

    def value(x):
        x1, x2, x3, x4, x5, x6, x7 = entries(x)
        return (
            (x1 - 10) ** 2
            + 5 * (x2 - 12) ** 2
            + x3**4
            + 3 * (x4 - 11) ** 2
            + 10 * x5**6
            + 7 * x6**2
            + x7**4
            - 4 * x6 * x7
            - 10 * x6
            - 8 * x7
        )

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7 = entries(x)
        return joined(
            127 - 2 * x1**2 - 3 * x2**4 - x3 - 4 * x4**2 - 5 * x5,
            282 - 7 * x1 - 3 * x2 - 10 * x3**2 - x4 + x5,
            196 - 23 * x1 - x2**2 - 6 * x6**2 + 8 * x7,
            -4 * x1**2 - x2**2 + 3 * x1 * x2 - 2 * x3**2 - 5 * x6 + 11 * x7,
        )

    return record(
        100,
        value,
        start=[1.0, 2.0, 0.0, 4.0, 0.0, 1.0, 1.0],
        solution=[
            2.33049937287957,
            1.951372372896889,
            -0.47754139238887167,
            4.36572623365581,
            -0.6244869705268175,
            1.0381310186079584,
            1.5942267116118685,
        ],
        least_value=680.630057374402,
        constraints=constraints,
    )


@register
def hs108() -> ConstrainedProblem:
    """Hexagon of the largest area with no two corners further apart than one."""

    def value(x):
        x1, x2, x3, x4, x5, x6, x7, x8, x9 = entries(x)
        return -(x1 * x4 - x2 * x3 + x3 * x9 - x5 * x9 + x5 * x8 - x6 * x7) / 2

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7, x8, x9 = entries(x)
        return joined(
            1 - x3**2 - x4**2,
            1 - x5**2 - x6**2,
            1 - x9**2,
            1 - x1**2 - (x2 - x9) ** 2,
            1 - (x1 - x5) ** 2 - (x2 - x6) ** 2,
            1 - (x1 - x7) ** 2 - (x2 - x8) ** 2,
            1 - (x3 - x5) ** 2 - (x4 - x6) ** 2,
            1 - (x3 - x7) ** 2 - (x4 - x8) ** 2,
            1 - x7**2 - (x8 - x9) ** 2,
            x1 * x4 - x2 * x3,
            x3 * x9,
            -x5 * x9,
            x5 * x8 - x6 * x7,
        )

    return record(
        108,
        value,
        start=np.ones(9),
        solution=[
            -0.47462758280307343,
            -0.368782825510295,
            0.5249502660168122,
            -0.8511329027883238,
            -0.47462758280307343,
            -0.88018671748812,
            0.524950266016812,
            -0.3397290108104986,
            0.5114038919778251,
        ],
        least_value=-0.8660254037844388,
        tags={"quadratic"},
        lower=np.array([-np.inf] * 8 + [0.0]),
        constraints=constraints,
    )


@register
def hs113() -> ConstrainedProblem:
    """Wong's second: a convex quadratic in ten variables, six of eight limits active."""

    def value(x):
        x1, x2, x3, x4, x5, x6, x7, x8, x9, x10 = entries(x)
        return (
            x1**2
            + x2**2
            + x1 * x2
            - 14 * x1
            - 16 * x2
            + (x3 - 10) ** 2
            + 4 * (x4 - 5) ** 2
            + (x5 - 3) ** 2
            + 2 * (x6 - 1) ** 2
            + 5 * x7**2
            + 7 * (x8 - 11) ** 2
            + 2 * (x9 - 10) ** 2
            + (x10 - 7) ** 2
            + 45
        )

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7, x8, x9, x10 = entries(x)
        return joined(
            105 - 4 * x1 - 5 * x2 + 3 * x7 - 9 * x8,
            -10 * x1 + 8 * x2 + 17 * x7 - 2 * x8,
            8 * x1 - 2 * x2 - 5 * x9 + 2 * x10 + 12,
            -3 * (x1 - 2) ** 2 - 4 * (x2 - 3) ** 2 - 2 * x3**2 + 7 * x4 + 120,
            -5 * x1**2 - 8 * x2 - (x3 - 6) ** 2 + 2 * x4 + 40,
            -((x1 - 8) ** 2) / 2 - 2 * (x2 - 4) ** 2 - 3 * x5**2 + x6 + 30,
            -(x1**2) - 2 * (x2 - 2) ** 2 + 2 * x1 * x2 - 14 * x5 + 6 * x6,
            3 * x1 - 6 * x2 - 12 * (x9 - 8) ** 2 + 7 * x10,
        )

    return record(
        113,
        value,
        start=[2.0, 3.0, 5.0, 5.0, 1.0, 2.0, 7.0, 3.0, 6.0, 10.0],
        solution=[
            2.1719963712554553,
            2.363682973697281,
            8.77392573847685,
            5.095984487948453,
            0.9906547649638594,
            1.4305739789363159,
            1.321644208161703,
            9.828725807886322,
            8.280091670098347,
            8.375926663921323,
        ],
        least_value=24.306209068179765,
        tags={"convex", "quadratic"},
        constraints=constraints,
    )


@register
def hs117() -> ConstrainedProblem:
    """Colville's second: the dual of a cubic programme of Shell."""
    e = np.array([-15.0, -27.0, -36.0, -18.0, -12.0])
    d = np.array([4.0, 8.0, 10.0, 6.0, 2.0])
    C = np.array(
        [
            [30.0, -20.0, -10.0, 32.0, -10.0],
            [-20.0, 39.0, -6.0, -31.0, 32.0],
            [-10.0, -6.0, 10.0, -6.0, -10.0],
            [32.0, -31.0, -6.0, 39.0, -20.0],
            [-10.0, 32.0, -10.0, -20.0, 30.0],
        ]
    )
    A = np.array(
        [
            [-16.0, 2.0, 0.0, 1.0, 0.0],
            [0.0, -2.0, 0.0, 4.0, 2.0],
            [-3.5, 0.0, 2.0, 0.0, 0.0],
            [0.0, -2.0, 0.0, -4.0, -1.0],
            [0.0, -9.0, -2.0, 1.0, -2.8],
            [2.0, 0.0, -4.0, 0.0, 0.0],
            [-1.0, -1.0, -1.0, -1.0, -1.0],
            [-1.0, -2.0, -3.0, -2.0, -1.0],
            [1.0, 2.0, 3.0, 4.0, 5.0],
            [1.0, 1.0, 1.0, 1.0, 1.0],
        ]
    )
    b = np.array([-40.0, -2.0, -0.25, -4.0, -4.0, -1.0, -40.0, -60.0, 5.0, 1.0])

    def value(x):
        y, z = x[..., :10], x[..., 10:]
        return np.sum(z * (z @ C) + 2 * d * z**3, axis=-1) - np.sum(b * y, axis=-1)

    def constraints(x):
        y, z = x[..., :10], x[..., 10:]
        return 2 * (z @ C) + 3 * d * z**2 + e - y @ A

    return record(
        117,
        value,
        start=np.where(np.arange(15) == 6, 60.0, 0.001),
        solution=[
            0.0,
            0.0,
            5.174040727698175,
            0.0,
            3.06110868775845,
            11.839545664800733,
            0.0,
            0.0,
            0.10389619077061579,
            0.0,
            0.29999999999999993,
            0.3334676065346071,
            0.4,
            0.4283101047816988,
            0.22396487356079814,
        ],
        least_value=32.348678965722705,
        lower=0.0,
        constraints=constraints,
    )
