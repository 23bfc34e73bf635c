"""What looks on while a run goes: printed lines, the user's callback, a list of the iterates."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.outcome import OptimizeResult
from hessopt.optimize.stopping import Status, Stop
from hessopt.optimize.vectors import norm

if TYPE_CHECKING:
    from hessopt.optimize.history import Recorder

Array = NDArray[np.float64]


@dataclass
class Progress:
    """A run as watchers and stopping tests see it.

    Attributes
    ----------
    point, previous : Point
        The current iterate and the one before; the same object if a step was refused, None before
        the first step.
    radius : float
        The radius of the trust region, or NaN.
    nit, first_nit : int
        Iterations so far, and how many of them were made before this call.
    nfev, njev, nhev : int
        Counts of evaluations in all calls.
    time : float
        Seconds in all calls.
    history : Recorder
        What has been recorded.
    told : OptimizeResult or None
        What SciPy told of the iteration, if it runs the method.
    """

    point: Point
    previous: Point | None
    nit: int
    first_nit: int
    nfev: int
    njev: int
    nhev: int
    time: float
    history: Recorder
    radius: float = np.nan
    told: OptimizeResult | None = None

    @property
    def step(self) -> float:
        """The length of the last step."""
        if self.previous is None or self.previous is self.point:
            return 0.0
        return norm(self.point.x - self.previous.x)


class Watcher:
    """Base of what looks on; each method may do nothing."""

    def attached(self, objective: Objective) -> None:
        """Take note of what is minimised."""

    def started(self, progress: Progress) -> None:
        """Take note of the start, or of the point that a run is resumed from."""

    def stepped(self, progress: Progress) -> None:
        """Take note of an iteration; raise `Stop` to end the run."""

    def finished(self, result: OptimizeResult) -> None:
        """Take note of the result."""


class Display(Watcher):
    """Prints plain lines: every iteration at first, then every tenth, every hundredth, ..."""

    def __init__(self, name: str) -> None:
        self.name = name

    def started(self, progress: Progress) -> None:
        """Print the head of the table."""
        print(f"{self.name}\n{'nit':>7} {'f':>15} {'max|g|':>10} {'step':>10} {'nfev':>7}")
        self._line(progress)

    def stepped(self, progress: Progress) -> None:
        """Print an iteration, or not."""
        if progress.nit % 10 ** max(0, len(str(progress.nit)) - 2) == 0:
            self._line(progress)

    def finished(self, result: OptimizeResult) -> None:
        """Print how it ended."""
        print(result.message)
        print(
            f"f = {result.fun:.10g} after {result.nit} iterations: {result.nfev} values, "
            f"{result.njev} gradients, {result.nhev} Hessians or products"
        )

    def _line(self, progress: Progress) -> None:
        point = progress.point
        print(
            f"{progress.nit:7d} {point.f:15.8g} {point.grad_norm:10.3g} {progress.step:10.3g} "
            f"{progress.nfev:7d}"
        )


class Callback(Watcher):
    """Calls the user's callback in the form that it asks for, as SciPy does.

    A callback whose only parameter is named ``intermediate_result`` gets an OptimizeResult by that
    keyword; any other gets x, and with `with_state` (trust-constr) what SciPy tells as well, and
    may end the run by returning True. StopIteration always ends it.
    """

    def __init__(
        self, callback: Callable[..., Any], shape: tuple[int, ...], with_state: bool = False
    ) -> None:
        if not callable(callback):
            raise TypeError(f"callback must be callable, not {type(callback).__name__}")
        self.callback, self.shape, self.with_state = callback, shape, with_state
        try:
            names = set(inspect.signature(callback).parameters)
        except ValueError:  # some builtins do not tell
            names = set()
        self.takes_result = names == {"intermediate_result"}

    def stepped(self, progress: Progress) -> None:
        """Call."""
        x = progress.point.x.reshape(self.shape).copy()
        try:
            if self.takes_result:
                self.callback(intermediate_result=self._result(progress, x))
            elif self.with_state:
                if self.callback(x, progress.told) is True:
                    raise StopIteration
            else:
                self.callback(x)
        except StopIteration:
            raise callback_stopped() from None

    def _result(self, progress: Progress, x: Array) -> OptimizeResult:
        return OptimizeResult(
            progress.told or {},
            x=x,
            fun=progress.point.f,
            jac=progress.point.g.reshape(self.shape).copy(),
            nit=progress.nit,
            nfev=progress.nfev,
            njev=progress.njev,
            nhev=progress.nhev,
        )


def callback_stopped() -> Stop:
    """Return the Stop of a callback, in SciPy's words."""
    return Stop(Status.CALLBACK_STOPPED, "`callback` raised `StopIteration`.")


class Trace(Watcher):
    """Keeps every iterate, for ``options={"return_all": True}``."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.allvecs: list[Array] = []

    def started(self, progress: Progress) -> None:
        """Keep the start."""
        self.stepped(progress)

    def stepped(self, progress: Progress) -> None:
        """Keep an iterate."""
        self.allvecs.append(progress.point.x.reshape(self.shape).copy())

    def finished(self, result: OptimizeResult) -> None:
        """Hand them over."""
        result.allvecs = self.allvecs
