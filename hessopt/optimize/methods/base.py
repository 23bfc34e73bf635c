"""What every method of our own is: a dataclass with `start` and `step`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hessopt.optimize.line_search import not_finite
from hessopt.optimize.objective import Objective, Point


@dataclass(frozen=True)
class Method:
    """A map from (point, memory) to (point, memory).

    The fields of the dataclass are the method's own options. The memory is all that a step knows
    of those before it and is never changed in place, so that a run can be resumed from any step.

    Attributes
    ----------
    name : str
        What ``minimize(method=...)`` calls it.
    order : int
        The highest derivative wanted at every point.
    bounds, constraints : bool
        Whether it keeps to them: the objective has them as `box` and `constraints`.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    bounds: ClassVar[bool] = False
    constraints: ClassVar[bool] = False

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Any]:
        """Return the first point and the memory before the first step."""
        raise NotImplementedError

    def step(self, objective: Objective, point: Point, memory: Any) -> tuple[Point, Any]:
        """Return the next point, which is `point` itself if a step was refused, and the memory."""
        raise NotImplementedError

    def descends(self) -> bool:
        """Whether f falls from step to step, so that a run without progress has ended."""
        return True

    def maxiter(self, n: int) -> int:
        """Return the default limit of iterations."""
        return max(1000, 200 * n)


def finite_step(objective: Objective, point: Point, p: np.ndarray, halvings: int = 60) -> Point:
    """Go along `p`, half as far as long as f is not finite there."""
    trial = objective(point.x + p)
    while not trial.finite:
        if halvings == 0:
            raise not_finite(point, trial)
        p, halvings = p / 2, halvings - 1
        trial = objective(point.x + p)
    return trial
