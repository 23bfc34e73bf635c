"""L-BFGS: quasi-Newton with a limited memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import Trial, wolfe
from hessopt.optimize.methods.base import Method, first_length, search_or_restart
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import two_loop
from hessopt.optimize.vectors import norm

Pairs = tuple[tuple[np.ndarray, np.ndarray, float], ...]


@dataclass(frozen=True)
class LBFGS(Method):
    """L-BFGS: the inverse Hessian from the last `maxcor` steps, ``p = -Hg``, and a line search.

    Parameters
    ----------
    maxcor : int
        How many pairs of steps and gradient changes are kept (m of the book).
    c1, c2 : float
        The constants of the line search.
    maxls : int
        The most trials in one line search.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithms 7.4
    and 7.5.
    """

    name: ClassVar[str] = "l-bfgs"
    order: ClassVar[int] = 1

    maxcor: int = 10
    c1: float = 1e-4
    c2: float = 0.9
    maxls: int = 30

    def __post_init__(self) -> None:
        checks.number(self.c1, "c1", above=0.0, below=1.0)
        checks.number(self.c2, "c2", above=self.c1, below=1.0)
        checks.number(self.maxcor, "maxcor", least=1, whole=True)
        checks.number(self.maxls, "maxls", least=1, whole=True)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Pairs]:
        """Evaluate the start; nothing is known of the Hessian."""
        return objective(x), ()

    def step(self, objective: Objective, point: Point, memory: Pairs) -> tuple[Point, Pairs]:
        """Search along the quasi-Newton direction and remember what was seen."""
        g = point.g
        p = -two_loop(memory, g) if memory else -g
        steepest = -g if memory else p

        def search(p: np.ndarray, alpha: float) -> Trial:
            return wolfe(objective, point, p, alpha, self.c1, self.c2, self.maxls)

        first = first_length(g)
        found, restarted = search_or_restart(search, p, 1.0 if memory else first, steepest, first)
        trial = found.point
        s, y = trial.x - point.x, trial.g - point.g
        y_s = float(y @ s)
        memory = () if restarted else memory
        if y_s > EPS * norm(y) * norm(s):
            memory = (*memory, (s, y, 1 / y_s))[-self.maxcor :]
        return trial, memory
