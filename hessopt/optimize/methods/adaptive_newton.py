"""Newton's method by products with the Hessian, or by its factors where these cost less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.certify import Spectrum
from hessopt.optimize.methods.base import Method
from hessopt.optimize.methods.newton import Newton
from hessopt.optimize.methods.trust_ncg import TrustNCG
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.second_look import second_look

# Steps over which products are averaged, and how often the price is asked for
STEPS = 5

# A run of so many steps, and so many for each variable, is in a valley in which the region stays
# small: the Hessian of few variables is then worth its price at any rate
LONG = (50, 10)

# A product for so many steps may be spent on a look at the point that a run converged to: about a
# twentieth of what they cost
LOOK = 5


class Phase(NamedTuple):
    """Which of the two methods goes on, and what it remembers.

    Parameters
    ----------
    inner : object
        The memory of that method.
    factorises : bool
        Whether it is the one with factors.
    products : tuple of int
        How many products the last steps took.
    steps : int
        How many steps there were.
    """

    inner: Any
    factorises: bool = False
    products: tuple[int, ...] = ()
    steps: int = 0


@dataclass(frozen=True)
class AdaptiveNewton(Method):
    """``trust-ncg`` until its steps take more products than the Hessian itself; then ``newton``.

    Conjugate gradients take few products far from the solution and where the Hessian is well
    conditioned, and need no memory. Where they take many, the Hessian may be had for fewer: for n
    of them up to a few hundred variables, and where it is sparse for a handful, whatever n is
    (`hessopt.sparse_hessian`). Then its factors solve the same equations exactly. With few
    variables they are also tried where a run gets long.

    Parameters
    ----------
    dense : int
        Up to so many variables the Hessian is formed where it is not sparse.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithms 7.2
    and 3.2; T. F. Coleman and J. J. More, Math. Programming 28 (1984) 243-270, for how few
    products a sparse Hessian takes.
    """

    name: ClassVar[str] = "adaptive-newton"
    order: ClassVar[int] = 2

    truncated: ClassVar[TrustNCG] = TrustNCG()
    exact: ClassVar[Newton] = Newton()

    dense: int = 200

    def __post_init__(self) -> None:
        checks.number(self.dense, "dense", least=0, whole=True)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Phase]:
        """Begin with products."""
        point, inner = self.truncated.start(objective, x)
        return point, Phase(inner)

    def step(self, objective: Objective, point: Point, memory: Phase) -> tuple[Point, Phase]:
        """Take a step of the method whose turn it is, and see whether the other would cost less."""
        if memory.factorises:
            point, inner = self.exact.step(objective, point, memory.inner)
            return point, memory._replace(inner=inner)
        before = objective.nhev
        point, inner = self.truncated.step(objective, point, memory.inner)
        products = (*memory.products, objective.nhev - before)[-STEPS:]
        memory = Phase(inner, False, products, memory.steps + 1)
        return point, Phase(None, True) if self.pays(objective, point, memory) else memory

    def second_look(self, objective: Objective, point: Point, memory: Phase) -> Spectrum | None:
        """Look at directions that conjugate gradients have not seen at the end, if there are few.

        There are few if the products are a small part of what the run has cost.
        """
        metric = None if memory.factorises else memory.inner.metric
        directions = objective.n - (0 if metric is None else len(metric[0]))
        if LOOK * directions > memory.steps or objective.n > self.dense:
            return None
        return second_look(objective, point, None if metric is None else metric[:2])

    def pays(self, objective: Objective, point: Point, memory: Phase) -> bool:
        """Whether the factors cost less from here on."""
        n, (some, each) = objective.n, LONG
        if n <= self.dense and memory.steps >= some + each * n:
            return True
        if memory.steps % STEPS:
            return False
        return bool(np.mean(memory.products) > objective.hessian_price(point.x, self.dense))
