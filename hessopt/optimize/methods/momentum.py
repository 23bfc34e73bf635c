"""Gradient descent with momentum, the heavy ball."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import no_descent
from hessopt.optimize.methods.base import Method, finite_step
from hessopt.optimize.objective import Objective, Point


class Ball(NamedTuple):
    """The velocity v and the learning rate alpha."""

    v: np.ndarray
    alpha: float


@dataclass(frozen=True)
class Momentum(Method):
    """The heavy ball: ``v <- beta v - alpha g``, ``x <- x + v``.

    Parameters
    ----------
    learning_rate : float, optional
        A fixed alpha, which is Polyak's method. By default alpha adapts: it grows by a tenth with
        each step that lowers f; a step that would raise f is refused, the ball is stopped (v = 0)
        and, if it stood already, alpha is halved. So f never rises.
    beta : float
        How much of the velocity is kept.

    References
    ----------
    B. T. Polyak, USSR Comput. Math. Math. Phys. 4 (1964) 1-17;
    B. O'Donoghue and E. Candes, Found. Comput. Math. 15 (2015) 715-732, section 3.2, for stopping
    the ball when f would rise.
    """

    name: ClassVar[str] = "momentum"
    order: ClassVar[int] = 1

    learning_rate: float | None = None
    beta: float = 0.9

    def __post_init__(self) -> None:
        checks.number(self.learning_rate, "learning_rate", above=0.0, optional=True)
        checks.number(self.beta, "beta", least=0.0, below=1.0)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Ball]:
        """Evaluate the start; the ball stands."""
        point = objective(x)
        alpha = self.learning_rate
        if alpha is None:
            alpha = 1 / max(float(np.linalg.norm(point.g, 1)), 1.0)
        return point, Ball(np.zeros_like(point.x), alpha)

    def step(self, objective: Objective, point: Point, memory: Ball) -> tuple[Point, Ball]:
        """Let the ball roll."""
        v = self.beta * memory.v - memory.alpha * point.g
        if self.learning_rate is not None:
            trial = finite_step(objective, point, v)
            return trial, Ball(trial.x - point.x, memory.alpha)
        trial = objective(point.x + v)
        if trial.finite and trial.f < point.f:
            return trial, Ball(v, 1.1 * memory.alpha)
        if np.array_equal(trial.x, point.x):
            raise no_descent(point, trial, memory.alpha * float(point.g @ point.g) / 2)
        standing = not memory.v.any()
        return point, Ball(np.zeros_like(v), memory.alpha / 2 if standing else memory.alpha)

    def descends(self) -> bool:
        """Only the adaptive ball never rises."""
        return self.learning_rate is None

    def maxiter(self, n: int) -> int:
        """Return the default limit of iterations: first-order methods need many."""
        return 50_000
