"""What `least_squares` returns, in SciPy's names, and why a run ended, in SciPy's numbers."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.lsq.residuals import FitPoint, Residuals
from hessopt.optimize.outcome import OptimizeResult
from hessopt.optimize.stopping import Status
from hessopt.optimize.watch import Callback, Progress, Watcher, callback_stopped

Array = NDArray[np.float64]


class FitStatus(IntEnum):
    """Why a fit ended: the values of ``res.status``; those above 0 are successes.

    -2 to 4 are the numbers of `scipy.optimize.least_squares`.

    Examples
    --------
    >>> from hessopt.optimize.lsq.result import FitStatus
    >>> FitStatus(2).name
    'FTOL'
    """

    WRONG_DERIVATIVE = -9
    FLAT = -8
    INTERRUPTED = -7
    OBJECTIVE_FAILED = -6
    NOT_FINITE = -5
    NO_DESCENT = -4
    TIME_LIMIT = -3
    CALLBACK_STOPPED = -2
    EVALUATION_LIMIT = 0
    GTOL = 1
    FTOL = 2
    XTOL = 3
    FTOL_AND_XTOL = 4
    ROUNDOFF_LIMIT = 5


_STATUS = {
    Status.GRADIENT_CONVERGED: FitStatus.GTOL,
    Status.VALUE_CONVERGED: FitStatus.FTOL,
    Status.STEP_CONVERGED: FitStatus.XTOL,
    Status.ITERATION_LIMIT: FitStatus.EVALUATION_LIMIT,
    Status.ROUNDOFF_LIMIT: FitStatus.NO_DESCENT,  # where it is a success, ROUNDOFF_LIMIT
}


def fit_status(status: Status, success: bool) -> FitStatus:
    """Translate the status of a run.

    Examples
    --------
    >>> from hessopt.optimize.lsq.result import fit_status
    >>> from hessopt.optimize.stopping import Status
    >>> fit_status(Status.STEP_CONVERGED, True).name
    'XTOL'
    """
    if success and status is Status.ROUNDOFF_LIMIT:
        return FitStatus.ROUNDOFF_LIMIT
    return _STATUS[status] if status in _STATUS else FitStatus[status.name]


def active_mask(x: Array, residuals: Residuals) -> NDArray[np.int64]:
    """Return -1 where x is at its lower bound, 1 at its upper, 0 elsewhere."""
    lower, upper = residuals.lower, residuals.upper
    return np.where(x <= lower, -1, np.where(x >= upper, 1, 0))


def fit_result(result: OptimizeResult, residuals: Residuals) -> OptimizeResult:
    """Return the driver's result with the fields that SciPy's `least_squares` has."""
    point = point_at(result.x, result.state.point, residuals)
    return OptimizeResult(
        x=result.x,
        cost=point.f,
        fun=point.r,
        jac=point.J,
        grad=point.g.reshape(residuals.shape),
        optimality=point.grad_norm,
        active_mask=active_mask(point.x, residuals).reshape(residuals.shape),
        nit=result.nit,
        nfev=result.nfev,
        njev=result.njev,
        nhev=result.nhev,
        status=fit_status(result.status, result.success),
        message=result.message,
        success=result.success,
        method=result.method,
        history=result.history,
        state=result.state,
    )


def point_at(x: Any, last: FitPoint, residuals: Residuals) -> FitPoint:
    """Return the point that the driver chose: the last iterate, or the best."""
    flat = np.ravel(x)
    if residuals.best is not None and np.array_equal(residuals.best.x, flat):
        return residuals.best
    return last


class FitCallback(Callback):
    """SciPy's two forms of callback, with the residuals as ``fun``; True ends the run too."""

    def __init__(self, callback: Any, shape: tuple[int, ...]) -> None:
        def told(*args: Any, **kwargs: Any) -> None:
            if callback(*args, **kwargs) is True:
                raise callback_stopped()

        super().__init__(callback, shape)
        self.callback = told

    def _result(self, progress: Progress, x: Array) -> OptimizeResult:
        result = super()._result(progress, x)
        point: Any = progress.point
        result.update(fun=point.r.copy(), cost=point.f, grad=result.pop("jac"))
        return result


class Report(Watcher):
    """Prints how a fit ended, for ``verbose=1``."""

    def finished(self, result: OptimizeResult) -> None:
        """Print two lines."""
        print(result.message)
        print(
            f"cost {result.history.f[0]:.4e} -> {result.fun:.4e} in {result.nit} iterations: "
            f"{result.nfev} residuals, {result.njev} Jacobians"
        )
