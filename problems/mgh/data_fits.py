"""Models fitted to printed data, up to five parameters."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper

DIGITS = "Least value and minimiser are published to 4 to 6 digits; to double precision here."


@register
def bard() -> Problem:
    """Rational model of three parameters, two of which can run away to infinity."""
    y = np.array(
        [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
    )
    u = np.arange(1, 16.0)
    v = 16 - u
    w = np.minimum(u, v)

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return y - (x1 + u / (v * x2 + w * x3))

    return Problem(
        "bard",
        sum_of_squares(residual),
        start=np.array([1.0, 1.0, 1.0]),
        solution=np.array([0.08241055974978898, 1.133036092029722, 2.3436951786425366]),
        least_value=0.00821487730657898,
        source="Y. Bard (1970), Comparison of gradient methods for the solution of nonlinear "
        f"parameter estimation problems, SIAM J. Numerical Analysis 7(1), 157-186; {paper(8)}",
        note=f"{DIGITS} The objective tends to 17.4286 at (0.8406, -inf, -inf), where methods "
        "may end, as they may in 0.114810 from the farthest start.",
        starts=multiples([1, 1, 1]),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def gaussian() -> Problem:
    """Bell curve through 15 values of the normal density: solved almost at the start."""
    y = np.array([0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521])
    y = np.concatenate([y, [0.3989], y[::-1]])
    t = (8 - np.arange(1, 16)) / 2

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return x1 * np.exp(-x2 * (t - x3) ** 2 / 2) - y

    return Problem(
        "gaussian",
        sum_of_squares(residual),
        start=np.array([0.4, 1.0, 0.0]),
        solution=np.array([0.3989561378387567, 1.000019084487806, 0.0]),
        least_value=1.127932769619e-08,
        source=paper(9),
        note=DIGITS,
        starts=multiples([0.4, 1, 0]),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def meyer() -> Problem:
    """Resistance of a thermistor: parameters and curvatures that differ by many powers of ten."""
    y = np.array(
        [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820,
         3307, 2872.0]
    )  # fmt: skip
    t = 45 + 5 * np.arange(1, 17.0)

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return x1 * np.exp(x2 / (t + x3)) - y

    return Problem(
        "meyer",
        sum_of_squares(residual),
        start=np.array([0.02, 4000.0, 250.0]),
        solution=np.array([0.005609636471026989, 6181.346346286535, 345.2236346241421]),
        least_value=87.945855170851,
        source="R. R. Meyer (1970), Theoretical and computational aspects of nonlinear regression, "
        f"in J. B. Rosen et al. (eds.), Nonlinear Programming, 465-486; {paper(10)}",
        note="Published as 87.9458; of the digits given here, ten are sure: the terms are "
        "differences of numbers up to 34780. The same data are NIST's regression MGH10.",
        starts=multiples([0.02, 4000, 250]),
        residual=residual,
        tags=frozenset({"ill-conditioned", "mgh", "sum-of-squares"}),
    )


@register
def kowalik_osborne() -> Problem:
    """Rational model of an enzyme reaction, four parameters."""
    y = np.array(
        [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
    )
    u = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])

    def residual(x):
        x1, x2, x3, x4 = x[..., 0:1], x[..., 1:2], x[..., 2:3], x[..., 3:4]
        return y - x1 * (u**2 + u * x2) / (u**2 + u * x3 + x4)

    return Problem(
        "kowalik-osborne",
        sum_of_squares(residual),
        start=np.array([0.25, 0.39, 0.415, 0.39]),
        solution=np.array(
            [0.1928069345790379, 0.1912823287343667, 0.1230565069263208, 0.1360623306837947]
        ),
        least_value=0.0003075056038492378,
        source="J. S. Kowalik and M. R. Osborne (1968), Methods for Unconstrained Optimization "
        f"Problems, American Elsevier; {paper(15)}",
        note=f"{DIGITS} The objective tends to 1.02734e-3 at (inf, -14.07, -inf, -inf), and to "
        "0.00159435 far out on another side, where methods from the farther starts may end.",
        starts=multiples([0.25, 0.39, 0.415, 0.39]),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def osborne_1() -> Problem:
    """Two exponentials and a constant, fitted to 33 data."""
    y = np.array(
        [0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
         0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
         0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406]
    )  # fmt: skip
    t = 10 * np.arange(33.0)

    def residual(x):
        x1, x2, x3 = x[..., 0:1], x[..., 1:2], x[..., 2:3]
        return y - (x1 + x2 * np.exp(-t * x[..., 3:4]) + x3 * np.exp(-t * x[..., 4:5]))

    return Problem(
        "osborne-1",
        sum_of_squares(residual),
        start=np.array([0.5, 1.5, -1.0, 0.01, 0.02]),
        solution=np.array(
            [
                0.3754100521069516,
                1.9358469127123235,
                -1.4646871366133787,
                0.012867534640057196,
                0.02212269966167278,
            ]
        ),
        least_value=5.4648946974829115e-05,
        source="M. R. Osborne (1972), Some aspects of nonlinear least squares calculations, in "
        "F. A. Lootsma (ed.), Numerical Methods for Nonlinear Optimization, 171-189; "
        f"{paper(17)}",
        note=f"{DIGITS} Farther out the objective is flat in the rates.",
        starts=multiples([0.5, 1.5, -1, 0.01, 0.02]),
        residual=residual,
        tags=frozenset({"ill-conditioned", "mgh", "sum-of-squares"}),
    )


@register
def osborne_2() -> Problem:
    """Exponential and three bell curves, fitted to 65 data: eleven parameters."""
    y = np.array(
        [1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
         0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
         0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
         0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
         0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054]
    )  # fmt: skip
    t = np.arange(65) / 10
    start = np.array([1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5])

    def residual(x):
        bells = (
            x[..., k : k + 1] * np.exp(-((t - x[..., k + 7 : k + 8]) ** 2) * x[..., k + 4 : k + 5])
            for k in (1, 2, 3)
        )
        return y - (x[..., 0:1] * np.exp(-t * x[..., 4:5]) + sum(bells))

    return Problem(
        "osborne-2",
        sum_of_squares(residual),
        start=start,
        solution=np.array(
            [
                1.3099771546273007,
                0.43155379460298904,
                0.6336616989607241,
                0.5994305347859163,
                0.7541832263280115,
                0.9042885798596332,
                1.3658118352370285,
                4.823698817227157,
                2.3986848661317546,
                4.568874597667672,
                5.6753414705806415,
            ]
        ),
        least_value=0.040137736293547756,
        source="M. R. Osborne (1972), Some aspects of nonlinear least squares calculations, in "
        "F. A. Lootsma (ed.), Numerical Methods for Nonlinear Optimization, 171-189; "
        f"{paper(19)}",
        note=f"{DIGITS} From the farther starts methods may end at 1.78981.",
        starts=multiples(start),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )
