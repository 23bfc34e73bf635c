"""Trust-region Newton with the generalised Lanczos method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from hessopt.optimize import checks
from hessopt.optimize.krylov import again, gltr
from hessopt.optimize.methods.metric import for_krylov, newton_equation, preconditioner
from hessopt.optimize.methods.trust_region import Region, TruncatedTrustRegion
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.subproblems import ModelStep


@dataclass(frozen=True)
class TrustKrylov(TruncatedTrustRegion):
    """Trust-region Newton whose subproblem is solved in a Krylov space, also along the edge.

    Needs products with the Hessian, no matrix. Takes more products than ``trust-ncg`` for a step
    that is cut off, and gets a better one, above all where curvature is negative. Where a step is
    refused, the next one is found in the same space, without another product.

    Parameters
    ----------
    initial_trust_radius, max_trust_radius, eta, cg_maxiter, preconditioner, scale
        As for ``trust-ncg``, but not ``"lbfgs"``. The vectors of the Krylov space are kept, at
        most `cg_maxiter` and as many as half a gigabyte holds.
    inexact : bool
        False solves every subproblem to eight digits.

    References
    ----------
    N. I. M. Gould, S. Lucidi, M. Roma and P. L. Toint, SIAM J. Optim. 9 (1999) 504-525,
    Algorithm 5.1.
    """

    name: ClassVar[str] = "trust-krylov"
    order: ClassVar[int] = 2

    inexact: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for_krylov(self.preconditioner, self.scale)
        checks.flag(self.inexact, "inexact")

    def minimise(
        self, objective: Objective, point: Point, memory: Region
    ) -> tuple[ModelStep, Any, Any]:
        """Minimise in a Krylov space."""
        if memory.seen is not None:
            return again(memory.seen, memory.radius), memory.metric, memory.seen
        metric = preconditioner(self.preconditioner, self.scale)
        forcing = memory.forcing if self.inexact else memory.forcing._replace(eta=1e-8)
        equation = newton_equation(
            objective, point, metric, memory.metric, forcing, self.cg_maxiter
        )
        radius = self.radius(point, memory)
        model, space = gltr(
            equation.B, point.g, radius, equation.tolerance, equation.maxiter, equation.M
        )
        return model, equation.memory, space.closed()
