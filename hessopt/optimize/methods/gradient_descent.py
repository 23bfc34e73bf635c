"""Gradient descent, with a fixed step or a line search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import wolfe
from hessopt.optimize.methods.base import Method, finite_step
from hessopt.optimize.objective import Objective, Point


class Last(NamedTuple):
    """The last step length and the slope that it was taken along; NaN before the first step."""

    alpha: float = np.nan
    slope: float = np.nan


@dataclass(frozen=True)
class GradientDescent(Method):
    """Go down the gradient: ``x <- x - alpha g``.

    Parameters
    ----------
    learning_rate : float, optional
        A fixed alpha. By default a line search finds one that satisfies the strong Wolfe
        conditions, starting from the length that would give the decrease of the step before.
    c1, c2 : float
        The constants of the line search.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, section 3.3, and
    for the first trial section 3.5, *initial step length*.
    """

    name: ClassVar[str] = "gradient-descent"
    order: ClassVar[int] = 1

    learning_rate: float | None = None
    c1: float = 1e-4
    c2: float = 0.9

    def __post_init__(self) -> None:
        checks.number(self.learning_rate, "learning_rate", above=0.0, optional=True)
        checks.number(self.c1, "c1", above=0.0, below=1.0)
        checks.number(self.c2, "c2", above=self.c1, below=1.0)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Last]:
        """Evaluate the start."""
        return objective(x), Last()

    def step(self, objective: Objective, point: Point, memory: Last) -> tuple[Point, Last]:
        """Take one step down the gradient."""
        p = -point.g
        if self.learning_rate is not None:
            return finite_step(objective, point, self.learning_rate * p), memory
        slope = float(point.g @ p)
        if np.isnan(memory.alpha):
            alpha = 1 / float(np.linalg.norm(p, 1))
        else:
            alpha = memory.alpha * memory.slope / slope
        found = wolfe(objective, point, p, alpha, self.c1, self.c2)
        return found.point, Last(found.alpha, slope)

    def descends(self) -> bool:
        """Only a line search makes sure of it."""
        return self.learning_rate is None

    def maxiter(self, n: int) -> int:
        """Return the default limit of iterations: first-order methods need many."""
        return 50_000
