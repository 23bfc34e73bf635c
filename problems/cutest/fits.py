"""Models fitted to data, and the dipole equations of the heart."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.cutest._sources import HIMMELBLAU, LANCELOT, cutest

OPTIMA = "The OPTIMA user manual (issue 8), Numerical Optimisation Centre, Hatfield Polytechnic"
HEART = (
    "J. E. Dennis, D. M. Gay and P. A. Vu (1985), A new nonlinear equations test problem, "
    "Technical Report 83-16, Rice University"
)


def _exponential_differences(name: str, t, z, least: float, published: str) -> Problem:
    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return x1 * np.exp(t * x2) - np.exp(t * x3) - z

    return Problem(
        name,
        sum_of_squares(residual),
        start=np.array([1.0, -1.0, 0.0]),
        least_value=least,
        source=cutest(name.upper(), OPTIMA),
        note=f"Published as {published}.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def hatfldd() -> Problem:
    """Difference of two exponentials through ten data."""
    t = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9])
    z = np.array([1.751, 1.561, 1.391, 1.239, 1.103, 0.981, 0.925, 0.8721, 0.8221, 0.7748])
    return _exponential_differences("hatfldd", t, z, 6.6151139186e-8, "6.615114e-8")


@register
def hatflde() -> Problem:
    """Difference of two exponentials through 21 data."""
    t = 0.3 + 0.05 * np.arange(21)
    z = np.array(
        [1.561, 1.473, 1.391, 1.313, 1.239, 1.169, 1.103, 1.04, 0.981, 0.925, 0.8721, 0.8221,
         0.7748, 0.73, 0.6877, 0.6477, 0.6099, 0.5741, 0.5403, 0.5084, 0.4782]
    )  # fmt: skip
    return _exponential_differences("hatflde", t, z, 5.1203769366e-7, "5.120377e-7")


@register
def hatfldfl() -> Problem:
    """Three powers through three data, from a nasty start."""
    z = np.array([0.032, 0.056, 0.099])

    def residual(x):
        x1, x2, x3 = x[..., 0], x[..., 1], x[..., 2]
        return np.stack([x1 + x2 * x3, x1 + x2 * x3**2, x1 + x2 * x3**3], axis=-1) - z

    # Ratios of differences: x3 = 43 / 24, x2 x3 (x3 - 1) = 0.024
    x3 = 0.043 / 0.024
    x2 = 0.024 / (x3 * (x3 - 1))
    return Problem(
        "hatfldfl",
        sum_of_squares(residual),
        start=np.array([1.2, -1.2, 0.98]),
        solution=np.array([0.032 - x2 * x3, x2, x3]),
        least_value=0.0,
        source=cutest("HATFLDFL", OPTIMA),
        note="From this start, on the other side of x3 = 1, methods creep to 6.0168e-5 instead.",
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


@register
def himmelbf() -> Problem:
    """Rational model of four parameters, through seven data, in relative residuals."""
    a = np.array([0.0, 0.000428, 0.001, 0.00161, 0.00209, 0.00348, 0.00525])
    b = np.array([7.391, 11.18, 16.44, 16.2, 22.2, 24.02, 31.32])

    def residual(x):
        x1, x2, x3, x4 = x[..., 0:1], x[..., 1:2], x[..., 2:3], x[..., 3:4]
        return 100 * ((x1**2 + a * x2**2 + a**2 * x3**2) / (b * (1 + a * x4**2)) - 1)

    return Problem(
        "himmelbf",
        sum_of_squares(residual),
        start=np.array([2.7, 90.0, 1500.0, 10.0]),
        least_value=318.5717487911235,
        source=cutest("HIMMELBF", f"{HIMMELBLAU}, problem 32"),
        note="Published as 318.572.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def expfit() -> Problem:
    """Exponential through the points of a straight line."""
    t = np.arange(1, 11) / 4

    def residual(x):
        return x[..., 0:1] * np.exp(x[..., 1:2] * t) - t

    return Problem(
        "expfit",
        sum_of_squares(residual),
        start=np.zeros(2),
        least_value=0.2405105939990584,
        source=cutest("EXPFIT", LANCELOT),
        note="Published as 0.24051.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def growthls() -> Problem:
    """Growth by a power whose exponent has a logarithm, through twelve data."""
    t = np.array([8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 25.0])
    z = np.array(
        [8, 8.4305, 9.5294, 10.4627, 12, 13.0205, 14.5949, 16.1078, 18.0596, 20.4569, 24.25,
         32.9863]
    )  # fmt: skip
    logs = np.log(t)

    def residual(x):
        exponent = x[..., 1:2] + logs * x[..., 2:3]
        return x[..., 0:1] * np.exp(logs * exponent) - z

    return Problem(
        "growthls",
        sum_of_squares(residual),
        start=np.array([100.0, 0.0, 0.0]),
        least_value=1.0040405841047,
        source=cutest("GROWTHLS", "N. I. M. Gould, unpublished"),
        note="The value 0 in CUTEst's file is a bound, not what is reached.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def judge() -> Problem:
    """Regression on a parameter and its square: two minimisers."""
    a = np.array(
        [0.286, 0.973, 0.384, 0.276, 0.973, 0.543, 0.957, 0.948, 0.543, 0.797, 0.936, 0.889, 0.006,
         0.828, 0.399, 0.617, 0.939, 0.784, 0.072, 0.889]
    )  # fmt: skip
    b = np.array(
        [0.645, 0.585, 0.310, 0.058, 0.455, 0.779, 0.259, 0.202, 0.028, 0.099, 0.142, 0.296, 0.175,
         0.180, 0.842, 0.039, 0.103, 0.620, 0.158, 0.704]
    )  # fmt: skip
    y = np.array(
        [4.284, 4.149, 3.877, 0.533, 2.211, 2.389, 2.145, 3.231, 1.998, 1.379, 2.106, 1.428, 1.011,
         2.179, 2.858, 1.388, 1.651, 1.593, 1.046, 2.152]
    )  # fmt: skip

    def residual(x):
        x1, x2 = x[..., 0:1], x[..., 1:2]
        return x1 + a * x2 + b * x2**2 - y

    return Problem(
        "judge",
        sum_of_squares(residual),
        start=np.array([1.0, 5.0]),
        least_value=16.08173013296039,
        source=cutest(
            "JUDGE",
            "G. G. Judge et al. (1985), The Theory and Practice of Econometrics, Wiley, chapter 22",
        ),
        note="Published as 16.0817307 at (0.86479, 1.2357); the other minimum is 20.9805.",
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


def _heart(a, b, c, d, t, u, v, w):
    """Return the six moments of the dipoles (a, b; c, d) at the places (t, v) and (u, w)."""
    return [
        a * t + b * u - c * v - d * w,
        a * v + b * w + c * t + d * u,
        a * (t**2 - v**2) - 2 * c * t * v + b * (u**2 - w**2) - 2 * d * u * w,
        c * (t**2 - v**2) + 2 * a * t * v + d * (u**2 - w**2) + 2 * b * u * w,
        a * t * (t**2 - 3 * v**2)
        + c * v * (v**2 - 3 * t**2)
        + b * u * (u**2 - 3 * w**2)
        + d * w * (w**2 - 3 * u**2),
        c * t * (t**2 - 3 * v**2)
        - a * v * (v**2 - 3 * t**2)
        + d * u * (u**2 - 3 * w**2)
        - b * w * (w**2 - 3 * u**2),
    ]


@register
def heart6ls() -> Problem:
    """Dipole model of the heart with six unknowns: long curved valleys."""
    first, second = -0.816, -0.017
    sums = np.array([-1.826, -0.754, -4.839, -3.259, -14.023, 15.467])

    def residual(x):
        a, c, t, u, v, w = (x[..., k] for k in range(6))
        return np.stack(_heart(a, first - a, c, second - c, t, u, v, w), axis=-1) - sums

    return Problem(
        "heart6ls",
        sum_of_squares(residual),
        start=np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0]),
        least_value=0.0,
        source=cutest("HEART6LS", HEART),
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


@register
def heart8ls() -> Problem:
    """Dipole model of the heart with eight unknowns."""
    sums = np.array([-0.69, -0.044, -1.57, -1.31, -2.65, 2.0, -12.6, 9.48])

    def residual(x):
        a, b, c, d, t, u, v, w = (x[..., k] for k in range(8))
        return np.stack([a + b, c + d, *_heart(a, b, c, d, t, u, v, w)], axis=-1) - sums

    return Problem(
        "heart8ls",
        sum_of_squares(residual),
        start=np.array([0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        least_value=0.0,
        source=cutest("HEART8LS", HEART),
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )
