"""The limits of a problem, as `minimize` takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

import problems


def restrictions(problem: problems.Problem) -> dict[str, Any]:
    """Return the `bounds` and `constraints` of a problem as SciPy and hessopt take them."""
    if not isinstance(problem, problems.ConstrainedProblem):
        return {}
    from scipy.optimize import Bounds, NonlinearConstraint

    found: dict[str, Any] = {}
    lower: Any = problem.lower  # SciPy's annotations know of numbers alone
    upper: Any = problem.upper
    if np.any(np.isfinite(problem.lower)) or np.any(np.isfinite(problem.upper)):
        found["bounds"] = Bounds(lower, upper)
    c = problem.constraints
    if c is not None:
        equal = problem.equalities
        # SciPy asks for equalities and inequalities apart
        found["constraints"] = [
            NonlinearConstraint(
                lambda x, c=c, rows=rows: c(x)[rows],
                problem.constraints_lower[rows],
                problem.constraints_upper[rows],
            )
            for rows in (np.flatnonzero(equal), np.flatnonzero(~equal))
            if rows.size
        ]
    return found
