"""Systems of polynomial equations as sums of squares: quadrature, and a factor of a matrix."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._parameters import whole_number
from problems._registry import register
from problems.bounded._common import record


@register
def chebyqad(n: int = 8) -> ConstrainedProblem:
    """Points of equal weight for quadrature by Chebyshev, between 0 and 1.

    Parameters
    ----------
    n : int
        Number of variables.
    """
    n = whole_number("n", n, least=2)
    degree = np.arange(1, n + 1)
    integrals = np.zeros(n)
    integrals[1::2] = -1.0 / (degree[1::2] ** 2 - 1)

    def value(x):
        y = 2 * x - 1
        before, now = 1.0, y
        total = 0.0
        for integral in integrals:
            total = total + (np.mean(now, axis=-1) - integral) ** 2
            before, now = now, 2 * y * now - before
        return total

    return record(
        "chebyqad",
        value,
        start=degree / (n + 1),
        least_value=LEAST["chebyqad"].get(n),
        source="R. Fletcher (1965), Function minimization without evaluating derivatives, The "
        "Computer Journal 8(1), 33-41; Moré, Garbow and Hillstrom (1981), ACM TOMS 7(1), 17-41, "
        "problem 35",
        note="The order of the points is free.",
        tags={"sum-of-squares", "multimodal"},
        lower=0.0,
        upper=1.0,
    )


@register
def linverse(n: int = 19) -> ConstrainedProblem:
    """Bidiagonal factor whose inverse is nearest to the root of a matrix of five diagonals.

    Parameters
    ----------
    n : int
        Number of variables, odd, at least 5: two diagonals.
    """
    n = whole_number("n", n, least=5)
    if n % 2 == 0:
        raise ValueError(f"n must be odd, the entries of two diagonals, got {n}: take {n + 1}")
    i = np.arange(1, (n + 1) // 2 + 1)
    t0, t1, t2 = (np.sin(i[k:]) * np.cos(i[: i.size - k]) for k in range(3))

    def value(x):
        a, b = x[..., ::2], x[..., 1::2]
        # The diagonals of L T L', from the main one down
        d0 = a**2 * t0
        d0_after = 2 * a[..., 1:] * b * t1 + b**2 * t0[:-1]
        d1 = a[..., :-1] * (a[..., 1:] * t1 + b * t0[:-1])
        d1_after = b[..., :-1] * (a[..., 2:] * t2 + b[..., 1:] * t1[:-1])
        d2 = a[..., :-2] * (a[..., 2:] * t2 + b[..., 1:] * t1[:-1])
        return (
            (d0[..., 0] - 1) ** 2
            + np.sum((d0[..., 1:] + d0_after - 1) ** 2, axis=-1)
            + 2 * d1[..., 0] ** 2
            + 2 * np.sum((d1[..., 1:] + d1_after) ** 2, axis=-1)
            + 2 * np.sum(d2**2, axis=-1)
        )

    return record(
        "linverse",
        value,
        start=np.full(n, -1.0),
        least_value=LEAST["linverse"].get(n),
        source="Ph. L. Toint (1991), private communication",
        note="The published start has the diagonal below its bounds. Like CUTEst's "
        "file, the record leaves out of L T L' what has two entries of the second diagonal in it "
        "and lies two rows or more below the first.",
        tags={"sum-of-squares"},
        lower=np.where(np.arange(n) % 2 == 0, 1e-8, -np.inf),
    )


# Least values by n, from solves to full precision
LEAST: dict[str, dict[int, float]] = {
    "chebyqad": {
        **dict.fromkeys([2, 3, 4, 5, 6, 7, 9], 0.0),
        8: 0.003516873725677927,
        10: 0.004772713696375349,
        20: 0.004572955186867857,
    },
    "linverse": {19: 6.0, 199: 68.0},
}
