"""Stochastic gradient descent on a finite sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.line_search import not_finite
from hessopt.optimize.methods.base import Method
from hessopt.optimize.objective import Objective, Point


class Epoch(NamedTuple):
    """The velocity v, how many epochs were made, and how often the learning rate was halved."""

    v: np.ndarray
    epochs: int
    halvings: int = 0


@dataclass(frozen=True)
class SGD(Method):
    """Stochastic gradient descent: steps down the gradients of parts of the objective.

    The objective ``fun(x, *args)`` is to be a *mean* over data, and the data are in `args`: an
    array's first axis counts the data. One iteration of the run is one *epoch*: the data are
    shuffled and cut into parts, there is a step for each part, and at the end of the epoch the
    whole objective is evaluated, which gives `fun`, the history and the test of `gtol`. Every
    evaluation of a part counts in `nfev` and `njev` as one.

    f may rise from epoch to epoch. An epoch that ends where f is not finite is refused, and tried
    again at half the learning rate.

    Parameters
    ----------
    learning_rate : float
        The first step length.
    minibatches : int or sequence, optional
        How many parts; or the parts themselves, each a tuple that takes the place of `args`, whose
        order is shuffled. By default one part, which is gradient descent.
    momentum : float
        How much of the velocity is kept from step to step.
    decay : float
        Epoch k, from 0, has the rate ``learning_rate / (1 + decay k)``.
    seed : int
        Of the shuffling: the same seed gives the same run.

    References
    ----------
    H. Robbins and S. Monro, Ann. Math. Statist. 22 (1951) 400-407; L. Bottou, F. E. Curtis and
    J. Nocedal, SIAM Rev. 60 (2018) 223-311, Algorithm 4.1 and section 7.1.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import minimize
    >>> rng = np.random.default_rng(0)
    >>> A = rng.normal(size=(200, 3))
    >>> b = A @ np.array([1.0, -2.0, 3.0])
    >>> def loss(x, A, b):
    ...     return np.mean((A @ x - b) ** 2)
    >>> options = {"minibatches": 20, "learning_rate": 0.05}
    >>> minimize(loss, np.zeros(3), args=(A, b), method="sgd", options=options).x.round(4)
    array([ 1., -2.,  3.])
    """

    name: ClassVar[str] = "sgd"
    order: ClassVar[int] = 1

    learning_rate: float = 1e-2
    minibatches: Any = None
    momentum: float = 0.0
    decay: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        checks.number(self.learning_rate, "learning_rate", above=0.0)
        checks.number(self.momentum, "momentum", least=0.0, below=1.0)
        checks.number(self.decay, "decay", least=0.0)
        checks.number(self.seed, "seed", least=0, whole=True)
        parts = self.minibatches
        if isinstance(parts, Sequence) and not isinstance(parts, str):
            if not parts or not all(isinstance(part, tuple) for part in parts):
                raise ValueError(
                    "option 'minibatches' must be a number, or a sequence of tuples that take the "
                    "place of args"
                )
        else:
            checks.number(parts, "minibatches", least=1, whole=True, optional=True)

    def start(self, objective: Objective, x: np.ndarray) -> tuple[Point, Epoch]:
        """Evaluate the start; the velocity is zero."""
        if not (self.minibatches is None or isinstance(self.minibatches, Sequence)):
            rows(objective.args, int(self.minibatches))
        return objective(x), Epoch(np.zeros_like(x), 0)

    def step(self, objective: Objective, point: Point, memory: Epoch) -> tuple[Point, Epoch]:
        """Make one epoch."""
        x, (v, k, halvings) = point.x, memory
        alpha = self.learning_rate / (1 + self.decay * k) / 2**halvings
        for args in self.parts(objective.args, np.random.default_rng((self.seed, k))):
            g = point.g if args is None else objective.part(x, args)[1]
            v = self.momentum * v - alpha * g
            x = x + v
            if not np.isfinite(x).all():
                break
        trial = objective(x)
        if trial.finite:
            return trial, Epoch(v, k + 1, halvings)
        if halvings == 60:
            raise not_finite(point, trial)
        return point, Epoch(np.zeros_like(v), k, halvings + 1)

    def parts(self, args: tuple[Any, ...], rng: np.random.Generator) -> Iterator[Any]:
        """Give the args of the parts in turn; None stands for the whole."""
        if self.minibatches is None:
            yield None
        elif isinstance(self.minibatches, Sequence):
            for i in rng.permutation(len(self.minibatches)):
                yield self.minibatches[i]
        else:
            m = int(self.minibatches)
            n = rows(args, m)
            for chosen in np.array_split(rng.permutation(n), m):
                yield tuple(a[chosen] if _counts(a, n) else a for a in args)

    def descends(self) -> bool:
        """Only on the average."""
        return False

    def maxiter(self, n: int) -> int:
        """Return the default limit of epochs: first-order methods need many."""
        return 50_000


def rows(args: tuple[Any, ...], parts: int) -> int:
    """Return how many data there are: the length of the first array in args."""
    arrays = [a for a in args if getattr(a, "ndim", 0) > 0]
    if not arrays:
        raise ValueError(
            "option 'minibatches' needs the data in args: arrays whose first axis counts them"
        )
    n = len(arrays[0])
    if parts > n:
        raise ValueError(f"option 'minibatches' must be at most {n}, the number of data")
    return n


def _counts(a: Any, n: int) -> bool:
    return getattr(a, "ndim", 0) > 0 and len(a) == n
