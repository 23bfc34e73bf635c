"""A result remembers what it is the result of, so that questions about it can be answered later.

The attribute is not among the result's items: it is not printed, and it is lost when a result is
pickled, since functions may not be pickled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.oracle import Oracle
from hessopt.transforms.trees import is_tree, leaves

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

    from hessopt.optimize.bounds import Box
    from hessopt.optimize.lsq.residuals import Residuals

Array = NDArray[np.float64]


class Origin:
    """How to compute the exact Hessian at the solution.

    Parameters
    ----------
    hessian : callable, optional
        Computes it.
    x : ndarray, optional
        The flat solution.
    count : int, optional
        How many residuals there were, if it was a fit.
    box : Box, optional
        The bounds.
    constrained : bool
        Whether there were constraints.
    """

    def __init__(
        self,
        hessian: Callable[[], Array] | None = None,
        x: Array | None = None,
        count: int | None = None,
        box: Box | None = None,
        constrained: bool = False,
    ) -> None:
        self.hessian, self.x, self.count = hessian, x, count
        self.box, self.constrained = box, constrained

    def __reduce__(self) -> Any:
        return Origin, ()

    def __deepcopy__(self, memo: Any) -> Origin:
        return self


def attach(result: OptimizeResult, origin: Origin) -> OptimizeResult:
    """Let the result remember."""
    object.__setattr__(result, "_origin", origin)
    return result


def origin_of(result: Any) -> Origin:
    """Return what a result remembers; nothing, if it is not ours or was pickled."""
    return getattr(result, "__dict__", {}).get("_origin") or Origin()


def of_objective(
    result: OptimizeResult,
    fun: Any,
    args: Any,
    jac: Any,
    hess: Any,
    hessp: Any,
    box: Box | None = None,
    constrained: bool = False,
) -> OptimizeResult:
    """Remember the objective of `minimize`."""
    x, shape = np.array(result.x, dtype=np.float64).ravel(), np.shape(result.x)
    args = args if isinstance(args, tuple) else (args,)

    def hessian() -> Array:
        return Oracle(fun, shape, args, jac, hess, hessp).second(x)[2].dense()

    return attach(result, Origin(hessian, x, None, box, constrained))


def of_residuals(result: OptimizeResult, residuals: Residuals) -> OptimizeResult:
    """Remember the residuals of `least_squares`."""
    x = np.array(result.x, dtype=np.float64).ravel()

    def hessian() -> Array:
        from hessopt.optimize.lsq.jacobians import gram

        residuals.limits = residuals.stop = None
        point = residuals.complete(residuals.trial(x))
        S = residuals.second(point)
        if S is None:
            raise TypeError(
                "fun, whose Jacobian was given, cannot be differentiated twice; ask for "
                "hessian='gauss-newton'"
            )
        return gram(point.J) + S.dense()

    return attach(result, Origin(hessian, x, residuals.m))


def labels(x: Any) -> list[str]:
    """Return a name for each number in x: ``x[0]``, or the way to it through a container.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.origin import labels
    >>> labels({"rate": 0.5, "levels": np.zeros(2)})
    ["['rate']", "['levels'][0]", "['levels'][1]"]
    """
    named = leaves(x, "") if is_tree(x) else [("x", x)]
    found = []
    for path, leaf in named:
        for index in np.ndindex(np.shape(leaf)):
            found.append(path + (f"[{', '.join(map(str, index))}]" if index else ""))
    return found
