"""Newton's method on the Hessian, dense or sparse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import wolfe
from hessopt.optimize.methods.base import Method, finite_step
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import Status, Stop
from hessopt.optimize.subproblems import newton_direction, solve


@dataclass(frozen=True)
class Newton(Method):
    """Newton's method: ``x <- x + alpha p`` with ``Bp = -g``, B the exact Hessian.

    Where the Hessian is not positive definite it is modified (`newton_direction`), so that p is a
    descent direction that leaves saddles; a line search which tries the whole step first makes
    every start good and leaves the convergence quadratic.

    Beyond 100 variables B is sparse where few of its entries can be other than zero: the structure
    is read off the program of the gradient, the entries come from a few products with the Hessian
    (`hessopt.sparse_hessian`), and the factors are sparse too. A million variables in a chain take
    three products and about as long as some gradients at each step.

    Parameters
    ----------
    globalize : bool
        False gives the pure iteration, for teaching: it may go up, to a saddle or a maximum, or
        diverge.
    c1, c2 : float
        The constants of the line search.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 3.2
    and section 3.4.
    """

    name: ClassVar[str] = "newton"
    order: ClassVar[int] = 2

    globalize: bool = True
    c1: float = 1e-4
    c2: float = 0.9

    def __post_init__(self) -> None:
        checks.number(self.c1, "c1", above=0.0, below=1.0)
        checks.number(self.c2, "c2", above=self.c1, below=1.0)
        checks.flag(self.globalize, "globalize")

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, None]:
        """Evaluate the start."""
        return objective(x), None

    def step(self, objective: Objective, point: Point, memory: None) -> tuple[Point, None]:
        """Solve for the direction and search along it."""
        B = objective.hessian_matrix(point.x)
        if self.globalize:
            p, _ = newton_direction(B, point.g)
            return wolfe(objective, point, p, 1.0, self.c1, self.c2).point, None
        try:
            p = -solve(B)(point.g)
        except np.linalg.LinAlgError:
            message = "The Hessian is singular, and with globalize=False there is no other step."
            raise Stop(Status.NO_DESCENT, message) from None
        return finite_step(objective, point, p), None

    def descends(self) -> bool:
        """Only the line search makes sure of it."""
        return self.globalize

    def minimises(self) -> bool:
        """Say no for the pure iteration, which goes to any stationary point."""
        return self.globalize
