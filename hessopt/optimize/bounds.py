"""Bounds on the variables: ``lower <= x <= upper``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.optimize import Bounds

Array = NDArray[np.float64]

# How far from a bound a variable may be, next to 1 or its size, that is held there
NEAR = 1e-6


@dataclass(frozen=True, eq=False)
class Box:
    """The points between two bounds, on the flat x; an infinite bound is none.

    Parameters
    ----------
    lower, upper : ndarray
        The bounds, one for each variable; where they are equal the variable is fixed.
    keep_feasible : ndarray of bool, optional
        What `scipy.optimize.Bounds` calls so; our own methods never leave the box.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.bounds import Box
    >>> box = Box(np.array([0.0, -np.inf]), np.array([1.0, 5.0]))
    >>> box.project(np.array([3.0, -7.0]))
    array([ 1., -7.])
    >>> box.projected_gradient(np.array([1.0, 2.0]), np.array([-4.0, 0.5]))
    array([0. , 0.5])
    """

    lower: Array
    upper: Array
    keep_feasible: Any = False

    def project(self, x: Array) -> Array:
        """Return the nearest point of the box."""
        return np.clip(x, self.lower, self.upper)

    def contains(self, x: Array) -> bool:
        """Whether `x` lies within the bounds."""
        return bool(np.all((self.lower <= x) & (x <= self.upper)))

    def interior(self, x: Array) -> NDArray[np.bool_]:
        """Return which variables of `x` are strictly between their bounds."""
        return (self.lower < x) & (x < self.upper)

    def held(self, x: Array, g: Array) -> NDArray[np.bool_]:
        """Return which variables the bounds hold at a minimum with the gradient `g`.

        Those on a bound, and those next to one against which the gradient presses by more than the
        distance that is left: there interior-point methods end (Facchinei, Fischer and Kanzow, SIAM
        J. Optim. 9 (1998) 14-32).
        """
        near = NEAR * np.maximum(1.0, np.abs(x))
        below = x - self.lower <= np.minimum(near, g)
        above = self.upper - x <= np.minimum(near, -g)
        return ~self.interior(x) | below | above

    def projected_gradient(self, x: Array, g: Array) -> Array:
        """Return ``x - P(x - g)``, which is zero where the first-order conditions hold.

        It is the gradient, cut off at the distance to the bound that a step along it would meet.
        """
        # Not x minus the projection: the subtraction would round a gradient far below x to zero
        return np.clip(g, x - self.upper, x - self.lower)

    def reduced_gradient(self, x: Array, g: Array) -> Array:
        """Return `g` with zeros where a step along ``-g`` would leave the box at once."""
        return np.where((g < 0) & (x >= self.upper) | (g > 0) & (x <= self.lower), 0.0, g)

    def scipy(self) -> Bounds:
        """Return SciPy's object."""
        from scipy.optimize import Bounds

        return Bounds(self.lower, self.upper, self.keep_feasible)  # pyright: ignore[reportArgumentType] - arrays are meant


def same_box(one: Box | None, other: Box | None) -> bool:
    """Whether two boxes, or none, hold the same points."""
    if one is None or other is None:
        return one is other
    return np.array_equal(one.lower, other.lower) and np.array_equal(one.upper, other.upper)


def parse_bounds(bounds: Any, shape: tuple[int, ...]) -> Box | None:
    """Return the box that the user means, or None if it bounds nothing.

    Parameters
    ----------
    bounds : Bounds, sequence of pairs, or None
        As `scipy.optimize.minimize` takes them: a `Bounds`, whose limits may be numbers or have
        the shape of x0, or a pair ``(low, high)`` for each entry of x0, None for no bound.
    shape : tuple of int
        The shape of x0.

    Raises
    ------
    TypeError, ValueError
        If they are something else, of a wrong length, NaN, or crossed; the entry is named.

    Examples
    --------
    >>> from hessopt.optimize.bounds import parse_bounds
    >>> parse_bounds([(0, None), (None, 2)], (2,)).upper
    array([inf,  2.])
    >>> parse_bounds([(None, None)] * 2, (2,)) is None
    True
    """
    if bounds is None:
        return None
    from scipy.optimize import Bounds

    if isinstance(bounds, Bounds):
        lower, upper = (_spread(bounds, name, shape) for name in ("lb", "ub"))
        keep = _spread(bounds, "keep_feasible", shape).astype(bool)
    else:
        lower, upper = _from_pairs(bounds, int(np.prod(shape)))
        keep = False
    for name, limit, senseless in (("lower", lower, np.inf), ("upper", upper, -np.inf)):
        if (wrong := np.flatnonzero(np.isnan(limit) | (limit == senseless))).size:
            i = int(wrong[0])
            raise ValueError(
                f"bounds: the {name} bound of entry {i} is {limit[i]}; give a number, or "
                f"{-senseless} or None for no bound"
            )
    if (crossed := np.flatnonzero(lower > upper)).size:
        i = int(crossed[0])
        raise ValueError(
            f"bounds: the lower bound {lower[i]:g} of entry {i} lies above its upper bound "
            f"{upper[i]:g}; exchange them"
        )
    if np.isinf(lower).all() and np.isinf(upper).all():
        return None
    return Box(lower, upper, keep)


def _spread(bounds: Bounds, name: str, shape: tuple[int, ...]) -> Array:
    try:
        limit = np.asarray(getattr(bounds, name), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"bounds: {name} is not an array of numbers: {error}") from error
    n = int(np.prod(shape))
    if limit.shape == (n,):  # flat, whatever the shape of x0
        return limit.copy()
    try:
        return np.broadcast_to(limit, shape).ravel().copy()
    except ValueError:
        raise ValueError(
            f"bounds: {name} has shape {limit.shape}, which does not fit x0 of shape {shape}"
        ) from None


def _from_pairs(bounds: Any, n: int) -> tuple[Array, Array]:
    try:
        pairs = list(bounds)
    except TypeError:
        raise TypeError(
            "bounds must be a scipy.optimize.Bounds or a sequence of pairs (low, high), not "
            f"{type(bounds).__name__}"
        ) from None
    if len(pairs) != n:
        raise ValueError(
            f"bounds: x0 has {n} entries, so {n} pairs (low, high) are needed, not {len(pairs)}"
        )
    limits = np.empty((n, 2))
    for i, pair in enumerate(pairs):
        try:
            low, high = pair
            limits[i] = -np.inf if low is None else low, np.inf if high is None else high
        except (TypeError, ValueError):
            raise TypeError(
                f"bounds: entry {i} must be a pair (low, high) of numbers or None, not {pair!r:.60}"
            ) from None
    return limits[:, 0].copy(), limits[:, 1].copy()
