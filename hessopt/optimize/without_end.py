"""What goes without end: f to -inf, x to infinity, or both so large that their squares overflow."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point, quiet
from hessopt.optimize.stopping import Status, Stop

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

# Beyond this the square of a number overflows, or nearly, and with it lengths and slopes; below
# its inverse it is zero
LARGE = 1e150
# A gradient that has grown so much on the way down has no limit
STEEP = 1e10
# Where x has grown by less there is no suspicion, and nothing is evaluated to confirm it
GROWN = 5.0


def bottomless(bottom: Point) -> Stop:
    """Return the Stop of a run that saw fun at -inf.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.objective import Point
    >>> from hessopt.optimize.without_end import bottomless
    >>> bottomless(Point(np.zeros(2), -np.inf, np.full(2, np.nan))).status.name
    'UNBOUNDED'
    """
    message = (
        "fun is unbounded below: it is -inf at x = "
        f"{np.array2string(bottom.x, threshold=6, precision=4)}, perhaps a logarithm of zero. "
        "Correct it there, or add bounds that keep x away. res.witness has the best point and the "
        "direction to that one."
    )
    return Stop(Status.UNBOUNDED, message)


def out_of_range(result: OptimizeResult) -> str | None:
    """Return a sentence on numbers too large or too small to compute with, None if all are good.

    Parameters
    ----------
    result : OptimizeResult
        With ``x``, ``jac``, ``fun`` and ``history``.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.minimize import minimize
    >>> from hessopt.optimize.without_end import out_of_range
    >>> res = minimize(lambda x: 1e200 * np.sum(x**2), [3.0], options={"maxiter": 0})
    >>> out_of_range(res)
    'The gradient is so large, 6e+200, that its square overflows: divide fun by its size, or ...'
    """
    x = float(np.max(np.abs(result.x)))
    g = float(np.max(np.abs(result.get("jac", 0.0)), initial=0.0))  # SciPy may have none
    if x > LARGE:
        return (
            f"x is so large, {x:.3g}, that its square overflows: write fun in units in which it is "
            "smaller."
        )
    first = float(result.history.grad_norm[0])
    if first > LARGE and g > LARGE:
        return (
            f"The gradient is so large, {g:.3g}, that its square overflows: divide fun by its "
            "size, or minimise its logarithm."
        )
    if 0 < g < 1 / LARGE and 0 < first < 1 / LARGE:
        return (
            f"The gradient is so small, {g:.3g}, that its square is zero: multiply fun until its "
            "changes are of the size of one."
        )
    if not g > STEEP * max(1.0, first) or not result.fun < result.history.f[0]:
        return None
    return (
        f"The gradient has grown from {first:.3g} to {g:.3g} without end: near this x fun has a "
        "pole, where it falls to -inf, or a cusp. Add bounds that keep x away, or write fun "
        "without it."
    )


def fades(objective: Objective, x: Array, f: float) -> str | None:
    """Return a sentence on a minimum that may lie at infinity, None if there is no sign of it.

    Where variables have gone far, f is evaluated once more, with these as far again from the
    start. Around a minimum it is higher there.

    Parameters
    ----------
    objective : Objective
        The objective.
    x, f : ndarray, float
        Where the run has ended, and the value.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.objective import Objective
    >>> from hessopt.optimize.without_end import fades
    >>> objective = Objective(lambda x: np.sum(np.exp(-x)), [0.0])
    >>> fades(objective, np.array([20.0]), 2e-9)
    'But x has gone from 0 to 20 in size, and fun is no higher twice as far from x0: ...'
    """
    size, first = float(np.max(np.abs(x))), float(np.max(np.abs(objective.x0)))
    far = np.abs(x) > GROWN * max(1.0, first)
    if not far.any() or objective.constraints is not None:
        return None
    beyond = np.where(far, 2 * x - objective.x0, x)
    if objective.box is not None and not objective.box.contains(beyond):
        return None
    with contextlib.suppress(Exception), quiet():  # a limit, or fun fails there: nothing is shown
        if objective.oracle.value(beyond) <= f:
            return (
                f"But x has gone from {first:.3g} to {size:.3g} in size, and fun is no higher "
                "twice as far from x0: it may fall for ever, more and more slowly, and have no "
                "minimum. Add bounds, or a small penalty on x."
            )
    return None
