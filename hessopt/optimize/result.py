"""What a run returns, and what it takes to go on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hessopt.optimize.guarded import Guarded
from hessopt.optimize.history import History
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.outcome import OptimizeResult
from hessopt.optimize.penalty import KKTPoint
from hessopt.optimize.stopping import Stop
from hessopt.optimize.watch import Progress


@dataclass(frozen=True, repr=False, eq=False)
class State:
    """All that the next step depends on: ``res.state``, taken by ``options={"resume": res}``.

    Attributes
    ----------
    method : Method
        The method with its options.
    point : Point
        The last iterate.
    memory : object
        What the method remembers.
    champion : Point
        The best iterate.
    progress : Progress
        The counts.
    history : History
        The course so far.
    shape : tuple of int
        The shape of x.
    escapes : int
        How many saddles have been left.
    """

    method: Any
    point: Point
    memory: Any
    champion: Point
    progress: Progress
    history: History
    shape: tuple[int, ...]
    escapes: int = 0

    def __repr__(self) -> str:
        return f"State({self.method.name} after {self.progress.nit} iterations)"


def assemble(
    objective: Objective, point: Point, stop: Stop, progress: Progress, method: str
) -> OptimizeResult:
    """Return SciPy's result with the names that SciPy's users know, and ours."""
    result = OptimizeResult(
        x=point.x.reshape(objective.shape).copy(),
        fun=point.f,
        jac=point.g.reshape(objective.shape).copy(),
        nit=progress.nit,
        nfev=progress.nfev,
        njev=progress.njev,
        nhev=progress.nhev,
        success=stop.success,
        status=stop.status,
        message=stop.message,
        method=method,
        history=progress.history.history(),
    )
    constraints = objective.constraints
    if (objective.box is not None or isinstance(point, KKTPoint)) and point.finite:
        result.optimality = point.grad_norm
    if constraints is not None and isinstance(point, KKTPoint):
        result.multipliers = constraints.split(point.multipliers)
        result.constr = constraints.split(point.constr)
        result.constr_violation = float(np.max(constraints.excess(point.constr), initial=0.0))
        for count in ("nfev", "njev", "nhev"):
            result[f"constr_{count}"] = getattr(constraints, count)
    return result


def count_on(result: OptimizeResult, objective: Guarded[Any], before: tuple[int, int, int]) -> None:
    """Add what the objective was asked beside the run."""
    for name, count in zip(("nfev", "njev", "nhev"), before, strict=True):
        more = getattr(objective, name) - count
        result[name] = result.get(name, 0) + more
        if more and result.get("state") is not None:
            setattr(result.state.progress, name, getattr(result.state.progress, name) + more)
