"""SciPy's least-squares methods on our residuals: exact Jacobian, our counts, history, endings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.differences import is_scheme
from hessopt.optimize.history import Recorder
from hessopt.optimize.lsq.residuals import FitPoint, Residuals, Trial
from hessopt.optimize.lsq.result import FitStatus, fit_status
from hessopt.optimize.stopping import EPS, Status, Stop
from hessopt.optimize.watch import Progress, Watcher

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

SCIPY_FITS = ("trf", "dogbox")


def scipy_fit(
    method: str, residuals: Residuals, jac: Any, watchers: list[Watcher], options: dict[str, Any]
) -> OptimizeResult:
    """Run `scipy.optimize.least_squares`, and return a result whatever ended it."""
    return _Run(method, residuals, jac, watchers).result(options)


class _Run:
    def __init__(
        self, method: str, residuals: Residuals, jac: Any, watchers: list[Watcher]
    ) -> None:
        self.method, self.residuals = method, residuals
        self.recorder = Recorder()
        self.watchers = [self.recorder, *watchers]
        # Differences that SciPy knows how to make in parallel or by sparsity, it makes
        self.differenced = is_scheme(jac)
        self.jac = jac
        self.point: FitPoint | None = None
        self.previous: FitPoint | None = None
        self.trial: Trial | None = None
        self.nit = 0

    def value(self, x: Array) -> Array:
        trial = self.residuals.trial(np.reshape(x, -1))
        self.trial = trial
        return trial.r

    def at(self, x: Array) -> FitPoint:
        """Return the point at x, with its Jacobian."""
        for known in (self.point, self.residuals.best):
            if known is not None and np.array_equal(known.x, x):
                return known
        if self.trial is None or not np.array_equal(self.trial.x, x):
            self.trial = self.residuals.trial(x)
        return self.residuals.complete(self.trial)

    def jacobian(self, x: Array) -> Any:
        point = self.at(x)
        if self.point is None:
            self.begin(point)
        return point.raw

    def begin(self, point: FitPoint) -> None:
        self.point = point
        for watcher in self.watchers:
            watcher.started(self.progress())

    def stepped(self, intermediate_result: Any) -> None:
        point = self.at(np.array(intermediate_result.x))
        self.nit, self.previous, self.point = self.nit + 1, self.point, point
        try:
            for watcher in self.watchers:
                watcher.stepped(self.progress())
        except Stop as stop:
            self.residuals.stop = stop
            raise

    def progress(self) -> Progress:
        assert self.point is not None
        residuals = self.residuals
        counts = residuals.nfev, residuals.njev, residuals.nhev
        return Progress(
            self.point, self.previous, self.nit, 0, *counts, residuals.elapsed, self.recorder
        )

    def result(self, options: dict[str, Any]) -> OptimizeResult:
        from scipy import optimize

        residuals = self.residuals
        for watcher in self.watchers:
            watcher.attached(residuals)
        start = residuals(residuals.x0)
        jac: Any = self.jac if self.differenced else self.jacobian
        self.begin(start)
        stop, theirs = None, None
        try:
            theirs = optimize.least_squares(
                self.value,
                residuals.x0,
                jac=jac,
                bounds=(residuals.lower, residuals.upper),
                method=self.method,
                callback=self.stepped,
                **options,
            )
        except KeyboardInterrupt:
            message = "Interrupted from the keyboard. The best point so far is returned."
            stop = Stop(Status.INTERRUPTED, message)
        except Exception:
            if residuals.stop is None:
                raise
        stop = stop or residuals.stop
        if stop is not None:
            status, success = fit_status(stop.status, stop.success), stop.success
            message = stop.message
            assert residuals.best is not None
            point = residuals.best
            mask = np.zeros(residuals.n, dtype=int)
        else:
            assert theirs is not None
            status, success, message = FitStatus(theirs.status), theirs.success, theirs.message
            residuals.limits, mask = None, theirs.active_mask
            point = self.at(np.array(theirs.x))
            if not success and residuals.best is not None:
                point = min(point, residuals.best, key=lambda one: one.f + 10 * EPS * abs(one.f))
        return self.assembled(point, status, message, bool(success), mask)

    def assembled(
        self, point: FitPoint, status: FitStatus, message: str, success: bool, mask: Any
    ) -> OptimizeResult:
        from scipy.optimize import OptimizeResult

        residuals = self.residuals
        result = OptimizeResult(
            x=point.x.reshape(residuals.shape).copy(),
            fun=point.f,  # what watchers print; the residuals follow
            nit=self.nit,
            nfev=residuals.nfev,
            njev=residuals.njev,
            nhev=residuals.nhev,
            status=status,
            message=message,
            success=success,
            method=self.method,
            history=self.recorder.history(),
        )
        for watcher in self.watchers:
            watcher.finished(result)
        result.update(
            cost=point.f,
            fun=point.r,
            jac=point.J,
            grad=point.g.reshape(residuals.shape),
            optimality=point.grad_norm,
            active_mask=np.reshape(mask, residuals.shape),
        )
        return result
