"""What looks on while a run goes: the history, printed lines, the user's callback."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Point
from hessopt.optimize.stopping import EPS, Status, Stop

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class History:
    """The course of a run: one entry for the start and one for each iteration.

    Attributes
    ----------
    f : ndarray
        The value.
    grad_norm : ndarray
        ``max |gradient|``, the measure of gtol; NaN for methods without gradients.
    step : ndarray
        The length of the step that led here, 0 where it was refused and at the start.
    radius : ndarray
        The radius of the trust region, NaN for methods without one.
    nfev, njev, nhev : ndarray of int
        Calls of fun, gradients, and Hessians or products with them, so far.
    time : ndarray
        Seconds since the start of the run.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.minimize import minimize
    >>> res = minimize(lambda x: np.sum(x**2), [3.0, 4.0], method="newton")
    >>> res.history.f
    array([25.,  0.])
    >>> len(res.history)
    2
    """

    f: Array
    grad_norm: Array
    step: Array
    radius: Array
    nfev: NDArray[np.int64]
    njev: NDArray[np.int64]
    nhev: NDArray[np.int64]
    time: Array

    def __len__(self) -> int:
        return len(self.f)

    def __repr__(self) -> str:
        if not len(self):
            return "History(empty)"
        return (
            f"History({len(self) - 1} iterations, f: {self.f[0]:.3g} -> {self.f[-1]:.3g}, "
            f"|g|: {self.grad_norm[0]:.2g} -> {self.grad_norm[-1]:.2g}, "
            f"nfev: {self.nfev[-1]}, time: {self.time[-1]:.2g} s)"
        )


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
        return float(np.linalg.norm(self.point.x - self.previous.x))


class Watcher:
    """Base of what looks on; each method may do nothing."""

    def started(self, progress: Progress) -> None:
        """Take note of the start, or of the point that a run is resumed from."""

    def stepped(self, progress: Progress) -> None:
        """Take note of an iteration; raise `Stop` to end the run."""

    def finished(self, result: OptimizeResult) -> None:
        """Take note of the result."""


@dataclass
class Recorder(Watcher):
    """Collects the history in lists, which costs a few appends an iteration."""

    f: list[float] = field(default_factory=list)
    grad_norm: list[float] = field(default_factory=list)
    step: list[float] = field(default_factory=list)
    radius: list[float] = field(default_factory=list)
    nfev: list[int] = field(default_factory=list)
    njev: list[int] = field(default_factory=list)
    nhev: list[int] = field(default_factory=list)
    time: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.least_f = self.least_grad_norm = np.inf
        self.idle = 0
        for f, grad_norm, step in zip(self.f, self.grad_norm, self.step, strict=True):
            self._judge(f, grad_norm, step)

    def started(self, progress: Progress) -> None:
        """Record the start, unless the run is resumed and has it."""
        if not self.f:
            self.stepped(progress)

    def stepped(self, progress: Progress) -> None:
        """Record one iteration."""
        point = progress.point
        self.f.append(point.f)
        self.grad_norm.append(point.grad_norm)
        for name in ("step", "radius", "nfev", "njev", "nhev", "time"):
            getattr(self, name).append(getattr(progress, name))
        self._judge(point.f, point.grad_norm, self.step[-1])

    def _judge(self, f: float, grad_norm: float, step: float) -> None:
        """Count steps since f last fell by more than rounding, or the gradient by a tenth."""
        if (
            not f >= self.least_f - EPS * abs(self.least_f)
            or grad_norm < 0.9 * self.least_grad_norm
        ):
            self.idle = 0
            self.least_f = min(self.least_f, f)
            self.least_grad_norm = min(self.least_grad_norm, grad_norm)
        elif step > 0:
            self.idle += 1

    @classmethod
    def continuing(cls, history: History) -> Recorder:
        """Return a recorder that goes on from a history."""
        return cls(**{column.name: getattr(history, column.name).tolist() for column in COLUMNS})

    def history(self) -> History:
        """Return what was recorded, as arrays."""
        columns: dict[str, Any] = {
            column.name: np.array(
                getattr(self, column.name), dtype=int if column.name.startswith("n") else float
            )
            for column in COLUMNS
        }
        return History(**columns)


COLUMNS = fields(History)


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
        from scipy.optimize import OptimizeResult

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


class Watchers(Watcher):
    """Several watchers, told in order."""

    def __init__(self, watchers: list[Watcher]) -> None:
        self.watchers = watchers

    def __iter__(self) -> Iterator[Watcher]:
        return iter(self.watchers)

    def started(self, progress: Progress) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.started(progress)

    def stepped(self, progress: Progress) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.stepped(progress)

    def finished(self, result: OptimizeResult) -> None:
        """Tell all."""
        for watcher in self.watchers:
            watcher.finished(result)
