"""Newton's method and Newton-Krylov for systems of equations, globalised by ``|F|**2 / 2``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.lsq.jacobians import forward
from hessopt.optimize.lsq.levenberg_marquardt import LevenbergMarquardt, Region, cosine
from hessopt.optimize.lsq.residuals import FitPoint, Residuals
from hessopt.optimize.methods.base import Method
from hessopt.optimize.stopping import EPS, Status, Stop

Array = NDArray[np.float64]


def solved(point: FitPoint, ftol: float) -> Stop | None:
    """Return a Stop if F is within ftol of zero, or as near as the rounding of x lets it be."""
    largest = float(np.max(np.abs(point.r)))
    if largest <= ftol:
        message = f"Converged: max |F| = {largest:.3g} is at most ftol = {ftol:g}."
        return Stop(Status.VALUE_CONVERGED, message, success=True)
    if isinstance(point.raw, np.ndarray):
        rounding = EPS * (np.abs(point.raw) @ np.abs(point.x))
    else:  # no |J| to be had: what changes of x in its last digit do
        signs = np.where(np.arange(point.x.size) % 2, 1.0, -1.0)
        rounding = np.abs(forward(point.raw)(np.spacing(point.x) * signs))
    if np.all(np.abs(point.r) <= 4 * rounding):
        message = f"Converged: max |F| = {largest:.3g} is the round-off of F at this x."
        return Stop(Status.ROUNDOFF_LIMIT, message, success=True)
    return None


def no_root(residuals: Residuals, point: FitPoint) -> Stop:
    """Return the Stop of a run that is caught in a least point of |F| which is no root.

    No further evaluation is made: that |F| cannot be lowered is not round-off reached.
    """
    message = (
        f"|F| is stationary here, where max |F| = {np.max(np.abs(point.r)):.3g}: the "
        "Jacobian is singular. There may be no root nearby; try another x0."
    )
    residuals.stop = Stop(Status.NO_DESCENT, message)
    return residuals.stop


@dataclass(frozen=True)
class NewtonRoot(LevenbergMarquardt):
    """Newton's method with a dense Jacobian in a trust region.

    The Gauss-Newton step of a square system is Newton's; a Levenberg-Marquardt step is taken where
    the region cuts it off, so that a singular Jacobian on the way does no harm.

    Parameters
    ----------
    ftol : float
        Stop where ``max |F| <= ftol``.
    factor : float
        The first radius, in units of the length of the scaled x.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 11.5.
    """

    name: ClassVar[str] = "newton"

    ftol: float | None = 1e-10
    second_order: bool = False

    def step(self, objective: Any, point: Any, memory: Region) -> tuple[FitPoint, Region]:
        """Take a step, unless F is zero, or the gradient of |F|**2 is."""
        residuals: Residuals = objective
        if cosine(point, memory) <= 1e-12 and self.verdict(point, memory) is None:
            raise no_root(residuals, point)
        try:
            return super().step(objective, point, memory)
        except Stop as stop:
            if stop.status is Status.NO_DESCENT or not (
                self.verdict(point, memory) or residuals.stop
            ):
                raise no_root(residuals, point) from None
            raise

    def verdict(self, point: FitPoint, memory: Region) -> Stop | None:
        """Return the reason to stop at this point, if there is one."""
        return solved(point, self.ftol or 0.0)


class Forced(NamedTuple):
    """The forcing term and the norm of F that it was computed for."""

    eta: float
    norm: float


@dataclass(frozen=True)
class NewtonKrylov(Method):
    """Inexact Newton with GMRES on exact products with the Jacobian, and backtracking.

    Where GMRES gives no direction of descent of ``|F|**2 / 2``, the gradient J'F is taken, which
    reverse mode gives exactly too.

    Parameters
    ----------
    ftol : float
        Stop where ``max |F| <= ftol``.
    eta_max : float
        The largest forcing term: the relative residual that GMRES stops at.
    restart, inner_maxiter : int
        The dimension of the Krylov space, and how often GMRES is restarted.
    preconditioner : LinearOperator or matrix, optional
        An approximation of the inverse of the Jacobian.

    References
    ----------
    S. C. Eisenstat and H. F. Walker, SIAM J. Optim. 4 (1994) 393-422, Algorithm INB, and SIAM J.
    Sci. Comput. 17 (1996) 16-32, choice 2; C. T. Kelley, *Iterative Methods for Linear and
    Nonlinear Equations*, SIAM 1995, section 8.
    """

    name: ClassVar[str] = "newton-krylov"
    order: ClassVar[int] = 1

    ftol: float = 1e-10
    eta_max: float = 0.1
    restart: int = 50
    inner_maxiter: int = 10
    preconditioner: Any = None

    def __post_init__(self) -> None:
        checks.number(self.ftol, "ftol", least=0.0)
        checks.number(self.eta_max, "eta_max", above=0.0, below=1.0)
        checks.number(self.restart, "restart", least=1, whole=True)
        checks.number(self.inner_maxiter, "inner_maxiter", least=1, whole=True)

    def start(self, objective: Any, x: Array) -> tuple[FitPoint, Forced]:
        """Evaluate the start."""
        point = objective(x)
        return point, Forced(self.eta_max, float(np.linalg.norm(point.r)))

    def step(self, objective: Any, point: Any, memory: Forced) -> tuple[FitPoint, Forced]:
        """Solve the Newton equation as accurately as is worth it, and backtrack."""
        residuals: Residuals = objective
        stop = solved(point, self.ftol)
        if stop is not None:
            raise stop
        norm, eta = float(np.linalg.norm(point.r)), memory.eta
        s = self._direction(point, eta)
        slope = float(point.g @ s)
        if not slope < -1e-12 * norm * float(np.linalg.norm(forward(point.raw)(s))):
            Jg = forward(point.raw)(point.g)
            if not Jg @ Jg > (EPS * norm) ** 2:
                raise no_root(residuals, point)
            s = -(float(point.g @ point.g) / float(Jg @ Jg)) * point.g
            slope, eta = float(point.g @ s), 1 - 1e-4
        alpha = 1.0
        while True:
            trial = residuals.trial(point.x + alpha * s)
            # |F| <= (1 - t alpha (1 - eta)) |F|, phrased so that a NaN means "no"
            if np.sqrt(2 * trial.f) <= (1 - 1e-4 * alpha * (1 - eta)) * norm:
                reached = residuals.complete(trial)
                if reached.finite:
                    break
            if np.array_equal(trial.x, point.x) or alpha < 1e-15:
                raise no_root(residuals, point)
            # To the least point of the parabola through the values, within [1/10, 1/2]
            rise = trial.f - point.f - alpha * slope
            alpha *= min(max(-alpha * slope / (2 * rise), 0.1), 0.5) if np.isfinite(rise) else 0.1
        new = float(np.linalg.norm(reached.r))
        choice = 0.9 * (new / norm) ** 2
        if 0.9 * memory.eta**2 > 0.1:  # their safeguard: not much smaller at once
            choice = max(choice, 0.9 * memory.eta**2)
        # Solving more accurately than ftol asks for is lost work
        needed = 0.5 * self.ftol / new if new > 0 else 0.0
        return reached, Forced(min(max(choice, needed), self.eta_max), new)

    def _direction(self, point: FitPoint, eta: float) -> Array:
        from scipy.sparse.linalg import gmres

        n = point.x.size
        s, _ = gmres(
            point.raw,
            -point.r,
            rtol=eta,
            restart=min(self.restart, n),
            maxiter=self.inner_maxiter,
            M=self.preconditioner,
        )
        return np.asarray(s, dtype=np.float64)
