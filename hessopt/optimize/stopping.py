"""When a run ends, and what it says about it.

Stopping tests are small objects joined by ``|``: ``GradientTolerance(1e-8) | IterationLimit(100)``.
The driver asks them after every iteration, the objective asks `EvaluationLimit` and `TimeLimit`
before every evaluation, and a method that cannot go on raises `Stop` itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

EPS = float(np.finfo(float).eps)


# What a user can look for where a method gets nowhere
ADVICE = (
    "fun may have a kink there, be discontinuous or noisy, or its derivative wrong: "
    "check_derivatives compares it with differences."
)

GO_ON = "Raise it, or go on from res.x."


class Status(IntEnum):
    """Why a run ended: the values of ``res.status``.

    0 to 3 and 99 are the numbers of SciPy's BFGS and of its callbacks; the rest start at 100, so
    that they never meet a number that a method run by SciPy reports. The page *When it fails* of
    the documentation shows them all.

    Examples
    --------
    >>> from hessopt.optimize.stopping import Status
    >>> Status(103).name
    'TIME_LIMIT'
    """

    GRADIENT_CONVERGED = 0
    ITERATION_LIMIT = 1
    ROUNDOFF_LIMIT = 2
    NOT_FINITE = 3
    CALLBACK_STOPPED = 99
    VALUE_CONVERGED = 100
    STEP_CONVERGED = 101
    EVALUATION_LIMIT = 102
    TIME_LIMIT = 103
    UNBOUNDED = 104
    NO_DESCENT = 105
    OBJECTIVE_FAILED = 106
    INTERRUPTED = 107
    DIVERGED = 108
    FLAT = 109
    WRONG_DERIVATIVE = 110
    SADDLE = 111
    BAD_SCALING = 112
    INFEASIBLE = 120


class Stop(Exception):
    """Ends the run from wherever it is raised; the driver turns it into the result.

    Parameters
    ----------
    status : Status
        Why.
    message : str
        One sentence for the user.
    success : bool
        Whether what was asked for has been reached.
    predicted : float
        With `Status.NO_DESCENT`: by how much the failed step should have lowered f. The driver
        compares it with the round-off of f to tell a finished run from a wrong derivative.
    """

    def __init__(
        self, status: Status, message: str, success: bool = False, predicted: float = np.nan
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.success = status, message, success
        self.predicted = predicted


class StoppingTest:
    """Base of the tests: called with the progress of a run, returns a `Stop` or None."""

    def __call__(self, progress: Any) -> Stop | None:
        """Return the reason to stop, or None to go on."""
        raise NotImplementedError

    def __or__(self, other: StoppingTest) -> StoppingTest:
        return AnyOf((self, other))


@dataclass(frozen=True)
class AnyOf(StoppingTest):
    """The first of several tests that says stop."""

    tests: tuple[StoppingTest, ...]

    def __call__(self, progress: Any) -> Stop | None:
        """Ask the tests in order."""
        for test in self.tests:
            stop = test(progress)
            if stop is not None:
                return stop
        return None


@dataclass(frozen=True)
class GradientTolerance(StoppingTest):
    """The largest entry of the gradient is small: ``max |g_i| <= gtol``, as SciPy's BFGS.

    With bounds it is that of the projected gradient, as in SciPy's L-BFGS-B. The test is absolute:
    it depends on the units of f and x. Another `norm` of the gradient may be asked for, as in
    `numpy.linalg.norm`.
    """

    gtol: float = 1e-6
    norm: float = np.inf

    def __call__(self, progress: Any) -> Stop | None:
        """Look at the current point."""
        point, what = progress.point, progress.point.measure
        norm = point.grad_norm
        if self.norm != np.inf:
            norm, what = float(np.linalg.norm(point.g, self.norm)), f"|gradient|_{self.norm:g}"
        if not (norm <= self.gtol and point.settled):
            return None
        message = f"Converged: {what} = {norm:.3g} is at most gtol = {self.gtol:g}"
        if progress.nit == 0:
            message += (
                " at the start already. If x0 is no minimum, it is another stationary point (ask "
                "with options={'certify': True}), or f varies so little that gtol must be smaller"
            )
        message += "."
        return Stop(Status.GRADIENT_CONVERGED, message, success=True)


@dataclass(frozen=True)
class ValueTolerance(StoppingTest):
    """An accepted step hardly changed f: ``|f - f_new| <= ftol * max(|f|, |f_new|, 1)``.

    The measure of SciPy's L-BFGS-B.
    """

    ftol: float

    def __call__(self, progress: Any) -> Stop | None:
        """Compare the last two points."""
        old, new = progress.previous, progress.point
        if old is None or old is new or not new.settled:
            return None
        change, scale = abs(old.f - new.f), max(abs(old.f), abs(new.f), 1.0)
        if not change <= self.ftol * scale:
            return None
        message = (
            f"Converged: the last step changed f by {change:.3g}, within ftol = {self.ftol:g} "
            f"of its size; max |gradient| = {new.grad_norm:.3g}."
        )
        return Stop(Status.VALUE_CONVERGED, message, success=True)


@dataclass(frozen=True)
class StepTolerance(StoppingTest):
    """An accepted step hardly moved x: ``max |x_new - x| <= xtol * max(1, max |x_new|)``."""

    xtol: float

    def __call__(self, progress: Any) -> Stop | None:
        """Compare the last two points."""
        old, new = progress.previous, progress.point
        if old is None or old is new or not new.settled:
            return None
        move = float(np.max(np.abs(new.x - old.x)))
        if not move <= self.xtol * max(1.0, float(np.max(np.abs(new.x)))):
            return None
        message = (
            f"Converged: the last step moved x by {move:.3g}, within xtol = {self.xtol:g} "
            f"of its size; max |gradient| = {new.grad_norm:.3g}."
        )
        return Stop(Status.STEP_CONVERGED, message, success=True)


@dataclass(frozen=True)
class Unbounded(StoppingTest):
    """f fell by `drop` times its size at the start: there seems to be no minimum."""

    drop: float = 1e20

    def __call__(self, progress: Any) -> Stop | None:
        """Compare f with its value at the start."""
        f, f0 = progress.point.f, progress.history.f[0]
        if not f < f0 - self.drop * max(1.0, abs(f0)):
            return None
        message = (
            f"fun seems to be unbounded below: it has fallen from {f0:.3g} to {f:.3g}. "
            "Check its sign, or add bounds. res.witness has a point and a direction along which it "
            "falls."
        )
        return Stop(Status.UNBOUNDED, message)


@dataclass(frozen=True)
class Diverged(StoppingTest):
    """f rose by `rise` times its size at the start: for methods that may go up."""

    rise: float = 1e20

    def __call__(self, progress: Any) -> Stop | None:
        """Compare f with its value at the start."""
        f, f0 = progress.point.f, progress.history.f[0]
        if not f > f0 + self.rise * max(1.0, abs(f0)):
            return None
        message = (
            f"Diverged: fun has risen from {f0:.3g} to {f:.3g}. Take a smaller learning rate, or a "
            "method that adapts its steps."
        )
        return Stop(Status.DIVERGED, message)


@dataclass(frozen=True)
class Stalled(StoppingTest):
    """In the last `window` steps neither f nor the gradient has improved on its best.

    A descent method that does this walks about in the round-off of f. So does one all of whose
    steps are refused: the largest number that is halved `refusals` times is zero, so that no region
    shrinks for longer.
    """

    window: int = 10
    refusals: int = 300

    def __call__(self, progress: Any) -> Stop | None:
        """Look at the recorder, which notes the last improvement."""
        idle, still = progress.history.idle, progress.history.still
        if idle < self.window and still < self.refusals:
            return None
        steps = self.window if idle >= self.window else self.refusals
        message = (
            f"Neither f nor its gradient has improved in the last {steps} steps; "
            f"max |gradient| = {progress.point.grad_norm:.3g}. {ADVICE}"
        )
        return Stop(Status.NO_DESCENT, message)


@dataclass(frozen=True)
class IterationLimit(StoppingTest):
    """`maxiter` iterations have been made in this call."""

    maxiter: int

    def __call__(self, progress: Any) -> Stop | None:
        """Count the iterations since the run was started or resumed."""
        if progress.nit - progress.first_nit < self.maxiter:
            return None
        message = (
            f"The iteration limit maxiter = {self.maxiter} was reached with "
            f"max |gradient| = {progress.point.grad_norm:.3g}. {GO_ON}"
        )
        return Stop(Status.ITERATION_LIMIT, message)


@dataclass(frozen=True)
class EvaluationLimit(StoppingTest):
    """fun has been called `maxfun` times in this call; no further call is made.

    `name` is what the user calls the limit.
    """

    maxfun: int
    name: str = "maxfun"

    def __call__(self, progress: Any) -> Stop | None:
        """Count the calls of fun."""
        if progress.nfev < self.maxfun:
            return None
        message = f"The evaluation limit {self.name} = {self.maxfun} was reached. {GO_ON}"
        return Stop(Status.EVALUATION_LIMIT, message)


@dataclass(frozen=True)
class TimeLimit(StoppingTest):
    """`maxtime` seconds have passed in this call; no further evaluation is begun."""

    maxtime: float

    def __call__(self, progress: Any) -> Stop | None:
        """Look at the clock."""
        if progress.elapsed < self.maxtime:
            return None
        message = f"The time limit maxtime = {self.maxtime:g} s was reached. {GO_ON}"
        return Stop(Status.TIME_LIMIT, message)


def limits(maxfun: int | None, maxtime: float | None, name: str = "maxfun") -> StoppingTest | None:
    """Return what is asked before each evaluation, or None where there is no limit.

    Parameters
    ----------
    maxfun : int, optional
        The most evaluations of fun.
    maxtime : float, optional
        The most seconds.
    name : str
        What the user calls `maxfun`.

    Examples
    --------
    >>> from hessopt.optimize.stopping import limits
    >>> limits(100, None, "max_nfev")
    EvaluationLimit(maxfun=100, name='max_nfev')
    """
    calls = None if maxfun is None else EvaluationLimit(maxfun, name)
    seconds = None if maxtime is None else TimeLimit(maxtime)
    return calls | seconds if calls and seconds else calls or seconds
