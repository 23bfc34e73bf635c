"""The augmented Lagrangian of Powell, Hestenes and Rockafellar, an objective for solvers.

For ``lower <= c(x) <= upper``, with slacks s between the limits minimised out, it is ::

    L(x; lambda, rho) = f(x) + (|y|^2 - |lambda|^2) / (2 rho)
    y = rho (t - P(t)),   t = c(x) + lambda / rho

where P projects between the limits. Its gradient is that of the Lagrangian ``f + y'c`` at the
updated multipliers y, its (generalised) Hessian that of ``f + y'c`` plus ``rho J'J`` over the rows
where P cuts off. Where the limits are equal this is the method of multipliers.

References
----------
R. T. Rockafellar, *The multiplier method of Hestenes and Powell applied to convex programming*,
J. Optim. Theory Appl. 12 (1973) 555-562; E. G. Birgin and J. M. Martínez, *Practical Augmented
Lagrangian Methods for Constrained Optimization*, SIAM 2014, chapters 4 and 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.bounds import Box
from hessopt.optimize.constraint_set import ConstraintSet, Stack
from hessopt.optimize.objective import Objective, Point

Array = NDArray[np.float64]
Product = Callable[[Array], Array]

# Beyond this the Jacobian is not formed to find the scales of its rows
LARGEST_JACOBIAN = 10_000_000


class Multipliers(NamedTuple):
    """The multipliers of the scaled constraints, the penalty, and the scales."""

    lam: Array
    rho: float
    scale: Array


@dataclass(frozen=True, eq=False)
class KKTPoint(Point):
    """A point of a problem with constraints; `f` and `g` are those of the objective.

    `grad_norm` is that of the projected gradient of the Lagrangian.

    Parameters
    ----------
    lagrangian : ndarray
        The gradient of the Lagrangian.
    multipliers : ndarray
        What it was taken with.
    constr : ndarray
        The values of the constraints.
    """

    lagrangian: Array = field(kw_only=True)
    multipliers: Array = field(kw_only=True)
    constr: Array = field(kw_only=True)

    def __post_init__(self) -> None:
        flat = Point(self.x, self.f, self.lagrangian, self.box)
        finite = np.isfinite(self.g).all() and np.isfinite(self.constr).all()
        object.__setattr__(self, "grad_norm", flat.grad_norm if finite else np.nan)

    @property
    def measure(self) -> str:
        """What `grad_norm` is."""
        return "max |projected gradient of the Lagrangian|"


@dataclass(frozen=True, eq=False)
class PenaltyPoint(Point):
    """A point of the augmented Lagrangian, with what it is made of.

    Parameters
    ----------
    base : Point
        The point of the objective.
    c, y : ndarray
        The constraints and the updated multipliers, both scaled.
    """

    base: Point = field(kw_only=True)
    c: Array = field(kw_only=True)
    y: Array = field(kw_only=True)


class AugmentedLagrangian:
    """The augmented Lagrangian of an objective, as a solver for bounds sees it.

    Parameters
    ----------
    objective : Objective
        The objective, with its constraints.
    multipliers : Multipliers
        The multipliers, the penalty and the scales.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.constraints import parse_constraints
    >>> from hessopt.optimize.constraint_set import ConstraintSet
    >>> from hessopt.optimize.objective import Objective
    >>> from hessopt.optimize.penalty import AugmentedLagrangian, Multipliers
    >>> line = parse_constraints({"type": "eq", "fun": lambda x: x[0] + x[1] - 1}, (2,))
    >>> constraints = ConstraintSet(line, np.zeros(2))
    >>> objective = Objective(lambda x: np.sum(x**2) / 2, [0.0, 0.0], constraints=constraints)
    >>> phi = AugmentedLagrangian(objective, Multipliers(np.zeros(1), 10.0, np.ones(1)))
    >>> point = phi(np.zeros(2))
    >>> point.f, point.g
    (5.0, array([-10., -10.]))
    >>> phi.hvp(np.zeros(2))(np.array([1.0, 0.0]))
    array([11., 10.])
    """

    def __init__(self, objective: Objective, multipliers: Multipliers) -> None:
        self.objective, self.multipliers = objective, multipliers
        self.box: Box | None = objective.box
        constraints = objective.constraints
        assert constraints is not None
        self.constraints: ConstraintSet = constraints

    def at(self, x: Array) -> Stack:
        """Return the constraints at x; an exception in them ends the run."""
        return self.objective.guarded("constraint", self.constraints.at, x)

    def __call__(self, x: Array) -> PenaltyPoint:
        """Evaluate."""
        base = self.objective(x)
        stack = self.at(base.x)
        lam, rho, w = self.multipliers
        c = w * stack.value
        t = c + lam / rho
        y = rho * (t - np.clip(t, w * self.constraints.lower, w * self.constraints.upper))
        # Not |y|^2 - |lambda|^2, which cancels
        f = base.f + float((y - lam) @ (y + lam)) / (2 * rho)
        g = base.g + stack.pullback(w * y)
        return PenaltyPoint(base.x, f, g, self.box, base=base, c=c, y=y)

    def hvp(self, x: Array) -> Product:
        """Return the product with the generalised Hessian at x."""
        point, stack, w, rho = self(x), self.at(x), self.multipliers.scale, self.multipliers.rho
        B = self.objective.hvp(x)
        C = self.objective.guarded("curvature", self.constraints.curvature, x, w * point.y)
        cut = np.where(self._cut(point), rho * w**2, 0.0)

        def product(v: Array) -> Array:
            return B(v) + C(v) + stack.normal(cut, v)

        return product

    def hessian(self, x: Array) -> Array:
        """Return the generalised Hessian at x."""
        product = self.hvp(x)
        B = np.stack([product(e) for e in np.eye(x.size)], axis=-1)
        return (B + B.T) / 2

    def kkt(self, point: PenaltyPoint, catol: float) -> KKTPoint:
        """Return the point of the problem, judged by the constraints' tolerance."""
        base, (lam, rho, w) = point.base, self.multipliers
        c = self.at(point.x).value
        violation = float(np.max(self.constraints.excess(c), initial=0.0))
        gap = float(np.max(np.abs(point.y - lam) / (rho * w), initial=0.0))
        return KKTPoint(
            point.x,
            base.f,
            base.g,
            self.box,
            violation=0.0 if violation <= catol else violation,
            settled=gap <= catol,
            lagrangian=point.g,
            multipliers=w * point.y,
            constr=c,
        )

    def sigma(self, point: PenaltyPoint) -> float:
        """Return the largest ``|c - s|`` of the scaled constraints: violated, or not settled."""
        lam, rho, _ = self.multipliers
        return float(np.max(np.abs(point.y - lam), initial=0.0)) / rho

    def excess(self, point: PenaltyPoint) -> Array:
        """Return by how much the scaled constraints are violated, with sign."""
        w = self.multipliers.scale
        return point.c - np.clip(point.c, w * self.constraints.lower, w * self.constraints.upper)

    def violation(self, point: PenaltyPoint) -> float:
        """Return the largest of these."""
        return float(np.max(np.abs(self.excess(point)), initial=0.0))

    def nowhere_better(self, point: PenaltyPoint, tolerance: float) -> bool:
        """Whether |excess|^2 / 2 is stationary in the box although something is violated."""
        r = self.excess(point)
        down = Point(point.x, 0.0, self.at(point.x).pullback(self.multipliers.scale * r), self.box)
        return down.grad_norm <= tolerance * float(np.max(np.abs(r), initial=0.0))

    def _cut(self, point: PenaltyPoint) -> NDArray[np.bool_]:
        equal = self.constraints.lower == self.constraints.upper
        return equal | (point.y != 0)


def first_multipliers(objective: Objective, point: Point, rho: float | None) -> Multipliers:
    """Return zero multipliers, scales that make the gradients of c at most one, and rho.

    The scales, and by default rho, are those of Birgin and Martínez, sections 12.3 and 12.4: rho
    makes the penalty ten times as large as f, within ``[1e-6, 10]``. They scale f as well, so that
    its gradient is at most one, which is to raise rho by as much; the root of that is taken here,
    since the whole of it makes the inner problems harder than they need be.
    """
    constraints = objective.constraints
    assert constraints is not None
    stack = constraints.at(point.x)
    c, scale = stack.value, np.ones(constraints.m)
    if constraints.m * objective.n <= LARGEST_JACOBIAN:
        J = abs(stack.matrix())
        steepest = np.asarray(J.max(axis=1).todense() if hasattr(J, "todense") else J.max(axis=1))
        steepest = np.ravel(steepest)
        scale = 1 / np.maximum(1.0, np.where(np.isfinite(steepest), steepest, 1.0))
    if rho is None:
        r = scale * constraints.excess(c)
        slope = np.sqrt(max(1.0, float(np.max(np.abs(point.g)))))
        rho = 10 * max(1.0, abs(point.f) / slope) / max(1.0, float(r @ r) / 2)
        rho = float(min(max(rho, 1e-6), 10.0) * slope)
    return Multipliers(np.zeros(constraints.m), rho, scale)
