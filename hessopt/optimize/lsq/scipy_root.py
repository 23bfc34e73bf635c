"""SciPy's solvers of systems of equations on our function: exact Jacobian, our counts and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.fallback import Fallback
from hessopt.optimize.lsq.residuals import Residuals
from hessopt.optimize.stopping import Status, Stop
from hessopt.optimize.watch import callback_stopped

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

WITH_JACOBIAN = ("hybr", "lm")
WITHOUT = (
    "broyden1",
    "broyden2",
    "anderson",
    "linearmixing",
    "diagbroyden",
    "excitingmixing",
    "krylov",
    "df-sane",
)


def scipy_root(
    name: str,
    residuals: Residuals,
    tol: float | None,
    callback: Callable[..., Any] | None,
    options: dict[str, Any],
) -> OptimizeResult:
    """Run `scipy.optimize.root`, and return a result whatever ended it."""
    from scipy import optimize

    if name in WITH_JACOBIAN:
        best: Any = residuals(residuals.x0)
    else:
        best = residuals.trial(residuals.x0)
        if not np.isfinite(best.f):
            raise ValueError("fun is not finite at the start x0; begin where it is")
        residuals.begun = True
    last = best

    def value(x: Any) -> Array:
        nonlocal best, last
        if not np.array_equal(last.x, x):
            last = residuals.trial(np.ravel(x))
        best = last if last.f < best.f else best
        return last.r.copy()

    def jacobian(x: Any) -> Array:
        value(x)  # SciPy asks for F at the same x first; then this costs nothing
        return residuals.complete(last).raw

    def called(x: Any, F: Any) -> None:
        assert callback is not None
        callback(np.reshape(x, residuals.shape), np.reshape(F, residuals.shape))

    given: dict[str, Any] = {"jac": jacobian} if name in WITH_JACOBIAN else {}
    if callback is not None and name in WITHOUT:
        given["callback"] = called
    stop, theirs = None, None
    try:
        theirs = optimize.root(value, residuals.x0, method=name, tol=tol, options=options, **given)
    except KeyboardInterrupt:
        message = "Interrupted from the keyboard. The best point so far is returned."
        stop = Stop(Status.INTERRUPTED, message)
    except StopIteration:
        stop = callback_stopped()
    except Exception:
        if residuals.stop is None:
            raise
    stop = stop or residuals.stop
    if theirs is None or stop is not None:
        assert stop is not None
        theirs = optimize.OptimizeResult(
            x=best.x, fun=best.r, success=False, status=stop.status, message=stop.message
        )
    theirs.x = np.reshape(theirs.x, residuals.shape)
    theirs.fun = np.reshape(theirs.fun, residuals.shape)
    theirs.nfev, theirs.njev, theirs.method = residuals.nfev, residuals.njev, name
    if residuals.oracle.compiled is not None:
        fallback = Fallback()
        fallback.attached(residuals)
        fallback.finished(theirs)
    return theirs
