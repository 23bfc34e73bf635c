"""Nesterov's accelerated gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import no_descent
from hessopt.optimize.methods.base import Method, finite_step
from hessopt.optimize.objective import Objective, Point


class Sequence(NamedTuple):
    """The last x, Nesterov's t, and the learning rate alpha; the iterate itself is y."""

    x: np.ndarray
    t: float
    alpha: float


@dataclass(frozen=True)
class Nesterov(Method):
    """Accelerated gradient: a step down the gradient at y, and then on in the direction of x.

    ``x_k+1 = y_k - alpha g(y_k)``, ``y_k+1 = x_k+1 + (t_k - 1) / t_k+1 (x_k+1 - x_k)`` with
    ``t_k+1 = (1 + sqrt(1 + 4 t_k^2)) / 2``. The iterates of the run are the y, where the gradients
    are taken, so that a step costs one evaluation.

    Parameters
    ----------
    learning_rate : float, optional
        A fixed alpha, which is Nesterov's method. By default alpha adapts: it grows by a tenth
        with each step that lowers f; a step that would raise f is refused, the acceleration
        starts again (t = 1) and, if it had only begun, alpha is halved. So f never rises.

    References
    ----------
    Y. Nesterov, Soviet Math. Dokl. 27 (1983) 372-376; A. Beck and M. Teboulle, SIAM J. Imaging Sci.
    2 (2009) 183-202, section 4; B. O'Donoghue and E. Candes, Found. Comput. Math. 15 (2015)
    715-732, section 3.2, for the restart.
    """

    name: ClassVar[str] = "nesterov"
    order: ClassVar[int] = 1

    learning_rate: float | None = None

    def __post_init__(self) -> None:
        checks.number(self.learning_rate, "learning_rate", above=0.0, optional=True)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Sequence]:
        """Evaluate the start, where x and y are the same."""
        point = objective(x)
        alpha = self.learning_rate
        if alpha is None:
            alpha = 1 / max(float(np.linalg.norm(point.g, 1)), 1.0)
        return point, Sequence(point.x, 1.0, alpha)

    def step(self, objective: Objective, point: Point, memory: Sequence) -> tuple[Point, Sequence]:
        """Go down the gradient and on."""
        y, (x_old, t_old, alpha) = point.x, memory
        x = y - alpha * point.g
        t = (1 + np.sqrt(1 + 4 * t_old**2)) / 2
        p = x + (t_old - 1) / t * (x - x_old) - y
        if self.learning_rate is not None:
            return finite_step(objective, point, p), Sequence(x, t, alpha)
        trial = objective(y + p)
        if trial.finite and trial.f < point.f:
            return trial, Sequence(x, t, 1.1 * alpha)
        if np.array_equal(trial.x, y):
            raise no_descent(point, trial, alpha * float(point.g @ point.g) / 2)
        begun = t_old == 1
        return point, Sequence(y, 1.0, alpha / 2 if begun else alpha)

    def descends(self) -> bool:
        """Only with the adaptive rate f never rises."""
        return self.learning_rate is None

    def maxiter(self, n: int) -> int:
        """Return the default limit of iterations: first-order methods need many."""
        return 50_000
