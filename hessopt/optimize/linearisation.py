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


class Recorded(Linearisation):
    """One that multiplies by walks through the graph of the constraint; few rows are kept."""

    def __init__(self, run: Recording, shape: tuple[int, ...], matrix: Callable[[], Any]) -> None:
        y = run.output
        self.run, self.x_shape = run, shape
        self.y_shape = y.shape
        super().__init__(np.array(y.data if isinstance(y, Variable) else y, float).ravel(), matrix)

    @cached_property
    def _back(self) -> Callable[..., Any]:
        return self.run.pullback()

    @cached_property
    def _forth(self) -> Callable[..., Any]:
        return pushforward(self.run)

    def pullback(self, u: Array) -> Array:
        """Return J'u by one walk backwards."""
        return np.asarray(self._back(u.reshape(self.y_shape))[0]).ravel()

    def pushforward(self, v: Array) -> Array:
        """Return Jv."""
        if self.value.size <= FEW:
            return super().pushforward(v)
        return np.asarray(self._forth(v.reshape(self.x_shape))).ravel()

    def normal(self, weights: Array, v: Array) -> Array:
        """Return ``J' diag(weights) J v``."""
        if self.value.size <= FEW:
            return super().normal(weights, v)
        return self.pullback(weights * self.pushforward(v))
