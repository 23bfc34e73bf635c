"""The loop that all trust-region methods share; each of them is only its subproblem."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.line_search import NOISE, no_descent
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.methods.metric import preconditioner
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import ModelStep
from hessopt.optimize.vectors import norm, same

Array = NDArray[np.float64]


class Region(NamedTuple):
    """What a method with a model remembers.

    Parameters
    ----------
    radius : float
        The radius of the trust region, NaN before the first step.
    forcing : Forcing
        How well the subproblem is to be solved.
    metric : object
        What the preconditioner remembers.
    seen : object
        What is known of the model at this point, after a step from it was refused.
    """

    radius: float
    forcing: Forcing
    metric: Any = None
    seen: Any = None


@dataclass(frozen=True)
class ModelMethod(Method):
    """A step is the minimiser of a model, and is judged by what f does.

    A subclass says what its model is (`minimise`) and how it is changed by a success or a failure
    (`judged`).
    """

    def minimise(
        self, objective: Objective, point: Point, memory: Any
    ) -> tuple[ModelStep, Any, Any]:
        """Return the step, the metric's memory, and what of the model another step can use."""
        raise NotImplementedError

    def judged(
        self, point: Point, trial: Point, model: ModelStep, ratio: float, memory: Any
    ) -> Any:
        """Return the memory, with the model as the ratio of actual to promised reduction wants."""
        raise NotImplementedError

    def accepts(self, ratio: float) -> bool:
        """Whether the step is taken; NaN means no."""
        raise NotImplementedError

    def step(self, objective: Objective, point: Point, memory: Any) -> tuple[Point, Any]:
        """Minimise the model, and judge the step by what f does."""
        model, metric, seen = self.minimise(objective, point, memory)
        trial = objective(point.x + model.p)
        if same(trial.x, point.x):  # x has no digits for so short a step
            raise no_descent(point, trial, model.reduction)
        ratio = reduction_ratio(point, trial, model.reduction)
        memory = self.judged(point, trial, model, ratio, memory)
        if self.accepts(ratio):
            forcing = memory.forcing.after(trial)
            return trial, memory._replace(metric=metric, forcing=forcing, seen=None)
        if norm(model.p) <= 4 * EPS * norm(point.x):
            raise no_descent(point, trial, model.reduction)
        return point, memory._replace(metric=metric, seen=seen)


@dataclass(frozen=True)
class TrustRegion(ModelMethod):
    """Algorithm 4.1 of Nocedal and Wright: a step is the minimiser of the model in a ball.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 4.1;
    J. E. Dennis and R. B. Schnabel, *Numerical Methods for Unconstrained Optimization and
    Nonlinear Equations*, SIAM 1996, Algorithm A6.4.5, for how the region shrinks; A. R. Conn,
    N. I. M. Gould and P. L. Toint, *Trust-Region Methods*, SIAM 2000, section 17.4.2, for the
    ratio near round-off.
    """

    initial_trust_radius: float | None = None
    max_trust_radius: float | None = None
    eta: float = 0.1

    def __post_init__(self) -> None:
        for name in ("initial_trust_radius", "max_trust_radius"):
            checks.number(getattr(self, name), name, above=0.0, optional=True)
        checks.number(self.eta, "eta", least=0.0, below=0.25)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Region]:
        """Evaluate the start; the first radius is chosen with the first step."""
        point = objective(x)
        radius = np.nan if self.initial_trust_radius is None else self.initial_trust_radius
        return point, Region(self.allowed(radius), Forcing.first(point))

    def accepts(self, ratio: float) -> bool:
        """Whether f falls by enough of what the model promised."""
        return ratio > self.eta

    def judged(
        self, point: Point, trial: Point, model: ModelStep, ratio: float, memory: Region
    ) -> Region:
        """Grow the region where the model was good up to its edge, shrink it where it was bad."""
        radius = model.radius
        # Phrased so that a NaN means "no"
        if not ratio >= 1 / 4:
            radius = model.length * shortening(point, trial, model.p)
        elif ratio > 3 / 4 and model.at_edge:
            radius = self.allowed(2 * radius)
        return memory._replace(radius=radius)

    def allowed(self, radius: float) -> float:
        """Return the radius or the largest that is allowed; NaN stays NaN."""
        return radius if self.max_trust_radius is None else min(radius, self.max_trust_radius)


@dataclass(frozen=True)
class TruncatedTrustRegion(TrustRegion):
    """A trust region whose subproblem is solved by products with the Hessian, and only roughly."""

    cg_maxiter: int | None = None
    preconditioner: Any = None
    scale: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)
        preconditioner(self.preconditioner, self.scale)

    def radius(self, point: Point, memory: Region) -> Any:
        """Return the radius, or the rule that chooses the first one."""
        if not math.isnan(memory.radius):
            return memory.radius
        return lambda cauchy: self.allowed(first_radius(cauchy, point))


def first_radius(cauchy: float, point: Point) -> float:
    """Return the length of the first step of conjugate gradients, at least half of x."""
    return max(cauchy, 0.5 * norm(point.x)) or 1.0


def shortening(point: Point, trial: Point, p: Array) -> float:
    """Return by how much to shrink the region: to the least point of f along p, as it seems.

    That of the parabola through f and its slope at the point and f at the trial, but within
    ``[1/10, 1/2]`` (Dennis and Schnabel, Algorithm A6.4.5).
    """
    slope = float(point.g @ p)
    rise = trial.f - point.f - slope
    if not math.isfinite(rise):
        return 1 / 4
    return min(max(-slope / (2 * rise), 1 / 10), 1 / 2) if rise > 0 else 1 / 2


def reduction_ratio(point: Point, trial: Point, promised: float) -> float:
    """Return the actual over the promised reduction of f, (4.4), with care for round-off.

    Both are raised by what rounding may do to f, so that the ratio tends to one where neither can
    be told from zero. Where the values may be wrong by more than the promise but the gradient
    halves, it is the gradient that is believed.
    """
    if not trial.finite:
        return np.nan
    guard = 10 * EPS * abs(point.f)
    noise = NOISE * abs(point.f)
    unclear = promised <= noise and trial.f <= point.f + noise
    if unclear and trial.grad_norm <= 0.5 * point.grad_norm:
        return 1.0
    return (point.f - trial.f + guard) / (promised + guard)
