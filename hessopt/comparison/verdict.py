"""From runs to an order, and to a sentence that answers which method to take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hessopt.comparison.run import Run

# Values that differ by less, relative to the larger of 1 and the least, are the same minimum
SAME_MINIMUM = 1e-6

# Times that differ by less than a tenth are not told apart by one run
TIE = 1.1


def rank(runs: list[Run]) -> list[Run]:
    """Return the runs, best first."""
    least = min((run.fun for run in runs if run.solved), default=math.nan)

    def merit(run: Run) -> tuple[float, ...]:
        if run.result is None:
            return (3,)
        if not run.solved:
            return 2, _or_inf(run.grad_norm), _or_inf(run.fun), run.time
        if _higher(run, least):
            return 1, run.fun, run.time
        return 0, run.time

    return sorted(runs, key=merit)


def verdict(ranked: list[Run], gtol: float) -> str:
    """Say in a sentence what the runs, best first, amount to."""
    solved = [run for run in ranked if run.solved]
    if not solved:
        return _nobody(ranked, gtol)
    least = min(run.fun for run in solved)
    elsewhere = [run for run in solved if _higher(run, least)]
    there = [run for run in solved if run not in elsewhere]
    first = [run for run in there if run.time <= TIE * there[0].time]
    late = there[len(first) :]
    rest = [run for run in ranked if run.result is not None and not run.solved]
    failed = [run for run in ranked if run.result is None]

    parts = [_winners(first, gtol, contested=len(ranked) > 1)]
    if late:
        others = [f"{run.method} {_seconds(run.time)}" for run in late[1:]]
        parts.append(", ".join([f"{late[0].method} needed {_seconds(late[0].time)}", *others]))
    if elsewhere:
        ends = _listed([f"{run.method} (f = {run.fun:.4g})" for run in elsewhere])
        parts.append(f"{ends} settled at a higher value than {least:.4g}")
    if rest:
        parts.append(f"{_listed([run.method for run in rest])} did not get there")
    if failed:
        parts.append(_failures(failed))
    return "; ".join(parts) + "."


def _winners(first: list[Run], gtol: float, contested: bool) -> str:
    names = _listed([run.method for run in first])
    times = _listed([_seconds(run.time) for run in first])
    if all(run.grad_norm <= gtol for run in first):
        goal = f"|g| <= {gtol:g}"
    else:
        goal = "the least f that its round-off allows"
    if len(first) > 1:
        return f"{names} reached {goal} first, about equally fast ({times})"
    return f"{names} reached {goal} {'first ' if contested else ''}({times})"


def _nobody(ranked: list[Run], gtol: float) -> str:
    ran = [run for run in ranked if run.result is not None]
    if not ran:
        return f"No method came to an end: {_failures(ranked)}."
    nearest, failed = ran[0], ranked[len(ran) :]
    if len(ranked) == 1:
        who = f"{nearest.method} never reached |g| <= {gtol:g}: it ended"
    else:
        came = "came nearest" if len(ran) > 1 else "ended"
        who = f"No method reached |g| <= {gtol:g}: {nearest.method} {came}"
    where = f"f = {nearest.fun:.4g} after {_seconds(nearest.time)}"
    if math.isfinite(nearest.grad_norm):
        where = f"|g| = {nearest.grad_norm:.2g} and {where}"
    return "; ".join([f"{who} with {where}", *([_failures(failed)] if failed else [])]) + "."


def _failures(failed: list[Run]) -> str:
    return f"{_listed([run.method for run in failed])} failed"


def _higher(run: Run, least: float) -> bool:
    return run.fun - least > SAME_MINIMUM * max(1.0, abs(least))


def _or_inf(value: float) -> float:
    return value if math.isfinite(value) else math.inf


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _seconds(time: float) -> str:
    return f"{time:.2g} s" if time < 9.95 else f"{time:.0f} s"
