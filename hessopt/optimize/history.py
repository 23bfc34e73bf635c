"""The course of a run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.stopping import EPS
from hessopt.optimize.watch import Progress, Watcher

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
        self.idle = self.still = 0
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
        step = progress.step
        self.step.append(step)
        self.radius.append(progress.radius)
        self.nfev.append(progress.nfev)
        self.njev.append(progress.njev)
        self.nhev.append(progress.nhev)
        self.time.append(progress.time)
        self._judge(point.f, point.grad_norm, step)

    def _judge(self, f: float, grad_norm: float, step: float) -> None:
        """Count steps since f last fell by more than rounding, or the gradient by a tenth.

        Steps that were refused are counted by themselves, in a row.
        """
        self.still = 0 if step > 0 else self.still + 1
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
