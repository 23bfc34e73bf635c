"""The table of a profile: plain text, and rich's; and the list of what is not solved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hessopt.profiles.outcome import Outcome

HEADS = (
    "solver", "solved", "alone", "best", "evals", "× best", "time [s]", "× best", "elsewhere",
    "failed",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One solver in numbers.

    Attributes
    ----------
    solver : str
        Its name.
    of : int
        How many problems there are.
    run : int
        How many of them it was run on.
    solved : int
        How many of them it solved.
    alone : int
        How many of those nobody else solved.
    best : int
        How often none of the others needed less; who shares it, counts too.
    evaluations, time : float
        The geometric mean over the problems that it solved.
    evaluations_ratio, time_ratio : float
        The geometric mean of the ratio to the least that any solver needed, over the same problems.
    elsewhere : int
        Unsolved runs that ended at another stationary point, such as a local minimum.
    failed : int
        Runs that were killed by the clock, crashed, or raised an exception.
    """

    solver: str
    of: int
    run: int
    solved: int
    alone: int
    best: int
    evaluations: float
    evaluations_ratio: float
    time: float
    time_ratio: float
    elsewhere: int
    failed: int

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        return (
            self.solver,
            str(self.solved) if self.run == self.of else f"{self.solved} of {self.run}",
            str(self.alone),
            str(self.best),
            _number(self.evaluations),
            _number(self.evaluations_ratio),
            _number(self.time),
            _number(self.time_ratio),
            str(self.elsewhere),
            str(self.failed),
        )


def plain(rows: list[Row], title: str) -> str:
    """Return the table with aligned columns."""
    table = [HEADS, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for cells in table:
        first = cells[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        lines.append("  ".join([first, *rest]))
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join([*lines, title])


def rich_table(rows: list[Row], title: str) -> Any:
    """Return the table as rich prints it on a terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1))
    for k, head in enumerate(HEADS):
        table.add_column(head, justify="left" if k == 0 else "right", no_wrap=k > 0)
    most = max(row.solved for row in rows)
    for row in rows:
        cells = [Text(cell) for cell in row.cells]
        if row.solved == most:
            cells[1].stylize("green")
        if row.failed:
            cells[-1].stylize("red")
        table.add_row(*cells)
    return Group(table, Text(title, style="bold"))


def report(unsolved: list[tuple[Outcome, float, int, bool, bool]]) -> str:
    """Return a line for each: the problem, how far off, how many others solve it, what was said."""
    lines = []
    for outcome, excess, others, feasible, elsewhere in unsolved:
        if outcome.failure:
            what = outcome.failure
        elif outcome.digits is not None:
            what = f"{outcome.digits:.1f} digits"
        elif not feasible:
            what = f"violation {outcome.violation:.1e}"
        else:
            what = f"f - f_L = {excess:.1e}{', stationary' if elsewhere else ''}"
        parts = [
            f"{outcome.instance.label} (n = {outcome.n}): {what}",
            f"solved by {others} others",
            f"{outcome.evaluations} evaluations",
            *([f"status {outcome.status}"] if outcome.status is not None else []),
            *([outcome.message] if outcome.message else []),
        ]
        lines.append("; ".join(parts))
    return "\n".join(lines)


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.2g}" if value < 99.5 else f"{value:.0f}"
