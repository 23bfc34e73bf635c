"""Nonlinear conjugate gradients of Hager and Zhang."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.approximate_wolfe import hager_zhang
from hessopt.optimize.line_search import Trial
from hessopt.optimize.methods.base import Method, first_length, search_or_restart
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.preconditioners import Given, Scale, preconditioner
from hessopt.optimize.subproblems import Product


class Direction(NamedTuple):
    """The last direction d, ``e = P^-1 d``, the gradient g before it, and how far it was followed.

    `d` is None before the first step and after a restart.
    """

    d: np.ndarray | None = None
    e: np.ndarray | None = None
    g: np.ndarray | None = None
    decrease: float = np.nan
    metric: Any = None


@dataclass(frozen=True)
class NonlinearCG(Method):
    """CG_DESCENT: conjugate gradients whose direction descends whatever the search does.

    ``d <- -Pg + beta d`` with the beta of Hager and Zhang and the preconditioner P. Needs as
    little memory as gradient descent. SciPy's ``cg`` is Polak and Ribiere's.

    Parameters
    ----------
    delta, sigma : float
        The constants of the line search, `hager_zhang`.
    preconditioner : object, optional
        An approximate inverse of the Hessian: a matrix, a LinearOperator, or a function of x that
        returns one.
    scale : array_like, optional
        Typical sizes of the variables.

    References
    ----------
    W. W. Hager and H. Zhang, SIAM J. Optim. 16 (2005) 170-192, and, for the bound of beta and the
    preconditioner, SIAM J. Optim. 23 (2013) 2150-2168, equations (2.5) and (6.1).
    """

    name: ClassVar[str] = "nonlinear-cg"
    order: ClassVar[int] = 1

    delta: float = 0.1
    sigma: float = 0.9
    preconditioner: Any = None
    scale: Any = None

    def __post_init__(self) -> None:
        checks.number(self.delta, "delta", above=0.0, below=0.5)
        checks.number(self.sigma, "sigma", least=self.delta, below=1.0)
        chosen = preconditioner(self.preconditioner, self.scale)
        automatic = isinstance(chosen, Scale) and chosen.sizes is None
        if automatic or (self.preconditioner is not None and not isinstance(chosen, Given)):
            name = "scale" if automatic else "preconditioner"
            raise ValueError(
                f"option {name!r} of 'nonlinear-cg' must be given in numbers: it has no second "
                "derivatives to find it with; 'newton-cg' and 'trust-ncg' have"
            )

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Direction]:
        """Evaluate the start; there is no direction yet."""
        return objective(x), Direction()

    def step(self, objective: Objective, point: Point, memory: Direction) -> tuple[Point, Direction]:
        """Turn the gradient away from the last direction, and search."""
        P, metric = preconditioner(self.preconditioner, self.scale).at(
            objective, point, memory.metric, _no_products
        )
        g = point.g
        Pg = g if P is None else P(g)
        beta = hager_zhang_beta(P, g, Pg, memory)
        steepest = -Pg
        d, e = (steepest, -g) if beta is None else (beta * memory.d - Pg, beta * memory.e - g)
        if not float(g @ d) < 0:
            d, e = steepest, -g

        def search(d: np.ndarray, alpha: float) -> Trial:
            return hager_zhang(objective, point, d, alpha, self.delta, self.sigma)

        first = first_length(Pg)
        # As long as to lower f as much as the last step did
        alpha = memory.decrease / float(g @ d) if memory.d is not None else first
        found, restarted = search_or_restart(search, d, alpha, d if d is steepest else steepest, first)
        if restarted:
            d, e = steepest, -g
        return found.point, Direction(d, e, g, found.alpha * float(g @ d), metric)


def hager_zhang_beta(
    P: Product | None, g: np.ndarray, Pg: np.ndarray, memory: Direction
) -> float | None:
    """Return beta, or None where there is no direction to turn away from."""
    d, e = memory.d, memory.e
    if d is None or e is None or memory.g is None:
        return None
    y = g - memory.g
    d_y = float(d @ y)
    if not d_y > 0:
        return None
    Py = y if P is None else P(y)
    beta = float(y @ Pg) / d_y - 2 * float(y @ Py) / d_y * (float(d @ g) / d_y)
    return max(beta, 0.4 * float(d @ memory.g) / float(d @ e))


def _no_products(v: np.ndarray) -> np.ndarray:
    raise NotImplementedError
