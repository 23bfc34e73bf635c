"""Trust-region Newton with Steihaug's conjugate gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from hessopt.optimize.methods.metric import newton_equation, preconditioner
from hessopt.optimize.methods.trust_region import Region, TruncatedTrustRegion
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.subproblems import Leg, ModelStep, along, steihaug

# How many numbers a path may hold that is kept in case the step is refused
KEPT = 2**23


@dataclass(frozen=True)
class TrustNCG(TruncatedTrustRegion):
    """Trust-region Newton-CG: conjugate gradients up to the edge of the ball.

    Needs products with the Hessian, no matrix. Where a step is refused, the next one is found on
    the path of the first, without another product.

    Parameters
    ----------
    initial_trust_radius : float, optional
        By default as far as conjugate gradients from the start would go in their first step
        along ``-g``, but at least half of the length of x.
    max_trust_radius : float, optional
        The largest radius; by default there is none.
    eta : float
        A step is taken if f falls by more than this part of what the model promised.
    cg_maxiter : int, optional
        The most products with the Hessian in one step; by default ``min(10 n, 1000)``, at least
        20.
    preconditioner : object, optional
        ``"sparse"`` (the Hessian itself, put together from at most 8 products, and its factors),
        ``"diagonal"``, ``"lbfgs"`` (from past directions), None, or an approximate inverse
        of the Hessian: a matrix, a LinearOperator, or a function of x that returns one. By default
        ``"sparse"`` where that can be beyond 100 variables, else ``"lbfgs"`` up to 2000. The
        region is then a ball in the norm of its inverse.
    scale : object, optional
        ``"auto"``, or typical sizes of the variables: the ball is one over ``x / scale``.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithms 4.1
    and 7.2; A. R. Conn, N. I. M. Gould and P. L. Toint, *Trust-Region Methods*, SIAM 2000,
    Algorithm 7.5.1, with a preconditioner.
    """

    name: ClassVar[str] = "trust-ncg"
    order: ClassVar[int] = 2

    preconditioner: Any = "auto"

    def minimise(
        self, objective: Objective, point: Point, memory: Region
    ) -> tuple[ModelStep, Any, Any]:
        """Follow conjugate gradients to the edge."""
        known = along(memory.seen or (), memory.radius)
        if known is not None:
            return known, memory.metric, memory.seen
        metric = preconditioner(self.preconditioner, self.scale)
        equation = newton_equation(
            objective, point, metric, memory.metric, memory.forcing, self.cg_maxiter
        )
        legs: list[Leg] = []
        model = steihaug(
            equation.B,
            point.g,
            self.radius(point, memory),
            equation.tolerance,
            equation.maxiter,
            equation.M,
            legs,
            max(1, KEPT // point.x.size),
        )
        return model, metric.after(equation.memory, equation.pairs), tuple(legs)
