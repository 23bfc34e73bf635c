"""The Hessian that L-BFGS learns from gradients, as a matrix and as a product with it.

References
----------
R. H. Byrd, J. Nocedal and R. B. Schnabel, *Representations of quasi-Newton matrices and their use
in limited memory methods*, Math. Program. 63 (1994) 129-156, Theorem 2.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.vectors import norm

Array = NDArray[np.float64]

# A pair of less curvature than this part of the largest possible would make B all but singular
FLOOR = 1e-8


class Pairs(NamedTuple):
    """Steps s and the changes y of the gradient along them, the latest last.

    Parameters
    ----------
    S, Y : tuple of ndarray
        Of positive curvature, ``s'y > 0``.
    """

    S: tuple[Array, ...] = ()
    Y: tuple[Array, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.S)

    def learn(self, s: Array, y: Array, most: int) -> Pairs:
        """Return the last `most` pairs with this one, which is left out if it is of no use."""
        with np.errstate(all="ignore"):
            if not float(s @ y) > FLOOR * norm(s) * norm(y):
                return self
        return Pairs((*self.S, s)[-most:], (*self.Y, y)[-most:])


def compact(pairs: Pairs, *, matrix: bool) -> tuple[Callable[[Array], Array], Array | None]:
    """Return the product with B, and B itself if it is wanted, for at least one pair.

    With S and Y as rows, ``B = gamma I - W'M^-1 W``, where ``gamma = y'y / s'y`` of the last pair,
    ``W = [gamma S; Y]`` and ``M = [[gamma SS', L], [L', -D]]``; L is what of SY' lies below the
    diagonal D.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.learnt_hessian import Pairs, compact
    >>> pairs = Pairs().learn(np.array([1.0, 0.0]), np.array([2.0, 0.0]), most=5)
    >>> product, B = compact(pairs, matrix=True)
    >>> B
    array([[2., 0.],
           [0., 2.]])
    >>> product(np.array([1.0, 3.0]))
    array([2., 6.])
    """
    S, Y = np.array(pairs.S), np.array(pairs.Y)
    gamma = float(Y[-1] @ Y[-1]) / float(S[-1] @ Y[-1])
    S_Y = S @ Y.T
    L = np.tril(S_Y, -1)
    W = np.concatenate([gamma * S, Y])
    k = len(S)
    M = np.empty((2 * k, 2 * k))  # np.block takes as long as the solution with M
    M[:k, :k], M[:k, k:] = gamma * (S @ S.T), L
    M[k:, :k], M[k:, k:] = L.T, -np.diag(S_Y.diagonal())
    try:
        M_W = np.linalg.solve(M, W)
    except np.linalg.LinAlgError:  # pairs that depend on each other: the latest is enough
        if len(S) > 1:
            return compact(Pairs(pairs.S[-1:], pairs.Y[-1:]), matrix=matrix)
        M_W = np.zeros_like(W)  # its square underflows; along s, gamma says the same
    if matrix:
        B = gamma * np.eye(S.shape[1]) - W.T @ M_W
        B = (B + B.T) / 2
        return B.dot, B

    def product(v: Array) -> Array:
        return gamma * v - (M_W @ v) @ W

    return product, None
