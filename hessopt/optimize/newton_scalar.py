"""Newton's method for a function of one number, safeguarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.objective import quiet
from hessopt.optimize.outcome import OptimizeResult
from hessopt.optimize.stopping import EPS, Status, Stop
from hessopt.transforms.second_order import value_grad_hvp

Find = Literal["minimum", "maximum", "stationary"]


class _Jet(NamedTuple):
    """A number x with f and its first two derivatives there."""

    x: float
    f: float
    df: float
    d2f: float

    @property
    def finite(self) -> bool:
        return bool(np.isfinite([self.f, self.df, self.d2f]).all())


def newton_scalar(
    f: Callable[..., Any],
    x0: float,
    *,
    find: Find = "minimum",
    tol: float = 1e-10,
    maxiter: int = 100,
    args: Any = (),
    bracket: tuple[float, float] | None = None,
) -> OptimizeResult:
    """Find a minimum, a maximum or a stationary point of a function of one number.

    Newton's step ``-f'/f''`` is tried first. Towards a minimum it is turned round where f'' is
    negative, halved until f falls, and a maximum is left to the lower side; towards a maximum the
    same holds for -f; towards a stationary point it is halved until ``|f'|`` falls.

    Parameters
    ----------
    f : callable
        ``f(x, *args) -> number`` in plain NumPy.
    x0 : float
        The start.
    find : {"minimum", "maximum", "stationary"}
        What to look for.
    tol : float
        Stop where ``|f'(x)| <= tol * max(1, |f'(x0)|)``.
    maxiter : int
        The most steps.
    args : tuple
        Further arguments of f.
    bracket : pair of float, optional
        Two numbers between which f' changes sign (towards a minimum from - to +), with x0 between
        them. No step leaves the bracket, which shrinks round the point, and where Newton's step
        would leave it, or is slower than halving it, it is halved: that ends whatever f is like.

    Returns
    -------
    OptimizeResult
        With ``x``, ``fun``, ``jac`` (f'), ``hess`` (f''), ``kind`` (``"minimum"``, ``"maximum"``,
        ``"inflection"``, ``"flat"``, or ``"none"`` if x is not stationary), ``iterates``,
        ``nit``, ``nfev``, ``success``, ``status`` and ``message``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, or f or its derivatives are not finite at x0.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3*, steps 29 and 33; J. E. Dennis and R. B. Schnabel,
    *Numerical Methods for Unconstrained Optimization and Nonlinear Equations*, SIAM 1996,
    section 2; W. H. Press et al., *Numerical Recipes*, 3rd ed., Cambridge 2007, section 9.4, for
    the bracket.

    Examples
    --------
    >>> from hessopt import newton_scalar
    >>> res = newton_scalar(lambda x: x**4 - 2 * x**2, 2.0)
    >>> res.x, res.kind
    (1.0, 'minimum')
    >>> print(res.iterates.round(4))
    [2.     1.4545 1.151  1.0253 1.0009 1.     1.    ]
    """
    if not callable(f):
        raise TypeError(f"f must be callable, not {type(f).__name__}")
    if find not in ("minimum", "maximum", "stationary"):
        raise ValueError(f"find must be 'minimum', 'maximum' or 'stationary', not {find!r}")
    checks.number(tol, "tol", least=0.0)
    checks.number(maxiter, "maxiter", least=0, whole=True)
    start, shape = checks.start(x0)
    if shape != (1,):
        raise ValueError(f"x0 must be one number, not an array of shape {shape}; use minimize")
    args = args if isinstance(args, tuple) else (args,)
    x = float(start[0])
    search = _Newton(f, args, find)
    if bracket is not None:
        search = _Bracketed(f, args, find, *_bracket(bracket, x))
    return search.run(x, tol, maxiter)


def _bracket(bracket: Any, x0: float) -> tuple[float, float]:
    try:
        a, b = (float(end) for end in bracket)
    except (TypeError, ValueError):
        raise ValueError(f"bracket must be a pair of numbers, not {bracket!r:.60}") from None
    if not (np.isfinite([a, b]).all() and min(a, b) <= x0 <= max(a, b)):
        raise ValueError(f"bracket must hold x0 = {x0:g} between two finite numbers, not {bracket}")
    return min(a, b), max(a, b)


class _Newton:
    """One search: the function, what is to fall, and the count of evaluations."""

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], find: Find) -> None:
        self.args, self.find, self.nfev = args, find, 0
        self.differentiate = value_grad_hvp(lambda x, *rest: checks.scalar(f(x, *rest)))

    def at(self, x: float) -> _Jet:
        self.nfev += 1
        value, gradient, product = self.differentiate(np.array(x), *self.args)
        return _Jet(x, float(value), float(gradient), float(product(np.array(1.0))))

    def merit(self, jet: _Jet) -> float:
        """Return what has to fall."""
        return {"minimum": jet.f, "maximum": -jet.f, "stationary": abs(jet.df)}[self.find]

    def step(self, jet: _Jet) -> float:
        """Return Newton's step, turned towards what is looked for."""
        curvature = jet.d2f
        if self.find != "stationary":
            curvature = abs(curvature) if self.find == "minimum" else -abs(curvature)
        # Where f'' says nothing, a step of the size of x in the right direction
        size = max(1.0, abs(jet.x))
        if abs(jet.df) <= 1e3 * size * abs(curvature):
            return -jet.df / curvature
        sign = -1.0 if self.find == "maximum" else 1.0
        return -sign * float(np.copysign(size, jet.df))

    def run(self, x0: float, tol: float, maxiter: int) -> OptimizeResult:
        jet = self.at(x0)
        if not jet.finite:
            raise ValueError(
                f"f or its first two derivatives are not finite at x0 = {x0:g}: "
                f"{jet.f}, {jet.df}, {jet.d2f}"
            )
        iterates, threshold = [jet.x], tol * max(1.0, abs(jet.df))
        while True:
            if abs(jet.df) <= threshold and self.wrong(jet) and len(iterates) <= maxiter:
                jet = self.beside(jet)
                iterates.append(jet.x)
                continue
            if abs(jet.df) <= threshold:
                message = f"Converged: |f'| = {abs(jet.df):.3g} is at most {threshold:.3g}."
                stop = Stop(Status.GRADIENT_CONVERGED, message, success=True)
                break
            if len(iterates) > maxiter:
                stop = Stop(Status.ITERATION_LIMIT, f"The limit maxiter = {maxiter} was reached.")
                break
            with quiet():
                trial = self.shortened(jet)
            if trial is None:
                stop = self.stuck(jet)
                break
            jet = trial
            iterates.append(jet.x)
        return self.result(jet, iterates, stop, threshold)

    def shortened(self, jet: _Jet) -> _Jet | None:
        """Halve the step until the merit falls; None if x cannot move any more."""
        p = self.step(jet)
        while jet.x + p != jet.x:
            trial = self.at(jet.x + p)
            fallen = self.merit(trial) < self.merit(jet)
            # Near the point rounding hides the fall of f, not that of f'
            flat = abs(trial.f - jet.f) <= 4 * EPS * abs(jet.f) and abs(trial.df) < abs(jet.df)
            if trial.finite and (fallen or flat):
                return trial
            p /= 2
        return None

    def stuck(self, jet: _Jet) -> Stop:
        gain = jet.df**2 / abs(2 * jet.d2f) if jet.d2f else np.inf
        message = f"x cannot be improved further: |f'| = {abs(jet.df):.3g}."
        if gain <= EPS * abs(jet.f):
            return Stop(Status.ROUNDOFF_LIMIT, message + " Round-off is reached.", success=True)
        return Stop(Status.NO_DESCENT, message)

    def result(
        self, jet: _Jet, iterates: list[float], stop: Stop, threshold: float
    ) -> OptimizeResult:
        kind = self.kind(jet) if stop.success else "none"
        message, success = stop.message, stop.success
        if success and self.find != "stationary" and kind != self.find:
            success = False
            message += f" But the point is not a {self.find}: {kind}."
        return OptimizeResult(
            x=jet.x,
            fun=jet.f,
            jac=jet.df,
            hess=jet.d2f,
            kind=kind,
            iterates=np.array(iterates),
            nit=len(iterates) - 1,
            nfev=self.nfev,
            success=success,
            status=stop.status,
            message=message,
        )

    def wrong(self, jet: _Jet) -> bool:
        """Whether a stationary point is a maximum instead of a minimum, or the reverse."""
        return jet.d2f < 0 if self.find == "minimum" else jet.d2f > 0 and self.find == "maximum"

    def beside(self, jet: _Jet) -> _Jet:
        """Return the better neighbour of a stationary point that is not what is looked for."""
        with quiet():
            return min(self.neighbours(jet), key=self.merit)

    def neighbours(self, jet: _Jet) -> tuple[_Jet, _Jet]:
        # At a multiple root of f' the point still is a few Newton steps away
        h = EPS ** (1 / 4) * max(1.0, abs(jet.x))
        if jet.d2f:
            h = max(h, 10 * abs(jet.df / jet.d2f))
        return self.at(jet.x - h), self.at(jet.x + h)

    def kind(self, jet: _Jet) -> str:
        """Tell the kind of a stationary point from the sign of f' on both sides of it."""
        with quiet():
            left, right = (neighbour.df for neighbour in self.neighbours(jet))
        if left < 0 < right:
            return "minimum"
        if left > 0 > right:
            return "maximum"
        return "flat" if left == 0 == right else "inflection"


class _Bracketed(_Newton):
    """A search that never leaves a bracket: Newton's step where it beats halving, else halving."""

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], find: Find, low: float, high: float
    ) -> None:
        super().__init__(f, args, find)
        ends = self.at(low), self.at(high)
        slopes = [end.df for end in ends]
        rising = slopes[0] <= 0 <= slopes[1]
        falling = slopes[0] >= 0 >= slopes[1]
        fits = {"minimum": rising, "maximum": falling, "stationary": rising or falling}[find]
        if not fits:  # phrased so that a NaN does not fit
            what = "a stationary point" if find == "stationary" else f"a {find}"
            raise ValueError(
                f"bracket: f' is {slopes[0]:.3g} at {low:g} and {slopes[1]:.3g} at {high:g}, which "
                f"does not tell of {what} between them"
            )
        self.sign = 1.0 if rising else -1.0
        self.low, self.high = low, high
        self.before = self.last = high - low

    def shortened(self, jet: _Jet) -> _Jet | None:
        """Return the next point, or None if there is no number left in the bracket."""
        self.narrow(jet)
        p = -jet.df / jet.d2f if jet.d2f else np.inf
        # Newton's steps have to halve every other time, or they are no faster than the bracket
        if not (self.low < jet.x + p < self.high and abs(p) <= self.before / 2):
            p = (self.low + self.high) / 2 - jet.x
        trial = self.at(jet.x + p)
        self.before, self.last = self.last, abs(p)
        # f'' is not needed: without it the bracket is halved
        if trial.x in (jet.x, self.low, self.high) or not np.isfinite([trial.f, trial.df]).all():
            return None
        return trial

    def narrow(self, jet: _Jet) -> None:
        if self.sign * jet.df < 0:
            self.low = max(self.low, jet.x)
        else:
            self.high = min(self.high, jet.x)
