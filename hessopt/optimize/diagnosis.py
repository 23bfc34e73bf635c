"""Why a run did not succeed: the cause, measured where it can be, and what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.given_derivatives import wrong_derivative
from hessopt.optimize.history import Recorder
from hessopt.optimize.objective import Objective, Point, StartNotFinite, quiet
from hessopt.optimize.result import assemble, count_on
from hessopt.optimize.scaling import HOPELESS, Scaling
from hessopt.optimize.stopping import ADVICE, GO_ON, Status, Stop
from hessopt.optimize.watch import Progress, Watcher
from hessopt.optimize.without_end import bottomless, fades, out_of_range

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

# Endings that sizes have nothing to do with
EXPLAINED = {
    Status.CALLBACK_STOPPED,
    Status.UNBOUNDED,
    Status.OBJECTIVE_FAILED,
    Status.INTERRUPTED,
    Status.FLAT,
    Status.WRONG_DERIVATIVE,
    Status.SADDLE,
}


class Witness(NamedTuple):
    """Shows that a function falls without end: ``res.witness``.

    Parameters
    ----------
    x : ndarray
        A point.
    direction : ndarray
        Of length 1; from x on, the function falls along it.
    """

    x: Array
    direction: Array


class Diagnosis(Watcher):
    """Looks for the cause where a run did not succeed, and puts it into status and message.

    The search may cost evaluations, which count.
    """

    objective: Objective

    def __init__(self) -> None:
        self.scaling = Scaling()

    def attached(self, objective: Objective) -> None:
        """Take the objective."""
        self.objective = objective

    def started(self, progress: Progress) -> None:
        """Keep the start."""
        self.scaling.keep(progress.point)

    def stepped(self, progress: Progress) -> None:
        """Keep an iterate."""
        self.scaling.keep(progress.point)

    def finished(self, result: OptimizeResult) -> None:
        """Look at how it ended."""
        objective = self.objective
        counts = objective.nfev, objective.njev, objective.nhev
        with contextlib.suppress(Stop, KeyboardInterrupt):  # whatever ends the search, not the run
            self.diagnose(result)
        count_on(result, objective, counts)

    def diagnose(self, result: OptimizeResult) -> None:
        """Change status, success and message, where there is a cause to name."""
        objective, x, stop = self.objective, np.ravel(result.x), None
        if result.success and result.nit == 0 and not np.any(result.get("jac", 1.0)):
            stop = wrong_derivative(objective, x) if objective.oracle.given else None
            stop = stop or flat(objective, x, float(result.fun))
        elif result.success:
            _tell(result, fades(objective, x, float(result.fun)))
        elif result.status == Status.UNBOUNDED:
            result.witness = witness(result, self.scaling.points)
        elif _is_stuck(result) and objective.bottom is not None and objective.constraints is None:
            stop = bottomless(objective.bottom)
            result.witness = _witness(result, objective.bottom.x - x)
        elif objective.oracle.given and _is_stuck(result):
            stop = wrong_derivative(objective, x)
        if stop is not None:
            result.status, result.success, result.message = stop.status, False, stop.message
        elif not result.success and result.status not in EXPLAINED:
            self.look_at_sizes(result)

    def look_at_sizes(self, result: OptimizeResult) -> None:
        """Say where sizes are to blame, that of the numbers or those of the variables."""
        extreme = out_of_range(result)
        if extreme is not None:
            for advice in (ADVICE, GO_ON):  # which is of another cause
                result.message = result.message.removesuffix(advice).rstrip()
            _tell(result, extreme)
        scales = None
        if extreme is None and result.status != Status.NOT_FINITE:
            scales = self.scaling.measured(self.objective, np.ravel(result.x))
            _tell(result, None if scales is None else scales.sentence())
        hopeless = scales is not None and scales.ratio >= HOPELESS
        if (extreme or hopeless) and result.status == Status.NO_DESCENT:
            result.status = Status.BAD_SCALING


def _tell(result: OptimizeResult, sentence: str | None) -> None:
    if sentence is not None:
        result.message = f"{result.message} {sentence}"


def _is_stuck(result: OptimizeResult) -> bool:
    """Whether a run ended for want of descent; SciPy's methods have many numbers for that."""
    if isinstance(result.status, Status):
        return result.status in (Status.NO_DESCENT, Status.NOT_FINITE)
    return not result.success and result.status != Status.ITERATION_LIMIT


def flat(objective: Objective, x: Array, f: float) -> Stop | None:
    """Return the Stop of a run whose gradient is zero all around the start, or None.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.diagnosis import flat
    >>> from hessopt.optimize.objective import Objective
    >>> objective = Objective(lambda x: np.sum(np.round(x)), [0.1, 0.2])
    >>> flat(objective, objective.x0, 0.0).status.name
    'FLAT'
    """
    varies = False
    try:
        with quiet():
            for nearby in around(x):
                value, g = objective.oracle.first(nearby)
                if np.any(g):
                    return None
                varies = varies or value != f
    except Exception:  # a limit, or an objective that fails there: nothing is shown
        return None
    if varies:
        message = (
            "fun varies around the start x0, but its gradient is exactly zero there and nearby: "
            "its derivative is lost on the way. See whether it takes x.data, rounds x or compares "
            "it only."
        )
    else:
        message = (
            f"fun does not vary around the start x0: it is {f:.6g} there and nearby, and its "
            "gradient is exactly zero. Start where it varies, or see whether it uses x at all and "
            "does not round it or compare it only."
        )
    return Stop(Status.FLAT, message)


def around(x: Array) -> list[Array]:
    """Return points near x, on either side of each of its entries."""
    signs = np.where(np.arange(x.size) % 2, -1.0, 1.0) * np.maximum(1.0, np.abs(x))
    return [x + h * signs for h in (1e-3, -1e-3, 1e-2, -1e-2)]


def witness(result: OptimizeResult, points: Iterable[Point]) -> Witness:
    """Return a point and a direction along which the function of an unbounded run falls."""
    x, g = np.ravel(result.x), np.ravel(result.get("jac", np.nan))
    p = -g
    for point in reversed(list(points)):
        step = _unit(x - point.x)
        if point.f > result.fun and not float(g @ step if g.size == x.size else -1.0) >= 0:
            p = step
            break
    return _witness(result, p)


def _witness(result: OptimizeResult, p: Array) -> Witness:
    return Witness(np.copy(result.x), _unit(p).reshape(np.shape(result.x)))


def _unit(v: Array) -> Array:
    v = v / (float(np.max(np.abs(v))) or 1.0)  # the square of a large entry would overflow
    return v / (float(np.linalg.norm(v)) or 1.0)


def not_started(error: StartNotFinite, method: str) -> OptimizeResult:
    """Return the result of a run whose start is not finite."""
    return _unmoved(error.objective, error.point, Stop(Status.NOT_FINITE, f"{error}."), method)


def checked_run(
    objective: Objective, method: str, run: Callable[[], OptimizeResult]
) -> OptimizeResult:
    """Compare the derivatives at the start with differences, and run if they are not wrong."""
    point = objective(objective.x0)
    stop = wrong_derivative(objective, point.x)
    if stop is not None:
        return _unmoved(objective, point, stop, method)
    result = run()
    count_on(result, objective, (0, 0, 0))
    return result


def _unmoved(objective: Objective, point: Point, stop: Stop, method: str) -> OptimizeResult:
    recorder = Recorder()
    counts = objective.nfev, objective.njev, objective.nhev
    progress = Progress(point, None, 0, 0, *counts, objective.elapsed, recorder)
    recorder.started(progress)
    return assemble(objective, point, stop, progress, method)
