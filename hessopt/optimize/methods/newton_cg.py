"""Newton's method with truncated conjugate gradients and a line search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import wolfe
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.methods.metric import newton_equation, preconditioner
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.subproblems import truncated_cg


class Truncation(NamedTuple):
    """How well the next equation is to be solved, and what the preconditioner remembers."""

    forcing: Forcing
    metric: Any = None


@dataclass(frozen=True)
class NewtonCG(Method):
    """Line-search Newton-CG: the Newton equation is solved only as well as it pays.

    Needs products with the Hessian, no matrix. Departures from the book: the forcing terms are
    those of Eisenstat and Walker, which do not depend on the units of f, and directions of
    negative curvature are followed (`truncated_cg`).

    Parameters
    ----------
    c1, c2 : float
        The constants of the line search.
    cg_maxiter : int, optional
        The most products with the Hessian in one step; by default ``min(10 n, 1000)``, at least
        20.
    preconditioner : object, optional
        ``"sparse"`` (the Hessian itself, put together from at most 8 products, and its factors),
        ``"diagonal"``, ``"lbfgs"`` (from past directions), None, or an approximate inverse
        of the Hessian: a matrix, a LinearOperator, or a function of x that returns one. By default
        ``"sparse"`` where that can be beyond 100 variables, else ``"lbfgs"`` up to 2000.
    scale : object, optional
        ``"auto"``, or typical sizes of the variables.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 7.1;
    S. C. Eisenstat and H. F. Walker, SIAM J. Sci. Comput. 17 (1996) 16-32, choice 2.
    """

    name: ClassVar[str] = "newton-cg"
    order: ClassVar[int] = 2

    c1: float = 1e-4
    c2: float = 0.9
    cg_maxiter: int | None = None
    preconditioner: Any = "auto"
    scale: Any = None

    def __post_init__(self) -> None:
        checks.number(self.c1, "c1", above=0.0, below=1.0)
        checks.number(self.c2, "c2", above=self.c1, below=1.0)
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)
        preconditioner(self.preconditioner, self.scale)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Truncation]:
        """Evaluate the start."""
        point = objective(x)
        return point, Truncation(Forcing.first(point))

    def step(
        self, objective: Objective, point: Point, memory: Truncation
    ) -> tuple[Point, Truncation]:
        """Solve for the direction and search along it."""
        metric = preconditioner(self.preconditioner, self.scale)
        B, M, tolerance, maxiter, kept, pairs = newton_equation(
            objective, point, metric, memory.metric, memory.forcing, self.cg_maxiter
        )
        p = truncated_cg(B, point.g, tolerance, maxiter, M).p
        found = wolfe(objective, point, p, 1.0, self.c1, self.c2)
        return found.point, Truncation(memory.forcing.after(found.point), metric.after(kept, pairs))
