"""One method's part in a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hessopt.optimize.history import History


@dataclass(frozen=True, eq=False)
class Run:
    """One method's part in a comparison.

    Attributes
    ----------
    method : str
        Its name, with the options that were given to it alone.
    result : OptimizeResult or None
        What `minimize` returned; None if it raised an exception or was not run.
    time : float
        Seconds.
    grad_norm : float
        ``max |gradient|`` at the end; NaN where it is not known.
    solved : bool
        Whether that is at most gtol, or f cannot be lowered further for its round-off.
    error : str
        The exception, or why the method was not run.
    """

    method: str
    result: Any = None
    time: float = float("nan")
    grad_norm: float = float("nan")
    solved: bool = False
    error: str = ""

    @property
    def fun(self) -> float:
        """The value at the end; NaN if there is none."""
        return float("nan") if self.result is None else float(self.result.fun)

    @property
    def nit(self) -> int:
        """Iterations."""
        return self._count("nit")

    @property
    def nfev(self) -> int:
        """Evaluations of fun."""
        return self._count("nfev")

    @property
    def njev(self) -> int:
        """Gradients."""
        return self._count("njev")

    @property
    def nhev(self) -> int:
        """Hessians, or products with the Hessian."""
        return self._count("nhev")

    @property
    def message(self) -> str:
        """Why it ended."""
        return self.error or str(self.result.message)

    @property
    def history(self) -> History | None:
        """The course of the run, for curves of one's own."""
        return None if self.result is None else self.result.history

    def _count(self, name: str) -> int:
        return 0 if self.result is None else int(self.result.get(name, 0))
