"""What ``method="auto"`` chooses: the whole rule."""

from __future__ import annotations

from typing import Any, NamedTuple

from hessopt.optimize.differences import is_scheme
from hessopt.optimize.objective import DENSE


class Choice(NamedTuple):
    """A method, why, and options that suit exact derivatives better than SciPy's defaults."""

    method: str
    reason: str
    options: dict[str, Any]


def choose(n: int, jac: Any, hess: Any, hessp: Any, bounds: Any, constraints: Any) -> Choice:
    """Choose a method for n variables and what the user has given.

    Examples
    --------
    >>> from hessopt.optimize.auto import choose
    >>> choose(1000, None, None, None, None, []).method
    'trust-ncg'
    """
    small, size = n <= DENSE, f"{n} variables, {'at most' if n <= DENSE else 'more than'} {DENSE}"
    if constraints:
        if small:
            return Choice("slsqp", f"constraints, {size}", {"ftol": 1e-9, "maxiter": 1000})
        return Choice("trust-constr", f"constraints, {size}", {})
    first_order = is_scheme(jac) or (jac and hess is None and hessp is None)
    if bounds is not None and first_order:
        reason = "bounds, a given gradient without second derivatives"
        return Choice("l-bfgs-b", reason, {"gtol": 1e-6, "ftol": 1e-14})
    if bounds is not None:
        return Choice("tron", "bounds", {})
    if first_order:
        return Choice("l-bfgs", "a given gradient without second derivatives", {})
    if hessp is not None and hess is None:
        return Choice("trust-ncg", "given products with the Hessian", {})
    return Choice("newton" if small else "trust-ncg", size, {})
