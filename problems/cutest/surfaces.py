"""Boundary value problems as energies: minimal surfaces and Bratu's equation."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._least import LEAST
from problems.cutest._sources import BUCKLEY, cutest

SURFACE = (
    "A. Griewank and Ph. L. Toint (1982), Partitioned variable metric updates for large structured "
    "optimization problems, Numerische Mathematik 39, 119-137, with a free boundary"
)


@register
def fminsurf(n: int = 100) -> Problem:
    """Free minimal surface whose mean height is pulled to zero: the Hessian is dense.

    Parameters
    ----------
    n : int
        Number of variables: the square of the number of points on a side, of at least 2.
    """
    side = _side(n)

    def pull(z):
        return np.mean(z, axis=(-1, -2)) ** 2

    return _surface("fminsurf", side, pull)


@register
def fminsrf2(n: int = 100) -> Problem:
    """Free minimal surface whose height in the middle is pulled to zero: the Hessian is sparse.

    Parameters
    ----------
    n : int
        Number of variables: the square of the number of points on a side, of at least 2.
    """
    side = _side(n)
    middle = side // 2 - 1

    def pull(z):
        return (z[..., middle, middle] / side) ** 2

    return _surface("fminsrf2", side, pull)


def _side(n: int) -> int:
    n = whole_number("n", n, least=4)
    side = round(np.sqrt(n))
    if side**2 != n:
        raise ValueError(
            f"n must be the square of a whole number, got {n}: take {side**2} or {(side + 1) ** 2}"
        )
    return side


def _surface(name: str, side: int, pull) -> Problem:
    cells = side - 1

    def value(x):
        z = np.reshape(x, (*x.shape[:-1], side, side))
        down = z[..., :-1, :-1] - z[..., 1:, 1:]
        up = z[..., 1:, :-1] - z[..., :-1, 1:]
        area = np.sqrt(1 + cells**2 * (down**2 + up**2) / 2)
        return np.sum(area, axis=(-1, -2)) / cells**2 + pull(z)

    edge = np.linspace(0, 1, side)
    height = np.zeros((side, side))
    height[:, 0] = 1 + 4 * edge
    height[:, -1] = 9 + 4 * edge
    height[0, 1:-1] = 1 + 8 * edge[1:-1]
    height[-1, 1:-1] = 5 + 8 * edge[1:-1]
    return Problem(
        name,
        value,
        start=height.ravel(),
        solution=np.zeros(side**2),
        least_value=1.0,
        source=cutest(name.upper(), SURFACE),
        note="Corners of neighbouring squares are tied along diagonals alone, which leaves one "
        "checkerboard of heights free: the Hessian is singular at the solution.",
        tags=frozenset({"convex", "cutest", "singular"}),
    )


@register
def bratu1d(n: int = 101) -> Problem:
    """Bratu's equation on an interval as an energy, unbounded below beyond its minimum.

    Parameters
    ----------
    n : int
        Number of inner points.
    """
    n = whole_number("n", n, least=1)
    h = 1 / (n + 1)
    slope = -3.4 * h

    def value(x):
        edge = np.zeros((*x.shape[:-1], 1))
        u = np.concatenate([edge, x, edge], axis=-1)
        before, after = u[..., :-1], u[..., 1:]
        mean = _mean_of_exponential(before, after)
        energy = np.sum(2 * x * (x - u[..., :-2]), axis=-1) / h
        return energy + 2 * slope * np.sum(mean, axis=-1)

    i = np.arange(1.0, n + 1)
    return Problem(
        "bratu1d",
        value,
        start=-0.1 * h * i**2,
        least_value=LEAST["bratu1d"].get(n),
        source=cutest("BRATU1D", f"{BUCKLEY}, problem 121"),
        note="Published as -8.51831187 (n = 75), -8.51859 (101), -8.51892 (501), -8.51893 (1001): "
        "local minima, for the exponential wins far out. The published -8.49454553 of n = 11 has "
        "a wrong digit: it is -8.49451553.",
        tags=frozenset({"cutest"}),
    )


def _mean_of_exponential(a, b):
    """Return (e^b - e^a) / (b - a); near b = a by the series of sinh(t) / t."""
    t = (b - a) / 2
    square = t**2
    near = square < 0.01
    series = 1 + square / 6 * (1 + square / 20 * (1 + square / 42 * (1 + square / 72)))
    quotient = (np.exp(b) - np.exp(a)) / np.where(near, 1.0, 2 * t)
    return np.where(near, np.exp((a + b) / 2) * series, quotient)
