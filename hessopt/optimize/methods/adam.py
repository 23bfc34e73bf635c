"""Adam: steps of adaptive moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.methods.base import Method, finite_step
from hessopt.optimize.objective import Objective, Point


class Moments(NamedTuple):
    """The running means m of g and v of its square, after t steps."""

    m: np.ndarray
    v: np.ndarray
    t: int


@dataclass(frozen=True)
class Adam(Method):
    """Adam: every variable moves by about `learning_rate`, whatever the scale of its gradient.

    f may rise from step to step, and with a fixed learning rate the method ends in the
    neighbourhood of a minimum; it is here for comparison and for teaching.

    Parameters
    ----------
    learning_rate : float
        alpha of the paper.
    beta1, beta2 : float
        How much of the two means is kept.
    epsilon : float
        Keeps the denominator from zero.

    References
    ----------
    D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015, Algorithm 1.
    """

    name: ClassVar[str] = "adam"
    order: ClassVar[int] = 1

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        checks.number(self.learning_rate, "learning_rate", above=0.0)
        checks.number(self.beta1, "beta1", least=0.0, below=1.0)
        checks.number(self.beta2, "beta2", least=0.0, below=1.0)
        checks.number(self.epsilon, "epsilon", above=0.0)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Moments]:
        """Evaluate the start; the means are zero."""
        return objective(x), Moments(np.zeros_like(x), np.zeros_like(x), 0)

    def step(self, objective: Objective, point: Point, memory: Moments) -> tuple[Point, Moments]:
        """Update the means and move."""
        g, t = point.g, memory.t + 1
        m = self.beta1 * memory.m + (1 - self.beta1) * g
        v = self.beta2 * memory.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        p = -self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return finite_step(objective, point, p), Moments(m, v, t)

    def descends(self) -> bool:
        """Adam may rise."""
        return False

    def maxiter(self, n: int) -> int:
        """Return the default limit of iterations: first-order methods need many."""
        return 50_000
