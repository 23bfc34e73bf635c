"""What every method of our own is: a dataclass with `start` and `step`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hessopt.optimize.certify import Spectrum
from hessopt.optimize.line_search import Trial, not_finite
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import Status, Stop


@dataclass(frozen=True)
class Method:
    """A map from (point, memory) to (point, memory).

    The fields of the dataclass are the method's own options. The memory is all that a step knows
    of those before it and is never changed in place, so that a run can be resumed from any step.

    Attributes
    ----------
    name : str
        What ``minimize(method=...)`` calls it.
    order : int
        The highest derivative that it uses.
    scipy_names : mapping
        What SciPy calls an option that has another name here.
    window : int
        A run has ended if in so many steps neither f nor its gradient gets better.
    bounds, constraints : bool
        Whether it keeps to them: the objective has them as `box` and `constraints`.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    scipy_names: ClassVar[Mapping[str, str]] = {}
    window: ClassVar[int] = 10
    bounds: ClassVar[bool] = False
    constraints: ClassVar[bool] = False

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Any]:
        """Return the first point and the memory before the first step."""
        raise NotImplementedError

    def step(self, objective: Objective, point: Point, memory: Any) -> tuple[Point, Any]:
        """Return the next point, which is `point` itself if a step was refused, and the memory."""
        raise NotImplementedError

    def at_once(self) -> int:
        """Return the order of the derivatives that are computed with every value at first."""
        return self.order

    def report(self, memory: Any) -> dict[str, Any]:
        """Return what the result is to hold besides, from the last memory."""
        return {}

    def descends(self) -> bool:
        """Whether f falls from step to step, so that a run without progress has ended."""
        return True

    def minimises(self) -> bool:
        """Whether a lower point is a better one, and not any stationary point is looked for."""
        return True

    def second_look(self, objective: Objective, point: Point, memory: Any) -> Spectrum | None:
        """Return the least eigenvalue of the Hessian where the run converged, None if too dear.

        A saddle that is seen so is left, and the run goes on.
        """
        return None

    def maxiter(self, n: int) -> int:
        """Return the default limit of iterations."""
        return max(10_000, 200 * n)


def finite_step(objective: Objective, point: Point, p: np.ndarray, halvings: int = 60) -> Point:
    """Go along `p`, half as far as long as f is not finite there."""
    trial = objective(point.x + p)
    while not trial.finite:
        if halvings == 0:
            raise not_finite(point, trial)
        p, halvings = p / 2, halvings - 1
        trial = objective(point.x + p)
    return trial


def search_or_restart(
    search: Callable[[np.ndarray, float], Trial],
    p: np.ndarray,
    alpha: float,
    steepest: np.ndarray,
    first: float,
) -> tuple[Trial, bool]:
    """Search along `p`; where that leads nowhere, begin again with the steepest descent.

    Parameters
    ----------
    search : callable
        ``search(p, alpha)``, which raises `Stop` where f does not fall.
    p, alpha : ndarray, float
        The direction that the method's memory gives, and the first trial.
    steepest, first : ndarray, float
        The direction without a memory, and the first trial along it.

    Returns
    -------
    trial : Trial
        The step.
    restarted : bool
        Whether the memory was of no use.
    """
    try:
        return search(p, alpha), False
    except Stop as stop:
        if stop.status is not Status.NO_DESCENT or p is steepest:
            raise
        try:
            return search(steepest, first), True
        except Stop as again:
            # What the first direction promised says more than what the gradient did
            raise (stop if again.status is Status.NO_DESCENT else again) from None


def first_length(g: np.ndarray) -> float:
    """Return the first trial along ``-g``, a step of length 1 or less, as in L-BFGS-B.

    Without a memory the length of g means nothing.
    """
    return min(1.0, 1 / float(np.linalg.norm(g)))
