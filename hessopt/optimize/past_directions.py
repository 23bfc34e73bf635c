"""The preconditioner that conjugate gradients leave behind: what the last equation taught.

References
----------
J. L. Morales and J. Nocedal, SIAM J. Optim. 10 (2000) 1079-1096.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.preconditioners import FLOOR, Preconditioner
from hessopt.optimize.subproblems import Product
from hessopt.optimize.vectors import norm

Array = NDArray[np.float64]

# Up to here 'auto' takes 'lbfgs': beyond, its passes over memory cost more than a cheap product
AUTO = 2000


class Pairs:
    """Some of the pairs ``(d, Bd)`` that a process makes, evenly spread over all of them.

    When there are `maxcor` of them every second one is dropped, and from then on only every second
    one is taken (the cyclic storage of Morales and Nocedal, section 2.1).
    """

    def __init__(self, maxcor: int) -> None:
        self.maxcor, self.stride, self.seen = maxcor, 1, 0
        self.kept: list[tuple[Array, Array]] = []

    def note(self, d: Array, Bd: Array) -> None:
        """Keep a pair, or not."""
        if self.seen % self.stride == 0:
            if len(self.kept) == self.maxcor:
                self.kept, self.stride = self.kept[::2], 2 * self.stride
            if self.seen % self.stride == 0:
                self.kept.append((d, Bd))
        self.seen += 1


@dataclass(frozen=True)
class PastCG(Preconditioner):
    """L-BFGS' inverse Hessian from directions of conjugate gradients at the last point.

    The directions d are conjugate, ``d_i'B d_j = 0``, so that the formula of L-BFGS is, with
    ``S = [d_i]``, ``Y = [B d_i]`` and the diagonal D of ``S'Y``, ::

        M = gamma (I - S D^-1 Y') (I - Y D^-1 S') + S D^-1 S'

    Parameters
    ----------
    maxcor : int
        How many directions are kept (m of the paper).
    """

    maxcor: int = 8

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Use what was seen last."""
        if memory is None:
            return None, None
        S, Y, S_D, Y_D, gamma = memory  # the last two: D^-1 S' and D^-1 Y'

        def product(r: Array) -> Array:
            a = S_D.dot(r)
            q = gamma * (r - a.dot(Y))
            return q + (a - Y_D.dot(q)).dot(S)

        # This metric is another one at each point: along the first direction all agree on lengths
        g, Mg = point.g, product(point.g)
        unit = float(g @ Mg) / float(Mg @ Mg)
        Mg *= unit

        def metric(r: Array) -> Array:  # that of g, which is known, is asked for twice
            return Mg if r is g else unit * product(r)

        return metric, memory

    def pairs(self) -> Pairs:
        """Return where to note them."""
        return Pairs(self.maxcor)

    def after(self, memory: Any, pairs: Pairs | None) -> Any:
        """Keep directions of positive curvature."""
        rows: list[tuple[Array, Array, float]] = []
        for d, Bd in pairs.kept if pairs else ():
            size, d_Bd = norm(d), float(d @ Bd)
            if size > 0 and d_Bd > FLOOR * size * norm(Bd):
                rows.append((d / size, Bd / size, d_Bd / (size * size)))
        if not rows:
            return memory
        S, Y, D = map(np.array, zip(*rows, strict=True))
        return S, Y, S / D[:, None], Y / D[:, None], float(D[-1] / Y[-1].dot(Y[-1]))
