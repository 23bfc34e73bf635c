"""Sparse matrices of derivatives from few products: the structure, the colours, the entries.

Structure and colours are found once for each trace of a function. What a trace holds, it holds for
its own path through the code alone; where a guard fails, there is another trace, and another
structure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from hessopt.program.coloring import Coloring, columns, star
from hessopt.program.sparsity import MOST, Pattern, TooDense, sparsity
from hessopt.transforms.jit import Jitted

if TYPE_CHECKING:
    from hessopt.program.program import Program

BATCH = 1 << 18  # entries of the vectors that are multiplied at once
MOST_PLANS = 64  # beyond, the oldest is forgotten

# How far a product may be off, as a part of its largest possible entry
CLOSE = 1e-6


class WrongStructureError(RuntimeError):
    """A matrix put together from few products does not multiply as the function's derivative.

    An operation depends on entries which, by what it says of itself, it does not depend on.
    """


@dataclass
class Plan:
    """How a matrix is put together.

    Attributes
    ----------
    pattern : csr_array of bool
        Its structure, or, where `transposed`, that of its transpose.
    coloring : Coloring
        Of the columns of the pattern.
    transposed : bool
        Whether rows are coloured, and products made from the left.
    checked : bool
        Whether a matrix of this plan was compared with a product.
    """

    pattern: Pattern
    coloring: Coloring
    transposed: bool = False
    checked: bool = False

    def matrix(self, multiply: Callable[[Any], Any], dtype: Any) -> sparse.csr_array:
        """Return the matrix, given ``multiply(rows)``, which multiplies it by each row.

        Raises
        ------
        WrongStructureError
            The first time, if the matrix and ``multiply`` do not agree about a random vector.
        """
        m, n = self.pattern.shape
        count, size = self.coloring.count, max(1, BATCH // max(1, n))
        parts = [
            np.reshape(
                multiply(self.coloring.seeds(k, min(k + size, count)).astype(dtype)), (-1, m)
            )
            for k in range(0, count, size)
        ]
        flat = np.concatenate(parts).ravel() if parts else np.zeros(0, dtype)
        data = flat[self.coloring.sources]
        places = (self.pattern.indices.copy(), self.pattern.indptr.copy())
        found = sparse.csr_array((data, *places), self.pattern.shape)
        if not self.checked and np.isfinite(data).all():
            self._check(found, multiply, dtype)
        return found.T.tocsr() if self.transposed else found

    def _check(self, found: Any, multiply: Callable[[Any], Any], dtype: Any) -> None:
        v = np.random.default_rng(0).uniform(0.5, 1.5, self.pattern.shape[1]).astype(dtype)
        expected = np.ravel(multiply(v[None]))
        if np.isfinite(expected).all():
            scale = np.max(abs(found) @ v, initial=float(np.finfo(dtype).tiny))
            close = max(CLOSE, 100 * float(np.finfo(dtype).eps))
            if not np.all(
                np.abs(found @ v - expected) <= close * max(scale, np.max(abs(expected)))
            ):
                raise WrongStructureError(
                    "the derivative has entries outside of its structure, so an operation has a "
                    "wrong rule `links`: a mistake in hessopt, or in a family's subclass of yours; "
                    "hessopt.hessian and hessopt.hvp do without it"
                )
            self.checked = True


def hessian_plan(program: Program, output: int = 0, most: int = MOST) -> Plan:
    """Return the plan of a Hessian from the program of a gradient, its output of this number."""
    found = sparsity(program, output, most=most)
    # Both are supersets of the true structure, which is symmetric
    pattern = sparse.csr_array(found.multiply(found.T), dtype=bool)
    pattern.sort_indices()
    return Plan(pattern, star(pattern))


def jacobian_plan(program: Program, output: int = 0, most: int = MOST) -> Plan:
    """Return the plan of a Jacobian, by columns or by rows, whichever needs fewer products."""
    pattern = sparsity(program, output, most=most)
    pattern.sort_indices()
    ways = [pattern, pattern.T.tocsr()]
    # Entries in one row need as many colours of columns
    least = [int(np.max(np.diff(way.indptr), initial=0)) for way in ways]
    first = int(least[1] < least[0])
    chosen, coloring = first, columns(ways[first])
    if least[1 - first] < coloring.count:
        other = columns(ways[1 - first])
        if other.count < coloring.count:
            chosen, coloring = 1 - first, other
    return Plan(ways[chosen], coloring, transposed=bool(chosen))


def dense_plan(m: int, n: int, of: str) -> Plan:
    """Return the plan of a matrix of which nothing is known."""
    if m * n > MOST:
        raise TooDense(
            f"nothing is known of the structure of {of}, and {m} by {n} entries are too many"
        )
    pattern = sparse.csr_array(np.ones((m, n), bool))
    rows, columns_ = np.divmod(np.arange(m * n), max(1, n))
    return Plan(pattern, Coloring(np.arange(n), n, columns_ * m + rows))


class Plans:
    """The plans of a jitted function, one for each of its traces.

    Parameters
    ----------
    jitted : Jitted
        Its first argument is what to differentiate by.
    make : callable
        Makes a plan from a program; one of those above.
    """

    def __init__(self, jitted: Jitted, make: Callable[[Program], Plan]) -> None:
        self.jitted, self._make = jitted, make
        self._plans: dict[int, tuple[Program, Plan | TooDense]] = {}

    def at(self, *args: Any, **kwargs: Any) -> Plan | None:
        """Return the plan for these arguments; None where the function has no program.

        Raises
        ------
        TooDense
            If the structure has too many entries.
        """
        try:
            program = self.jitted.program(*args, **kwargs)
        except TypeError:
            if not self.jitted.refusal:
                raise
            return None
        if id(program) not in self._plans:
            while len(self._plans) >= MOST_PLANS:
                del self._plans[next(iter(self._plans))]
            try:
                plan: Plan | TooDense = self._make(program)
            except TooDense as error:
                plan = error
            self._plans[id(program)] = (program, plan)  # which keeps the program, and its id
        plan = self._plans[id(program)][1]
        if isinstance(plan, TooDense):
            raise plan
        return plan
