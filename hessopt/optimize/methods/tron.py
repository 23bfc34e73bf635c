"""Trust-region Newton for bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.bounds import Box
from hessopt.optimize.line_search import no_descent
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.forcing import ETA_MAX
from hessopt.optimize.methods.trust_region import first_radius, reduction_ratio, shortening
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.projected_model import Product, cauchy_point, minimise_faces
from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]

# Up to here a matrix costs no more products than the projected searches of one step
SMALL = 10
# Up to here one is formed where conjugate gradients do not end in as many products
MEDIUM = 500


class Region(NamedTuple):
    """The radius of the trust region, the forcing term, and whether a matrix is formed."""

    radius: float
    eta: float
    dense: bool


@dataclass(frozen=True)
class TRON(Method):
    """Trust-region Newton for bounds: steps over the free variables, projected into the box.

    Each step goes down the projected gradient to the Cauchy point, which says what variables are
    at their bounds, and then minimises the model over the others. It needs products with the
    Hessian; a matrix is formed where it costs no more: for few variables, and where conjugate
    gradients do not end.

    Departures from the paper: no incomplete Cholesky factors; the search for the Cauchy point
    begins at the least value of the model along the reduced gradient; forcing terms fall with the
    projected gradient, which makes the convergence quadratic.

    Parameters
    ----------
    initial_trust_radius : float, optional
        By default as far as the model falls along the reduced gradient, but at least half of the
        length of x.
    max_trust_radius : float, optional
        The largest radius; by default there is none.
    eta : float
        A step is taken if f falls by more than this part of what the model promised.
    cg_maxiter : int, optional
        The most products with the Hessian in one step; by default ``min(10 n, 1000)``, at least
        20.
    dense : bool, optional
        Whether to form the matrix; by default that is decided on the way.

    References
    ----------
    C.-J. Lin and J. J. Moré, *Newton's method for large bound-constrained optimization problems*,
    SIAM J. Optim. 9 (1999) 1100-1127; for the radius as `TrustNCG`.
    """

    name: ClassVar[str] = "tron"
    order: ClassVar[int] = 2
    bounds: ClassVar[bool] = True

    initial_trust_radius: float | None = None
    max_trust_radius: float | None = None
    eta: float = 1e-3
    cg_maxiter: int | None = None
    dense: bool | None = None

    def __post_init__(self) -> None:
        for name in ("initial_trust_radius", "max_trust_radius"):
            checks.number(getattr(self, name), name, above=0.0, optional=True)
        checks.number(self.eta, "eta", least=0.0, below=0.25)
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)
        if not (self.dense is None or isinstance(self.dense, bool)):
            raise ValueError(f"option 'dense' must be True, False or None, not {self.dense!r}")

    def start(self, objective: Objective, x: Array) -> tuple[Point, Region]:
        """Evaluate the start; the first radius is chosen with the first step."""
        return objective(x), self.first_region(x.size)

    def first_region(self, n: int, before: Region | None = None) -> Region:
        """Return the memory to start with, perhaps after a run on a similar objective."""
        radius = np.nan if self.initial_trust_radius is None else self.initial_trust_radius
        dense = n <= SMALL if self.dense is None else self.dense
        return Region(radius, ETA_MAX, dense or (before is not None and before.dense))

    def step(self, objective: Objective, point: Point, memory: Region) -> tuple[Point, Region]:
        """Minimise the model in the region and the box, and judge the point by what f does."""
        matrix = objective.hessian(point.x) if memory.dense else None
        B = objective.hvp(point.x) if matrix is None else matrix.dot
        at, region, _ = self.tried(objective, point, memory, B, matrix)
        return at, region

    def tried(
        self, objective: Objective, point: Point, memory: Region, B: Product, matrix: Array | None
    ) -> tuple[Point, Region, Point]:
        """Return what a model with the Hessian B leads to, and the point that was tried."""
        radius, eta, dense = memory
        x, g, B = point.x, point.g, finite(B)
        box = box_of(point)

        d = -box.reduced_gradient(x, g)
        if not d.any():
            raise no_descent(point, None, 0.0)
        Bd = B(d)
        if np.isnan(radius):
            radius = self._allowed(first_radius(along(d, Bd), point))
        start = cauchy_point(B, x, g, box, radius, d, Bd)
        if not np.isfinite(start.q):  # the square of g overflows
            raise no_descent(point, None)
        tolerance, maxiter = eta * float(np.linalg.norm(d)), self._cg_maxiter(point)
        model = minimise_faces(B, start, box, radius, tolerance, maxiter, matrix)

        trial = objective(model.x)
        s = trial.x - x
        if not s.any():  # x has no digits for so short a step
            raise no_descent(point, trial, -model.q)
        ratio = reduction_ratio(point, trial, -model.q)
        # Phrased so that a NaN means "no"
        if not ratio >= 1 / 4:
            radius = float(np.linalg.norm(s)) * shortening(point, trial, s)
        elif ratio > 3 / 4 and model.at_edge:
            radius = self._allowed(2 * radius)
        dense = dense or (self.dense is None and model.stubborn and x.size <= MEDIUM)
        if ratio > self.eta:
            gain = trial.grad_norm / point.grad_norm
            return trial, Region(radius, min(0.9 * gain**2, ETA_MAX), dense), trial
        if radius <= EPS * float(np.linalg.norm(x)) or radius == 0.0:
            raise no_descent(point, trial)
        return point, Region(radius, eta, dense), trial

    def _allowed(self, radius: float) -> float:
        return radius if self.max_trust_radius is None else min(radius, self.max_trust_radius)

    def _cg_maxiter(self, point: Point) -> int:
        return self.cg_maxiter or max(20, min(10 * point.x.size, 1000))


def box_of(point: Point) -> Box:
    """Return the box that a point lies in; without bounds, one that holds all points."""
    return point.box or Box(*checks.bound_vectors(None, point.x.size))


def finite(B: Product) -> Product:
    """Return the product, zero where it overflows: a Hessian that does says nothing."""

    def product(v: Array) -> Array:
        Bv = B(v)
        return Bv if np.isfinite(Bv).all() else np.zeros_like(Bv)

    return product


def along(d: Array, Bd: Array) -> float:
    """Return how far the model falls along d, 0 if it does for ever."""
    d_d, d_Bd = float(d @ d), float(d @ Bd)
    return d_d / d_Bd * float(np.sqrt(d_d)) if d_Bd > 0 else 0.0
