"""The line search of Hager and Zhang: it works from slopes, to the last digit.

In their letters: ``[a, b]`` is an interval with ``phi(a) <= phi(0) + eps``, ``phi'(a) < 0`` and
``phi'(b) >= 0``; a step is taken if it satisfies the Wolfe conditions ::

    phi(alpha) <= phi(0) + delta alpha phi'(0),    phi'(alpha) >= sigma phi'(0)         (T1)

or, where f has changed by no more than its round-off, the approximate ones ::

    (2 delta - 1) phi'(0) >= phi'(alpha) >= sigma phi'(0)                               (T2)

Departures from the paper: the eps of f is `NOISE` of its size, which is smaller than theirs; a
trial that is not finite counts as too long; an interval whose end is too high, whatever the slope
there, is cut at the least point of a parabola (U3 halves it, and only if the slope is negative).

References
----------
W. W. Hager and H. Zhang, SIAM J. Optim. 16 (2005) 170-192, section 4, and ACM Trans. Math. Softw.
32 (2006) 113-137, section 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.line_search import NOISE, Phi, Trial, along, no_descent
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]

THETA, GAMMA, RHO = 0.5, 0.66, 5.0


def hager_zhang(
    objective: Objective,
    point: Point,
    p: Array,
    alpha: float = 1.0,
    delta: float = 0.1,
    sigma: float = 0.9,
    maxls: int = 50,
) -> Trial:
    """Find a step that satisfies the Wolfe or the approximate Wolfe conditions.

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
    delta, sigma : float
        The constants of the conditions, ``0 < delta < 1/2`` and ``delta <= sigma < 1``.
    maxls : int
        How many trials to make at most.

    Returns
    -------
    Trial
        The accepted step; if the trials ran out, the lowest.

    Raises
    ------
    Stop
        With `Status.NO_DESCENT`, if no trial is lower than the start.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.approximate_wolfe import hager_zhang
    >>> from hessopt.optimize.objective import Objective
    >>> objective = Objective(lambda x: np.sum((x - 3) ** 2), [0.0], order=1)
    >>> point = objective(objective.x0)
    >>> hager_zhang(objective, point, -point.g, alpha=0.01).alpha
    0.25
    """
    zero = Trial(0.0, point.f, float(point.g @ p), point)
    search = _Search(along(objective, point, p), zero, delta, sigma, maxls)
    if zero.slope < 0:
        try:
            search.run(alpha)
        except _Found as found:
            return found.trial
        if search.lowest is not None:
            return search.lowest
    raise no_descent(point, search.last, -zero.slope / 2)


class _Found(Exception):
    """A trial that satisfies the conditions."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial


class _Spent(Exception):
    """There are no trials left, or no digits."""


class _Search:
    """One search: what all its trials are compared with."""

    def __init__(self, phi: Phi, zero: Trial, delta: float, sigma: float, maxls: int) -> None:
        self.phi, self.zero, self.delta, self.sigma = phi, zero, delta, sigma
        self.trials_left = maxls
        self.eps = NOISE * abs(zero.f)
        self.lowest: Trial | None = None
        self.last: Point | None = None

    def evaluate(self, alpha: float) -> Trial:
        if self.trials_left == 0:
            raise _Spent
        self.trials_left -= 1
        trial = self.phi(alpha)
        self.last = trial.point
        if self.accepts(trial):
            raise _Found(trial)
        if trial.finite and trial.f < (self.lowest or self.zero).f:
            self.lowest = trial
        return trial

    def accepts(self, trial: Trial) -> bool:
        f0, slope0 = self.zero.f, self.zero.slope
        if not (trial.finite and trial.slope >= self.sigma * slope0):
            return False
        if trial.f <= f0 + self.delta * trial.alpha * slope0 and trial.f < f0:
            return True
        flat = abs(trial.f - f0) <= self.eps
        return flat and trial.slope <= (2 * self.delta - 1) * slope0

    def high(self, trial: Trial) -> bool:
        return not (trial.finite and trial.f <= self.zero.f + self.eps)

    def run(self, alpha: float) -> None:
        """L0 to L3: shrink the interval until a trial is accepted."""
        try:
            a, b = self.bracket(alpha)
            while True:
                before, width = (a.alpha, b.alpha), b.alpha - a.alpha
                a, b = self.secant2(a, b)
                if b.alpha - a.alpha > GAMMA * width:
                    a, b = self.update(a, b, (a.alpha + b.alpha) / 2)
                if before == (a.alpha, b.alpha):  # there is no number between
                    return
        except _Spent:
            return

    def bracket(self, alpha: float) -> tuple[Trial, Trial]:
        """B0 to B3: lengthen the step until it has passed a minimiser."""
        a = self.zero
        while True:
            trial = self.evaluate(alpha)
            if self.high(trial):
                return self.halve(a, trial)
            if trial.slope >= 0:
                return a, trial
            a, alpha = trial, RHO * alpha

    def update(self, a: Trial, b: Trial, alpha: float) -> tuple[Trial, Trial]:
        """U0 to U3: put a trial into the interval."""
        if not a.alpha < alpha < b.alpha:
            return a, b
        c = self.evaluate(alpha)
        if self.high(c):
            return self.halve(a, c)
        return (a, c) if c.slope >= 0 else (c, b)

    def halve(self, a: Trial, b: Trial) -> tuple[Trial, Trial]:
        """U3: `b` is too high; look for a trial that is not, or that leads up."""
        scale = float(np.max(np.abs(self.zero.point.x), initial=0.0))
        while True:
            d = self.evaluate(a.alpha + _shortened(a, b) * (b.alpha - a.alpha))
            if float(np.max(np.abs(d.point.x - a.point.x))) <= EPS * scale:
                raise _Spent
            if self.high(d):
                b = d
            elif d.slope >= 0:
                return a, d
            else:
                a = d

    def secant2(self, a: Trial, b: Trial) -> tuple[Trial, Trial]:
        """S1 to S4: two steps of the secant rule on the slopes."""
        c = _secant(a, b)
        A, B = self.update(a, b, c)
        if c == B.alpha:
            c = _secant(b, B)
        elif c == A.alpha:
            c = _secant(a, A)
        else:
            return A, B
        return self.update(A, B, c)


def _shortened(a: Trial, b: Trial) -> float:
    """Return the part of the interval to keep: up to the least point of a parabola."""
    if not b.finite:
        return 0.1
    slope = a.slope * (b.alpha - a.alpha)
    rise = b.f - a.f - slope
    return min(max(-slope / (2 * rise), 0.1), THETA) if rise > 0 else THETA


def _secant(a: Trial, b: Trial) -> float:
    """Return where the line through two slopes is zero, or NaN."""
    rise = b.slope - a.slope
    return (a.alpha * b.slope - b.alpha * a.slope) / rise if rise else np.nan
