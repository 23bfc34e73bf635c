"""Constraints between limits as what SLSQP takes: equations and inequalities ``c(x) >= 0``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import Constraint
from hessopt.transforms.user_line import levels_to_user

Array = NDArray[np.float64]


def one_sided(constraints: ConstraintSet) -> list[dict[str, Any]]:
    """Return SciPy's dicts; what has no limits is left out.

    SciPy's own conversion fails where nothing is left, and warns of equations beside inequalities.

    Parameters
    ----------
    constraints : ConstraintSet
        The constraints.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import LinearConstraint
    >>> from hessopt.optimize.constraint_set import ConstraintSet
    >>> from hessopt.optimize.constraints import parse_constraints
    >>> from hessopt.optimize.one_sided import one_sided
    >>> parts = parse_constraints(LinearConstraint(np.eye(2), [1, 0], [1, 4]), (2,))
    >>> equations, inequalities = one_sided(ConstraintSet(parts, np.zeros(2)))
    >>> equations["fun"](np.array([3.0, 1.0])), inequalities["fun"](np.array([3.0, 1.0]))
    (array([2.]), array([1., 3.]))
    """
    limits = zip(
        constraints.parts,
        constraints.split(constraints.lower),
        constraints.split(constraints.upper),
        strict=True,
    )
    dicts: list[dict[str, Any]] = []
    for part, lower, upper in limits:
        if isinstance(part.given, dict):
            dicts.append(part.scipy(False))
            continue
        if np.any(getattr(part.given, "keep_feasible", False)):
            warnings.warn(
                "Method slsqp does not use keep_feasible of a constraint.",
                RuntimeWarning,
                stacklevel=levels_to_user(),
            )
        value, jacobian = _last(part.value), _last(lambda x, part=part: _matrix(part, x))
        equal = lower == upper
        low = np.flatnonzero(np.isfinite(lower) & ~equal)
        high = np.flatnonzero(np.isfinite(upper) & ~equal)
        rows = np.concatenate([low, high])
        signs = np.repeat([1.0, -1.0], [low.size, high.size])
        shifts = np.concatenate([lower[low], -upper[high]])
        if equal.any():
            which = np.flatnonzero(equal)
            dicts.append(_rows("eq", value, jacobian, which, np.ones(which.size), lower[which]))
        if rows.size:
            dicts.append(_rows("ineq", value, jacobian, rows, signs, shifts))
    return dicts


def _rows(
    kind: str,
    value: Callable[[Array], Array],
    jacobian: Callable[[Array], Array],
    rows: NDArray[np.int64],
    signs: Array,
    shifts: Array,
) -> dict[str, Any]:
    return {
        "type": kind,
        "fun": lambda x: signs * value(x)[rows] - shifts,
        "jac": lambda x: signs[:, None] * jacobian(x)[rows],
    }


def _matrix(part: Constraint, x: Array) -> Array:
    J = part.jacobian(x)
    return np.asarray(J.todense() if hasattr(J, "todense") else J)


def _last(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Remember the last call: equations and inequalities are asked for one after the other."""
    known: list[tuple[Array, Array]] = []

    def remembering(x: Array) -> Array:
        if not known or not np.array_equal(known[0][0], x):
            known[:] = [(np.array(x), function(x))]
        return known[0][1]

    return remembering
