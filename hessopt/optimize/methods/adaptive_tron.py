"""Bounds: steps by a Hessian that is learnt from gradients, then by the exact one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.optimize.bounds import Box
from hessopt.optimize.learnt_hessian import Pairs, compact
from hessopt.optimize.line_search import no_descent
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.tron import TRON, Region, box_of
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.vectors import norm

Array = NDArray[np.float64]

# Up to here what is learnt is put into a matrix, which the steps on a face then solve with
MATRIX = 200
# The first radius in lengths of x; as good as none
FAR = 1e6
# Of what is free of charge the model is minimised closely
ETA = 1e-3


class Phase(NamedTuple):
    """Which of the two Hessians is used, and what is known.

    Parameters
    ----------
    region : Region
        What `tron` remembers.
    pairs : Pairs
        Steps and changes of the gradient.
    steps : int
        How many steps there were with what is learnt.
    exact : bool
        Whether the exact Hessian has taken over.
    """

    region: Region
    pairs: Pairs
    steps: int = 0
    exact: bool = False

    @property
    def radius(self) -> float:
        """The radius of the region, for those who look on."""
        return self.region.radius


@dataclass(frozen=True)
class AdaptiveTRON(Method):
    """`tron` with the Hessian of L-BFGS for the first steps, and then with the exact one.

    While a run finds out which bounds hold, exact curvature is not worth its products: a step with
    what gradients have shown costs one value and one gradient. Where the run is long, products
    with the exact Hessian end it, for they converge quadratically.

    The first Hessian is a multiple of the identity: the curvature along the reduced gradient, by
    one product. In a box that is bounded on all sides it is the identity, as in L-BFGS-B; what is
    cut off by the bounds needs no scale. The region is out of the way before a step was bad.

    Parameters
    ----------
    maxcor : int
        How many pairs are kept.
    learning : int
        How many steps are made with what is learnt.

    References
    ----------
    C.-J. Lin and J. J. Moré, SIAM J. Optim. 9 (1999) 1100-1127; R. H. Byrd, P. Lu, J. Nocedal and
    C. Zhu, *A limited memory algorithm for bound constrained optimization*, SIAM J. Sci. Comput. 16
    (1995) 1190-1208.
    """

    name: ClassVar[str] = "adaptive-tron"
    order: ClassVar[int] = 2
    bounds: ClassVar[bool] = True

    tron: ClassVar[TRON] = TRON()

    maxcor: int = 25
    learning: int = 50

    def __post_init__(self) -> None:
        checks.number(self.maxcor, "maxcor", least=1, whole=True)
        checks.number(self.learning, "learning", least=0, whole=True)

    def at_once(self) -> int:
        """Return the order of the derivatives that are computed with every value at first."""
        return 1 if self.learning else 2

    def start(self, objective: Objective, x: Array) -> tuple[Point, Phase]:
        """Evaluate the start, where one product with the Hessian may be needed."""
        if not is_bounded(objective.box):
            objective.hvp(x)
        point, region = self.tron.start(objective, x)
        if not self.learning:
            return point, Phase(region, Pairs(), exact=True)
        far = FAR * max(1.0, norm(point.x))
        return point, Phase(region._replace(radius=far, dense=False), Pairs())

    def step(self, objective: Objective, point: Point, memory: Phase) -> tuple[Point, Phase]:
        """Take a step with the Hessian whose turn it is."""
        if memory.exact:
            objective.order = 2
            point, region = self.tron.step(objective, point, memory.region)
            return point, memory._replace(region=region)
        pairs = memory.pairs or self.first(objective, point)
        B, matrix = compact(pairs, matrix=point.x.size <= MATRIX)
        region = memory.region._replace(eta=ETA)
        after, region, trial = self.tron.tried(objective, point, region, B, matrix)
        region = region._replace(dense=memory.region.dense)  # which says nothing of the exact one
        pairs = memory.pairs
        if trial.finite:  # a bad step teaches as well
            pairs = pairs.learn(trial.x - point.x, trial.g - point.g, self.maxcor)
        steps = memory.steps + 1
        if steps < self.learning:
            return after, Phase(region, pairs, steps)
        if region.radius >= FAR:  # no step was bad: it is chosen anew
            region = region._replace(radius=np.nan)
        return after, Phase(region, pairs, steps, exact=True)

    def first(self, objective: Objective, point: Point) -> Pairs:
        """Return a pair to begin with, along the reduced gradient."""
        box = box_of(point)
        d = -box.reduced_gradient(point.x, point.g)
        if not d.any():
            raise no_descent(point, None, 0.0)
        u = d / np.abs(d).max()  # whose square does not overflow
        if is_bounded(box):
            return Pairs().learn(u, u, 1)
        Bu = objective.hvp(point.x)(u)
        found = Pairs().learn(u, Bu, 1)
        if found:
            return found
        # Downwards for ever, as far as is seen: as long a step as if it went upwards
        bend = norm(Bu) / norm(u)
        return Pairs().learn(u, (bend if 0 < bend < np.inf else 1.0) * u, 1)


def is_bounded(box: Box | None) -> bool:
    """Whether the box is finite on all sides."""
    return box is not None and bool(np.isfinite(box.lower).all() and np.isfinite(box.upper).all())
