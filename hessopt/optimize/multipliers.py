"""Multipliers at a point where some method has come to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.bounds import Box
from hessopt.optimize.champion import Champion
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.penalty import LARGEST_JACOBIAN
from hessopt.optimize.stopping import Status, Stop

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]


# SLSQP's "Positive directional derivative for linesearch" and "Iteration limit reached": near the
# end of its precision it may say either
NO_LOWER = (8, 9)
# How small the gradient of the Lagrangian must be next to that of f for the conditions to hold
REACHED = 1e-6


class Multipliers(NamedTuple):
    """The multipliers of the constraints, and the largest entry of what they leave of g."""

    values: Array
    optimality: float


def least_squares_multipliers(
    x: Array, g: Array, constraints: ConstraintSet, box: Box | None, tolerance: float = 1e-6
) -> Multipliers:
    """Return the multipliers for which the gradient of the Lagrangian is shortest.

    They have the sign that a minimum needs, and are zero where a constraint is not active within
    `tolerance`. If what is left is zero, the first-order conditions hold.

    Parameters
    ----------
    x, g : ndarray
        The point and the gradient of the objective there.
    constraints : ConstraintSet
        The constraints.
    box : Box, optional
        The bounds; they have multipliers as well, which are not returned.
    tolerance : float
        How near to a limit counts as at it.

    Returns
    -------
    Multipliers
        NaN if a derivative is not finite.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, (18.21), with
    signs.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.constraints import parse_constraints
    >>> from hessopt.optimize.constraint_set import ConstraintSet
    >>> from hessopt.optimize.multipliers import least_squares_multipliers
    >>> x = np.array([1.0, 1.0])
    >>> line = parse_constraints({"type": "eq", "fun": lambda x: x[0] + x[1] - 2}, (2,))
    >>> least_squares_multipliers(x, 2 * x, ConstraintSet(line, x), None)
    Multipliers(values=array([-2.]), optimality=0.0)
    """
    from scipy.optimize import lsq_linear

    at = constraints.at(x)
    J = at.matrix()
    J = J.toarray() if hasattr(J, "toarray") else J
    rows, c = [J], [at.value]
    lower, upper = [constraints.lower], [constraints.upper]
    if box is not None:
        rows, c = [*rows, np.eye(x.size)], [*c, x]
        lower, upper = [*lower, box.lower], [*upper, box.upper]
    A, c, lower, upper = np.vstack(rows), *map(np.concatenate, (c, lower, upper))
    at_lower, at_upper = c - lower <= tolerance, upper - c <= tolerance
    active = at_lower | at_upper
    u = np.zeros(c.size)
    if not (np.isfinite(A).all() and np.isfinite(g).all()):
        return Multipliers(np.full(constraints.m, np.nan), np.nan)
    if active.any():
        signs = np.where(at_lower, -np.inf, 0.0)[active], np.where(at_upper, np.inf, 0.0)[active]
        u[active] = lsq_linear(A[active].T, -g, signs, method="bvls").x
    optimality = float(np.max(np.abs(g + A.T @ u)))
    return Multipliers(u[: constraints.m], optimality)


def conclude(result: OptimizeResult, champion: Champion, x: Array) -> None:
    """Add to SciPy's result the multipliers and what they say.

    A method may report failure because it cannot do better; where the first-order conditions hold
    that is none.
    """
    objective, constraints = champion.objective, champion.objective.constraints
    assert constraints is not None
    if objective.n * constraints.m > LARGEST_JACOBIAN:
        return
    try:
        point = objective(x)  # remembered, if it is among the last
    except Stop:
        return
    result.nfev, result.njev = objective.nfev, objective.njev
    found = least_squares_multipliers(point.x, point.g, constraints, objective.box)
    result.multipliers = constraints.split(found.values)
    result.optimality = found.optimality
    reached = found.optimality <= REACHED * max(1.0, float(np.max(np.abs(point.g))))
    if result.status in NO_LOWER and reached and champion.judge(point)[1].beyond == 0:
        result.success, result.status = True, Status.ROUNDOFF_LIMIT
        result.message = (
            f"{result.message}: f cannot be lowered further, and the first-order conditions "
            f"hold: max |gradient of the Lagrangian| = {found.optimality:.3g}. Converged."
        )
