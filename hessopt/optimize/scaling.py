"""Bad scaling of the variables, measured: how differently f bends along them.

What the steps of a run show for nothing, ``|change of g_i| / |change of x_i|``, raises the
suspicion; the second derivatives along the two variables concerned confirm it.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from hessopt.optimize.objective import Objective, Point, quiet
from hessopt.optimize.stopping import EPS

# Second derivatives that differ by this are worth a remark: units of x that differ by a thousand
RATIO = 1e6
# and by this they alone may end a descent
HOPELESS = 1e8
# Points that are kept to measure by; few of large ones
KEPT, FEW_KEPT, LARGE = 11, 2, 100_000


class Scales(NamedTuple):
    """The variables along which f bends the most and the least.

    Parameters
    ----------
    most, least : int
        Their numbers.
    of_most, of_least : float
        The second derivatives along them.
    exact : bool
        Whether these are derivatives, or estimates from steps.
    """

    most: int
    least: int
    of_most: float
    of_least: float
    exact: bool

    @property
    def ratio(self) -> float:
        """How much more f bends along the one than along the other."""
        return self.of_most / self.of_least

    def sentence(self) -> str:
        """Say what was measured and what to do."""
        about = "" if self.exact else "about "
        return (
            f"The variables are badly scaled: the second derivative of fun along x[{self.most}] is "
            f"{about}{self.of_most:.2g}, along x[{self.least}] {about}{self.of_least:.2g}. "
            f"Their sizes, 1 / sqrt of these, are {self.of_most**-0.5:.2g} and "
            f"{self.of_least**-0.5:.2g}: give such sizes of the variables as the option 'scale', "
            "or options={'scale': 'auto'}, to a method that takes it, 'trust-ncg' for one; or take "
            "method 'newton', to which units do not matter."
        )


class Scaling:
    """The last points of a run, to measure the scales of the variables by.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.objective import Objective
    >>> from hessopt.optimize.scaling import Scaling
    >>> objective = Objective(lambda x: 1e4 * x[0] ** 2 + 1e-4 * x[1] ** 2, [1.0, 1.0])
    >>> seen = Scaling()
    >>> seen.keep(objective(np.array([1.0, 1.0])))
    >>> seen.keep(objective(np.array([0.1, 0.9])))
    >>> round(seen.measured(objective, objective.x0).ratio)
    100000000
    """

    def __init__(self) -> None:
        self.points: deque[Point] = deque()

    def keep(self, point: Point) -> None:
        """Keep an iterate."""
        if self.points and point is self.points[-1]:
            return
        self.points.append(point)
        if len(self.points) > (FEW_KEPT if point.x.size > LARGE else KEPT):
            self.points.popleft()

    def suspicion(self) -> Scales | None:
        """Return what the steps show, if it is worth a remark."""
        if len(self.points) < 2 or self.points[0].x.size < 2:
            return None
        with quiet():
            pairs = zip(list(self.points)[1:], list(self.points)[:-1], strict=True)
            moves = [(new.x - old.x, new.g - old.g) for new, old in pairs]
            dx = np.sqrt(np.sum([s**2 for s, _ in moves], axis=0))
            dg = np.sqrt(np.sum([y**2 for _, y in moves], axis=0))
            noise = 10 * EPS * np.max([np.abs(point.g) for point in self.points], axis=0)
            bend = np.where((dx > 0) & (dg > noise), dg / dx, np.nan)
        if np.count_nonzero(np.isfinite(bend)) < 2:
            return None
        most, least = int(np.nanargmax(bend)), int(np.nanargmin(bend))
        found = Scales(most, least, float(bend[most]), float(bend[least]), exact=False)
        return found if found.ratio >= RATIO else None

    def measured(self, objective: Objective, x: np.ndarray) -> Scales | None:
        """Return the scales at `x`, confirmed by second derivatives where these are to be had."""
        found = self.suspicion()
        if found is None:
            return None
        try:
            with quiet():
                product = objective.hvp(x)
                of_most, of_least = (_along(product, x, i) for i in (found.most, found.least))
        except Exception:  # a limit was reached, or there are no second derivatives
            return found
        if not of_most > 0 or not of_least > 0 or not of_most >= RATIO * of_least:
            return None
        return Scales(found.most, found.least, of_most, of_least, exact=True)


def _along(product: object, x: np.ndarray, i: int) -> float:
    e = np.zeros_like(x)
    e[i] = 1.0
    return float(product(e)[i])  # pyright: ignore[reportCallIssue]
