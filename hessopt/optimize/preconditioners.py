"""What makes conjugate gradients short: an approximate inverse M of the Hessian.

A preconditioner is an object without state; what it remembers from step to step is part of the
method's memory, so that a run can be resumed.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, sections 5.1 and 7.1;
C. Bekas, E. Kokiopoulou and Y. Saad, Appl. Numer. Math. 57 (2007) 1214-1229.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.subproblems import Product
from hessopt.optimize.vectors import norm

Array = NDArray[np.float64]

# Up to here the diagonal of the Hessian is taken from the Hessian itself
EXACT = 20
# What the exact diagonal of a sparse Hessian may cost, in products
FEW = 8
# Entries of a diagonal that are smaller than this part of the largest are raised to it
FLOOR = 1e-8


class Preconditioner:
    """None at all, and the base of the others."""

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Return the product with M at `point`, and what is to be remembered.

        Parameters
        ----------
        objective : Objective
            The objective.
        point : Point
            Where the Newton equation is to be solved.
        memory : object
            What was remembered at the last point, None at the first.
        B : callable
            The product with the Hessian at `point`.
        """
        return None, memory

    def matrix(self, objective: Objective, point: Point, memory: Any = None) -> Any:
        """Return the Hessian as a matrix if this takes one, which then makes all products."""
        return None

    def after(self, memory: Any, pairs: Any) -> Any:
        """Return what is to be remembered, having seen pairs ``(d, Bd)`` of a step."""
        return memory

    def pairs(self) -> Any:
        """Return where to note the pairs, if they are wanted."""
        return None


@dataclass(frozen=True)
class Given(Preconditioner):
    """The user's."""

    M: Any

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Call the user's function, if it is one."""
        M, n = self.M, objective.n
        if callable(M) and not hasattr(M, "matvec"):
            M = M(point.x.reshape(objective.shape).copy())
        M = _matrix(M)
        if M.shape != (n, n):
            raise ValueError(
                f"option 'preconditioner' must be of shape ({n}, {n}), not {M.shape}: it "
                "approximates the inverse of the Hessian"
            )
        return lambda r: np.asarray(M @ r, dtype=np.float64).ravel(), None


@dataclass(frozen=True)
class Diagonal(Preconditioner):
    """The inverse of the absolute diagonal of the Hessian.

    Up to 20 variables, where the user gives the Hessian, or where its structure allows to have all
    of it from 8 products (`hessopt.sparse_hessian`), the diagonal is exact. Else it is estimated
    from products with random signs v, as the mean of ``v * Bv`` (Bekas, Kokiopoulou and Saad), and
    averaged over the points: with weight ``1/k`` at first and not less than a fifth.

    Parameters
    ----------
    probes : int
        How many products are spent at a point.
    seed : int
        Of the random signs.
    """

    probes: int = 2
    seed: int = 0

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Look at the diagonal."""
        k, mean = memory or (0, np.zeros(objective.n))
        exact: Any = objective.hessian_diagonal(point.x, FEW)
        if exact is None and objective.n <= EXACT:
            exact = np.diagonal(objective.hessian(point.x)).copy()
        if exact is not None:
            mean = exact
        else:
            rng = np.random.default_rng((self.seed, k))
            seen = np.zeros(objective.n)
            for _ in range(self.probes):
                v: Any = rng.integers(0, 2, objective.n) * 2.0 - 1.0
                seen = seen + v * B(v) / self.probes
            if np.isfinite(seen).all():
                mean = mean + max(1 / (k + 1), 1 / 5) * (seen - mean)
        diagonal = _positive(np.abs(mean))
        return lambda r: r / diagonal, (k + 1, mean)


@dataclass(frozen=True)
class Scale(Preconditioner):
    """Typical sizes D of the variables, which is M = D^2: the same as minimising over x / D.

    Parameters
    ----------
    sizes : ndarray, optional
        By default the square roots of the inverse diagonal of the Hessian at the start.
    """

    sizes: Array | None = None

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Measure at the start, and keep to it."""
        if memory is None:
            if self.sizes is None:
                _, (_, diagonal) = Diagonal(probes=10).at(objective, point, None, B)
                memory = 1 / _positive(np.abs(diagonal))
            else:
                if self.sizes.size not in (1, objective.n):
                    raise ValueError(
                        f"option 'scale' must hold {objective.n} sizes, one for each entry of x0, "
                        f"not {self.sizes.size}"
                    )
                memory = np.broadcast_to(self.sizes.ravel() ** 2, (objective.n,)).copy()
        return lambda r: memory * r, memory


def _matrix(M: Any) -> Any:
    return M if hasattr(M, "shape") else np.asarray(M)


def _positive(diagonal: Any) -> Array:
    """Raise what is too small; where everything is, there is no scale."""
    largest = float(np.max(diagonal))
    return np.maximum(diagonal, FLOOR * largest) if largest > 0 else np.ones_like(diagonal)


def dual_norm(M: Product | None, g: Array) -> float:
    """Return the norm of a gradient that belongs to the metric: the root of ``g'Mg``."""
    if M is None:
        return norm(g)
    Mg = M(g)
    square = float(g @ Mg)
    if square > 0 or not g.any():
        return math.sqrt(square)
    size = float(np.abs(g).max())
    square = float(g / size @ (Mg / size))  # which does not underflow
    if not square > 0:
        raise indefinite(square)
    return size * math.sqrt(square)


def indefinite(square: float) -> ValueError:
    """Return the error of a preconditioner that is none.

    Examples
    --------
    >>> from hessopt.optimize.preconditioners import indefinite
    >>> print(indefinite(-1.0))
    option 'preconditioner' must be positive definite, but g'Mg = -1
    """
    return ValueError(f"option 'preconditioner' must be positive definite, but g'Mg = {square:.3g}")
