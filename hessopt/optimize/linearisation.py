"""A function of several values at one point, and products with its Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.autodiff.variable import Variable
from hessopt.transforms.first_order import pushforward
from hessopt.transforms.recording import Recording

Array = NDArray[np.float64]
Product = Callable[[Array], Array]

# Up to so many rows the Jacobian is formed: it pays after a few products
FEW = 100


class Linearisation:
    """A constraint at one point: its value c, and products with its Jacobian J.

    Parameters
    ----------
    value : ndarray
        c.
    matrix : callable
        Returns J, an array or a sparse matrix.
    """

    def __init__(self, value: Array, matrix: Callable[[], Any]) -> None:
        self.value, self.matrix = value, cache(matrix)

    def pullback(self, u: Array) -> Array:
        """Return J'u."""
        return np.asarray(self.matrix().T @ u).ravel()

    def pushforward(self, v: Array) -> Array:
        """Return Jv."""
        return np.asarray(self.matrix() @ v).ravel()

    def normal(self, weights: Array, v: Array) -> Array:
        """Return ``J' diag(weights) J v``."""
        J = self.matrix()
        return np.asarray(J.T @ (weights * (J @ v))).ravel()


class Multiplied(Linearisation):
    """One that is multiplied with as it is; but few rows are kept.

    Parameters
    ----------
    value, matrix
        As for `Linearisation`.
    tangent, adjoint : callable
        The products with J and J'.
    """

    def __init__(
        self, value: Array, matrix: Callable[[], Any], tangent: Product, adjoint: Product
    ) -> None:
        super().__init__(value, matrix)
        self.tangent, self.adjoint = tangent, adjoint

    def pullback(self, u: Array) -> Array:
        """Return J'u."""
        return np.asarray(self.adjoint(u), dtype=np.float64).ravel()

    def pushforward(self, v: Array) -> Array:
        """Return Jv."""
        if self.value.size <= FEW:
            return super().pushforward(v)
        return np.asarray(self.tangent(v), dtype=np.float64).ravel()

    def normal(self, weights: Array, v: Array) -> Array:
        """Return ``J' diag(weights) J v``."""
        if self.value.size <= FEW:
            return super().normal(weights, v)
        return self.pullback(weights * self.pushforward(v))


class Recorded(Multiplied):
    """One that multiplies by walks through the graph of the constraint."""

    def __init__(self, run: Recording, shape: tuple[int, ...], matrix: Callable[[], Any]) -> None:
        y = run.output
        self.run, self.x_shape = run, shape
        self.y_shape = y.shape
        value = np.array(y.data if isinstance(y, Variable) else y, float).ravel()
        super().__init__(value, matrix, self._walk_forth, self._walk_back)

    @cached_property
    def _back(self) -> Callable[..., Any]:
        return self.run.pullback()

    @cached_property
    def _forth(self) -> Callable[..., Any]:
        return pushforward(self.run)

    def _walk_back(self, u: Array) -> Array:
        return self._back(u.reshape(self.y_shape))[0]

    def _walk_forth(self, v: Array) -> Array:
        return self._forth(v.reshape(self.x_shape))
