"""The augmented Lagrangian method for constraints, on top of the solver for bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.tron import TRON, Region
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.penalty import (
    AugmentedLagrangian,
    Multipliers,
    PenaltyPoint,
    first_multipliers,
)
from hessopt.optimize.stopping import EPS, Status, Stop

Array = NDArray[np.float64]

# How much of the infeasibility may be left, and by what the penalty grows if more is. The book has
# 0.5 for the first; that takes more steps where Newton's method solves the inner problems
TAU, GAMMA = 0.1, 10.0
LARGEST_PENALTY, LARGEST_MULTIPLIER = 1e14, 1e20
# No flatter than this is asked of the inner solver; how often in a row it may be at its end
LEAST_OMEGA, MOST_STUCK = 1e-10, 3
# The violation is at a minimum of its own where its gradient is this small next to it
FLAT = 1e-6
# What a violation may grow by in one outer iteration
FAR = 100.0
# Where f has drawn the run into a corner that keeps no constraint, it begins once more at the
# start, with so much larger a penalty
FIRMER = 100.0


class Anchor(NamedTuple):
    """Where lambda was last updated: x, the violation, and with complementarity, sigma."""

    x: Array
    violation: float
    sigma: float


class Outer(NamedTuple):
    """What the outer iteration remembers, and the memory of the inner one.

    Parameters
    ----------
    multipliers : Multipliers
        lambda, rho and the scales of the constraints.
    omega : float
        How flat the augmented Lagrangian is to become before lambda is updated.
    anchor : Anchor
        Where the outer iteration began.
    stuck : int
        How often in a row the inner solver could not go on.
    inner : Region
        The memory of the inner solver.
    x0 : ndarray
        Where the run began.
    first : float
        The first penalty.
    again : bool
        Whether the run has begun once more.
    """

    multipliers: Multipliers
    omega: float
    anchor: Anchor
    stuck: int
    inner: Region
    x0: Array
    first: float
    again: bool = False

    @property
    def radius(self) -> float:
        """The radius of the trust region."""
        return self.inner.radius


@dataclass(frozen=True)
class AugmentedLagrangianMethod(Method):
    """Augmented Lagrangian: bounds are kept, other constraints enter f with a penalty.

    Each step is one of `TRON` on the augmented Lagrangian of Powell, Hestenes and Rockafellar,
    inequalities included (`hessopt.optimize.penalty`). Where that is flat enough the multipliers
    are updated, and the penalty grows if the constraints have not come much closer. A point is
    accepted as the solution if the projected gradient of the Lagrangian is at most gtol, and
    violation and complementarity are at most catol.

    The start may be infeasible. The result has ``multipliers``, one array for each of the
    constraints, of the sign for which ``grad f + sum multipliers_i grad c_i`` is zero where no
    bound is active, ``constr`` (the values c), ``constr_violation`` and ``optimality``.

    Parameters
    ----------
    catol : float
        The tolerance of the constraints, absolute.
    initial_constr_penalty : float, optional
        The first rho; by default such that the penalty is of the size of f.
    eta, cg_maxiter
        As in `TRON`, for the inner solver.

    References
    ----------
    E. G. Birgin and J. M. Martínez, *Practical Augmented Lagrangian Methods for Constrained
    Optimization*, SIAM 2014, Algorithm 4.1 and chapters 10 and 12 (the penalty at the start, the
    scales); J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006,
    Algorithm 17.4.
    """

    name: ClassVar[str] = "augmented-lagrangian"
    order: ClassVar[int] = 2
    bounds: ClassVar[bool] = True
    constraints: ClassVar[bool] = True

    catol: float = 1e-8
    initial_constr_penalty: float | None = None
    eta: float = 1e-3
    cg_maxiter: int | None = None

    def __post_init__(self) -> None:
        checks.number(self.catol, "catol", above=0.0)
        checks.number(
            self.initial_constr_penalty, "initial_constr_penalty", above=0.0, optional=True
        )
        checks.number(self.eta, "eta", least=0.0, below=0.25)
        checks.number(self.cg_maxiter, "cg_maxiter", least=1, whole=True, optional=True)

    @property
    def solver(self) -> TRON:
        """The inner solver."""
        return TRON(eta=self.eta, cg_maxiter=self.cg_maxiter)

    def descends(self) -> bool:
        """Return False: f may rise on the way to where the constraints hold."""
        return False

    def start(self, objective: Objective, x: Array) -> tuple[Point, Any]:
        """Evaluate the start, and choose scales and the first penalty."""
        if objective.constraints is None:
            return self.solver.start(objective, x)
        first = first_multipliers(objective, objective(x), self.initial_constr_penalty)
        return self._begin(objective, x, first, again=False)

    def _begin(
        self, objective: Objective, x: Array, first: Multipliers, again: bool
    ) -> tuple[Point, Outer]:
        base = objective(x)
        phi = AugmentedLagrangian(objective, first)
        point = phi(base.x)
        omega = 0.01 * min(point.grad_norm, max(1.0, base.grad_norm))
        region = self.solver.first_region(x.size)
        anchor = Anchor(point.x, phi.violation(point), np.inf)
        outer = Outer(first, omega, anchor, 0, region, point.x, first.rho, again)
        return phi.kkt(point, self.catol), outer

    def step(self, objective: Objective, point: Point, memory: Any) -> tuple[Point, Any]:
        """Make a step of the inner solver, and update the multipliers where it is done."""
        if objective.constraints is None:
            return self.solver.step(objective, point, memory)
        try:
            return self._step(objective, point, memory)
        except Stop as stop:
            if stop.status is not Status.INFEASIBLE or memory.again:
                raise
        lam, _, scale = memory.multipliers
        first = Multipliers(np.zeros_like(lam), FIRMER * memory.first, scale)
        return self._begin(objective, memory.x0, first, again=True)

    def _step(self, objective: Objective, point: Point, memory: Any) -> tuple[Point, Any]:
        phi: Any = AugmentedLagrangian(objective, memory.multipliers)
        before: Any = phi(point.x)
        after: Any
        if before.grad_norm <= memory.omega:  # for the new multipliers too
            return phi.kkt(before, self.catol), self._update(phi, before, memory)
        try:
            after, region = self.solver.step(phi, before, memory.inner)
            memory = memory._replace(inner=region, stuck=0)
        except Stop as stop:
            # phi is as low as its rounding lets it be
            if stop.status is not Status.NO_DESCENT or memory.stuck >= MOST_STUCK:
                raise
            after, memory = before, memory._replace(stuck=memory.stuck + 1)
        if self._runs_away(phi, after, memory):
            return self._back(objective, memory)
        there = point if after is before else phi.kkt(after, self.catol)
        if after.grad_norm <= memory.omega or memory.stuck or walks_about(before, after):
            memory = self._update(phi, after, memory)
        return there, memory

    def _update(self, phi: AugmentedLagrangian, point: PenaltyPoint, memory: Outer) -> Outer:
        """Take y for lambda; raise the penalty where the constraints came no closer."""
        _, rho, scale = memory.multipliers
        sigma = phi.sigma(point)
        if sigma > TAU * memory.anchor.sigma and sigma > self.catol * float(scale.min()):
            rho *= GAMMA
            # A small violation may yet go away: its gradient is small as well
            broken = phi.violation(point) > np.sqrt(self.catol)
            if broken and (rho > LARGEST_PENALTY or phi.nowhere_better(point, FLAT)):
                raise infeasible(phi, point)
            rho = min(rho, LARGEST_PENALTY)
        lam = np.clip(point.y, -LARGEST_MULTIPLIER, LARGEST_MULTIPLIER)
        omega = max(memory.omega / 10, LEAST_OMEGA)
        anchor = Anchor(point.x, phi.violation(point), sigma)
        region = self.solver.first_region(point.x.size, memory.inner)
        multipliers = Multipliers(lam, rho, scale)
        return memory._replace(multipliers=multipliers, omega=omega, anchor=anchor, inner=region)

    def _runs_away(self, phi: AugmentedLagrangian, point: PenaltyPoint, memory: Outer) -> bool:
        """Whether too small a penalty lets f fall where the constraints are left behind.

        That is far from where they were before, or in a place from which no step leads back.
        """
        violation, before = phi.violation(point), memory.anchor.violation
        if memory.multipliers.rho >= LARGEST_PENALTY:
            return False
        if violation > FAR * max(before, 1.0):
            return True
        lost = violation > max(before, np.sqrt(self.catol))
        return lost and phi.nowhere_better(point, FLAT)

    def _back(self, objective: Objective, memory: Outer) -> tuple[Point, Outer]:
        """Return to where the outer iteration began, with a larger penalty."""
        lam, rho, scale = memory.multipliers
        multipliers = Multipliers(lam, GAMMA * rho, scale)
        phi = AugmentedLagrangian(objective, multipliers)
        region = self.solver.first_region(memory.anchor.x.size, memory.inner)
        memory = memory._replace(multipliers=multipliers, inner=region)
        return phi.kkt(phi(memory.anchor.x), self.catol), memory


def walks_about(before: Point, after: Point) -> bool:
    """Whether a step was taken within the rounding of f, and the gradient is no smaller."""
    fell = after.f < before.f - 10 * EPS * abs(before.f)
    return after is not before and not fell and not after.grad_norm < 0.5 * before.grad_norm


def infeasible(phi: AugmentedLagrangian, point: PenaltyPoint) -> Stop:
    """Return the Stop of a problem whose constraints cannot be satisfied near here."""
    constraints = phi.constraints
    excess = constraints.excess(phi.at(point.x).value)
    worst = int(np.argmax(excess))
    number = int(np.searchsorted(constraints.ends, worst, side="right"))
    message = (
        f"The constraints seem to be infeasible: number {number} is violated by "
        f"{excess[worst]:.3g}, and no small step makes the violation less. Check it, or start "
        "elsewhere."
    )
    return Stop(Status.INFEASIBLE, message)
