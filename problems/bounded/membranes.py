"""Membranes on a square grid, between obstacles: torsion of a bar, and Dembo and Tulowitzki's.

The edge of the square is held at zero. CUTEst has it among the variables, as fixed ones; here it is
left out.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._parameters import whole_number
from problems._problem import Array
from problems._registry import register
from problems.bounded._common import record

MORE_TORALDO = (
    "J. J. Moré and G. Toraldo (1991), On the solution of large quadratic programming problems "
    "with bound constraints, SIAM Journal on Optimization 1(1), 93-113"
)
DEMBO_TULOWITZKI = (
    "R. S. Dembo and U. Tulowitzki (1983), On the minimization of quadratic functions subject to "
    "box constraints, Working Paper 71, Yale University"
)


def side_of_square(n: int) -> int:
    """Return the root of `n`, the points of a square grid, or raise a ValueError."""
    n = whole_number("n", n, least=4)
    side = math.isqrt(n)
    if side**2 != n:
        raise ValueError(
            f"n must be a square number, as the variables are the inner points of a square grid, "
            f"got {n}: {side**2} and {(side + 1) ** 2} are the nearest"
        )
    return side


def on_grid(x: Any, side: int) -> Any:
    """Return the variables as a square grid in the last two axes."""
    return np.reshape(x, (*x.shape[:-1], side, side))


def membrane(x: Any, side: int, load: float, edge: float) -> Any:
    """Return the energy of a membrane; `edge` weighs the differences to the points held at 0."""
    u = on_grid(x, side)
    down, right = u[..., 1:, :] - u[..., :-1, :], u[..., :, 1:] - u[..., :, :-1]
    inner = np.sum(down**2, axis=(-2, -1)) + np.sum(right**2, axis=(-2, -1))
    rim = u[..., 0, :] ** 2 + u[..., -1, :] ** 2 + u[..., :, 0] ** 2 + u[..., :, -1] ** 2
    return inner / 2 + edge * np.sum(rim, axis=-1) - load * np.sum(x, axis=-1)


def distance_to_edge(side: int) -> Array:
    """Return how far each point is from the edge of the unit square."""
    steps = np.minimum(np.arange(1, side + 1), np.arange(side, 0, -1))
    return np.minimum.outer(steps, steps) / (side + 1)


HALVED = (
    "Differences to the points on the edge count half, as in CUTEst's file, which counts every "
    "difference once for each inner point that has part in it."
)
TORSION = (("1", "2", 5.0), ("3", "4", 10.0), ("5", "6", 20.0))
TORSION_OF_MINPACK = (("a", "b", 5.0), ("c", "d", 10.0), ("e", "f", 20.0))


def torsion(name: str, force: float, edge: float, from_zero: bool, n: int = 400):
    """Torsion of an elastic-plastic bar of square section.

    Parameters
    ----------
    n : int
        Number of variables, a square.
    """
    side = side_of_square(n)
    distance = distance_to_edge(side).ravel()

    def value(x):
        return membrane(x, side, force / (side + 1) ** 2, edge)

    return record(
        name,
        value,
        start=np.zeros(n) if from_zero else distance,
        least_value=LEAST[name[:-1] + _first_of_pair(name)].get(n),
        source=MORE_TORALDO,
        description=f"Torsion of a bar with the force {force:g}, from "
        f"{'zero' if from_zero else 'the upper bound'}: a membrane between two pyramids",
        note=(HALVED if edge < 0.5 else "The differences are weighed as in MINPACK-2.")
        + (" On grids as coarse as n = 64 the upper bound is the solution." if force == 20 else ""),
        tags={"convex", "quadratic"},
        lower=-distance,
        upper=distance,
    )


def _first_of_pair(name: str) -> str:
    for first, second, _ in TORSION + TORSION_OF_MINPACK:
        if name[-1] in (first, second):
            return first
    raise ValueError(name)


for _rows, _edge in ((TORSION, 0.25), (TORSION_OF_MINPACK, 0.5)):
    for _first, _second, _force in _rows:
        for _last, _from_zero in ((_first, False), (_second, True)):
            _name = f"torsion{_last}"
            register(functools.partial(torsion, _name, _force, _edge, _from_zero), name=_name)


@register
def nobndtor(n: int = 400) -> ConstrainedProblem:
    """Torsion of a bar with bounds on the one half of it alone.

    Parameters
    ----------
    n : int
        Number of variables, a square.
    """
    side = side_of_square(n)
    distance = distance_to_edge(side)
    bound = distance.copy()
    bound[: side // 2] = np.inf

    def value(x):
        return membrane(x, side, 5 / (side + 1) ** 2, 0.25)

    return record(
        "nobndtor",
        value,
        start=distance.ravel(),
        least_value=LEAST["nobndtor"].get(n),
        source=MORE_TORALDO,
        note=f"{HALVED} CUTEst's file has the least values of TORSION1, -0.49234185 for n = 64, "
        "here too.",
        tags={"convex", "quadratic"},
        lower=-bound.ravel(),
        upper=bound.ravel(),
    )


def _waves(side: int, first: float, second: float) -> Array:
    t = np.arange(1, side + 1) / (side + 1)
    return np.outer(np.sin(first * t), np.sin(second * t)).ravel()


STARTS = {
    "e": "one everywhere", "l": "the lower obstacle", "m": "the middle between the obstacles",
    "u": "the upper obstacle",
}  # fmt: skip


def obstacle(name: str, n: int = 441) -> ConstrainedProblem:
    """Membrane over an obstacle.

    Parameters
    ----------
    n : int
        Number of variables, a square.
    """
    side = side_of_square(n)
    if name[-2] == "a":
        lower = _waves(side, 3.2, 3.3)
        upper = np.full(n, 2000.0)
    else:
        waves = _waves(side, 9.2, 9.3)
        lower, upper = waves**3, waves**2 + 0.02
    start = {"e": np.ones(n), "l": lower, "m": (lower + upper) / 2, "u": upper}[name[-1]]

    def value(x):
        return membrane(x, side, 1 / (side + 1) ** 2, 0.25)

    return record(
        name,
        value,
        start=start,
        least_value=LEAST[name[:-1]].get(n),
        source=DEMBO_TULOWITZKI,
        description=f"Membrane {'over a hill' if name[-2] == 'a' else 'between waves'}, from "
        f"{STARTS[name[-1]]}",
        note=HALVED,
        tags={"convex", "quadratic"},
        lower=lower,
        upper=upper,
    )


for _name in ("obstclae", "obstclal", "obstclbl", "obstclbm", "obstclbu"):
    register(functools.partial(obstacle, _name), name=_name)


# Least values by n, from solves to full precision
LEAST = {
    "torsion1": {4: -0.5185185185185185, 64: -0.49234185367486427, 400: -0.456087712731865},
    "torsion3": {4: -1.259259259259259, 64: -1.2705380277396736, 400: -1.24224988027472},
    "torsion5": {4: -2.7407407407407405, 64: -2.897119341563786, 400: -2.8847068179753634},
    "nobndtor": {4: -0.5432098765432098, 64: -0.5521119338563268, 400: -0.4980342647292306},
    "torsiona": {
        4: -0.308641975308642,
        64: -0.4057046613059414,
        400: -0.41611287179189044,
        900: -0.41739672810517137,
    },
    "torsionc": {
        4: -1.037037037037037,
        64: -1.176649900929736,
        400: -1.199486494771345,
        900: -1.2022594332274592,
    },
    "torsione": {
        4: -2.518518518518518,
        64: -2.7983539094650207,
        400: -2.840596253618605,
        900: -2.8461126768839367,
    },
    "obstcla": {
        4: 0.7536597538156002,
        64: 1.3978975592466198,
        441: 1.6780270262588592,
        900: 1.7482700322543332,
    },
    "obstclb": {
        4: -0.008110799234522662,
        64: 2.8750382277259883,
        441: 6.519325271039186,
        900: 6.887086700203004,
    },
}
