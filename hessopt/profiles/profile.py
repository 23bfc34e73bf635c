"""What a profile found: outcomes, judged alike."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.profiles import tables
from hessopt.profiles.instances import Instance
from hessopt.profiles.judgement import elsewhere, feasible, least_values, solved
from hessopt.profiles.measure import checked, cost
from hessopt.profiles.outcome import Outcome
from hessopt.profiles.shares import data_costs, performance_ratios

Array = NDArray[np.float64]


class Profile:
    """The runs of several solvers on a set of problems, judged by one rule.

    A run solves a problem if the value at the point returned, computed again by the plain function,
    exceeds the least one known by at most ``tau * min(f(x0) - f_L, max(1, |f_L|))``, where f_L is
    the least of the record's and of all solvers' values, and bounds and constraints are missed by
    at most 1e-6. A fit of NIST's is solved when all parameters have six certified digits.

    Parameters
    ----------
    outcomes : iterable of Outcome
        In any order.
    measure : {"evaluations", "time", "total", "iterations"}
        What a run costs.
    tau : float
        The tolerance.
    local : bool
        Whether a run that ended at another stationary point solved its problem, too.

    Attributes
    ----------
    outcomes : list of Outcome
        All runs.
    instances : list of Instance
        The problems, each with one of its starts.
    solvers : list of str
        Those that solved most first.
    costs : ndarray
        One row an instance, one column a solver; ``inf`` where it was not solved, or not run.

    Raises
    ------
    ValueError
        If there are no outcomes, or an argument is not what it should be.

    Examples
    --------
    >>> import hessopt
    >>> profile = hessopt.profile(["beale", "wood"], ["hessopt", "scipy:bfgs"])
    >>> sorted(profile.solvers), profile.counts("hessopt").solved
    (['hessopt', 'scipy:bfgs'], 2)
    """

    def __init__(
        self,
        outcomes: Iterable[Outcome],
        measure: str = "evaluations",
        tau: float = 1e-6,
        local: bool = False,
    ) -> None:
        if not tau > 0:
            raise ValueError(f"tau must be a positive number, got {tau!r}")
        # A pair that is in a file twice counts once, by its last run
        self._runs = {(o.instance, o.solver): o for o in outcomes}
        self.outcomes = list(self._runs.values())
        if not self.outcomes:
            raise ValueError("outcomes must not be empty: nothing has been run")
        self.measure, self.tau, self.local = checked(measure), tau, local
        self.instances = list(dict.fromkeys(o.instance for o in self.outcomes))
        self._least = least_values(self.outcomes)
        names = dict.fromkeys(o.solver for o in self.outcomes)
        ranked = {name: (-self._solved_by(name), self._total(name)) for name in names}
        self.solvers = sorted(names, key=ranked.__getitem__)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        measure: str = "evaluations",
        tau: float = 1e-6,
        local: bool = False,
    ) -> Profile:
        """Read the file that `hessopt.profile` wrote, to judge it anew.

        Parameters
        ----------
        path : path
            The JSON lines.
        measure, tau, local
            As for the class.
        """
        return cls(read(path), measure, tau, local)

    def __len__(self) -> int:
        return len(self.outcomes)

    def outcome(self, instance: Instance, solver: str) -> Outcome | None:
        """Return one run, None if it was not made."""
        return self._runs.get((instance, solver))

    def least(self, instance: Instance) -> float:
        """Return f_L, the least value known."""
        return self._least[instance]

    def solved(self, outcome: Outcome) -> bool:
        """Whether a run solved its problem."""
        return solved(outcome, self._least[outcome.instance], self.tau, self.local)

    @cached_property
    def costs(self) -> Array:
        """One row an instance, one column a solver; ``inf`` where it was not solved."""
        return self.costs_by(self.measure)

    def costs_by(self, measure: str) -> Array:
        """Return the costs by another measure."""
        checked(measure)
        table = np.full((len(self.instances), len(self.solvers)), np.inf)
        for i, instance in enumerate(self.instances):
            for k, solver in enumerate(self.solvers):
                outcome = self.outcome(instance, solver)
                if outcome is not None and self.solved(outcome):
                    table[i, k] = np.nan_to_num(cost(outcome, measure), nan=np.inf)
        return table

    @property
    def performance(self) -> dict[str, Array]:
        """The sorted ratios to the least cost: where Dolan and Moré's profiles jump.

        ``hessopt.profiles.shares.share`` evaluates it.
        """
        return self._columns(performance_ratios(self.costs))

    @property
    def data(self) -> dict[str, Array]:
        """The sorted costs in units of n + 1: where Moré and Wild's profiles jump.

        Time and iterations are not divided.
        """
        n = [self._size(instance) for instance in self.instances]
        divided = self.measure == "evaluations"
        return self._columns(data_costs(self.costs, n) if divided else self.costs)

    def counts(self, solver: str) -> tables.Row:
        """Return a solver's row of the table.

        Raises
        ------
        KeyError
            If it was not run.
        """
        for row in self.rows:
            if row.solver == solver:
                return row
        raise KeyError(f"{solver!r} was not run; there are {', '.join(self.solvers)}")

    @cached_property
    def rows(self) -> list[tables.Row]:
        """The table, one row a solver."""
        clock = "total" if self.measure == "total" else "time"
        costs = {"evaluations": self.costs_by("evaluations"), "time": self.costs_by(clock)}
        ratios = {measure: performance_ratios(table) for measure, table in costs.items()}
        by_measure = performance_ratios(self.costs)
        is_solved = np.isfinite(self.costs_by("evaluations"))
        return [
            tables.Row(
                solver=solver,
                of=len(self.instances),
                run=sum(o.solver == solver for o in self.outcomes),
                solved=int(is_solved[:, k].sum()),
                alone=int((is_solved[:, k] & (is_solved.sum(axis=1) == 1)).sum()),
                best=int((by_measure[:, k] == 1).sum()),
                evaluations=_mean(costs["evaluations"][:, k]),
                evaluations_ratio=_mean(ratios["evaluations"][:, k]),
                time=_mean(costs["time"][:, k]),
                time_ratio=_mean(ratios["time"][:, k]),
                elsewhere=sum(elsewhere(o) for o in self.unsolved(solver)),
                failed=sum(bool(o.failure) for o in self.unsolved(solver)),
            )
            for k, solver in enumerate(self.solvers)
        ]

    @property
    def by_any(self) -> int:
        """How many instances at least one solver solved."""
        return int(np.isfinite(self.costs_by("evaluations")).any(axis=1).sum())

    def unsolved(self, solver: str) -> list[Outcome]:
        """Return the runs of a solver that solved nothing."""
        return [o for o in self.outcomes if o.solver == solver and not self.solved(o)]

    def report(self, solver: str) -> str:
        """Return the unsolved problems of a solver, a line each, with what it said."""
        return tables.report(
            [
                (o, o.f - self._least[o.instance], self._others(o), feasible(o), elsewhere(o))
                for o in self.unsolved(solver)
            ]
        )

    def __str__(self) -> str:
        return tables.plain(self.rows, self._title())

    __repr__ = __str__

    def __rich__(self) -> Any:
        return tables.rich_table(self.rows, self._title())

    def plot(
        self, to_file: str | os.PathLike[str] | None = None, solvers: Iterable[str] | None = None
    ) -> np.ndarray:
        """Draw the performance profile and the data profile, side by side.

        Parameters
        ----------
        to_file : path, optional
            Where to save it, in any format that matplotlib writes; nothing is shown then. Without
            it the figure is one of pyplot's: ``matplotlib.pyplot.show()`` shows it.
        solvers : iterable of str, optional
            Those to draw; our default and nine others, the best of each library among them, unless
            given: of those that were run on all problems. The ratios are to the best of all.

        Returns
        -------
        ndarray
            The two Axes.

        Raises
        ------
        ImportError
            If matplotlib is not installed: ``pip install "hessopt[plot]"``.
        """
        from hessopt.profiles.pictures import draw, telling

        if solvers is None:
            everywhere = [row.solver for row in self.rows if row.run == row.of]
            solvers = telling(everywhere or self.solvers)
        return draw(self, to_file, list(solvers))

    def _columns(self, table: Array) -> dict[str, Array]:
        return {solver: np.sort(table[:, k]) for k, solver in enumerate(self.solvers)}

    def _title(self) -> str:
        return (
            f"{self._asked()}, {self.by_any} solved by at least one of "
            f"{len(self.solvers)} solvers; best by {self.measure}, tau = {self.tau:g}"
            f"{', or at any stationary point' if self.local else ''}"
        )

    def _asked(self) -> str:
        """Say how many problems there are, and starts where there are several near each."""
        names = {(instance.problem, instance.start) for instance in self.instances}
        if len(names) == len(self.instances):
            return f"{len(names)} problems"
        return f"{len(self.instances)} starts of {len(names)} problems"

    def _others(self, outcome: Outcome) -> int:
        runs = (self.outcome(outcome.instance, name) for name in self.solvers)
        return sum(run is not None and self.solved(run) for run in runs)

    def _size(self, instance: Instance) -> int:
        return next(o.n for o in self.outcomes if o.instance == instance)

    def _solved_by(self, solver: str) -> int:
        return sum(self.solved(o) for o in self.outcomes if o.solver == solver)

    def _total(self, solver: str) -> float:
        return sum(o.evaluations for o in self.outcomes if o.solver == solver)


def read(path: str | os.PathLike[str]) -> list[Outcome]:
    """Read outcomes; a last line that was being written when the run was interrupted is left out.

    Raises
    ------
    ValueError
        If another line is not an outcome.
    """
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    found = []
    for number, line in enumerate(lines[:-1], 1):
        try:
            found.append(Outcome.of_line(line))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"line {number} of {os.fspath(path)!r} is not an outcome of a profile ({error}); "
                "take another file"
            ) from None
    return found


def _mean(values: Array) -> float:
    """Return the geometric mean of what is finite: a factor weighs the same up and down."""
    finite = values[np.isfinite(values)]
    return float(np.exp(np.mean(np.log(np.maximum(finite, 1e-9))))) if finite.size else np.nan
