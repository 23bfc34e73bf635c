"""BFGS: quasi-Newton with a dense inverse Hessian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import Trial, wolfe
from hessopt.optimize.methods.base import Method, first_length, search_or_restart
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS


class InverseHessian(NamedTuple):
    """The matrix H, and whether anything has been learnt of it."""

    H: np.ndarray
    learnt: bool


@dataclass(frozen=True, eq=False)
class BFGS(Method):
    """BFGS: an inverse Hessian H learnt from gradients, ``p = -Hg``, and a line search.

    Parameters
    ----------
    c1, c2 : float
        The constants of the line search.
    hess_inv0 : array_like, optional
        The first H, symmetric and positive definite; by default the identity, which is scaled
        before the first update, (6.20).
    norm : float
        The norm of the gradient that `gtol` is compared with, as in `numpy.linalg.norm`; by
        default the largest entry.

    Notes
    -----
    The result has H as ``hess_inv``, as SciPy's. SciPy's option `xrtol` is our `xtol`.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 6.1.
    """

    name: ClassVar[str] = "bfgs"
    order: ClassVar[int] = 1
    scipy_names: ClassVar[Mapping[str, str]] = {"xrtol": "xtol"}

    c1: float = 1e-4
    c2: float = 0.9
    hess_inv0: Any = None
    norm: float = np.inf

    def __post_init__(self) -> None:
        checks.number(self.c1, "c1", above=0.0, below=1.0)
        checks.number(self.c2, "c2", above=self.c1, below=1.0)
        if self.norm != np.inf:
            checks.number(self.norm, "norm", above=0.0)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, InverseHessian]:
        """Evaluate the start; nothing is known of the Hessian but what is given."""
        n = objective.n
        if self.hess_inv0 is None:
            return objective(x), InverseHessian(np.eye(n), learnt=False)
        return objective(x), InverseHessian(_inverse_hessian(self.hess_inv0, n), learnt=True)

    def step(
        self, objective: Objective, point: Point, memory: InverseHessian
    ) -> tuple[Point, InverseHessian]:
        """Search along the quasi-Newton direction and update H."""
        (H, learnt), g = memory, point.g
        p = -(H @ g)
        steepest = -g if learnt else p

        def search(p: np.ndarray, alpha: float) -> Trial:
            return wolfe(objective, point, p, alpha, self.c1, self.c2)

        first = first_length(g)
        found, restarted = search_or_restart(search, p, 1.0 if learnt else first, steepest, first)
        trial = found.point
        if restarted:
            H, learnt = np.eye(len(g)), False
        s, y = trial.x - point.x, trial.g - point.g
        y_s = float(y @ s)
        if not y_s > EPS * float(np.linalg.norm(y)) * float(np.linalg.norm(s)):
            return trial, InverseHessian(H, learnt)
        if not learnt:
            H = H * (y_s / float(y @ y))
        H = bfgs_update(H, s, y)
        if not np.isfinite(H).all():  # a step so short that its numbers are no numbers
            return trial, InverseHessian(np.eye(len(g)), learnt=False)
        return trial, InverseHessian(H, learnt=True)

    def report(self, memory: InverseHessian) -> dict[str, Any]:
        """Give the inverse Hessian, as SciPy does."""
        return {"hess_inv": memory.H.copy()}


def bfgs_update(H: np.ndarray, s: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the matrix nearest to H with ``Hy = s``, (6.17), multiplied out."""
    rho = 1 / float(y @ s)
    Hy = H @ y
    cross = np.outer(Hy, s)
    return H + rho * (1 + rho * float(y @ Hy)) * np.outer(s, s) - rho * (cross + cross.T)


def _inverse_hessian(hess_inv0: Any, n: int) -> np.ndarray:
    try:
        H = np.array(hess_inv0, dtype=np.float64)
    except (TypeError, ValueError):
        H = np.empty(0)
    good = H.shape == (n, n) and bool(np.isfinite(H).all()) and np.allclose(H, H.T)
    if not (good and np.linalg.eigvalsh(H)[0] > 0):
        raise ValueError(
            f"option 'hess_inv0' must be a symmetric positive definite matrix of shape ({n}, {n})"
        )
    return (H + H.T) / 2
