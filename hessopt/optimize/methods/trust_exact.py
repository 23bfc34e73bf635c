"""Trust region with the dense Hessian, its subproblem solved as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.dense_subproblems import more_sorensen
from hessopt.optimize.methods.metric import preconditioner
from hessopt.optimize.methods.trust_region import Region, TrustRegion, first_radius
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.subproblems import ModelStep


@dataclass(frozen=True)
class DenseTrustRegion(TrustRegion):
    """A trust region with the matrix at hand; the Hessian is kept while steps are refused.

    With sizes D of the variables the ball is one over ``x / D``: the problem is solved for
    ``DBD`` and ``Dg``.
    """

    scale: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        preconditioner(None, self.scale)

    def solve(self, B: np.ndarray, g: np.ndarray, radius: float) -> ModelStep:
        """Return the step in the ball."""
        raise NotImplementedError

    def minimise(
        self, objective: Objective, point: Point, memory: Region
    ) -> tuple[ModelStep, Any, Any]:
        """Take the matrix, scale it, and solve."""
        B = objective.hessian(point.x) if memory.seen is None else memory.seen
        M, metric = preconditioner(None, self.scale).at(
            objective, point, memory.metric, lambda v: B @ v
        )
        D = 1.0 if M is None else np.sqrt(M(np.ones(objective.n)))
        scaled, g, radius = D * (B * D).T, D * point.g, memory.radius
        if np.isnan(radius):
            g_Bg, norm = float(g @ scaled @ g), float(np.linalg.norm(g))
            cauchy = norm**2 / g_Bg * norm if g_Bg > 0 else 0.0
            x_length = 0.1 * float(np.linalg.norm(point.x / D))
            radius = self.allowed(max(cauchy, x_length) or first_radius(0.0, point))
        model = self.solve(scaled, g, radius)
        return model._replace(p=D * model.p), metric, B


@dataclass(frozen=True)
class TrustExact(DenseTrustRegion):
    """Trust region of More and Sorensen: the model is minimised in the ball exactly.

    Wants the dense Hessian. Follows negative curvature as far as the ball allows, also where the
    gradient does not show it (the *hard case*), so that it leaves saddles.

    Parameters
    ----------
    initial_trust_radius, max_trust_radius, eta
        As for ``trust-ncg``.
    scale : object, optional
        ``"auto"``, or typical sizes of the variables: the ball is one over ``x / scale``.
    subproblem_maxiter : int, optional
        The most factorisations in one step; 100 by default.

    References
    ----------
    J. J. More and D. C. Sorensen, SIAM J. Sci. Stat. Comput. 4 (1983) 553-572; J. Nocedal and
    S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithms 4.1 and 4.3.
    """

    name: ClassVar[str] = "trust-exact"
    order: ClassVar[int] = 2

    subproblem_maxiter: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        maxiter = self.subproblem_maxiter
        checks.number(maxiter, "subproblem_maxiter", least=1, whole=True, optional=True)

    def solve(self, B: np.ndarray, g: np.ndarray, radius: float) -> ModelStep:
        """Solve for the shift of the Hessian that belongs to the radius."""
        return more_sorensen(B, g, radius, 1e-2, self.subproblem_maxiter or 100)
