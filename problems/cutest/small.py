"""Two to four variables: polynomials, exponentials and their kind."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.cutest._sources import BUCKLEY, HIMMELBLAU, cutest


@register
def allinitu() -> Problem:
    """Sines and polynomials of four variables, of every kind of term."""

    def value(x):
        x1, x2, x3, x4 = x[..., 0], x[..., 1], x[..., 2], x[..., 3]
        s3, s4 = np.sin(x3) ** 2, np.sin(x4) ** 2
        return (
            (x3 - 1)
            + x1**2
            + (x2**2 + (x3 + x4) ** 2)
            + (x4 - 3 + s3 + x1**2 * x2**2)
            + s3
            + (x4 - 1) ** 2
            + x2**4
            + (x3**2 + (x4 + x1) ** 2) ** 2
            + (x1 - 4 + s4 + x2**2 * x3**2) ** 2
            + s4**2
        )

    return Problem(
        "allinitu",
        value,
        start=np.zeros(4),
        least_value=5.744384910320337,
        source=cutest("ALLINITU", "N. I. M. Gould, unpublished"),
        note="Published as 5.74438.",
        tags=frozenset({"cutest"}),
    )


@register
def brkmcc() -> Problem:
    """Barrier of an ellipse and a penalty, merged into one function of the plane."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        barrier = 0.04 / (1 - x1**2 / 4 - x2**2)
        return (x1 - 2) ** 2 + (x2 - 1) ** 2 + barrier + 5 * (x1 - 2 * x2 + 1) ** 2

    return Problem(
        "brkmcc",
        value,
        start=np.array([2.0, 2.0]),
        least_value=0.16904267919645,
        source=cutest("BRKMCC", f"{BUCKLEY}, problem 85"),
        note="Published as 0.16904: a local minimum outside the ellipse. The function has a pole "
        "on the ellipse x1^2 / 4 + x2^2 = 1 and no lower bound.",
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def cliff() -> Problem:
    """Gentle slope, and an exponential wall: Newton's steps down the wall have length 1/20."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return ((x1 - 3) / 100) ** 2 - (x1 - x2) + np.exp(20 * (x1 - x2))

    gap = np.log(1 / 20) / 20
    return Problem(
        "cliff",
        value,
        start=np.array([0.0, -1.0]),
        solution=np.array([3.0, 3 - gap]),
        least_value=1 / 20 - gap,
        source=cutest("CLIFF", f"{BUCKLEY}, problem 206"),
        tags=frozenset({"convex", "cutest"}),
    )


@register
def engval2() -> Problem:
    """Sphere, shifted sphere and planes, with a sixth-degree polynomial."""

    def residual(x):
        x1, x2, x3 = x[..., 0], x[..., 1], x[..., 2]
        return np.stack(
            [
                x1**2 + x2**2 + x3**2 - 1,
                x1**2 + x2**2 + (x3 - 2) ** 2 - 1,
                x1 + x2 + x3 - 1,
                x1 + x2 - x3 + 1,
                x1**3 + 3 * x2**2 + (5 * x3 - x1 + 1) ** 2 - 36,
            ],
            axis=-1,
        )

    return Problem(
        "engval2",
        sum_of_squares(residual),
        start=np.array([1.0, 2.0, 0.0]),
        solution=np.array([0.0, 0.0, 1.0]),
        least_value=0.0,
        source=cutest("ENGVAL2", f"{BUCKLEY}, problem 15"),
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def himmelbb() -> Problem:
    """Square of a product: zero on curves, nearly zero on a wide plain."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (x1 * x2 * (1 - x1) * (1 - x2 - x1 * (1 - x1) ** 5)) ** 2

    return Problem(
        "himmelbb",
        value,
        start=np.array([-1.2, 1.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest("HIMMELBB", f"{HIMMELBLAU}, problem 27"),
        note="Zero wherever one of the factors is; at (0, 0), where two are, the Hessian is zero.",
        tags=frozenset({"cutest", "singular", "sum-of-squares"}),
    )


@register
def himmelbg() -> Problem:
    """Ellipse under a falling exponential: far out the objective tends to its least value too."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.exp(-x1 - x2) * (2 * x1**2 + 3 * x2**2)

    return Problem(
        "himmelbg",
        value,
        start=np.array([0.5, 0.5]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest("HIMMELBG", f"{HIMMELBLAU}, problem 33"),
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def himmelbh() -> Problem:
    """Cubic and quadratic: a local minimum, and no lower bound."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return -3 * x1 - 2 * x2 + 2 + x1**3 + x2**2

    return Problem(
        "himmelbh",
        value,
        start=np.array([0.0, 2.0]),
        least_value=-1.0,
        source=cutest(
            "HIMMELBH",
            "D. M. Himmelblau (1972), A uniform evaluation of unconstrained optimization "
            "techniques, in F. A. Lootsma (ed.), Numerical Methods for Nonlinear Optimization",
        ),
        note="The published value is that of the local minimiser (1, 1); the function is unbounded "
        "below where x1 tends to -inf.",
        tags=frozenset({"cutest"}),
    )


@register
def maratosb() -> Problem:
    """Circle by a penalty of a million: a valley that a second-order step leaves."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return x1 + 1e6 * (x1**2 + x2**2 - 1) ** 2

    # The least root of the slope 1 + 4e6 x (x^2 - 1) along x2 = 0
    root = float(np.min(np.roots([4e6, 0, -4e6, 1]).real))
    return Problem(
        "maratosb",
        value,
        start=np.array([1.1, 0.1]),
        solution=np.array([root, 0.0]),
        least_value=root + 1e6 * (root**2 - 1) ** 2,
        source=cutest("MARATOSB", "Ph. L. Toint, unpublished; after N. Maratos (1978)"),
        note="Published as -1.00000006.",
        tags=frozenset({"cutest"}),
    )


@register
def s308() -> Problem:
    """Squared quadratic form, sine and cosine: regular but for its start."""

    def residual(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.stack([x1**2 + x1 * x2 + x2**2, np.sin(x1), np.cos(x2)], axis=-1)

    return Problem(
        "s308",
        sum_of_squares(residual),
        start=np.array([3.0, 0.1]),
        least_value=0.7731990564929,
        source=cutest(
            "S308",
            "K. Schittkowski (1987), More Test Examples for Nonlinear Programming Codes, Springer, "
            "problem 308",
        ),
        note="Published as 0.773199.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def sineval() -> Problem:
    """Valley along a sine: each of its turns costs steps."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return 1000 * (x2 - np.sin(x1)) ** 2 + x1**2 / 4

    return Problem(
        "sineval",
        value,
        start=np.array([4.712389, -1.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest(
            "SINEVAL",
            "Y. Xiao and F. Zhou (1992), Non-monotone trust region methods with curvilinear path "
            "in unconstrained optimization, Computing 48, 303-317, problem 4.2",
        ),
        tags=frozenset({"cutest", "sum-of-squares"}),
    )


@register
def sisser() -> Problem:
    """Quartic form: the Hessian is zero at the solution."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return 3 * x1**4 - 2 * x1**2 * x2**2 + 3 * x2**4

    return Problem(
        "sisser",
        value,
        start=np.array([1.0, 0.1]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest(
            "SISSER",
            "F. S. Sisser (1981), Elimination of bounds in optimization problems by transforming "
            "variables, Mathematical Programming 20, 110-121",
        ),
        note="In CUTEst's file two minus signs cancel: it has + 2 x1^2 x2^2.",
        tags=frozenset({"cutest", "singular"}),
    )


@register
def zangwil2() -> Problem:
    """Quadratic in the plane."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (16 * x1**2 + 16 * x2**2 - 8 * x1 * x2 - 56 * x1 - 256 * x2 + 991) / 15

    return Problem(
        "zangwil2",
        value,
        start=np.array([3.0, 8.0]),
        solution=np.array([4.0, 9.0]),
        least_value=-18.2,
        source=cutest("ZANGWIL2", f"{BUCKLEY}, problem 7"),
        tags=frozenset({"convex", "cutest", "unimodal"}),
    )
