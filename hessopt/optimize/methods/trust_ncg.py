"""Trust-region Newton with Steihaug's conjugate gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.line_search import NOISE, no_descent
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import Product, steihaug

Array = NDArray[np.float64]


class Region(NamedTuple):
    """The radius of the trust region and the forcing term."""

    radius: float
    forcing: Forcing


@dataclass(frozen=True)
class TrustNCG(Method):
    """Trust-region Newton-CG: the model is minimised in a ball in which it is trusted.

    Needs products with the Hessian, no matrix.

    Parameters
    ----------
    initial_trust_radius : float, optional
        By default as far as conjugate gradients from the start would go in their first step
        along ``-g``, but at least a tenth of the length of x.
    max_trust_radius : float, optional
        The largest radius; by default there is none.
    eta : float
        A step is taken if f falls by more than this part of what the model promised.
    cg_maxiter : int, optional
        The most products with the Hessian in one step; by default ``min(10 n, 1000)``, at least
        20.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithms 4.1
    and 7.2; J. E. Dennis and R. B. Schnabel, *Numerical Methods for Unconstrained Optimization and
    Nonlinear Equations*, SIAM 1996, Algorithm A6.4.5, for how the region shrinks; A. R. Conn,
    N. I. M. Gould and P. L. Toint, *Trust-Region Methods*, SIAM 2000, section 17.4.2, for the
    ratio near round-off.
    """

    name: ClassVar[str] = "trust-ncg"
    order: ClassVar[int] = 2

    initial_trust_radius: float | None = None
    max_trust_radius: float | None = None
    eta: float = 0.1
    cg_maxiter: int | None = None

    def __post_init__(self) -> None:
        for name in ("initial_trust_radius", "max_trust_radius"):
            checks.number(getattr(self, name), name, above=0.0, optional=True)
        checks.number(self.eta, "eta", least=0.0, below=0.25)
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Region]:
        """Evaluate the start; the first radius is chosen with the first step."""
        point = objective(x)
        radius = np.nan if self.initial_trust_radius is None else self.initial_trust_radius
        return point, Region(radius, Forcing.first(point))

    def step(self, objective: Objective, point: Point, memory: Region) -> tuple[Point, Region]:
        """Minimise the model in the region, and judge it by what f does."""
        radius, forcing = memory
        B = objective.hvp(point.x)
        if np.isnan(radius):
            radius = self._allowed(first_radius(B, point))
        tolerance = forcing.eta * float(np.linalg.norm(point.g))
        model = steihaug(B, point.g, radius, tolerance, self._cg_maxiter(point))
        trial = objective(point.x + model.p)
        if np.array_equal(trial.x, point.x):  # x has no digits for so short a step
            raise no_descent(point, trial, model.reduction)
        ratio = reduction_ratio(point, trial, model.reduction)
        # Phrased so that a NaN means "no"
        if not ratio >= 1 / 4:
            radius = float(np.linalg.norm(model.p)) * shortening(point, trial, model.p)
        elif ratio > 3 / 4 and model.at_edge:
            radius = self._allowed(2 * radius)
        if ratio > self.eta:
            return trial, Region(radius, forcing.after(trial))
        if radius <= EPS * float(np.linalg.norm(point.x)) or radius == 0.0:
            raise no_descent(point, trial)
        return point, Region(radius, forcing)

    def _allowed(self, radius: float) -> float:
        return radius if self.max_trust_radius is None else min(radius, self.max_trust_radius)

    def _cg_maxiter(self, point: Point) -> int:
        return self.cg_maxiter or max(20, min(10 * point.x.size, 1000))


def first_radius(B: Product, point: Point) -> float:
    """Return the length of the first step of conjugate gradients, at least a tenth of x."""
    g_g, g_Bg = float(point.g @ point.g), float(point.g @ B(point.g))
    cauchy = g_g / g_Bg * float(np.linalg.norm(point.g)) if g_Bg > 0 else 0.0
    return max(cauchy, 0.1 * float(np.linalg.norm(point.x))) or 1.0


def shortening(point: Point, trial: Point, p: Array) -> float:
    """Return by how much to shrink the region: to the least point of f along p, as it seems.

    That of the parabola through f and its slope at the point and f at the trial, but within
    ``[1/10, 1/2]`` (Dennis and Schnabel, Algorithm A6.4.5).
    """
    slope = float(point.g @ p)
    rise = trial.f - point.f - slope
    if not np.isfinite(rise):
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
