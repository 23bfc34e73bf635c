"""Robust losses, which keep outliers from deciding a fit.

The cost is ``sum of C**2 rho((r_i / C)**2) / 2``. Its gradient and Gauss-Newton matrix are those of
plain least squares with other residuals and another Jacobian (Triggs's correction), so that a
solver need not know of the loss::

    J~_i = sqrt(max(rho' + 2 z rho'', eps)) J_i,      r~_i = rho' r_i / that root

References
----------
B. Triggs, P. McLauchlan, R. Hartley and A. Fitzgibbon, *Bundle adjustment: a modern synthesis*,
1999, section 4.3, in the form that `scipy.optimize.least_squares` documents.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]
Rho = Callable[[Array], Array]


def soft_l1(z: Array) -> Array:
    """Return a smooth absolute value, ``2 (sqrt(1 + z) - 1)``."""
    t = 1 + z
    return np.stack([2 * (t**0.5 - 1), t**-0.5, -0.5 * t**-1.5])


def huber(z: Array) -> Array:
    """Return squares up to 1, absolute values beyond."""
    far = z > 1
    t = np.where(far, z, 1.0)
    return np.stack([np.where(far, 2 * t**0.5 - 1, z), t**-0.5, np.where(far, -0.5 * t**-1.5, 0.0)])


def cauchy(z: Array) -> Array:
    """Return the logarithm, ``log(1 + z)``."""
    t = 1 + z
    return np.stack([np.log1p(z), 1 / t, -1 / t**2])


def arctan(z: Array) -> Array:
    """Return the arc tangent, which limits what one residual can cost."""
    t = 1 + z**2
    return np.stack([np.arctan(z), 1 / t, -2 * z / t**2])


RHO: dict[str, Rho] = {"soft_l1": soft_l1, "huber": huber, "cauchy": cauchy, "arctan": arctan}


class Loss:
    """A loss with its scale.

    Parameters
    ----------
    loss : str or callable
        ``"linear"``, a key of `RHO`, or ``rho(z)``, which returns its values and its first and
        second derivatives as the rows of an array.
    f_scale : float
        The margin C between inliers and outliers.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.lsq.losses import Loss
    >>> residuals = np.array([0.1, 10.0])
    >>> Loss("linear").cost(residuals), Loss("huber").cost(residuals)
    (50.005, 9.505)
    """

    def __init__(self, loss: Any = "linear", f_scale: float = 1.0) -> None:
        if loss != "linear" and not callable(loss) and loss not in RHO:
            raise ValueError(f"loss must be one of {['linear', *RHO]} or a callable, not {loss!r}")
        if not (np.ndim(f_scale) == 0 and np.isfinite(f_scale) and f_scale > 0):
            raise ValueError(f"f_scale must be a number above 0, not {f_scale!r}")
        self.linear = loss == "linear"
        self._rho: Any = loss if callable(loss) else RHO.get(loss)
        self._scale = float(f_scale)

    def rho(self, r: Array) -> Array:
        """Return ``C**2 rho(z)``, ``rho'(z)`` and ``z rho''(z)`` at ``z = (r / C)**2``."""
        z = (r / self._scale) ** 2
        rows = np.asarray(self._rho(z), dtype=np.float64)
        if rows.shape != (3, r.size):
            raise ValueError(
                f"loss must return an array of shape (3, {r.size}): rho, rho' and rho'' in its "
                f"rows; it returned one of shape {rows.shape}"
            )
        return np.stack([rows[0] * self._scale**2, rows[1], z * rows[2]])

    def cost(self, r: Array) -> float:
        """Return the cost of the residuals."""
        return float(r @ r) / 2 if self.linear else float(np.sum(self.rho(r)[0])) / 2

    def weights(self, r: Array) -> tuple[Array, Array]:
        """Return the factors of the rows of J, and of the residuals, in Triggs's correction."""
        _, first, second = self.rho(r)
        root = np.sqrt(np.maximum(first + 2 * second, EPS))
        return root, first / root

    def curvature_lost(self, r: Array) -> Array:
        """Return what Triggs's correction leaves out of ``rho' + 2 z rho''`` where it clips."""
        _, first, second = self.rho(r)
        return np.minimum(first + 2 * second - EPS, 0.0)
