"""The sparse Hessian put together, for methods that want products with it.

Where few products give all of its entries, all others are products with a sparse matrix, which cost
no evaluation. Its factors are the best of preconditioners: the first direction of conjugate
gradients is Newton's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.past_directions import AUTO, Pairs, PastCG
from hessopt.optimize.preconditioners import FEW, Preconditioner
from hessopt.optimize.subproblems import Product

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Assembled(Preconditioner):
    """The inverse of the sparse Hessian by its factors, else that of its diagonal.

    There are factors where the Hessian is positive definite, and its structure keeps them sparse.
    Where the Hessian itself is not known as a sparse matrix, there is no preconditioner.

    Parameters
    ----------
    most : int
        How many products the Hessian may cost.
    """

    most: int = FEW

    def matrix(self, objective: Objective, point: Point, memory: Any = None) -> Any:
        """Return the Hessian as a sparse matrix, None where it is not known as one."""
        return objective.sparse_hessian(point.x, self.most)

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Factorise."""
        from hessopt.optimize import sparse_subproblems as sparse

        A = self.matrix(objective, point)
        if A is None or not np.isfinite(A.data).all() or not A.data.any():
            return None, memory
        D = sparse.scale(A)
        scaled = sparse.scaled_by(A, D)
        solve = sparse.factoriser(scaled)(0.0) if sparse.stays_sparse(scaled) else None

        def product(r: Array) -> Array:
            return (r / D if solve is None else solve(r / D)) / D

        # This metric is another one at each point: along the first direction all agree on lengths
        v = product(point.g)
        square = float(v @ v)
        unit = float(point.g @ v) / square if square > 0 else 1.0
        return lambda r: unit * product(r), memory


# In large problems the sparse Hessian is taken once an equation took more products than so many
LONG = 30
WORTHWHILE = "an equation took long"


@dataclass(frozen=True)
class Auto(PastCG):
    """The sparse Hessian where it is cheap, else past directions in small problems, else none.

    In large problems a few products by a compiled loop are sooner done than factors, so it is taken
    only after an equation that took many.
    """

    def matrix(self, objective: Objective, point: Point, memory: Any = None) -> Any:
        """Return the Hessian if it is cheap and worth it."""
        if objective.n > AUTO and memory != WORTHWHILE:
            return None
        return Assembled().matrix(objective, point)

    def at(
        self, objective: Objective, point: Point, memory: Any, B: Product
    ) -> tuple[Product | None, Any]:
        """Look at the structure and the size."""
        if self.matrix(objective, point, memory) is not None:
            return Assembled().at(objective, point, memory, B)
        if objective.n > AUTO:
            return None, memory
        return super().at(objective, point, memory, B)

    def after(self, memory: Any, pairs: Pairs | None) -> Any:
        """Note whether an equation took long, in small problems its directions."""
        if pairs is None or not pairs.kept:
            return memory
        if pairs.kept[0][0].size > AUTO:
            return WORTHWHILE if pairs.seen > LONG else memory
        return super().after(memory, pairs)
