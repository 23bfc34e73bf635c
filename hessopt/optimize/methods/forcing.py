"""How accurately the Newton equation is to be solved."""

from __future__ import annotations

from typing import NamedTuple

from hessopt.optimize.objective import Point
from hessopt.optimize.vectors import norm

ETA_MAX = 0.1


class Forcing(NamedTuple):
    """Eisenstat and Walker's choice 2: as accurate as the last step turned out to be.

    ``eta_k = 0.9 (|g_k| / |g_k-1|)^2``, at most 0.1: with a looser bound (their safeguard exists
    for bounds near one) a curved valley takes more steps than the products are worth.

    Parameters
    ----------
    eta : float
        The relative residual to stop at.
    norm : float
        The norm of the gradient that `eta` was computed for.

    References
    ----------
    S. C. Eisenstat and H. F. Walker, SIAM J. Sci. Comput. 17 (1996) 16-32, section 2.
    """

    eta: float
    norm: float

    @classmethod
    def first(cls, point: Point) -> Forcing:
        """Begin loosely."""
        return cls(ETA_MAX, norm(point.g))

    def after(self, point: Point) -> Forcing:
        """Return the forcing term for the next point."""
        length = norm(point.g)
        fell = length / self.norm
        return Forcing(min(0.9 * fell * fell, ETA_MAX), length)
