"""How far to go along a direction.

In the letters of the book, phi(alpha) = f(x + alpha p) along a descent direction p, and the strong
Wolfe conditions are ::

    phi(alpha) <= phi(0) + c1 alpha phi'(0)          (3.6a)
    |phi'(alpha)| <= c2 |phi'(0)|                    (3.7b)

Departures from the book, all for finite precision and for functions that are not defined
everywhere:

* values closer than the round-off of f do not decide anything; slopes do (Hager and Zhang's
  approximate Wolfe conditions), because near a minimum f loses half of the digits of x;
* a trial where f or its gradient is not finite counts as too long;
* the new trial in an interval is a cubic minimiser kept away from the ends, or the middle.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, section 3.5,
Algorithms 3.5 and 3.6 and equation (3.59);
W. W. Hager and H. Zhang, SIAM J. Optim. 16 (2005) 170-192, section 2 and equation (4.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import ADVICE, EPS, Status, Stop

Array = NDArray[np.float64]

# What values may be off by, relative to f: far above rounding errors, as f is often a difference
# of larger numbers, and far below any decrease that matters.
NOISE = 1e-10


@dataclass(frozen=True, eq=False)
class Trial:
    """phi and its derivative at alpha, and the point that they were computed at."""

    alpha: float
    f: float
    slope: float
    point: Point

    @property
    def finite(self) -> bool:
        """Whether the trial may be accepted at all."""
        return self.point.finite


Phi = Callable[[float], Trial]


def along(objective: Objective, point: Point, p: Array) -> Phi:
    """Return phi, the objective on the ray from `point` along `p`."""

    def phi(alpha: float) -> Trial:
        trial = objective(point.x + alpha * p)
        slope = float(trial.g @ p) if trial.finite else np.nan
        return Trial(alpha, trial.f, slope, trial)

    return phi


def wolfe(
    objective: Objective,
    point: Point,
    p: Array,
    alpha: float = 1.0,
    c1: float = 1e-4,
    c2: float = 0.9,
    maxls: int = 30,
) -> Trial:
    """Find a step that satisfies the strong Wolfe conditions (Algorithm 3.5).

    Parameters
    ----------
    objective : Objective
        The objective.
    point : Point
        Where the search starts.
    p : ndarray
        A descent direction.
    alpha : float
        The first trial.
    c1, c2 : float
        The constants of the conditions, ``0 < c1 < c2 < 1``.
    maxls : int
        How many trials to make at most.

    Returns
    -------
    Trial
        The accepted step; if the trials ran out, the lowest that satisfies the first condition.

    Raises
    ------
    Stop
        With `Status.NO_DESCENT`, if no trial is lower than the start.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.line_search import wolfe
    >>> from hessopt.optimize.objective import Objective
    >>> objective = Objective(lambda x: np.sum((x - 3) ** 2), [0.0], order=1)
    >>> point = objective(objective.x0)
    >>> wolfe(objective, point, -point.g, alpha=0.1, c2=0.5).alpha
    0.5
    """
    phi = along(objective, point, p)
    zero = Trial(0.0, point.f, float(point.g @ p), point)
    search = _Search(phi, zero, c1, c2, maxls)
    found = search.bracket(alpha) if zero.slope < 0 < alpha else None
    if found is None:
        raise no_descent(point, search.last, -zero.slope / 2)
    return found


def no_descent(point: Point, trial: Point | None, predicted: float = np.nan) -> Stop:
    """Return the Stop of a method that found no lower point.

    Parameters
    ----------
    point : Point
        Where it stands.
    trial : Point or None
        The last and nearest point that it tried, if any.
    predicted : float
        By how much that should have been lower. The driver finds out whether this is round-off.
    """
    if trial is not None and not trial.finite:
        return not_finite(point, trial)
    message = (
        f"No lower point was found along a descent direction; max |gradient| = "
        f"{point.grad_norm:.3g}. {ADVICE}"
    )
    return Stop(Status.NO_DESCENT, message, predicted=predicted)


def not_finite(point: Point, trial: Point) -> Stop:
    """Return the Stop of a method that is shut in by points where fun is not finite."""
    what = "Its gradient" if np.isfinite(trial.f) else "fun"
    message = (
        f"{what} is not finite next to the point of value {point.f:.6g} that was reached; "
        f"max |gradient| there = {point.grad_norm:.3g}. It may overflow, or have left its domain: "
        "add bounds, or minimise over other variables, such as log(x) where x > 0."
    )
    return Stop(Status.NOT_FINITE, message)


class _Search:
    """One search: what all its trials are compared with."""

    def __init__(self, phi: Phi, zero: Trial, c1: float, c2: float, maxls: int) -> None:
        self.phi, self.zero, self.c1, self.c2 = phi, zero, c1, c2
        self.trials_left = maxls
        self.noise = NOISE * abs(zero.f)
        self.lowest: Trial | None = None
        self.last: Point | None = None

    def evaluate(self, alpha: float) -> Trial:
        trial = self.phi(alpha)
        self.trials_left -= 1
        self.last = trial.point
        if self.armijo(trial) and (self.lowest is None or trial.f < self.lowest.f):
            self.lowest = trial
        return trial

    def armijo(self, trial: Trial) -> bool:
        zero = self.zero
        # Strictly lower: c1 alpha phi'(0) may be nothing against the rounding of phi(0)
        return (
            trial.finite
            and trial.f <= zero.f + self.c1 * trial.alpha * zero.slope
            and trial.f < zero.f
        )

    def accepts(self, trial: Trial) -> bool:
        slope0 = self.zero.slope
        if self.armijo(trial) and abs(trial.slope) <= -self.c2 * slope0:
            return True
        return (  # Hager and Zhang (4.1): the same for a quadratic, but told from slopes
            trial.finite
            and abs(trial.f - self.zero.f) <= self.noise
            and (2 * self.c1 - 1) * slope0 >= trial.slope >= self.c2 * slope0
        )

    def too_long(self, trial: Trial, low: Trial) -> bool:
        """Whether a minimiser lies before `trial`, as its value tells."""
        bound = self.zero.f + self.c1 * trial.alpha * self.zero.slope
        return not trial.finite or trial.f > min(bound, low.f) + self.noise

    def bracket(self, alpha: float) -> Trial | None:
        """Algorithm 3.5: lengthen the step until a minimiser is passed."""
        low = self.zero
        while self.trials_left > 0:
            trial = self.evaluate(alpha)
            if self.accepts(trial):
                return trial
            if self.too_long(trial, low):
                return self.zoom(low, trial)
            if trial.slope >= 0:
                return self.zoom(trial, low)
            alpha = _between(
                cubic_minimiser(low, trial), 2 * trial.alpha, 10 * trial.alpha, 10 * trial.alpha
            )
            low = trial
        return self.best()

    def zoom(self, low: Trial, high: Trial) -> Trial | None:
        """Algorithm 3.6: shorten an interval that holds acceptable steps; `low` is lower."""
        while self.trials_left > 0:
            width = high.alpha - low.alpha
            # Keep clear of the ends by a tenth; where f is not finite, do not look at `high`
            inner, outer = low.alpha + 0.1 * width, high.alpha - 0.1 * width
            if high.finite:
                middle = low.alpha + 0.5 * width
                guess = secant if abs(high.f - low.f) <= self.noise else cubic_minimiser
                alpha = _between(guess(low, high), inner, outer, middle)
            else:
                alpha = low.alpha + 0.25 * width
            trial = self.evaluate(alpha)
            if self.accepts(trial):
                return trial
            if self.moved(trial, low) <= EPS:
                break
            if self.too_long(trial, low):
                high = trial
            else:
                if trial.slope * width >= 0:
                    high = low
                low = trial
        return self.best()

    def best(self) -> Trial | None:
        """Return the lowest trial, unless that moved x by its rounding alone."""
        lowest = self.lowest
        return None if lowest is None or self.moved(lowest, self.zero) <= 4 * EPS else lowest

    def moved(self, one: Trial, other: Trial) -> float:
        """Return the distance of two trials over the size of x."""
        scale = float(np.max(np.abs(self.zero.point.x), initial=0.0))
        distance = float(np.max(np.abs(one.point.x - other.point.x)))
        return distance / scale if scale > 0 else distance and np.inf


def cubic_minimiser(a: Trial, b: Trial) -> float:
    """Return the minimiser of the cubic through values and slopes at two trials, (3.59), or NaN."""
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.alpha - b.alpha)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return np.nan
    d2 = math.copysign(math.sqrt(square), b.alpha - a.alpha)
    denominator = b.slope - a.slope + 2 * d2
    if denominator == 0:
        return np.nan
    return b.alpha - (b.alpha - a.alpha) * (b.slope + d2 - d1) / denominator


def secant(a: Trial, b: Trial) -> float:
    """Return where the line through the slopes at two trials is zero, or NaN."""
    if a.slope * b.slope >= 0:
        return np.nan
    return (a.alpha * b.slope - b.alpha * a.slope) / (b.slope - a.slope)


def _between(alpha: float, one: float, other: float, otherwise: float) -> float:
    """Move `alpha` into the interval; a NaN becomes `otherwise`."""
    if np.isnan(alpha):
        return otherwise
    return min(max(alpha, min(one, other)), max(one, other))
