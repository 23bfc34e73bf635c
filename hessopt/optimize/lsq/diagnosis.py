"""Why a fit did not succeed, where that can be found out."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from hessopt.optimize.diagnosis import around
from hessopt.optimize.given_derivatives import corrected, wrong_product
from hessopt.optimize.guarded import quiet
from hessopt.optimize.lsq.jacobians import forward
from hessopt.optimize.lsq.residuals import FitPoint, Residuals
from hessopt.optimize.result import count_on
from hessopt.optimize.stopping import Status, Stop
from hessopt.optimize.watch import Watcher

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

STUCK = (Status.NO_DESCENT, Status.ROUNDOFF_LIMIT)


class FitDiagnosis(Watcher):
    """Finds a wrong Jacobian where a run is stuck, and residuals that do not depend on x.

    The search may cost evaluations, which count.
    """

    residuals: Residuals

    def attached(self, objective: object) -> None:
        """Take the residuals."""
        assert isinstance(objective, Residuals)
        self.residuals = objective

    def finished(self, result: OptimizeResult) -> None:
        """Look at how it ended."""
        residuals = self.residuals
        point: FitPoint = result.state.point
        counts = residuals.nfev, residuals.njev, residuals.nhev
        stop = None
        # Whatever ends the search, a limit or an exception of fun, does not end the run
        with contextlib.suppress(Exception, KeyboardInterrupt):
            if result.success and result.nit == 0 and isinstance(point.raw, np.ndarray) and point.f:
                stop = None if point.raw.any() else flat(residuals, point)
            elif not result.success and residuals.oracle.given and result.status in STUCK:
                residuals.stop = None  # by which the method itself may have ended the run
                stop = wrong_jacobian(residuals, point)
        if stop is not None:
            result.status, result.success, result.message = stop.status, False, stop.message
        count_on(result, residuals, counts)


def flat(residuals: Residuals, point: FitPoint) -> Stop | None:
    """Return the Stop of residuals that do not vary around the start, None if they do.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.lsq.diagnosis import flat
    >>> from hessopt.optimize.lsq.residuals import Residuals
    >>> residuals = Residuals(lambda x: np.round(x), [1.1, 2.1])
    >>> flat(residuals, residuals(residuals.x0)).status.name
    'FLAT'
    """
    for x in around(point.x):
        if not np.array_equal(residuals.oracle.value(x), point.r):
            return None
    message = (
        f"{residuals.name} does not vary around the start x0: its Jacobian is exactly zero. Start "
        "where it varies, or see whether it uses x at all and does not round it or compare it only."
    )
    return Stop(Status.FLAT, message)


def wrong_jacobian(residuals: Residuals, point: FitPoint) -> Stop | None:
    """Return the Stop of a run whose Jacobian is not that of the residuals, None if it is.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.lsq.diagnosis import wrong_jacobian
    >>> from hessopt.optimize.lsq.residuals import Residuals
    >>> residuals = Residuals(lambda x: x**2, [1.0, 2.0], jac=lambda x: np.diag(-2 * x))
    >>> print(wrong_jacobian(residuals, residuals(residuals.x0)))
    jac is wrong: its entry [0, 0] is -2, but differences of fun give 2. Correct it, or leave ...
    """
    with quiet():
        product = forward(point.raw)
        value, name = residuals.oracle.value, residuals.name
        found = wrong_product("jac", product, value, name, point.x)
    return None if found is None else corrected(found)
