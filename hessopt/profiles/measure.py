"""What a run cost, by each measure."""

from __future__ import annotations

import math

from hessopt.profiles.outcome import Outcome

# Each with what the axis of data profiles calls it
MEASURES = {
    "evaluations": "(values + gradients + products) / (n + 1)",
    "time": "time [s]",
    "total": "time and preparation [s]",
    "iterations": "iterations",
}


def checked(measure: str) -> str:
    """Return the measure, or refuse it.

    Raises
    ------
    ValueError
        If there is no such measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"measure must be one of {', '.join(MEASURES)}, got {measure!r}")
    return measure


def cost(outcome: Outcome, measure: str) -> float:
    """Return what a run cost; NaN where the solver does not count iterations."""
    if measure == "time":
        return outcome.time
    if measure == "total":
        return outcome.time + outcome.preparation
    if measure == "iterations":
        return math.nan if outcome.nit is None else float(outcome.nit)
    return float(outcome.evaluations)
