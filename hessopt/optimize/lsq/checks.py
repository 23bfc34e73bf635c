"""What residuals, Jacobians and bounds from the user must be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def residuals(value: Any, name: str, complex_allowed: bool = False) -> Array:
    """Return what the user's function returned as a flat array of real numbers."""
    if value is None:
        raise TypeError(f"{name} returned None; it must return an array (is a `return` missing?)")
    try:
        r = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} did not return an array of numbers: {error}") from error
    if r.dtype.kind == "c" and not complex_allowed:
        raise TypeError(
            f"{name} returned complex numbers; it must return real ones: stack their real and "
            "imaginary parts"
        )
    if r.dtype.kind not in "fiubc":
        raise TypeError(f"{name} must return an array of real numbers, not of {r.dtype}")
    if r.size == 0:
        raise ValueError(f"{name} returned an empty array; there is nothing to fit")
    return np.array(r, dtype=r.dtype if r.dtype.kind == "c" else np.float64).ravel()


def jacobian(value: Any, m: int, n: int) -> Any:
    """Return what the user's jac returned: an array, or a sparse matrix or LinearOperator."""
    if value is None:
        raise TypeError("jac returned None; it must return a matrix")
    if not hasattr(value, "shape") or isinstance(value, np.ndarray | np.generic):
        value = np.atleast_2d(np.array(value, dtype=np.float64))
        if value.ndim > 2 and value.size == m * n:  # of the shape of fun(x) followed by that of x
            value = value.reshape(m, n)
    if value.shape != (m, n):
        raise ValueError(
            f"jac must return a matrix of shape ({m}, {n}), one row for each residual, but it "
            f"returned one of shape {value.shape}"
        )
    return value


def box(bounds: Any, x0: Array, fixed: bool = True) -> tuple[Array, Array]:
    """Return lower and upper bounds as arrays of the length of x0.

    Parameters
    ----------
    bounds : None, pair of array_like, or `scipy.optimize.Bounds`
        As `scipy.optimize.least_squares` takes them.
    x0 : ndarray
        The flat start, which must lie within.
    fixed : bool
        Whether a variable's bounds may be equal.
    """
    if bounds is None:
        bounds = (-np.inf, np.inf)
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        bounds = (bounds.lb, bounds.ub)
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise ValueError(
            "bounds must be a pair (lower, upper) of numbers or arrays, or a scipy.optimize.Bounds"
        )
    sides = []
    for side, name in zip(bounds, ("lower", "upper"), strict=True):
        try:
            array = np.asarray(side, dtype=np.float64).ravel()
            sides.append(np.array(np.broadcast_to(array, x0.shape)))
        except ValueError:
            raise ValueError(
                f"bounds: the {name} bounds have shape {np.shape(side)}; they must be one number "
                f"or {x0.size}, one for each entry of x0"
            ) from None
    lower, upper = sides
    if np.isnan(lower).any() or np.isnan(upper).any():
        raise ValueError("bounds must not be nan; use -inf and inf where there is none")
    wrong = lower > upper if fixed else lower >= upper
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"bounds: the lower bound {lower[i]:g} of entry {i} must be below the upper, "
            f"{upper[i]:g}"
        )
    outside = (x0 < lower) | (x0 > upper)
    if outside.any():
        i = int(np.flatnonzero(outside)[0])
        raise ValueError(
            f"x0 is infeasible: its entry {i} is {x0[i]:g}, outside of bounds "
            f"[{lower[i]:g}, {upper[i]:g}]"
        )
    return lower, upper
