"""L-BFGS: quasi-Newton with a limited memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import wolfe
from hessopt.optimize.methods.base import Method
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS, Status, Stop
from hessopt.optimize.subproblems import two_loop

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
        p = -two_loop(memory, point.g)
        try:
            trial = self._search(objective, point, p, 1.0 if memory else self._first(point))
        except Stop as stop:
            if stop.status is not Status.NO_DESCENT or not memory:
                raise
            try:  # begin again from the gradient
                trial = self._search(objective, point, -point.g, self._first(point))
            except Stop as again:
                # What the quasi-Newton step promised says more than what the gradient did
                raise (stop if again.status is Status.NO_DESCENT else again) from None
            memory = ()
        s, y = trial.x - point.x, trial.g - point.g
        y_s = float(y @ s)
        if y_s > EPS * float(np.linalg.norm(y)) * float(np.linalg.norm(s)):
            memory = (*memory, (s, y, 1 / y_s))[-self.maxcor :]
        return trial, memory

    def _search(self, objective: Objective, point: Point, p: np.ndarray, alpha: float) -> Point:
        return wolfe(objective, point, p, alpha, self.c1, self.c2, self.maxls).point

    def _first(self, point: Point) -> float:
        # Without a memory the length of p means nothing
        return min(1.0, 1 / float(np.linalg.norm(point.g, 1)))
