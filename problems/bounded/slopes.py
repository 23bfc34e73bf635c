"""Slopes into a corner of a box, with products and exponentials on the first variables."""

from __future__ import annotations

import numpy as np

from problems._constrained import ConstrainedProblem
from problems._parameters import whole_number
from problems._registry import register
from problems.bounded._common import record

TOINT = "Ph. L. Toint (1992), private communication"
CURVED = 10  # so many variables begin a curved term

# Least values by name at n = 120, from solves to full precision
LEAST = {
    "explin": -723756.2654925737,
    "explin2": -724459.1429580908,
    "expquad": -3625962.1368564554,
}


def _slope(x):
    return -10 * np.sum(np.arange(1, x.shape[-1] + 1) * x, axis=-1)


def _neighbours(x):
    """Return ``x_i x_(i+1)`` for the first variables."""
    return x[..., :CURVED] * x[..., 1 : CURVED + 1]


GROWING = np.arange(1, CURVED + 1) / CURVED


@register
def qudlin(n: int = 120) -> ConstrainedProblem:
    """Slope with ten products of neighbours.

    Parameters
    ----------
    n : int
        Number of variables, at least 12.
    """
    n = whole_number("n", n, least=12)

    def value(x):
        return _slope(x) + np.sum(_neighbours(x), axis=-1)

    return record(
        "qudlin",
        value,
        start=np.zeros(n),
        solution=np.full(n, 10.0),
        least_value=1000.0 - 50.0 * n * (n + 1),
        source=TOINT,
        tags={"quadratic"},
        lower=0.0,
        upper=10.0,
    )


@register
def explin(n: int = 120) -> ConstrainedProblem:
    """Slope with ten exponentials of products of neighbours.

    Parameters
    ----------
    n : int
        Number of variables, at least 12.
    """
    n = whole_number("n", n, least=12)

    def value(x):
        return _slope(x) + np.sum(np.exp(0.1 * _neighbours(x)), axis=-1)

    return record(
        "explin",
        value,
        start=np.zeros(n),
        least_value=LEAST["explin"] if n == 120 else None,
        source=TOINT,
        lower=0.0,
        upper=10.0,
    )


@register
def explin2(n: int = 120) -> ConstrainedProblem:
    """Slope with ten exponentials of products of neighbours, each steeper than the one before.

    Parameters
    ----------
    n : int
        Number of variables, at least 12.
    """
    n = whole_number("n", n, least=12)

    def value(x):
        return _slope(x) + np.sum(np.exp(0.1 * GROWING * _neighbours(x)), axis=-1)

    return record(
        "explin2",
        value,
        start=np.zeros(n),
        least_value=LEAST["explin2"] if n == 120 else None,
        source=TOINT,
        lower=0.0,
        upper=10.0,
    )


@register
def expquad(n: int = 120) -> ConstrainedProblem:
    """Slope with ten exponentials and, on the other variables, an arrowhead quadratic.

    Parameters
    ----------
    n : int
        Number of variables, at least 12.
    """
    n = whole_number("n", n, least=12)
    bounded = np.arange(n) < CURVED

    def value(x):
        shaft, tip = x[..., CURVED:-1], x[..., -1:]
        quadratic = 4 * shaft**2 + 2 * tip**2 + shaft * tip
        return (
            _slope(x)
            + np.sum(np.exp(0.1 * GROWING * _neighbours(x)), axis=-1)
            + np.sum(quadratic, axis=-1)
        )

    return record(
        "expquad",
        value,
        start=np.zeros(n),
        least_value=LEAST["expquad"] if n == 120 else None,
        source=TOINT,
        lower=np.where(bounded, 0.0, -np.inf),
        upper=np.where(bounded, 10.0, np.inf),
    )


@register
def bdexp(n: int = 100) -> ConstrainedProblem:
    """Banded exponentials that vanish far out: the least value is approached, too, at infinity.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    """
    n = whole_number("n", n, least=3)

    def value(x):
        pair = x[..., :-2] + x[..., 1:-1]
        return np.sum(pair * np.exp(-pair * x[..., 2:]), axis=-1)

    return record(
        "bdexp",
        value,
        start=np.ones(n),
        solution=np.zeros(n),
        least_value=0.0,
        source="Ph. L. Toint (1983), Test problems for partially separable optimization and "
        "results for the routine PSPMIN, Report 83/4, Namur, problem 56",
        note="With all variables equal and growing, the value tends to 0 as well, and methods "
        "follow it until their tolerance on the gradient is met.",
        lower=0.0,
    )
