"""All constraints of a problem as one: ``lower <= c(x) <= upper``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.constraints import Constraint
from hessopt.optimize.linearisation import Linearisation

Array = NDArray[np.float64]
Product = Callable[[Array], Array]


class Stack(Linearisation):
    """Several linearisations, one below the other."""

    def __init__(self, parts: list[Linearisation]) -> None:
        self.parts = parts
        self.ends = np.cumsum([part.value.size for part in parts])[:-1]
        super().__init__(np.concatenate([part.value for part in parts]), self._stacked)

    def pullback(self, u: Array) -> Array:
        """Return J'u."""
        pieces = zip(self.parts, np.split(u, self.ends), strict=True)
        return np.sum([part.pullback(piece) for part, piece in pieces], axis=0)

    def pushforward(self, v: Array) -> Array:
        """Return Jv."""
        return np.concatenate([part.pushforward(v) for part in self.parts])

    def normal(self, weights: Array, v: Array) -> Array:
        """Return ``J' diag(weights) J v``."""
        pieces = zip(self.parts, np.split(weights, self.ends), strict=True)
        return np.sum([part.normal(piece, v) for part, piece in pieces if piece.any()], axis=0)

    def _stacked(self) -> Any:
        from scipy import sparse

        rows = [part.matrix() for part in self.parts]
        if any(sparse.issparse(block) for block in rows):
            return sparse.vstack(rows, format="csr")
        return np.vstack(rows)


class ConstraintSet:
    """The constraints of a problem, evaluated together, counted and remembered.

    Parameters
    ----------
    parts : list of Constraint
        The user's, at least one.
    x0 : ndarray
        The flat start, where they are evaluated once to learn their sizes.

    Attributes
    ----------
    lower, upper : ndarray
        The limits of c; they are equal where the constraint is an equation.
    nfev, njev, nhev : int
        How often c, its Jacobian, and the Hessian of a weighted sum were asked for.

    Raises
    ------
    ValueError
        If limits do not fit, are NaN or crossed, or c is not finite at x0; the constraint is named.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.constraints import parse_constraints
    >>> from hessopt.optimize.constraint_set import ConstraintSet
    >>> x = np.array([1.0, 2.0])
    >>> given = [{"type": "eq", "fun": np.sum}, {"type": "ineq", "fun": np.prod}]
    >>> constraints = ConstraintSet(parse_constraints(given, (2,)), x)
    >>> constraints.value(x), constraints.violation(x)
    (array([3., 2.]), 3.0)
    >>> constraints.at(x).pullback(np.array([1.0, 10.0]))
    array([21., 11.])
    """

    def __init__(self, parts: list[Constraint], x0: Array) -> None:
        self.parts = parts
        self.nfev = self.njev = self.nhev = 0
        values = [_at_start(part, i, x0) for i, part in enumerate(parts)]
        self.ends = np.cumsum([value.size for value in values])[:-1]
        limits = [
            _limits(part, i, c.size) for i, (part, c) in enumerate(zip(parts, values, strict=True))
        ]
        self.lower = np.concatenate([lower for lower, _ in limits])
        self.upper = np.concatenate([upper for _, upper in limits])
        self.m = self.lower.size
        self._values: list[tuple[Array, Array]] = [(x0.copy(), np.concatenate(values))]
        self._known: list[tuple[Array, Stack]] = []
        self.nfev = 1

    def value(self, x: Array) -> Array:
        """Return c."""
        for known, c in self._values:
            if np.array_equal(known, x):
                return c
        self.nfev += 1
        c = np.concatenate([part.value(x) for part in self.parts])
        self._remember(x, c)
        return c

    def at(self, x: Array) -> Stack:
        """Return c with its Jacobian."""
        for known, stack in self._known:
            if np.array_equal(known, x):
                return stack
        self.nfev, self.njev = self.nfev + 1, self.njev + 1
        stack = Stack([part.at(x) for part in self.parts])
        self._remember(x, stack.value)
        self._known = [*self._known[-1:], (x.copy(), stack)]
        return stack

    def curvature(self, x: Array, u: Array) -> Product:
        """Return the product with ``sum u_i H_i``."""
        products = [
            part.curvature(x, piece) for part, piece in zip(self.parts, self.split(u), strict=True)
        ]

        def product(v: Array) -> Array:
            self.nhev += 1
            return np.sum([each(v) for each in products], axis=0)

        return product

    def excess(self, c: Array) -> Array:
        """Return by how much each entry of c is out of its limits."""
        return np.maximum(np.maximum(self.lower - c, c - self.upper), 0.0)

    def violation(self, x: Array) -> float:
        """Return the largest excess at x; NaN if c is not finite."""
        return float(np.max(self.excess(self.value(x)), initial=0.0))

    def split(self, u: Array) -> list[Array]:
        """Return one array for each of the user's constraints."""
        return np.split(u, self.ends)

    def _remember(self, x: Array, c: Array) -> None:
        self._values = [*self._values[-2:], (x.copy(), c)]


def _at_start(part: Constraint, i: int, x0: Array) -> Array:
    value = part.value(x0)
    if not np.isfinite(value).all():
        raise ValueError(
            f"constraints: number {i} is {value[~np.isfinite(value)][0]} at the start x0; begin "
            "where it is finite"
        )
    return value


def _limits(part: Constraint, i: int, m: int) -> tuple[Array, Array]:
    try:
        lower, upper = (
            np.broadcast_to(np.asarray(limit, dtype=np.float64), m).copy()
            for limit in (np.ravel(part.lower), np.ravel(part.upper))
        )
    except ValueError:
        raise ValueError(
            f"constraints: number {i} has {m} values, which its lb of shape "
            f"{np.shape(part.lower)} and ub of shape {np.shape(part.upper)} do not fit"
        ) from None
    wrong = np.flatnonzero(~(lower <= upper) | (lower == np.inf) | (upper == -np.inf))
    if wrong.size:
        k = int(wrong[0])
        raise ValueError(
            f"constraints: number {i} asks for {lower[k]:g} <= c <= {upper[k]:g} in its entry {k}, "
            "which nothing can satisfy"
        )
    return lower, upper
