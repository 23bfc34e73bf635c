"""What an objective and residuals have in common: counts, limits, exceptions, the best point."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import numpy as np

from hessopt.autodiff.registry import NoDerivativeError
from hessopt.optimize.stopping import Status, Stop, StoppingTest

if TYPE_CHECKING:
    from hessopt.optimize.objective import Point

P = TypeVar("P", bound="Point")


def quiet() -> np.errstate:
    """Silence NumPy's warnings: a trial may overflow, which is answered by a shorter step.

    What the user has set to ``"raise"`` or ``"call"`` stays so.
    """
    warned: Any = {kind: "ignore" for kind, mode in np.geterr().items() if mode == "warn"}
    return np.errstate(**warned)


class Guarded(Generic[P]):
    """A function of the user's with derivatives, as the driver and the stopping tests see it.

    Parameters
    ----------
    limits : StoppingTest, optional
        Asked before every evaluation.
    name : str
        What messages call the function.

    Attributes
    ----------
    best : Point or None
        The finite point with the least value so far.
    stop : Stop or None
        Why the run has ended, once it has; nothing is evaluated any more.
    passed_on : Exception or None
        An exception of the user's function that there was nothing to save from.
    begun : bool
        Whether the start was evaluated, which no limit forbids and which may warn.

    Examples
    --------
    >>> from hessopt.optimize.guarded import Guarded
    >>> guarded = Guarded(None, "fun")
    >>> guarded.guarded("value", abs, -3)
    3
    >>> try:
    ...     guarded.guarded("value", abs, None)
    ... except Stop as stop:
    ...     print(stop)
    fun raised TypeError: bad operand type for abs(): 'NoneType' ...
    """

    oracle: Any  # which counts what it evaluates
    advice: ClassVar[str] = ""

    def __init__(self, limits: StoppingTest | None, name: str) -> None:
        self.limits, self.name = limits, name
        self.best: P | None = None
        self.stop: Stop | None = None
        self.passed_on: Exception | None = None
        self.begun = False
        self._users_errstate: Any = np.geterr()
        self.started = time.perf_counter()
        self._succeeded: set[str] = set()

    @property
    def nfev(self) -> int:
        """Values."""
        return self.oracle.nfev

    @property
    def njev(self) -> int:
        """First derivatives: gradients, or Jacobians."""
        return self.oracle.njev

    @property
    def nhev(self) -> int:
        """Second derivatives: Hessians, or products with one."""
        return self.oracle.nhev

    @property
    def elapsed(self) -> float:
        """Seconds since this object was made."""
        return time.perf_counter() - self.started

    def iterated(self, nit: int) -> None:
        """Take note that so many iterations were made, in all calls of a run that is resumed."""

    def check_limits(self) -> None:
        """Raise `Stop` if the run has ended, or if no further evaluation is allowed."""
        if self.stop is not None:
            raise self.stop
        if self.limits is not None and self.begun:
            self.stop = self.limits(self)
            if self.stop is not None:
                raise self.stop

    def quietly(self) -> contextlib.AbstractContextManager[Any]:
        """Silence warnings, but those of the start, which must be good."""
        return quiet() if self.begun else np.errstate(**self._users_errstate)

    def consider(self, point: P) -> None:
        """Keep a finite point that the method may return, if it is the best so far."""
        self.begun = True
        if self.best is None or point.f < self.best.f:
            self.best = point

    def guarded(self, kind: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call; an exception ends the run, except the first time, when there is nothing to save."""
        try:
            result = function(*args)
        except Stop:
            raise
        except Exception as error:
            if kind not in self._succeeded:
                if isinstance(error, NoDerivativeError):
                    error.add_note(self.advice.format(name=self.name))
                self.passed_on = error
                raise
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.stop = Stop(
                Status.OBJECTIVE_FAILED,
                f"{self.name} raised {type(error).__name__}: {error} "
                f"({place.filename}, line {place.lineno}). The best point so far is returned.",
            )
            raise self.stop from error
        self._succeeded.add(kind)
        return result
