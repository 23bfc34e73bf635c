"""Nonlinear equations of any number of variables, as sums of squares."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.mgh._paper import multiples, paper


@register
def trigonometric(n: int = 10) -> Problem:
    """Sines and cosines with several roots, and local minima on the way to them.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)
    i = np.arange(1.0, n + 1)

    def residual(x):
        cosines = np.cos(x)
        total = np.sum(cosines, axis=-1)[..., None]
        return n - total + i * (1 - cosines) - np.sin(x)

    start = np.full(n, 1 / n)
    return Problem(
        "trigonometric",
        sum_of_squares(residual),
        start=start,
        solution=np.zeros(n),
        least_value=0.0,
        source="E. Spedicato (1975), Computational experience with quasi-Newton algorithms for "
        f"minimization problems of moderately large size, Report CISE-N-175; {paper(26)}",
        note="Zero is one root of several, and so is not the only minimiser. From the standard "
        "start with n = 10 methods may end in the local minimum 2.79506e-5.",
        starts=multiples(start),
        residual=residual,
        tags=frozenset({"mgh", "multimodal", "sum-of-squares"}),
    )


@register
def brown_almost_linear(n: int = 10) -> Problem:
    """Linear equations and one product of all the variables.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def residual(x):
        linear = x + np.sum(x, axis=-1)[..., None] - (n + 1)
        product = np.prod(x, axis=-1)[..., None] - 1
        return np.concatenate([linear[..., :-1], product], axis=-1)

    return Problem(
        "brown-almost-linear",
        sum_of_squares(residual),
        start=np.full(n, 0.5),
        solution=np.ones(n),
        least_value=0.0,
        source="K. M. Brown (1969), A quadratically convergent Newton-like method based upon "
        f"Gaussian elimination, SIAM J. Numerical Analysis 6(4), 560-569; {paper(27)}",
        note="There is another root with all variables but the last equal, and at (0, ..., 0, "
        "n + 1) the gradient is 0 and the value 1. The farther starts are those with n = 10 or "
        "less: with more variables the product spans hundreds of powers of ten.",
        starts=multiples(np.full(n, 0.5), (1, 10, 100) if n <= 10 else (1,)),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def discrete_boundary_value(n: int = 10) -> Problem:
    """Second differences of a two-point boundary value problem: CUTEst's MOREBV.

    Parameters
    ----------
    n : int
        Number of inner points.
    """
    n = whole_number("n", n, least=1)
    h = 1 / (n + 1)
    t = h * np.arange(1.0, n + 1)

    def residual(x):
        edge = np.zeros((*x.shape[:-1], 1))
        u = np.concatenate([edge, x, edge], axis=-1)
        return 2 * x - u[..., :-2] - u[..., 2:] + h**2 * (x + t + 1) ** 3 / 2

    return Problem(
        "discrete-boundary-value",
        sum_of_squares(residual),
        start=t * (t - 1),
        least_value=0.0,
        source="J. J. Moré and M. Y. Cosnard (1979), Numerical solution of nonlinear equations, "
        f"ACM TOMS 5(1), 64-85; {paper(28)}",
        note="The root is unique and has no closed form. The condition of the Hessian grows like "
        "the eighth power of n, and the value at the start falls like the third: tests on the "
        "gradient alone are met at the start when n is large.",
        starts=multiples(t * (t - 1)),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def discrete_integral_equation(n: int = 10) -> Problem:
    """Integral equation on a grid, with a dense Jacobian near the unit matrix.

    Parameters
    ----------
    n : int
        Number of inner points.
    """
    n = whole_number("n", n, least=1)
    h = 1 / (n + 1)
    t = h * np.arange(1.0, n + 1)

    def residual(x):
        cubes = (x + t + 1) ** 3
        before = np.cumsum(t * cubes, axis=-1)
        right = np.cumsum((1 - t) * cubes, axis=-1)
        after = right[..., -1:] - right
        return x + h * ((1 - t) * before + t * after) / 2

    return Problem(
        "discrete-integral-equation",
        sum_of_squares(residual),
        start=t * (t - 1),
        least_value=0.0,
        source="J. J. Moré and M. Y. Cosnard (1979), Numerical solution of nonlinear equations, "
        f"ACM TOMS 5(1), 64-85; {paper(29)}",
        note="The root has no closed form.",
        starts=multiples(t * (t - 1)),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )


@register
def broyden_tridiagonal(n: int = 10) -> Problem:
    """Quadratic equations, each with its two neighbours.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)

    def residual(x):
        edge = np.zeros((*x.shape[:-1], 1))
        u = np.concatenate([edge, x, edge], axis=-1)
        return (3 - 2 * x) * x - u[..., :-2] - 2 * u[..., 2:] + 1

    return Problem(
        "broyden-tridiagonal",
        sum_of_squares(residual),
        start=np.full(n, -1.0),
        least_value=0.0,
        source="C. G. Broyden (1965), A class of methods for solving nonlinear simultaneous "
        f"equations, Mathematics of Computation 19(92), 577-593; {paper(30)}",
        note="The root has no closed form.",
        starts=multiples(np.full(n, -1)),
        residual=residual,
        tags=frozenset({"mgh", "multimodal", "sum-of-squares"}),
    )


@register
def broyden_banded(n: int = 10) -> Problem:
    """Cubic equations, each with the five variables before it and the one after.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=1)

    def residual(x):
        y = x * (1 + x)
        batch = x.shape[:-1]
        y = np.concatenate([np.zeros((*batch, 5)), y, np.zeros((*batch, 1))], axis=-1)
        neighbours = sum(y[..., k : k + n] for k in (0, 1, 2, 3, 4, 6))
        return x * (2 + 5 * x**2) + 1 - neighbours

    return Problem(
        "broyden-banded",
        sum_of_squares(residual),
        start=np.full(n, -1.0),
        least_value=0.0,
        source="C. G. Broyden (1971), The convergence of an algorithm for solving sparse nonlinear "
        f"systems, Mathematics of Computation 25(114), 285-294; {paper(31)}",
        note="The root has no closed form.",
        starts=multiples(np.full(n, -1)),
        residual=residual,
        tags=frozenset({"mgh", "sum-of-squares"}),
    )
