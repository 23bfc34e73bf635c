"""The metric in which a truncated method solves the Newton equation, and how well."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hessopt.optimize.assembled import Assembled, Auto
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.past_directions import Pairs, PastCG
from hessopt.optimize.preconditioners import Diagonal, Given, Preconditioner, Scale, dual_norm
from hessopt.optimize.subproblems import Product

WHAT = (
    "option 'preconditioner' must be 'auto', 'diagonal', 'lbfgs', 'sparse', a matrix, a "
    "LinearOperator, or a function of x that returns one, which approximates the inverse of the "
    "Hessian"
)


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
    A = preconditioner.matrix(objective, point, memory)
    B: Product = objective.hvp(point.x) if A is None else A.dot
    M, memory = preconditioner.at(objective, point, memory, B)
    pairs = preconditioner.pairs() if A is None else None

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


def preconditioner(spec: Any, scale: Any = None) -> Preconditioner:
    """Return the preconditioner that is meant by the options of these names.

    Parameters
    ----------
    spec : object
        ``"auto"``, ``"diagonal"``, ``"lbfgs"``, ``"sparse"``, a matrix, an operator, a function of
        x, or None.
    scale : object
        ``"auto"`` or True, typical sizes of the variables, or None.

    Returns
    -------
    Preconditioner
        The one that is meant.

    Raises
    ------
    ValueError
        If it is none of these, or both are given.

    Examples
    --------
    >>> from hessopt.optimize.methods.metric import preconditioner
    >>> preconditioner("diagonal")
    Diagonal(probes=2, seed=0)
    """
    automatic = isinstance(spec, str) and spec == "auto"
    if spec is not None and not automatic and scale is not None:
        raise ValueError(
            "options 'preconditioner' and 'scale' both set the metric of the step; give one"
        )
    if scale is not None and scale is not False:
        if scale is True or (isinstance(scale, str) and scale == "auto"):
            return Scale()
        try:
            sizes = np.asarray(scale, dtype=np.float64)
        except (TypeError, ValueError):
            sizes = np.array(np.nan)
        if not (np.isfinite(sizes).all() and (sizes > 0).all()):
            raise ValueError(
                f"option 'scale' must be 'auto' or positive sizes of the variables, not {scale!r}"
            )
        return Scale(sizes)
    if spec is None:
        return Preconditioner()
    if isinstance(spec, str):
        kinds = {"auto": Auto, "diagonal": Diagonal, "lbfgs": PastCG, "sparse": Assembled}
        if spec not in kinds:
            raise ValueError(f"{WHAT}; not {spec!r}")
        return kinds[spec]()
    if not (callable(spec) or hasattr(spec, "shape") or isinstance(spec, list | tuple)):
        raise ValueError(f"{WHAT}; not {spec!r}")
    return Given(spec)


def for_krylov(spec: Any, scale: Any) -> Preconditioner:
    """Return the preconditioner for a method of Lanczos, whose directions are not conjugate."""
    chosen = preconditioner(spec, scale)
    if isinstance(chosen, PastCG):
        raise ValueError(
            f"option 'preconditioner' may not be {spec!r} here: 'lbfgs' lives on the directions "
            "of conjugate gradients, which 'trust-ncg' and 'newton-cg' have"
        )
    return chosen
