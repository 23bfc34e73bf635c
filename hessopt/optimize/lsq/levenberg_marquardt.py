"""Levenberg-Marquardt in a trust region, with the full Hessian where residuals stay large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.lsq.jacobians import column_norms, forward, transposed
from hessopt.optimize.lsq.models import GaussNewton, Inner, Large, Model, Newton, in_box
from hessopt.optimize.lsq.residuals import FitPoint, Residuals, Trial
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.oracle import Curvature
from hessopt.optimize.stopping import EPS, Status, Stop

Array = NDArray[np.float64]


class Taken(NamedTuple):
    """What became of the last step: the reductions of the cost, and the length in the scales D."""

    predicted: float
    actual: float
    length: float
    at_edge: bool


@dataclass(frozen=True)
class Region:
    """What a step knows of those before it.

    Parameters
    ----------
    radius : float
        Delta.
    D : ndarray
        The scales of the variables.
    x0 : ndarray
        The start.
    f0, g0 : float
        The cost and the largest entry of the gradient at the start.
    forcing : Forcing
        How accurately a large model is minimised.
    newton : bool
        Whether the model is to have the second-order term.
    curvature : Curvature, optional
        That term at this point, if it is known.
    last : Taken, optional
        The last step.
    """

    radius: float
    D: Array
    x0: Array
    f0: float
    g0: float
    forcing: Forcing
    newton: bool = False
    curvature: Curvature | None = None
    last: Taken | None = None


@dataclass(frozen=True)
class LevenbergMarquardt(Method):
    """Levenberg-Marquardt, formulated by a trust region as in MINPACK.

    Departures from More: the first radius is smaller, so that far from a solution no step leaps
    into a region where the model is flat; bounds are handled by `in_box`; where the Gauss-Newton
    step predicts the cost badly, most of all where the region does not hold it back, the
    second-order term is looked at, and taken into the model as long as that predicts better
    (Dennis, Gay and Welsch); it is exact here, by double backprop, and not an update. Geodesic
    acceleration (Transtrum and Sethna 2012) is left out. In a prototype on NIST's 54 starts it more
    than halved the evaluations of fun, at the price of a second directional derivative each, but
    whether all starts were solved then depended on the first radius: for 0.3 and 3 they were, for
    0.1, 1, 10 and 100 one or two were not.

    Parameters
    ----------
    ftol, xtol, gtol : float, optional
        As `hessopt.least_squares` documents them; None leaves a test out.
    factor : float
        The first radius, in units of the length of the scaled x.
    x_scale : "jac" or ndarray
        The scales of the variables; with "jac" the norms of the columns of J, the largest so far.
    second_order : bool
        Whether the second-order term may be used.
    cg_maxiter : int, optional
        For a Jacobian that is not an array: the most products in one step; by default
        ``min(10 n, 1000)``, at least 20.

    References
    ----------
    J. J. More, *The Levenberg-Marquardt algorithm: implementation and theory*, Lecture Notes in
    Mathematics 630, Springer 1978, Algorithm 7.1;
    J. E. Dennis, D. M. Gay and R. E. Welsch, *An adaptive nonlinear least-squares algorithm*, ACM
    TOMS 7 (1981) 348-368, section 5, for the choice between the models.
    """

    name: ClassVar[str] = "lm"
    order: ClassVar[int] = 1

    ftol: float | None = 1e-13
    xtol: float | None = 1e-10
    gtol: float | None = 1e-10
    factor: float = 1.0
    x_scale: Any = "jac"
    second_order: bool = True
    cg_maxiter: int | None = None

    def __post_init__(self) -> None:
        for name in ("ftol", "xtol", "gtol"):
            checks.number(getattr(self, name), name, least=0.0, optional=True)
        checks.number(self.factor, "factor", above=0.0)
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)

    def start(self, objective: Any, x: Array) -> tuple[FitPoint, Region]:
        """Evaluate the start."""
        point = objective(x)
        D = self._scales(point, None)
        radius = self.factor * (float(np.linalg.norm(D * point.x)) or 1.0)
        return point, Region(radius, D, point.x, point.f, point.grad_norm, Forcing.first(point))

    def step(self, objective: Any, point: Any, memory: Region) -> tuple[FitPoint, Region]:
        """Minimise the model in the region, and judge it by what the cost does."""
        residuals: Residuals = objective
        stop = self.verdict(point, memory)
        if stop is not None:
            raise stop
        model, inner, memory = self._inner(residuals, point, memory)
        p = inner.z
        trial = residuals.trial(np.clip(point.x + p, residuals.lower, residuals.upper))
        taken = Taken(
            -model.value(p), point.f - trial.f, float(np.linalg.norm(memory.D * p)), inner.at_edge
        )
        if np.array_equal(trial.x, point.x):  # x has no digits for so short a step
            raise stuck(point, taken)
        memory = self._judge(residuals, point, memory, p, model, taken)
        memory = replace(memory, radius=new_radius(point, memory, p, taken), last=taken)
        if taken.actual > 1e-4 * taken.predicted > 0:  # phrased so that a NaN means "no"
            reached = self._reached(residuals, trial)
            if reached is not None:
                D = self._scales(reached, memory.D)
                forcing = memory.forcing.after(reached) if reached.g.any() else memory.forcing
                return reached, replace(memory, D=D, forcing=forcing, curvature=None)
            memory = replace(memory, radius=min(memory.radius, taken.length / 4))
        if memory.radius <= EPS * float(np.linalg.norm(memory.D * point.x)) or not memory.radius:
            raise stuck(point, taken)
        return point, memory

    def _reached(self, residuals: Residuals, trial: Trial) -> FitPoint | None:
        point = residuals.complete(trial)
        return point if point.finite else None

    def _scales(self, point: FitPoint, before: Array | None) -> Array:
        if not isinstance(self.x_scale, str):
            return 1 / self.x_scale
        norms = column_norms(point.J)
        if norms is None:
            return np.ones_like(point.x)
        if before is not None:
            return np.maximum(before, norms)
        return np.where(norms > 0, norms, 1.0)

    def _inner(
        self, residuals: Residuals, point: FitPoint, memory: Region
    ) -> tuple[Model, Inner, Region]:
        """Minimise the model; a Newton model that is not convex is given up for Gauss-Newton."""
        while True:
            if memory.newton and memory.curvature is None:
                memory = replace(memory, curvature=residuals.second(point))
            model = self._model(point, memory)
            if residuals.bounded:
                room = residuals.lower - point.x, residuals.upper - point.x
                inner = in_box(model, point.free, memory.D, memory.radius, *room)
            else:
                everywhere = np.ones(point.x.size, dtype=bool)
                inner = model.solve(np.zeros_like(point.x), everywhere, memory.D, memory.radius)
            if inner.convex or not memory.newton:
                return model, inner, memory
            memory = replace(memory, newton=False)

    def _model(self, point: FitPoint, memory: Region) -> Model:
        J, S = point.J, memory.curvature if memory.newton else None
        if isinstance(J, np.ndarray):
            return GaussNewton(J, point.s, point.g) if S is None else Newton(J, S.dense(), point.g)
        J, T = forward(J), transposed(J)

        def product(v: Array) -> Array:
            return T(J(v)) if S is None else T(J(v)) + S.product(v)

        maxiter = self.cg_maxiter or max(20, min(10 * point.x.size, 1000))
        return Large(product, point.g, memory.forcing.eta, maxiter)

    def _judge(
        self,
        residuals: Residuals,
        point: FitPoint,
        memory: Region,
        p: Array,
        model: Model,
        taken: Taken,
    ) -> Region:
        """Choose the model of the next step: the one that would have predicted this one better."""
        actual, predicted = taken.actual, taken.predicted
        clear = predicted > 100 * EPS * point.f and np.isfinite(actual)
        if not (self.second_order and clear):
            return memory
        Jp = forward(point.J)(p)
        gauss_newton = -float(point.g @ p) - float(Jp @ Jp) / 2
        if memory.newton:
            return replace(memory, newton=abs(actual - predicted) <= abs(actual - gauss_newton))
        # Far out a bad step is the fault of both models, and shortening it costs less
        tolerated = 0.75 if taken.at_edge else 0.1
        if abs(actual - predicted) <= tolerated * predicted:
            return memory
        S = memory.curvature or residuals.second(point)
        if S is None:
            return memory
        newton = gauss_newton - float(p @ S.product(p)) / 2
        better = 1.5 * abs(actual - newton) < abs(actual - gauss_newton)
        return replace(memory, newton=better, curvature=S)

    def verdict(self, point: FitPoint, memory: Region) -> Stop | None:
        """Return the reason to stop at this point, if there is one."""
        slope = point.grad_norm
        if self.gtol is not None and cosine(point, memory) <= self.gtol:
            what = "the residuals are orthogonal to the columns of the Jacobian"
            message = (
                f"Converged: {what} within gtol = {self.gtol:g}; max |gradient| = {slope:.3g}."
            )
            return Stop(Status.GRADIENT_CONVERGED, message, success=True)
        if point.f <= EPS**2 * min(memory.f0, rounded(point, memory)):
            message = f"Converged: the residuals have vanished; the cost is {point.f:.3g}."
            return Stop(Status.VALUE_CONVERGED, message, success=True)
        last = memory.last
        if last is None or last.at_edge:  # a region may be small because the model is wrong
            return None
        promised = max(last.predicted, abs(last.actual))
        if self.ftol is not None and promised <= self.ftol * point.f:
            message = (
                f"Converged: the cost cannot be lowered by more than ftol = {self.ftol:g} of it; "
                f"max |gradient| = {slope:.3g}."
            )
            return Stop(Status.VALUE_CONVERGED, message, success=True)
        size = float(np.linalg.norm(memory.D * point.x))
        if self.xtol is not None and last.length <= self.xtol * size:
            message = (
                f"Converged: the last step was within xtol = {self.xtol:g} of x; "
                f"max |gradient| = {slope:.3g}."
            )
            return Stop(Status.STEP_CONVERGED, message, success=True)
        return None


def rounded(point: FitPoint, memory: Region) -> float:
    """Return what the cost would be if each term of the linear model ``J x`` were off by all of it.

    The squares of the digits that x has, times this, is what rounding leaves of a cost of zero. The
    cost at the start tells less: far from a solution it may be enormous.
    """
    norms = column_norms(point.J)
    if norms is None:
        return np.inf
    terms = norms * np.maximum(np.abs(point.x), np.abs(memory.x0))
    return float(terms @ terms) / 2


def cosine(point: FitPoint, memory: Region) -> float:
    """Return the largest cosine between the residuals and a column of J that is free to act.

    Without columns to look at: the gradient, relative to the one at the start.
    """
    norms = column_norms(point.J)
    if norms is None:
        return point.grad_norm / memory.g0 if memory.g0 else 0.0
    held = np.where(point.free, np.abs(point.g), 0.0)
    lengths = norms * np.sqrt(2 * point.f)  # with a loss, not |s|: outliers are blown up in s
    return float(np.max(held / np.where(lengths > 0, lengths, 1.0)))


def new_radius(point: FitPoint, memory: Region, p: Array, taken: Taken) -> float:
    """Return the next radius (More 1978, section 4, with MINPACK's constants)."""
    radius, actual, predicted, length = memory.radius, taken.actual, taken.predicted, taken.length
    if not actual > predicted / 4:
        if actual >= 0:
            shrink = 0.5
        elif np.isfinite(actual):  # to the least point of the parabola along p, as it seems
            slope = float(point.g @ p)
            shrink = min(max(0.5 * slope / (slope + actual), 0.1), 0.5)
        else:
            shrink = 0.1
        return shrink * min(radius, 10 * length)
    if not taken.at_edge or actual >= 0.75 * predicted:
        return 2 * length
    return radius


def stuck(point: FitPoint, taken: Taken) -> Stop:
    """Return the Stop of a run whose steps have become too short to matter.

    The driver finds out whether that is because the round-off of the cost is reached.
    """
    message = (
        f"No lower point was found, however short the step; max |gradient| = "
        f"{point.grad_norm:.3g}. fun may have a kink there, or be discontinuous or noisy."
    )
    return Stop(Status.NO_DESCENT, message, predicted=taken.predicted)
