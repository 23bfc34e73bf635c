"""Designs of stocks, samples, feed, transformers, reactors and exchangers: badly scaled."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.hock_schittkowski._common import EQUAL, entries, joined, record


@register
def hs64() -> ConstrainedProblem:
    """Cost of three stocks: reciprocals, with a minimiser far from the start."""

    def value(x):
        x1, x2, x3 = entries(x)
        return 5 * x1 + 50000 / x1 + 20 * x2 + 72000 / x2 + 10 * x3 + 144000 / x3

    def constraints(x):
        x1, x2, x3 = entries(x)
        return joined(1 - 4 / x1 - 32 / x2 - 120 / x3)

    return record(
        64,
        value,
        start=[1.0, 1.0, 1.0],
        solution=[108.73470491089891, 85.12621279089379, 204.32459661260552],
        least_value=6299.8424279215205,
        tags={"convex"},
        lower=1e-5,
        constraints=constraints,
    )


@register
def hs72() -> ConstrainedProblem:
    """Sizes of four samples that reach two precisions."""

    def value(x):
        return 1 + np.sum(x, axis=-1)

    def constraints(x):
        x1, x2, x3, x4 = entries(x)
        return joined(
            0.0401 - 4 / x1 - 2.25 / x2 - 1 / x3 - 0.25 / x4,
            0.010085 - 0.16 / x1 - 0.36 / x2 - 0.64 / x3 - 0.64 / x4,
        )

    return record(
        72,
        value,
        start=[1.0, 1.0, 1.0, 1.0],
        solution=[193.40742727194635, 179.54707603227456, 185.01806335815152, 168.70679112724056],
        least_value=727.6793577896129,
        note="CUTEst's file has 727.5888453 for the least value; the source's 727.67937 is right "
        "to seven digits.",
        tags={"convex"},
        lower=0.001,
        upper=np.array([4e5, 3e5, 2e5, 1e5]),
        constraints=constraints,
    )


@register
def hs73() -> ConstrainedProblem:
    """Biggs's cattle feed: a linear programme with one chance constraint."""
    cost = np.array([24.55, 26.75, 39.0, 40.5])
    fat = np.array([2.3, 5.6, 11.1, 1.3])
    protein = np.array([12.0, 11.9, 41.8, 52.1])
    variance = np.array([0.28, 0.19, 20.5, 0.62])

    def value(x):
        return np.sum(cost * x, axis=-1)

    def constraints(x):
        deviation = np.sqrt(np.sum(variance * x**2, axis=-1))
        return joined(
            np.sum(fat * x, axis=-1) - 5,
            np.sum(protein * x, axis=-1) - 21 - 1.645 * deviation,
            np.sum(x, axis=-1) - 1,
        )

    return record(
        73,
        value,
        start=[1.0, 1.0, 1.0, 1.0],
        solution=[0.6355215686350697, 0.0, 0.3127018807515235, 0.05177655061340684],
        least_value=29.894378159143354,
        note="CUTEst's file has 29.89422123 for the least value; the source's 29.894378 is right.",
        tags={"convex"},
        lower=0.0,
        constraints=constraints,
        constraints_upper=np.array([np.inf, np.inf, EQUAL]),
    )


@register
def hs83() -> ConstrainedProblem:
    """Colville's third: a quadratic between pairs of nearly flat surfaces."""

    def value(x):
        x1, _, x3, _, x5 = entries(x)
        return 5.3578547 * x3**2 + 0.8356891 * x1 * x5 + 37.293239 * x1 - 40792.141

    def constraints(x):
        x1, x2, x3, x4, x5 = entries(x)
        return joined(
            85.334407 + 0.0056858 * x2 * x5 + 0.0006262 * x1 * x4 - 0.0022053 * x3 * x5,
            80.51249 + 0.0071317 * x2 * x5 + 0.0029955 * x1 * x2 + 0.0021813 * x3**2,
            9.300961 + 0.0047026 * x3 * x5 + 0.0012547 * x1 * x3 + 0.0019085 * x3 * x4,
        )

    return record(
        83,
        value,
        start=[78.0, 33.0, 27.0, 27.0, 27.0],
        solution=[78.0, 33.0, 29.995256025681613, 45.0, 36.77581290578817],
        least_value=-30665.538671783317,
        tags={"quadratic"},
        lower=np.array([78.0, 33.0, 27.0, 27.0, 27.0]),
        upper=np.array([102.0, 45.0, 45.0, 45.0, 45.0]),
        constraints=constraints,
        constraints_lower=np.array([0.0, 90.0, 20.0]),
        constraints_upper=np.array([92.0, 110.0, 25.0]),
    )


@register
def hs93() -> ConstrainedProblem:
    """Cost of a transformer of given power and losses."""

    def parts(x):
        x1, x2, x3, x4, x5, x6 = entries(x)
        core = x1 * x4 * (x1 + x2 + x3)
        winding = x2 * x3 * (x1 + 1.57 * x2 + x4)
        return core, winding, core * x5**2, winding * x6**2

    def value(x):
        core, winding, core_loss, winding_loss = parts(x)
        return 0.0204 * core + 0.0187 * winding + 0.0607 * core_loss + 0.0437 * winding_loss

    def constraints(x):
        x1, x2, x3, x4, x5, x6 = entries(x)
        _, _, core_loss, winding_loss = parts(x)
        return joined(
            0.001 * x1 * x2 * x3 * x4 * x5 * x6 - 2.07,
            1 - 0.00062 * core_loss - 0.00058 * winding_loss,
        )

    return record(
        93,
        value,
        start=[5.54, 4.4, 12.02, 11.82, 0.702, 0.852],
        solution=[
            5.332666335528811,
            4.65674405917202,
            10.432991940468279,
            12.082306340063694,
            0.7526074362238323,
            0.8786508746591395,
        ],
        least_value=135.07596282915176,
        note="The published least value, 135.075961, is right to eight digits.",
        lower=0.0,
        constraints=constraints,
    )


@register
def hs104() -> ConstrainedProblem:
    """Optimal reactor: a geometric programme with broken powers."""

    def value(x):
        x1, x2, _, _, _, _, x7, x8 = entries(x)
        return 0.4 * ((x1 / x7) ** 0.67 + (x2 / x8) ** 0.67) + 10 - x1 - x2

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7, x8 = entries(x)
        return joined(
            1 - 0.0588 * x5 * x7 - 0.1 * x1,
            1 - 0.0588 * x6 * x8 - 0.1 * (x1 + x2),
            1 - (4 * x3 + 2 * x3**-0.71) / x5 - 0.0588 * x3**-1.3 * x7,
            1 - (4 * x4 + 2 * x4**-0.71) / x6 - 0.0588 * x4**-1.3 * x8,
            value(x),
        )

    return record(
        104,
        value,
        start=[6.0, 3.0, 0.4, 0.2, 6.0, 6.0, 1.0, 0.5],
        solution=[
            6.4651140283691,
            2.2327086479852283,
            0.6673974912866294,
            0.595756422900371,
            5.932675677909848,
            5.527234564976939,
            1.0133220089025612,
            0.40066822912570305,
        ],
        least_value=3.951163440103357,
        lower=0.1,
        upper=10.0,
        constraints=constraints,
        constraints_lower=np.array([0.0, 0.0, 0.0, 0.0, 1.0]),
        constraints_upper=np.array([np.inf, np.inf, np.inf, np.inf, 4.2]),
    )


@register
def hs106() -> ConstrainedProblem:
    """Areas of three heat exchangers: constraints a million times larger than others."""

    def value(x):
        return x[..., 0] + x[..., 1] + x[..., 2]

    def constraints(x):
        x1, x2, x3, x4, x5, x6, x7, x8 = entries(x)
        return joined(
            1 - 0.0025 * (x4 + x6),
            1 - 0.0025 * (x5 + x7 - x4),
            1 - 0.01 * (x8 - x5),
            x1 * x6 - 833.33252 * x4 - 100 * x1 + 83333.333,
            x2 * x7 - 1250 * x5 - x2 * x4 + 1250 * x4,
            x3 * x8 - 1250000 - x3 * x5 + 2500 * x5,
        )

    return record(
        106,
        value,
        start=[5000.0, 5000.0, 5000.0, 200.0, 350.0, 150.0, 225.0, 425.0],
        solution=[
            579.3066844253551,
            1359.9706680516551,
            5109.970668051655,
            182.01769958111993,
            295.6011732779338,
            217.98230041888007,
            286.4165263031861,
            395.6011732779338,
        ],
        least_value=7049.248020528665,
        note="The source and CUTEst's file have 7049.330923 for the least value, which is right to "
        "four digits: it is 7049.248020.",
        lower=np.array([100.0, 1000.0, 1000.0, 10.0, 10.0, 10.0, 10.0, 10.0]),
        upper=np.array([1e4, 1e4, 1e4, 1e3, 1e3, 1e3, 1e3, 1e3]),
        constraints=constraints,
    )
