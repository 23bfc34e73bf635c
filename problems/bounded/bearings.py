"""Journal bearing: the pressure of the oil between two eccentric cylinders."""

from __future__ import annotations

import functools
import math

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._registry import register
from problems.bounded._common import record
from problems.bounded.membranes import MORE_TORALDO, on_grid, side_of_square

LENGTH = 20.0


def bearing(name: str, eccentricity: float, product: bool, n: int = 441) -> ConstrainedProblem:
    """Pressure in a journal bearing.

    Parameters
    ----------
    n : int
        Number of variables, a square.
    """
    side = side_of_square(n)
    angles = 2 * math.pi / (side + 1) * np.arange(side + 2)
    gap = (1 + eccentricity * np.cos(angles)) ** 3
    turn, step = 2 * math.pi / (side + 1), LENGTH / (side + 1)
    load = eccentricity * turn * step * np.sin(angles[1:-1])[:, None]
    # Weights of the squared differences: around from each angle to the next; along the axis among
    # the inner points, to the edge before them and to the edge after them
    if product:
        between = gap[:-1] * gap[1:] / 6
        around = step / turn * between * np.where(np.arange(side + 1) % side == 0, 1, 2)
        before, after = turn / step * between[:-1], turn / step * between[1:]
        along = before + after
    else:
        around = step / turn * (gap[:-1] + gap[1:]) / 4
        along = turn / step * (4 * gap[1:-1] + gap[2:] + gap[:-2]) / 12
        before = after = along

    def value(x):
        u = on_grid(x, side)
        inner = np.sum(
            around[1:-1, None] * (u[..., 1:, :] - u[..., :-1, :]) ** 2, axis=(-2, -1)
        ) + np.sum(along[:, None] * (u[..., :, 1:] - u[..., :, :-1]) ** 2, axis=(-2, -1))
        edge = (
            around[0] * u[..., 0, :] ** 2
            + around[-1] * u[..., -1, :] ** 2
            + before * u[..., :, 0] ** 2
            + after * u[..., :, -1] ** 2
        )
        return inner + np.sum(edge, axis=-1) - np.sum(load * u, axis=(-2, -1))

    weights = "products" if product else "means"
    return record(
        name,
        value,
        start=np.zeros(n) if product else np.repeat(np.sin(angles[1:-1]), side),
        least_value=LEAST[name].get(n),
        source=MORE_TORALDO,
        description=f"Pressure of the oil in a bearing of eccentricity {eccentricity}, with "
        f"{weights} of gaps",
        note="The source adds neighbouring gaps where CUTEst's file multiplies them. The file has "
        "2 pi and 1/12 to eight and nine digits, and its least values five."
        if product
        else "As in MINPACK-2. Half of the published start lies below the bound. CUTEst's file for "
        "JNLBRNG2 has a tenth of the least values, -0.39528 for n = 64.",
        tags={"convex", "quadratic"},
        lower=0.0,
    )


for _name, _eccentricity, _product in (
    ("jnlbrng1", 0.1, False),
    ("jnlbrng2", 0.5, False),
    ("jnlbrnga", 0.1, True),
    ("jnlbrngb", 0.5, True),
):
    register(functools.partial(bearing, _name, _eccentricity, _product), name=_name)


# Least values by n, from solves to full precision
LEAST = {
    "jnlbrng1": {
        4: -0.22473500537374388,
        64: -0.17896186923524457,
        441: -0.18004556892767679,
        900: -0.18030153976680902,
    },
    "jnlbrng2": {
        4: -4.764023335765456,
        64: -3.952762505829109,
        441: -4.102385252818402,
        900: -4.12486790824428,
    },
    "jnlbrnga": {
        4: -0.5096723871324933,
        64: -0.3611623663857575,
        441: -0.3079580644648066,
        900: -0.2954464275749093,
    },
    "jnlbrngb": {
        4: -18.551258750083193,
        64: -7.255199487962496,
        441: -6.506787140704983,
        900: -6.440051110061638,
    },
}
