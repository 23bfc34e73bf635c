"""Plane landscapes made to mislead: hair, humps, spirals, a Mexican hat."""

from __future__ import annotations

import numpy as np

from problems._problem import Problem
from problems._registry import register
from problems.cutest._sources import cutest

TOINT_HIMSELF = "Ph. L. Toint, unpublished"


def _furry_cup(x):
    x1, x2 = x[..., 0], x[..., 1]
    hair = 30 * np.sin(7 * x1) ** 2 * np.cos(7 * x2) ** 2
    return hair + 100 * np.sqrt(0.01 + (x1 - x2) ** 2) + 100 * np.sqrt(0.01 + x1**2)


@register
def hairy() -> Problem:
    """Steep cup with hair: saddles, maxima and local minima on the way down."""
    return Problem(
        "hairy",
        _furry_cup,
        start=np.array([-5.0, -7.0]),
        solution=np.zeros(2),
        least_value=20.0,
        source=cutest("HAIRY", TOINT_HIMSELF),
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def loghairy() -> Problem:
    """Logarithm of HAIRY from far away: nearly flat, and still hairy."""

    def value(x):
        return np.log((100 + _furry_cup(x)) / 100)

    return Problem(
        "loghairy",
        value,
        start=np.array([-500.0, -700.0]),
        solution=np.zeros(2),
        least_value=float(np.log(1.2)),
        source=cutest("LOGHAIRY", TOINT_HIMSELF),
        note="Published as 0.1823216.",
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def humps() -> Problem:
    """Flat bowl full of narrow humps, hundreds of them between the start and the solution."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return (np.sin(20 * x1) * np.sin(20 * x2)) ** 2 + (x1**2 + x2**2) / 20

    return Problem(
        "humps",
        value,
        start=np.array([-506.0, -506.2]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest("HUMPS", TOINT_HIMSELF),
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def logros_free() -> Problem:
    """Logarithm of Rosenbrock's function: its Hessian is not definite along the valley."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        return np.log1p(10000 * (x2 - x1**2) ** 2 + (1 - x1) ** 2)

    return Problem(
        "logros-free",
        value,
        start=np.array([-1.2, 1.0]),
        solution=np.ones(2),
        least_value=0.0,
        source=cutest("LOGROS", TOINT_HIMSELF),
        note="CUTEst bounds the variables below by 0; here they are free.",
        tags=frozenset({"cutest"}),
    )


@register
def mexhat() -> Problem:
    """Two minimisers in a parabola-shaped groove of curvature 1e5, with a saddle between them."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        groove = 10000 * (x2 - x1**2) ** 2 + (x1 - 1) ** 2 - 0.02
        return -2 * (x1 - 1) ** 2 + 1e5 * groove**2

    # On the parabola, with the distance u = (x1 - 1)^2 least in -2 u + 1e5 (u - 0.02)^2
    sides = (1 - np.sqrt(0.02001), 1 + np.sqrt(0.02001))
    solutions = tuple(np.array([side, side**2]) for side in sides)
    return Problem(
        "mexhat",
        value,
        start=np.array([0.86, 0.72]),
        solution=solutions[0],
        least_value=-0.04001,
        source=cutest(
            "MEXHAT",
            "A. A. Brown and M. Bartholomew-Biggs (1987), Some effective methods for unconstrained "
            "optimization based on the solution of ordinary differential equations, TR 178, "
            "Numerical Optimisation Centre, Hatfield Polytechnic",
        ),
        note="CUTEst's file gives -0.0898793 and -1.1171526, which belong to other weights.",
        solutions=solutions,
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def snail() -> Problem:
    """Spiral groove that methods follow around and around."""

    def value(x):
        x1, x2 = x[..., 0], x[..., 1]
        squared = x1**2 + x2**2
        radius = np.sqrt(squared)
        spiral = 1.5 - 0.5 * np.cos(radius - np.arctan2(x2, x1))
        return squared / (1 + squared) * (1 + radius * spiral)

    return Problem(
        "snail",
        value,
        start=np.array([10.0, 10.0]),
        solution=np.zeros(2),
        least_value=0.0,
        source=cutest("SNAIL", "J. Engels, unpublished"),
        note="At the solution itself the angle has no value and the formula no derivative, though "
        "the objective is twice differentiable there.",
        tags=frozenset({"cutest", "multimodal"}),
    )
