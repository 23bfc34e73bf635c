"""The one loop of all methods of our own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hessopt.optimize.certify import ESCAPES, Spectrum, certified, escape
from hessopt.optimize.history import Recorder
from hessopt.optimize.line_search import NOISE, no_descent
from hessopt.optimize.methods.base import Method
from hessopt.optimize.objective import Objective, Point, quiet
from hessopt.optimize.result import State, assemble
from hessopt.optimize.stopping import EPS, Status, Stop, StoppingTest
from hessopt.optimize.subproblems import newton_direction, truncated_cg
from hessopt.optimize.watch import Progress, Watcher

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


def run(
    method: Method,
    objective: Objective,
    tests: StoppingTest,
    watchers: list[Watcher],
    resume: State | None = None,
    certify: bool = False,
) -> OptimizeResult:
    """Step until a test says stop.

    Parameters
    ----------
    method : Method
        What makes the steps.
    objective : Objective
        What is minimised, from its `x0`.
    tests : StoppingTest
        Asked at the start and after every iteration.
    watchers : list of Watcher
        Told of every iteration; the history is kept in any case.
    resume : State, optional
        Go on from here instead of from x0.
    certify : bool
        Whether to look at the least eigenvalue of the Hessian at the end, and to go on from a
        saddle.

    Returns
    -------
    OptimizeResult
        As `hessopt.minimize` describes it. Whatever ends the run after the first evaluation, an
        interrupt and an exception in the objective included, there is a result.
    """
    return Run(method, objective, tests, watchers, resume).result(certify)


class _At(NamedTuple):
    """Where a run is; replaced in one assignment, so that an interrupt leaves nothing half done."""

    point: Point
    memory: Any
    nit: int
    previous: Point | None = None


class Run:
    """One run: where it is, its best iterate, and the counts of the calls before it."""

    def __init__(
        self,
        method: Method,
        objective: Objective,
        tests: StoppingTest,
        watchers: list[Watcher],
        resume: State | None,
    ) -> None:
        self.method, self.objective, self.tests = method, objective, tests
        objective.iterated(0 if resume is None else resume.progress.nit)
        if resume is None:
            recorder = Recorder()
            with quiet():  # the start itself warns as the user wants, see `Guarded.quietly`
                point, memory = method.start(objective, objective.x0)
            self.at = _At(point, memory, 0)
            self.champion = point
            self.before = Progress(point, None, 0, 0, 0, 0, 0, 0.0, recorder)
        else:
            recorder = Recorder.continuing(resume.history)
            self.at = _At(resume.point, resume.memory, resume.progress.nit)
            self.champion = resume.champion
            self.before = replace(resume.progress, history=recorder)
        self.recorder, self.watchers = recorder, watchers
        self.certificate: Spectrum | None = None
        self.escapes = 0 if resume is None else resume.escapes

    def progress(self) -> Progress:
        """Return where the run is, for those who look on."""
        before, objective, at = self.before, self.objective, self.at
        return Progress(
            at.point,
            at.previous,
            at.nit,
            before.nit,
            before.nfev + objective.nfev,
            before.njev + objective.njev,
            before.nhev + objective.nhev,
            before.time + objective.elapsed,
            self.recorder,
            getattr(at.memory, "radius", np.nan),
        )

    def result(self, certify: bool = False) -> OptimizeResult:
        """Run to the end, whatever it is, and say how it was."""
        stop = self.ended(self.begin)
        if certify:
            stop = self.ended(lambda: certified(self, stop))
        point = self.best()
        if stop.success and stop.status is not Status.ROUNDOFF_LIMIT:
            stop, point = self.converged(stop, point)
        progress = self.progress()
        result = assemble(self.objective, point, stop, progress, self.method.name)
        result.update(self.method.report(self.at.memory))
        result.state = State(
            self.method,
            self.at.point,
            self.at.memory,
            self.champion,
            progress,
            result.history,
            self.objective.shape,
            self.escapes,
        )
        if self.certificate is not None:
            self.certificate.report(result, self.objective.shape)
        for watcher in self.watchers:
            watcher.finished(result)
        return result

    def ended(self, part: Callable[[], Stop]) -> Stop:
        """Do a part of the run and return what ended it, whatever that was."""
        try:
            stop = part()
        except Stop as raised:
            stop = raised
        except KeyboardInterrupt:
            message = "Interrupted from the keyboard. The best point so far is returned."
            return Stop(Status.INTERRUPTED, message)
        stuck = stop.status is Status.NO_DESCENT and self.objective.constraints is None
        return self.explain(stop) if stuck else stop

    def begin(self) -> Stop:
        """Tell those who look on, and step."""
        self.recorder.started(self.progress())
        for watcher in self.watchers:
            watcher.attached(self.objective)
            watcher.started(self.progress())
        return self.loop()

    def loop(self) -> Stop:
        """Step until a test says stop."""
        progress = self.progress()
        while True:
            stop = self.tests(progress)
            if stop is None:
                with quiet():
                    progress = self.move(*self.step())
                self.tell(progress)
                continue
            lower = self.below_saddle(stop)
            if lower is None:
                return stop
            progress = self.leave(lower)

    def step(self) -> tuple[Point, Any]:
        """Return where the method goes; numbers that are out of its range end the run."""
        point = self.at.point
        try:
            return self.method.step(self.objective, point, self.at.memory)
        except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError) as error:
            if error is self.objective.passed_on:
                raise
            raise no_descent(point, None) from error

    def below_saddle(self, stop: Stop) -> Point | None:
        """Return a point below the one that the gradient ended at, if the method sees a saddle."""
        if stop.status is not Status.GRADIENT_CONVERGED or self.escapes == ESCAPES:
            return None
        point = self.at.point
        # A limit is no reason to lose what has converged
        with contextlib.suppress(Exception), quiet():
            found = self.method.second_look(self.objective, point, self.at.memory)
            if found is not None and found.negative:
                return escape(self.objective, point, found)
        return None

    def leave(self, lower: Point) -> Progress:
        """Go off a saddle to a lower point, where the method begins anew."""
        with quiet():
            _, memory = self.method.start(self.objective, lower.x)
            self.escapes += 1
            progress = self.move(lower, memory)
        self.tell(progress)
        return progress

    def move(self, point: Point, memory: Any) -> Progress:
        """Take a step, record it, and return where the run is now."""
        self.champion = better(self.champion, point)
        self.at = _At(point, memory, self.at.nit + 1, self.at.point)
        self.objective.iterated(self.at.nit)
        progress = self.progress()
        self.recorder.stepped(progress)
        return progress

    def tell(self, progress: Progress) -> None:
        """Tell those who look on, who may be the user's, of a step."""
        for watcher in self.watchers:
            watcher.stepped(progress)

    def converged(self, stop: Stop, best: Point) -> tuple[Stop, Point]:
        """Return the point that satisfied the test, unless the run has passed a lower one."""
        point = self.at.point
        if self.objective.constraints is not None:  # lower may mean that they are not kept
            return stop, point
        if not self.method.minimises() or not best.f < point.f - NOISE * abs(point.f):
            return stop, point
        message = (
            f"{stop.message} That was at f = {point.f:.6g}; a lower point was passed on the way, "
            f"and is returned: f = {best.f:.6g} with max |gradient| = {best.grad_norm:.3g}."
        )
        return Stop(stop.status, message, success=True), best

    def best(self) -> Point:
        """Return the best iterate, or a trial that was lower still and never became one."""
        trial = self.objective.best
        if self.objective.constraints is not None:  # a trial may be low because it breaks them
            return self.champion
        if trial is not None and trial.f < self.champion.f - 10 * EPS * abs(self.champion.f):
            return trial
        return self.champion

    def explain(self, stop: Stop) -> Stop:
        """Tell whether f could not be lowered because it is as low as rounding lets it be.

        That is so if a Newton step promises hardly more than the rounding error of f, and it is a
        success if it promises less.
        """
        point = self.champion
        try:
            with quiet():
                rounding = rounding_error(self.objective, point)
                decrement, move = newton_decrement(self.objective, point)
        except (Stop, KeyboardInterrupt):
            return stop
        promised = stop.predicted if np.isnan(decrement) else abs(decrement)
        if not promised <= 1e3 * rounding:
            return stop
        message = (
            f"The round-off of f = {point.f:.6g}, about {rounding:.1g}, is reached: it cannot be "
            f"lowered further. max |gradient| = {point.grad_norm:.3g}"
        )
        if not np.isnan(decrement):
            message += (
                f", and a Newton step would move x by {move:.2g} and lower f by {promised:.2g}"
            )
        reached = promised <= rounding and not np.isnan(decrement)
        message += ". Converged." if reached else ", which does not prove a minimum."
        return Stop(Status.ROUNDOFF_LIMIT, message, success=reached)


def rounding_error(objective: Objective, point: Point) -> float:
    """Estimate the rounding error of f: its jumps when x moves by a few units in the last place.

    At least the rounding of the number f itself; much more if f is a difference of large numbers.
    What is seen on one side of x alone is a discontinuity and does not count.
    """
    alternating = np.where(np.arange(point.x.size) % 2, 1.0, -1.0)
    if point.box is not None:  # what lies on a bound, or next to it, stays
        margin = 4 * np.spacing(np.abs(point.x))
        inside = (point.box.lower < point.x - margin) & (point.x + margin < point.box.upper)
        alternating = np.where(inside, alternating, 0.0)
    sides = []
    for side in (-alternating, alternating, -np.abs(alternating), np.abs(alternating)):
        jumps = [0.0]
        for ulps in range(1, 5):
            move = ulps * np.spacing(point.x) * side
            change = objective.value(point.x + move) - point.f
            jumps.append(abs(change) - float(np.abs(point.g) @ np.abs(move)))
        sides.append(max(jump for jump in jumps if np.isfinite(jump)))
    return max(EPS * abs(point.f), min(sides))


def newton_decrement(objective: Objective, point: Point) -> tuple[float, float]:
    """Return g'H^-1 g / 2, by which a Newton step would lower f, and its largest entry.

    NaN if the Hessian is not positive definite, is not to be had, or is too large and too
    ill-conditioned for conjugate gradients. Variables at a bound stay there.
    """
    n, box = point.x.size, point.box
    free = np.ones(n, dtype=bool) if box is None else box.interior(point.x)
    g = point.g[free]
    if not g.any():
        return 0.0, 0.0
    with contextlib.suppress(Exception):  # fun may have no second derivatives; then we cannot tell
        if n <= 200:
            p, convex = newton_direction(objective.hessian(point.x)[np.ix_(free, free)], g)
            if convex:
                return -float(g @ p) / 2, float(np.max(np.abs(p)))
            return np.nan, np.nan
        hvp = objective.hvp(point.x)

        def B(v: np.ndarray) -> np.ndarray:
            w = np.zeros(n)
            w[free] = v
            return hvp(w)[free]

        model = truncated_cg(B, g, 1e-4 * float(np.linalg.norm(g)), maxiter=500)
        if model.curvature > 0 and model.products < 500:
            return model.reduction, float(np.max(np.abs(model.p)))
    return np.nan, np.nan


def better(one: Point, other: Point) -> Point:
    """Return the lower of two points; where rounding hides which it is, the flatter.

    First comes the one that violates the constraints less.
    """
    if one.violation != other.violation:
        return one if one.violation < other.violation else other
    if abs(one.f - other.f) <= 10 * EPS * abs(one.f):
        return one if one.grad_norm < other.grad_norm else other
    return other if other.f < one.f else one
