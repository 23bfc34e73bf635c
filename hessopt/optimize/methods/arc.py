"""Adaptive regularisation with cubics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.krylov import cubic, cubic_again
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.methods.metric import for_krylov, newton_equation, preconditioner
from hessopt.optimize.methods.trust_region import ModelMethod, first_radius
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import ModelStep


class Weight(NamedTuple):
    """What arc remembers: as `Region`, with the weight sigma in the place of the radius."""

    sigma: float
    forcing: Forcing
    metric: Any = None
    seen: Any = None


@dataclass(frozen=True)
class ARC(ModelMethod):
    """Adaptive cubic regularisation: minimise ``g'p + p'Bp/2 + sigma |p|^3 / 3``.

    The cubic term stands for what the quadratic model leaves out, so that there is no edge; sigma
    grows where f was underestimated. Needs products with the Hessian, no matrix: the model is
    minimised in Krylov spaces. Departures from the paper: the forcing terms are those of Eisenstat
    and Walker, and sigma follows what the last step showed the cubic term to be (as in Gould,
    Porcelli and Toint).

    Parameters
    ----------
    sigma : float, optional
        The first weight. By default the first step is about as long as that of ``trust-ncg``.
    eta1, eta2 : float
        A step is taken if f falls by more than `eta1` of what the model promised; sigma falls
        where that is more than `eta2`.
    cg_maxiter : int, optional
        The most products with the Hessian in one step; by default ``min(10 n, 1000)``, at least
        20. As many vectors are kept.
    preconditioner, scale : object, optional
        As for ``trust-ncg``, but not ``"lbfgs"``; the norm of the cubic term is that of the metric.

    References
    ----------
    C. Cartis, N. I. M. Gould and P. L. Toint, Math. Program. 127 (2011) 245-295, Algorithm 2.1 and
    section 6; N. I. M. Gould, M. Porcelli and P. L. Toint, Comput. Optim. Appl. 53 (2012) 1-22.
    """

    name: ClassVar[str] = "arc"
    order: ClassVar[int] = 2

    sigma: float | None = None
    eta1: float = 0.1
    eta2: float = 0.9
    cg_maxiter: int | None = None
    preconditioner: Any = None
    scale: Any = None

    def __post_init__(self) -> None:
        checks.number(self.sigma, "sigma", above=0.0, optional=True)
        checks.number(self.eta1, "eta1", above=0.0, below=1.0)
        checks.number(self.eta2, "eta2", least=self.eta1, below=1.0)
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)
        for_krylov(self.preconditioner, self.scale)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Weight]:
        """Evaluate the start; the first weight is chosen with the first step."""
        point = objective(x)
        return point, Weight(np.nan if self.sigma is None else self.sigma, Forcing.first(point))

    def accepts(self, ratio: float) -> bool:
        """Whether f falls by enough of what the model promised."""
        return ratio > self.eta1

    def minimise(
        self, objective: Objective, point: Point, memory: Weight
    ) -> tuple[ModelStep, Any, Any]:
        """Minimise the cubic model in a Krylov space."""
        if memory.seen is not None:
            return cubic_again(memory.seen, memory.sigma), memory.metric, memory.seen
        metric = preconditioner(self.preconditioner, self.scale)
        equation = newton_equation(
            objective, point, metric, memory.metric, memory.forcing, self.cg_maxiter
        )
        sigma = memory.sigma
        model, space = cubic(
            equation.B,
            point.g,
            (lambda norm, delta: first_weight(norm, delta, point)) if np.isnan(sigma) else sigma,
            equation.tolerance,
            equation.maxiter,
            equation.M,
        )
        return model, equation.memory, space.closed()

    def judged(
        self, point: Point, trial: Point, model: ModelStep, ratio: float, memory: Weight
    ) -> Weight:
        """Set sigma to what would have told f of the trial, within bounds."""
        sigma, third = model.radius, model.length**3 / 3
        quadratic = point.f - (model.reduction + sigma * third)
        rounding = 10 * EPS * abs(point.f)
        shown = (trial.f - quadratic) / third if third > 0 else np.inf
        if not ratio > self.eta1:
            shown = shown if np.isfinite(shown) else 10 * sigma
            sigma = min(max(2 * shown, 2 * sigma), 100 * sigma)
        elif ratio > self.eta2 and model.reduction > rounding:
            sigma = min(max(shown, 0.1 * sigma), sigma)
        return memory._replace(sigma=max(sigma, np.finfo(float).tiny))


def first_weight(norm: float, delta: float, point: Point) -> float:
    """Return the weight with which a step along g has the length of the first radius, or nearly.

    Along g the model is ``norm t + delta t^2/2 + sigma |t|^3/3``.
    """
    cauchy = norm / delta if delta > 0 else 0.0
    length = first_radius(cauchy, point)
    return max(norm / length - delta, 0.01 * norm / length) / length
