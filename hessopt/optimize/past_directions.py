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
        S, Y, D, gamma = memory

        def product(r: Array) -> Array:
            a = (S @ r) / D
            q = gamma * (r - a @ Y)
            return q + (a - (Y @ q) / D) @ S

        # This metric is another one at each point: along the first direction all agree on lengths
        v = product(point.g)
        unit = float(point.g @ v) / float(v @ v)
        return lambda r: unit * product(r), memory

    def pairs(self) -> Pairs:
        """Return where to note them."""
        return Pairs(self.maxcor)

    def after(self, memory: Any, pairs: Pairs | None) -> Any:
        """Keep directions of positive curvature."""
        good = [
            (d / size, Bd / size)
            for d, Bd in (pairs.kept if pairs else ())
            if (size := float(np.linalg.norm(d))) > 0
            and float(d @ Bd) > FLOOR * size * float(np.linalg.norm(Bd))
        ]
        if not good:
            return memory
        S, Y = (np.array(rows) for rows in zip(*good, strict=True))
        D = np.sum(S * Y, axis=1)
        return S, Y, D, float(D[-1] / (Y[-1] @ Y[-1]))
