"""A second look at the point that a run of few variables converged to: is it a saddle.

A run from a symmetric start stays symmetric: gradients, and so all directions of conjugate
gradients, lie in one subspace, and a minimum in it may be a saddle beside it. What conjugate
gradients have seen of the Hessian costs nothing; the rest is looked at by products.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.certify import Spectrum
from hessopt.optimize.objective import Objective, Point

Array = NDArray[np.float64]

# Directions that depend on each other less than this can be told apart
INDEPENDENT = 1e-6


def second_look(
    objective: Objective, point: Point, seen: tuple[Array, Array] | None
) -> Spectrum | None:
    """Return the least eigenvalue of the Hessian from as few products as possible.

    Parameters
    ----------
    objective : Objective
        The objective.
    point : Point
        The point.
    seen : tuple of ndarray, optional
        Conjugate directions of positive curvature and the products with them, as rows, from a
        point nearby.

    Returns
    -------
    Spectrum or None
        None where the directions span all variables: the Hessian is positive definite, and there
        is nothing to look at.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.objective import Objective
    >>> from hessopt.optimize.second_look import second_look
    >>> objective = Objective(lambda x: x[0] ** 2 - 3 * x[1] ** 2, [0.0, 0.0])
    >>> seen = np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]])
    >>> round(second_look(objective, objective(objective.x0), seen).least, 6)
    -6.0
    >>> objective.nhev
    1
    """
    n = objective.n
    S, Y = np.zeros((0, n)), np.zeros((0, n))
    if seen is not None:
        S, Y = seen
        if np.linalg.cond(S) * INDEPENDENT > 1:
            S, Y = S[:0], Y[:0]
    if len(S) == n:
        return None
    Q, R = np.linalg.qr(S.T, mode="complete")  # S' = Q R, so that HQ = Y' R^-1 where R has rows
    V, k = Q.T, len(S)
    H = objective.hvp(point.x)
    HZ = np.stack([H(z) for z in V[k:]])
    B = np.concatenate([np.linalg.solve(R[:k].T, Y), HZ]) @ Q
    # What was seen is of another point: where both are known, what is seen here counts
    B[:k, k:] = B[k:, :k].T
    eigenvalues, U = np.linalg.eigh((B + B.T) / 2)
    return Spectrum(float(eigenvalues[0]), U[:, 0] @ V, float(np.abs(eigenvalues).max()))
