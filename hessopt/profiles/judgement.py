"""What counts as solved, for all solvers alike."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from hessopt.profiles.instances import Instance
from hessopt.profiles.outcome import Outcome

FEASIBLE = 1e-6
DIGITS = 6.0

# No computed f agrees in more digits
ROUNDOFF = 1e-12

# Where the gradient is smaller than this times max(1, |f|), a run has come to rest
AT_REST = 1e-5


def feasible(outcome: Outcome) -> bool:
    """Whether bounds and constraints are kept to 1e-6."""
    return outcome.violation <= FEASIBLE  # NaN is not


def least_values(outcomes: Iterable[Outcome]) -> dict[Instance, float]:
    """Return f_L of each instance: the least value of the record or of any solver, if less.

    With constraints a value may be lower than possible for a violation that is allowed; there the
    record's alone is taken where it has one. Points near a start share f_L, which is the problem's.
    """
    runs = list(outcomes)
    least: dict[Instance, float] = {}
    for outcome in runs:
        home = _home(outcome.instance)
        known = outcome.least_value
        values = [least.get(home, math.inf), math.inf if known is None else known]
        if feasible(outcome) and (outcome.kind != "constraints" or known is None):
            values.append(outcome.f if math.isfinite(outcome.f) else math.inf)
        least[home] = min(values)
    return {outcome.instance: least[_home(outcome.instance)] for outcome in runs}


def _home(instance: Instance) -> Instance:
    """Return the start that an instance is near to."""
    return replace(instance, perturb=0.0, trial=0)


def tolerance(outcome: Outcome, least: float, tau: float) -> float:
    """By how much f may miss f_L.

    That is tau times the descent from the start that is possible (Moré and Wild), but no more than
    tau times ``max(1, |f_L|)``: where f is 1e10 at the start, a millionth of that proves nothing.
    A start that is not feasible tells nothing of the descent.
    """
    size = max(1.0, abs(least))
    descent = outcome.f0 - least
    allowed = size if outcome.kind == "constraints" or not descent < size else descent
    return max(tau * allowed, ROUNDOFF * size)


def solved(outcome: Outcome, least: float, tau: float, local: bool = False) -> bool:
    """Whether the point that was returned solves the problem.

    A fit is solved when all parameters have six certified digits. With `local`, a stationary point
    that is not the best one known is a solution, too.
    """
    if local and elsewhere(outcome):
        return True
    if outcome.failure:
        return False
    if outcome.digits is not None:
        return outcome.digits >= DIGITS
    return feasible(outcome) and outcome.f <= least + tolerance(outcome, least, tau)


def elsewhere(outcome: Outcome) -> bool:
    """Whether an unsolved run ended at another stationary point, such as a local minimum."""
    if outcome.failure:
        return False
    return feasible(outcome) and outcome.grad_norm <= AT_REST * max(1.0, abs(outcome.f))
