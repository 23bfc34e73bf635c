"""The best point of a run whose iterates need not keep to the constraints."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hessopt.optimize.objective import Objective, Point

# Up to here a violated constraint counts as kept when points are compared
FEASIBLE = 1e-6


class Rank(NamedTuple):
    """What points are compared by, in this order; what is not finite comes last."""

    beyond: float
    f: float


class Champion:
    """The point with the least violation, and the least f among those that are feasible.

    Parameters
    ----------
    objective : Objective
        The objective with its constraints and bounds.

    Attributes
    ----------
    point : Point or None
        The best point so far.
    violation : float
        The largest violation of a constraint there.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.point: Point | None = None
        self.violation = np.nan
        self.rank = Rank(np.inf, np.inf)

    def judge(self, point: Point) -> tuple[float, Rank]:
        """Return the violation of the constraints at a point, and its rank, bounds included."""
        constraints, box = self.objective.constraints, self.objective.box
        violation = 0.0 if constraints is None else constraints.violation(point.x)
        worst = violation
        if box is not None:
            worst = max(worst, float(np.max(np.abs(point.x - box.project(point.x)))))
        beyond = 0.0 if worst <= FEASIBLE else worst
        return violation, Rank(*np.nan_to_num([beyond, point.f], nan=np.inf).tolist())

    def consider(self, point: Point) -> None:
        """Take the point if it is the best."""
        violation, rank = self.judge(point)
        if self.point is None or rank < self.rank:
            self.point, self.violation, self.rank = point, violation, rank
