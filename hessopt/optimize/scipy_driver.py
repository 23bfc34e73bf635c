"""Runs a method of SciPy's on our objective: same counts, history, callback and endings as ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.bounds import Box
from hessopt.optimize.certify import certified_result
from hessopt.optimize.champion import Champion
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.differences import is_scheme
from hessopt.optimize.history import Recorder
from hessopt.optimize.methods.scipy_methods import SciPyMethod
from hessopt.optimize.multipliers import conclude
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.one_sided import one_sided
from hessopt.optimize.options import GENERAL, RunOptions, refuse_unknown
from hessopt.optimize.result import assemble
from hessopt.optimize.stopping import EPS, IterationLimit, Status, Stop, StoppingTest, Unbounded
from hessopt.optimize.watch import Progress, Watcher

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

# Gradients that are computed before any is traced: most runs of these methods need fewer
RECORDED = 25

TOLERANCES = ("gtol", "ftol", "xtol")


def translate(
    method: SciPyMethod, general: RunOptions, others: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options in SciPy's names, or refuse one that the method does not have."""
    takes = method.takes()
    theirs = {
        name: method.translated.get(name, name) for name in (*TOLERANCES, "maxiter", "maxfun")
    }
    missing = {name for name in TOLERANCES if theirs[name] not in takes}
    given = [*others, *(name for name in missing if getattr(general, name) is not None)]
    refuse_unknown(given, [*takes, *(set(GENERAL) - missing)], method.name)
    options = dict(others)
    for name, translated in theirs.items():
        value = getattr(general, name)
        if value is not None and translated in takes:
            options.setdefault(translated, value)
    return options


class SciPyRun:
    """One run of one of SciPy's methods.

    Parameters
    ----------
    method : SciPyMethod
        Its row in the table.
    general : RunOptions
        The options that every method has.
    others : mapping
        Its own.
    watchers : list of Watcher
        Told of every iteration; the history is kept in any case.
    """

    objective: Objective
    champion: Champion

    def __init__(
        self,
        method: SciPyMethod,
        general: RunOptions,
        others: Mapping[str, Any],
        watchers: list[Watcher],
    ) -> None:
        self.method, self.limits, self.jit = method, general.limits(), general.jit
        self.options = translate(method, general, others)
        self.recorder = Recorder()
        self.watchers: list[Watcher] = [self.recorder, *watchers]
        self.certify = general.certify
        self.test: StoppingTest = Unbounded()
        if general.maxiter is not None and "maxiter" not in method.takes():
            self.test |= IterationLimit(general.maxiter)
        self.point: Point | None = None
        self.previous: Point | None = None
        self.nit = 0

    def minimize(
        self,
        fun: Any,
        x0: Any,
        args: Any,
        given: dict[str, Any],
        tol: float | None,
    ) -> OptimizeResult:
        """Run `scipy.optimize.minimize`, and return a result whatever ended it."""
        from scipy import optimize

        box, constraints = given["box"], given["constraints"]
        handed = self.connect(fun, x0, args, **given)
        for watcher in self.watchers:
            watcher.attached(self.objective)
        if box is not None and np.all(box.lower == box.upper):
            return self.nothing_free()
        if constraints is not None:
            second = self.method.name == "trust-constr"
            handed["constraints"] = (
                one_sided(constraints)
                if self.method.name == "slsqp"
                else [part.scipy(second) for part in constraints.parts]
            )

        def solve() -> OptimizeResult:
            theirs = optimize.minimize(
                self.value,
                self.objective.x0,
                method=self.method.name,
                bounds=None if box is None else box.scipy(),
                tol=tol,
                callback=self.callback(box, handed),
                options=self.options,
                **handed,
            )
            if self.objective.stop is not None:  # compiled code may have swallowed it
                raise self.objective.stop
            return self.completed(theirs)

        return self.told(self.outcome(solve))

    def outcome(self, solve: Callable[[], OptimizeResult]) -> OptimizeResult:
        """Return a result whatever ended the run; on request go on from saddles."""
        stop = None
        try:
            result = solve()
            return certified_result(self, result, solve) if self.certify else result
        except KeyboardInterrupt:
            if self.point is None:
                raise
            message = "Interrupted from the keyboard. The best point so far is returned."
            stop = Stop(Status.INTERRUPTED, message)
        except Exception:  # compiled code may turn our Stop into another exception
            if self.objective.stop is None:
                raise
        stop = stop or self.objective.stop
        assert stop is not None
        return self.ended(stop)

    def again(self, point: Point, solve: Callable[[], OptimizeResult]) -> OptimizeResult:
        """Go on from a lower point which the method has not found itself."""
        from scipy.optimize import OptimizeResult

        limit = self.method.translated.get("maxiter", "maxiter")
        if limit in self.options:
            self.options[limit] = max(1, self.options[limit] - self.nit)
        self.stepped(OptimizeResult(x=point.x, fun=point.f))
        before, self.objective.x0 = self.nit, point.x
        result = solve()
        result.nit = before + int(result.nit)
        return result

    def nothing_free(self) -> OptimizeResult:
        """Return the result where the bounds fix every variable."""
        self.value(self.objective.x0)
        assert self.point is not None
        self.champion.consider(self.point)
        feasible = self.champion.rank.beyond == 0
        message = "All variables are fixed by their bounds."
        status = Status.GRADIENT_CONVERGED if feasible else Status.INFEASIBLE
        return self.told(self.ended(Stop(status, message, success=feasible)))

    def told(self, result: OptimizeResult) -> OptimizeResult:
        """Show the result to the watchers."""
        for watcher in self.watchers:
            watcher.finished(result)
        return result

    def connect(
        self,
        fun: Any,
        x0: Any,
        args: Any,
        jac: Any,
        hess: Any,
        hessp: Any,
        box: Box | None,
        constraints: ConstraintSet | None,
    ) -> dict[str, Any]:
        """Make the objective, and return the derivatives that SciPy is to be given."""
        method = self.method
        # Differences and quasi-Newton updates that SciPy knows how to make, it makes
        differenced = is_scheme(jac) and "finite_diff_rel_step" in method.takes()
        updated = hess is not None and not callable(hess)
        approximated = updated or (differenced and hess is None and hessp is None)
        second = method.order == 2 and not approximated
        self.objective = Objective(
            fun,
            x0,
            args,
            jac=jac if method.order > 0 or jac is True else None,
            hess=hess if second else None,
            hessp=hessp if second else None,
            order=0 if differenced else 2 if second else min(method.order, 1),
            limits=self.limits,
            jit=self.jit,
            recorded=RECORDED,
            box=box,
            constraints=constraints,
        )
        self.champion = Champion(self.objective)
        given: dict[str, Any] = {}
        if method.order > 0:
            given["jac"] = jac if differenced else self.objective.gradient
        if second and method.curvature == "hess":
            given["hess"] = self.objective.hessian
        elif second:
            given["hessp"] = self.objective.hessian_product
        elif method.order == 2 and updated:
            given["hess"] = hess
        return given

    def callback(self, box: Box | None, handed: dict[str, Any]) -> Any:
        """Return what SciPy is to call after each iteration.

        Where SciPy takes fixed variables out, it puts them back for a callback of x alone.
        """
        if box is None or not np.any(box.lower == box.upper):
            return self.stepped
        if self.method.name == "tnc" or not callable(handed.get("jac")):
            return lambda x: self.stepped(x)
        return self.stepped

    def value(self, x: Array) -> float:
        """Evaluate for SciPy; the first point is the start of the history."""
        f = self.objective.value(x)
        if self.point is None:
            self.point = self.objective.recall(x)
            assert self.point is not None
            self.champion.consider(self.point)
            for watcher in self.watchers:
                watcher.started(self.progress())
        return f

    def stepped(self, intermediate_result: Any) -> None:
        """Take SciPy's callback in whichever form the method has."""
        from scipy.optimize import OptimizeResult

        told = intermediate_result
        if not isinstance(told, OptimizeResult):
            told = OptimizeResult(x=told)
        point = self._point(told)
        self.nit, self.previous, self.point = self.nit + 1, self.point, point
        if self.objective.constraints is not None:
            self.champion.consider(point)
        progress = self.progress(told)
        try:
            for watcher in self.watchers:
                watcher.stepped(progress)
            stop = self.test(progress)
            if stop is not None:
                raise stop
        except Stop as stop:
            self.objective.stop = stop
            raise

    def _point(self, told: OptimizeResult) -> Point:
        x = np.array(told.x, dtype=np.float64).ravel()
        if x.size < self.objective.n:  # SciPy's cobyla leaves the fixed variables out
            full = self.objective.x0.copy()
            box = self.objective.box
            assert box is not None
            full[box.lower < box.upper] = x
            x = full
        known = self.objective.recall(x)
        if known is not None:
            return known
        if "fun" in told:
            return Point(x, float(told.fun), np.full(x.size, np.nan))
        # SciPy's older cobyla calls back before it evaluates, and then finds the value remembered
        return self.objective(x)

    def progress(self, told: OptimizeResult | None = None) -> Progress:
        """Return where the run is."""
        assert self.point is not None
        objective = self.objective
        return Progress(
            self.point,
            self.previous,
            self.nit,
            0,
            objective.nfev,
            objective.njev,
            objective.nhev,
            objective.elapsed,
            self.recorder,
            float((told or {}).get("tr_radius", np.nan)),
            told,
        )

    def ended(self, stop: Stop) -> OptimizeResult:
        """Return the result of a run that we or the user ended."""
        objective = self.objective
        constrained = objective.constraints is not None
        # The least value of all may lie where the constraints do not hold
        point = self.champion.point if constrained else objective.best or self.point
        assert point is not None
        result = assemble(objective, point, stop, self.progress(), self.method.name)
        if constrained:
            result.constr_violation = self.champion.violation
        if self.method.order == 0:
            del result.jac
        return result

    def completed(self, theirs: OptimizeResult) -> OptimizeResult:
        """Return SciPy's result with our counts, history and shapes."""
        objective, best = self.objective, self.objective.best
        at = Point(np.array(theirs.x), float(np.asarray(theirs.fun).item()), np.full(1, np.nan))
        stop = None
        if objective.constraints is None and best is not None and self.point is not None:
            stop = Unbounded()(replace(self.progress(), point=best))
        if stop is not None:  # their searches may end by the size of the numbers alone
            theirs.status, theirs.success, theirs.message = stop.status, False, stop.message
        if not theirs.success:
            at = self.better(at)
            if "jac" in theirs and np.isfinite(at.grad_norm):
                theirs.jac = at.g
        theirs.fun, theirs.x = at.f, at.x.reshape(objective.shape).copy()
        if isinstance(theirs.get("jac"), np.ndarray) and theirs.jac.size == objective.n:
            theirs.jac = theirs.jac.reshape(objective.shape)
        theirs.nit = int(theirs.get("nit", self.nit))
        theirs.nfev, theirs.nhev = objective.nfev, objective.nhev
        # Gradients that SciPy makes by differences are not ours to count
        theirs.njev = objective.njev or theirs.get("njev", 0)
        theirs.message = str(theirs.message)
        theirs.method = self.method.name
        theirs.history = self.recorder.history()
        return self.restricted(theirs, at)

    def better(self, point: Point) -> Point:
        """Return a better point than this, where SciPy has given up, if one has been seen."""
        if self.objective.constraints is not None:
            seen = self.champion.point
            return seen if seen and self.champion.rank < self.champion.judge(point)[1] else point
        best = self.objective.best
        assert best is not None
        return point if point.f <= best.f + 10 * EPS * abs(best.f) else best

    def restricted(self, result: OptimizeResult, point: Point) -> OptimizeResult:
        """Add how well bounds and constraints are kept, where SciPy does not say it."""
        objective = self.objective
        if objective.constraints is not None:
            result.setdefault("constr_violation", objective.constraints.violation(point.x))
            if self.method.order > 0 and "optimality" not in result:
                conclude(result, self.champion, point.x)
        elif objective.box is not None and objective.best is not None:
            known = objective.recall(point.x)
            if known is not None and known.finite:
                result.optimality = known.grad_norm
        return result
