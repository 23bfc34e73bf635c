"""What comes from the user is looked at here, once, and refused by the name of the argument."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hessopt.autodiff.variable import Variable

Array = NDArray[np.float64]


def start(x0: ArrayLike) -> tuple[Array, tuple[int, ...]]:
    """Return x0 as a flat float64 copy, and the shape that fun is to see.

    A scalar becomes an array of one entry, as in SciPy.
    """
    if x0 is None:
        raise TypeError("x0 is None; give the start as an array of numbers")
    if isinstance(x0, Variable):
        raise TypeError(
            "x0 is a Variable; start from x0.data (hessopt.argmin is a solve that can be "
            "differentiated)"
        )
    try:
        x = np.atleast_1d(np.asarray(x0))
    except ValueError as error:
        raise ValueError(f"x0 is not an array of numbers: {error}") from error
    if x.dtype.kind not in "fiub":
        advice = ": minimise over real and imaginary parts" if x.dtype.kind == "c" else ""
        raise TypeError(f"x0 must be an array of real numbers, not of {x.dtype}{advice}")
    if x.size == 0:
        raise ValueError("x0 is empty; there is nothing to minimise over")
    flat = np.array(x, dtype=np.float64).ravel()
    if not np.isfinite(flat).all():
        i = int(np.flatnonzero(~np.isfinite(flat))[0])
        raise ValueError(f"x0 must be finite, but its entry {i} is {flat[i]}")
    return flat, x.shape


def scalar(value: Any, complex_allowed: bool = False) -> Any:
    """Return what fun returned if it is one real number, recorded or not."""
    if isinstance(value, float):
        return value
    if value is None:
        raise TypeError("fun returned None; it must return a number (is a `return` missing?)")
    if isinstance(value, tuple | list):
        if len(value) != 1:
            raise TypeError(
                f"fun returned a {type(value).__name__}; it must return one number (only with "
                "jac=True the pair of value and gradient)"
            )
        value = value[0]
    if not hasattr(value, "dtype"):
        value = np.asarray(value)
    kind, shape = value.dtype.kind, value.shape
    if kind == "c" and not complex_allowed:
        raise TypeError(
            "fun returned a complex number; it must return a real one (np.real, np.abs(...)**2)"
        )
    if kind not in "fiubc":
        raise TypeError(f"fun must return a real number, not {value!r:.80}")
    if shape == ():
        return value
    if np.prod(shape) == 1:
        return value.reshape(())
    raise ValueError(
        f"fun must return one number, but it returned an array of shape {shape}; "
        "reduce it, for example by np.sum(r**2)"
    )


def vector(value: Any, n: int, name: str) -> Array:
    """Return what the user's `name` returned as a flat copy of n real numbers."""
    if value is None:
        raise TypeError(f"{name} returned None; it must return {n} numbers")
    entries = np.asarray(value)
    if entries.dtype.kind not in "fiub":
        raise TypeError(f"{name} must return real numbers, not {entries.dtype}")
    if entries.size != n:
        raise ValueError(
            f"{name} must return {n} numbers, one for each entry of x0, "
            f"but it returned an array of shape {entries.shape}"
        )
    return np.array(entries, dtype=np.float64).ravel()


def number(
    value: Any,
    name: str,
    *,
    above: float = -np.inf,
    least: float = -np.inf,
    below: float = np.inf,
    whole: bool = False,
    optional: bool = False,
) -> None:
    """Refuse an option that is not a number in the given range, or None if it is optional."""
    if value is None and optional:
        return
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        inside = value > above and value >= least and (value < below or below == np.inf)
        if inside and (not whole or value == value // 1):
            return
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("above", above), ("at least", least), ("below", below))
        if np.isfinite(bound)
    ]
    kind = "an integer" if whole else "a number"
    raise ValueError(f"option {name!r} must be {kind} {' and '.join(bounds)}, not {value!r}")


def flag(value: Any, name: str) -> None:
    """Refuse an option that is neither on nor off; numbers and None, SciPy's for `disp`, are."""
    if value is not None and not isinstance(value, bool | int | np.bool_ | np.integer):
        raise ValueError(f"option {name!r} must be True or False, not {value!r}")


def jit(value: Any, name: str) -> None:
    """Refuse what says neither whether to use programs nor which backend runs them."""
    if not isinstance(value, bool) and value not in ("auto", "numpy", "numba"):
        raise ValueError(f"{name} must be True, False, 'auto', 'numpy' or 'numba', not {value!r}")


def square(value: Any, n: int) -> Any:
    """Return what the user's hess returned: an array, a sparse matrix or a LinearOperator."""
    if value is None:
        raise TypeError("hess returned None; it must return a matrix")
    if not hasattr(value, "shape"):
        value = np.asarray(value, dtype=np.float64)
    if value.shape != (n, n):
        raise ValueError(
            f"hess must return a matrix of shape ({n}, {n}), but it returned one of shape "
            f"{value.shape}"
        )
    if getattr(value, "dtype", None) is not None and np.dtype(value.dtype).kind not in "fiub":
        raise TypeError(f"hess must return real numbers, not {value.dtype}")
    return value


def bound_vectors(bounds: Any, n: int) -> tuple[Array, Array]:
    """Return bounds in either of SciPy's forms, or None, as two vectors of n numbers."""
    if bounds is None:
        return np.full(n, -np.inf), np.full(n, np.inf)
    from scipy.optimize import Bounds

    if isinstance(bounds, Bounds):
        sides = bounds.lb, bounds.ub
    else:
        rows = [(-np.inf, np.inf) if row is None else tuple(row) for row in bounds]
        if len(rows) != n or any(len(row) != 2 for row in rows):
            raise ValueError(f"bounds must be {n} pairs (low, high), or a scipy.optimize.Bounds")
        low = [-np.inf if row[0] is None else row[0] for row in rows]
        sides = low, [np.inf if row[1] is None else row[1] for row in rows]
    lb, ub = (np.broadcast_to(np.ravel(np.asarray(side, float)), n) for side in sides)
    return lb, ub
