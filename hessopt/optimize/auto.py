"""What ``method="auto"`` chooses: the whole rule. `docs/choosing_a_method.md` says why."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from hessopt.optimize.champion import FEASIBLE
from hessopt.optimize.differences import is_scheme

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

# Up to here SLSQP, whose work grows with the cube of n, takes no time to speak of
FEW = 100

# What SciPy's SLSQP reports when it is out of iterations, not of ideas
OUT_OF_ITERATIONS = 9


class Choice(NamedTuple):
    """A method, why, and options that suit exact derivatives better than SciPy's defaults.

    Parameters
    ----------
    method, reason : str
        What is run, and why.
    options : dict
        For it.
    otherwise : str, optional
        What is run if that fails.
    """

    method: str
    reason: str
    options: dict[str, Any]
    otherwise: str | None = None


def choose(n: int, jac: Any, hess: Any, hessp: Any, bounds: Any, constraints: Any) -> Choice:
    """Choose a method for n variables and what the user has given.

    Examples
    --------
    >>> from hessopt.optimize.auto import choose
    >>> choose(1000, None, None, None, None, []).method
    'adaptive-newton'
    """
    if constraints:
        return _with_constraints(n)
    first_order = is_scheme(jac) or (jac and hess is None and hessp is None)
    if bounds is not None and first_order:
        reason = "bounds, a given gradient without second derivatives"
        return Choice("l-bfgs-b", reason, {"gtol": 1e-6, "ftol": 1e-14})
    if bounds is not None:
        return Choice("adaptive-tron", "bounds", {})
    if first_order:
        return Choice("l-bfgs", "a given gradient without second derivatives", {})
    if hessp is not None and hess is None:
        return Choice("trust-ncg", "given products with the Hessian", {})
    return Choice("adaptive-newton", "no bounds, no constraints", {})


def _with_constraints(n: int) -> Choice:
    size = f"constraints, {n} variables, {'at most' if n <= FEW else 'more than'} {FEW}"
    own = "augmented-lagrangian"
    if n <= FEW:
        return Choice("slsqp", size, {"ftol": 1e-9, "maxiter": 1000}, own)
    if find_spec("ipyopt") is not None:
        return Choice("ipopt", size, {}, own)
    return Choice(own, size, {})


def has_failed(result: OptimizeResult, limited: bool = False) -> bool:
    """Whether another method may do better: not where the user or a limit of his ended the run."""
    if result.success or result.status >= 99:
        return False
    return not (limited and result.status == OUT_OF_ITERATIONS)


def better_of(first: OptimizeResult, second: OptimizeResult) -> OptimizeResult:
    """Return the better of two runs, with what both cost and what was tried."""
    best = second
    if not second.success:
        one, other = (r.get("constr_violation", 0.0) for r in (first, second))
        least = min(one, other) + FEASIBLE * max(1.0, min(one, other))
        if max(one, other) > least:  # no matter what f is
            best = first if one < other else second
        elif least <= 2 * FEASIBLE:
            best = min(first, second, key=lambda r: r.fun)
    for name in ("nit", "nfev", "njev", "nhev"):
        best[name] = first.get(name, 0) + second.get(name, 0)
    best.message = (
        f"{best.message} ({first.method} had failed: {first.message}; then {second.method} was run)"
    )
    return best
