"""The metric in which a truncated method solves the Newton equation, and how well."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.preconditioners import Pairs, Preconditioner, dual_norm
from hessopt.optimize.subproblems import Product


class NewtonEquation(NamedTuple):
    """The equation ``Bp = -g`` at one point, the preconditioner M, and when to stop.

    Parameters
    ----------
    B : callable
        The product with the Hessian; its pairs are noted if the preconditioner wants them.
    M : callable or None
        The product with the preconditioner.
    tolerance : float
        The residual, in the norm of M, that is good enough.
    maxiter : int
        The most products.
    memory : object
        What the preconditioner remembers.
    pairs : Pairs or None
        The pairs ``(d, Bd)`` that are noted.
    """

    B: Product
    M: Product | None
    tolerance: float
    maxiter: int
    memory: Any
    pairs: Pairs | None


def newton_equation(
    objective: Objective,
    point: Point,
    preconditioner: Preconditioner,
    memory: Any,
    forcing: Forcing,
    cg_maxiter: int | None,
) -> NewtonEquation:
    """Set up the Newton equation at a point."""
    B = objective.hvp(point.x)
    M, memory = preconditioner.at(objective, point, memory, B)
    pairs = preconditioner.pairs()

    def noted(d: np.ndarray) -> np.ndarray:
        Bd = B(d)
        if pairs is not None:
            pairs.note(d, Bd)
        return Bd

    return NewtonEquation(
        B if pairs is None else noted,
        M,
        forcing.eta * dual_norm(M, point.g),
        cg_maxiter or max(20, min(10 * point.x.size, 1000)),
        memory,
        pairs,
    )
