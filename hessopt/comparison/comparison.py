"""What a comparison found: the runs in order of merit, and what they amount to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.comparison.run import Run
from hessopt.comparison.tables import html, plain, rich_table
from hessopt.comparison.verdict import rank, verdict

if TYPE_CHECKING:
    pass

COUNTS = ("nit", "nfev", "njev", "nhev")


class Comparison:
    """The runs of several methods, best first; a sequence that is also indexed by method.

    Best are those that solved the problem, by time; those that settled at a higher value come
    after them, then those that did not get there, by their gradients, then failures.

    Parameters
    ----------
    runs : list of Run
        In any order.
    gtol : float
        What was asked for.

    Attributes
    ----------
    runs : list of Run
        Best first.
    gtol : float
        What was asked for.

    Examples
    --------
    >>> import hessopt
    >>> comparison = hessopt.compare(lambda x: (x**4).sum(), [1.0, 2.0], ["newton"])
    >>> comparison.best.method, comparison.best.solved
    ('newton', True)
    """

    def __init__(self, runs: list[Run], gtol: float) -> None:
        self.runs = rank(runs)
        self.gtol = gtol

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    def __getitem__(self, method: str | int) -> Run:
        if not isinstance(method, str):
            return self.runs[method]
        for run in self.runs:
            if run.method == method:
                return run
        raise KeyError(f"{method!r} was not compared; there are {[run.method for run in self]}")

    @property
    def best(self) -> Run | None:
        """The first of the runs, or None if all of them failed."""
        return None if self.runs[0].result is None else self.runs[0]

    @property
    def solved(self) -> bool:
        """Whether any method solved the problem."""
        return any(run.solved for run in self.runs)

    @property
    def verdict(self) -> str:
        """What the table says, in one sentence."""
        return verdict(self.runs, self.gtol)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table as a list of dicts, such as ``pandas.DataFrame`` takes."""
        return [
            {
                "method": run.method,
                "solved": run.solved,
                "success": run.result is not None and bool(run.result.success),
                **{name: getattr(run, name) for name in (*COUNTS, "time", "fun", "grad_norm")},
                "message": run.message,
            }
            for run in self.runs
        ]

    def __str__(self) -> str:
        return plain(self.runs, self.verdict)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html(self.runs, self.verdict)

    def __rich__(self) -> Any:
        return rich_table(self.runs, self.verdict)

    def plot(self, to_file: str | os.PathLike[str] | None = None) -> np.ndarray:
        """Draw the gradient against iterations and against time, side by side.

        All axes are logarithmic, as methods differ by orders of magnitude. A line ends in a dot
        where the problem was solved, in a cross where it was not.

        Parameters
        ----------
        to_file : path, optional
            Where to save it, in any format that matplotlib writes; nothing is shown then. Without
            it the figure is one of pyplot's: ``matplotlib.pyplot.show()`` shows it.

        Returns
        -------
        ndarray
            The two Axes.

        Raises
        ------
        ImportError
            If matplotlib is not installed: ``pip install "hessopt[plot]"``.
        ValueError
            If no method recorded a gradient.
        """
        from hessopt.comparison.curves import draw

        return draw(self.runs, self.gtol, to_file)
