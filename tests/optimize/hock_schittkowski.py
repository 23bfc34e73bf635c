"""Nine problems with constraints, from their published definitions.

W. Hock and K. Schittkowski, *Test Examples for Nonlinear Programming Codes*, Springer 1981; the
numbers are those of the book.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Constrained(NamedTuple):
    name: str
    fun: Callable[..., Any]
    start: list[float]
    constraints: list[dict[str, Any]]
    bounds: list[tuple[float, float | None]] | None
    least: float
    solution: list[float]

    def __repr__(self):
        return self.name


def equation(fun):
    return {"type": "eq", "fun": fun}


def inequality(fun):
    return {"type": "ineq", "fun": fun}


def hs35(x):
    squares = 2 * x[0] ** 2 + 2 * x[1] ** 2 + x[2] ** 2
    return 9 - 8 * x[0] - 6 * x[1] - 4 * x[2] + squares + 2 * x[0] * x[1] + 2 * x[0] * x[2]


def hs76(x):
    squares = x[0] ** 2 + 0.5 * x[1] ** 2 + x[2] ** 2 + 0.5 * x[3] ** 2
    return squares - x[0] * x[2] + x[2] * x[3] - x[0] - 3 * x[1] + x[2] - x[3]


def hs76_constraints(x):
    return [
        5 - x[0] - 2 * x[1] - x[2] - x[3],
        4 - 3 * x[0] - x[1] - 2 * x[2] + x[3],
        x[1] + 4 * x[2] - 1.5,
    ]


def hs100(x):
    return (
        (x[0] - 10) ** 2
        + 5 * (x[1] - 12) ** 2
        + x[2] ** 4
        + 3 * (x[3] - 11) ** 2
        + 10 * x[4] ** 6
        + 7 * x[5] ** 2
        + x[6] ** 4
        - 4 * x[5] * x[6]
        - 10 * x[5]
        - 8 * x[6]
    )


def hs100_constraints(x):
    return np.stack(
        [
            127 - 2 * x[0] ** 2 - 3 * x[1] ** 4 - x[2] - 4 * x[3] ** 2 - 5 * x[4],
            282 - 7 * x[0] - 3 * x[1] - 10 * x[2] ** 2 - x[3] + x[4],
            196 - 23 * x[0] - x[1] ** 2 - 6 * x[5] ** 2 + 8 * x[6],
            -4 * x[0] ** 2 - x[1] ** 2 + 3 * x[0] * x[1] - 2 * x[2] ** 2 - 5 * x[5] + 11 * x[6],
        ]
    )


def hs113(x):
    return (
        x[0] ** 2
        + x[1] ** 2
        + x[0] * x[1]
        - 14 * x[0]
        - 16 * x[1]
        + (x[2] - 10) ** 2
        + 4 * (x[3] - 5) ** 2
        + (x[4] - 3) ** 2
        + 2 * (x[5] - 1) ** 2
        + 5 * x[6] ** 2
        + 7 * (x[7] - 11) ** 2
        + 2 * (x[8] - 10) ** 2
        + (x[9] - 7) ** 2
        + 45
    )


def hs113_linear(x):
    return [
        105 - 4 * x[0] - 5 * x[1] + 3 * x[6] - 9 * x[7],
        -10 * x[0] + 8 * x[1] + 17 * x[6] - 2 * x[7],
        8 * x[0] - 2 * x[1] - 5 * x[8] + 2 * x[9] + 12,
    ]


def hs113_nonlinear(x):
    return [
        -3 * (x[0] - 2) ** 2 - 4 * (x[1] - 3) ** 2 - 2 * x[2] ** 2 + 7 * x[3] + 120,
        -5 * x[0] ** 2 - 8 * x[1] - (x[2] - 6) ** 2 + 2 * x[3] + 40,
        -0.5 * (x[0] - 8) ** 2 - 2 * (x[1] - 4) ** 2 - 3 * x[4] ** 2 + x[5] + 30,
        -(x[0] ** 2) - 2 * (x[1] - 2) ** 2 + 2 * x[0] * x[1] - 14 * x[4] + 6 * x[5],
        3 * x[0] - 6 * x[1] - 12 * (x[8] - 8) ** 2 + 7 * x[9],
    ]


PROBLEMS = [
    Constrained(
        "HS6",
        lambda x: (1 - x[0]) ** 2,
        [-1.2, 1.0],
        [equation(lambda x: 10 * (x[1] - x[0] ** 2))],
        None,
        0.0,
        [1.0, 1.0],
    ),
    Constrained(
        "HS7",
        lambda x: np.log(1 + x[0] ** 2) - x[1],
        [2.0, 2.0],
        [equation(lambda x: (1 + x[0] ** 2) ** 2 + x[1] ** 2 - 4)],
        None,
        -np.sqrt(3),
        [0.0, np.sqrt(3)],
    ),
    Constrained(
        "HS26",
        lambda x: (x[0] - x[1]) ** 2 + (x[1] - x[2]) ** 4,
        [-2.6, 2.0, 2.0],
        [equation(lambda x: (1 + x[1] ** 2) * x[0] + x[2] ** 4 - 3)],
        None,
        0.0,
        [1.0, 1.0, 1.0],
    ),
    Constrained(
        "HS28",
        lambda x: (x[0] + x[1]) ** 2 + (x[1] + x[2]) ** 2,
        [-4.0, 1.0, 1.0],
        [equation(lambda x: x[0] + 2 * x[1] + 3 * x[2] - 1)],
        None,
        0.0,
        [0.5, -0.5, 0.5],
    ),
    Constrained(
        "HS35",
        hs35,
        [0.5, 0.5, 0.5],
        [inequality(lambda x: 3 - x[0] - x[1] - 2 * x[2])],
        [(0, None)] * 3,
        1 / 9,
        [4 / 3, 7 / 9, 4 / 9],
    ),
    Constrained(
        "HS71",
        lambda x: x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2],
        [1.0, 5.0, 5.0, 1.0],
        [inequality(lambda x: np.prod(x) - 25), equation(lambda x: np.sum(x**2) - 40)],
        [(1, 5)] * 4,
        17.0140173,
        [1.0, 4.7429994, 3.8211503, 1.3794082],
    ),
    Constrained(
        "HS76",
        hs76,
        [0.5] * 4,
        [inequality(hs76_constraints)],
        [(0, None)] * 4,
        -4.681818181,
        [0.2727273, 2.090909, 0.0, 0.5454545],
    ),
    Constrained(
        "HS100",
        hs100,
        [1.0, 2.0, 0.0, 4.0, 0.0, 1.0, 1.0],
        [inequality(hs100_constraints)],
        None,
        680.6300573,
        [2.330499, 1.951372, -0.4775414, 4.365726, -0.624487, 1.038131, 1.594227],
    ),
    Constrained(
        "HS113",
        hs113,
        [2.0, 3.0, 5.0, 5.0, 1.0, 2.0, 7.0, 3.0, 6.0, 10.0],
        [inequality(hs113_linear), inequality(hs113_nonlinear)],
        None,
        24.3062091,
        [
            2.171996,
            2.363683,
            8.773926,
            5.095984,
            0.9906548,
            1.430574,
            1.321644,
            9.828726,
            8.280092,
            8.375927,
        ],
    ),
]
