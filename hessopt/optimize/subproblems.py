"""Steps from a quadratic model, as plain functions in the letters of the book.

The model is ``m(p) = f + g'p + p'Bp/2``; `B` is a product with the Hessian unless it says matrix.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006;
T. Steihaug, SIAM J. Numer. Anal. 20 (1983) 626-637.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]
Product = Callable[[Array], Array]


class ModelStep(NamedTuple):
    """A step and what the model says about it.

    Parameters
    ----------
    p : ndarray
        The step.
    reduction : float
        ``m(0) - m(p)``.
    at_edge : bool
        Whether the trust region cut the step off.
    curvature : float
        The curvature ``d'Bd / d'd`` of the last direction d that was looked at: not positive if
        the method met a direction of negative curvature.
    products : int
        How many products with B were made.
    """

    p: Array
    reduction: float
    at_edge: bool
    curvature: float
    products: int


def steihaug(B: Product, g: Array, radius: float, tolerance: float, maxiter: int) -> ModelStep:
    """Minimise the model in a ball by conjugate gradients (Algorithm 7.2).

    Parameters
    ----------
    B : callable
        The product with the Hessian.
    g : ndarray
        The gradient.
    radius : float
        The radius of the trust region.
    tolerance : float
        When the residual ``Bp + g`` is short enough.
    maxiter : int
        The most products with B.

    Returns
    -------
    ModelStep
        The step, at the edge of the region if that was met or curvature was not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.subproblems import steihaug
    >>> B, g = np.diag([1.0, 4.0]), np.array([1.0, 4.0])
    >>> step = steihaug(B.dot, g, radius=10.0, tolerance=1e-12, maxiter=2)
    >>> step.p, step.at_edge
    (array([-1., -1.]), False)
    >>> float(np.linalg.norm(steihaug(B.dot, g, radius=0.5, tolerance=1e-12, maxiter=2).p))
    0.5
    """
    z, r, d = np.zeros_like(g), g, -g
    r_r = float(r @ r)
    reduction, curvature = 0.0, np.inf
    if np.sqrt(r_r) <= tolerance:
        return ModelStep(z, reduction, False, curvature, 0)
    for j in range(maxiter):
        Bd = B(d)
        d_Bd, d_d, z_d, z_z = _curvature(d, Bd), float(d @ d), float(z @ d), float(z @ z)
        curvature = d_Bd / d_d
        alpha = r_r / d_Bd if d_Bd > 0 else np.inf
        if not z_z + alpha * (2 * z_d + alpha * d_d) < radius * radius:
            # Up to the edge along d: the positive root of |z + tau d| = radius
            tau = _to_edge(z_z, z_d, d_d, radius)
            reduction += tau * r_r - tau**2 / 2 * d_Bd
            return ModelStep(z + tau * d, reduction, True, curvature, j + 1)
        z = z + alpha * d
        r = r + alpha * Bd
        reduction += alpha * r_r / 2
        r_r_next = float(r @ r)
        if np.sqrt(r_r_next) <= tolerance:
            return ModelStep(z, reduction, False, curvature, j + 1)
        d = (r_r_next / r_r) * d - r
        r_r = r_r_next
    return ModelStep(z, reduction, False, curvature, maxiter)


def _curvature(d: Array, Bd: Array) -> float:
    """Return d'Bd; a Hessian that overflows says nothing, so that only the slope counts."""
    d_Bd = float(d @ Bd)
    return d_Bd if np.isfinite(d_Bd) else 0.0


def _to_edge(z_z: float, z_d: float, d_d: float, radius: float) -> float:
    gap = max(radius * radius - z_z, 0.0)
    # Two forms of the root: neither subtracts numbers of like size
    root = np.sqrt(z_d**2 + d_d * gap)
    return gap / (z_d + root) if z_d > 0 else (root - z_d) / d_d


def truncated_cg(B: Product, g: Array, tolerance: float, maxiter: int) -> ModelStep:
    """Solve ``Bp = -g`` by conjugate gradients up to a tolerance (Algorithm 7.1, inner loop).

    Where curvature is not positive the book returns the iterate so far. Here the direction that
    showed it is followed by as much as if its curvature were of the other sign, since it is a
    descent direction and leads away from the saddle; if it has no curvature at all, by its length.

    Parameters
    ----------
    B, g, tolerance, maxiter
        As for `steihaug`.

    Returns
    -------
    ModelStep
        A descent direction; its `curvature` says whether the model was convex along the way.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.subproblems import truncated_cg
    >>> B, g = np.diag([1.0, -4.0]), np.array([1.0, 1.0])
    >>> step = truncated_cg(B.dot, g, tolerance=1e-12, maxiter=2)
    >>> step.curvature < 0, bool(step.p @ g < 0)
    (True, True)
    """
    z, r, d = np.zeros_like(g), g, -g
    r_r = float(r @ r)
    reduction, curvature = 0.0, np.inf
    for j in range(maxiter):
        if np.sqrt(r_r) <= tolerance:
            return ModelStep(z, reduction, False, curvature, j)
        Bd = B(d)
        d_Bd, d_d = _curvature(d, Bd), float(d @ d)
        curvature = d_Bd / d_d
        if not curvature > 0:
            alpha = r_r / -d_Bd if d_Bd < 0 else 1.0
            reduction += alpha * r_r - alpha**2 / 2 * d_Bd
            return ModelStep(z + alpha * d, reduction, False, curvature, j + 1)
        alpha = r_r / d_Bd
        z = z + alpha * d
        r = r + alpha * Bd
        reduction += alpha * r_r / 2
        r_r_next = float(r @ r)
        d = (r_r_next / r_r) * d - r
        r_r = r_r_next
    return ModelStep(z, reduction, False, curvature, maxiter)


def two_loop(pairs: Sequence[tuple[Array, Array, float]], g: Array) -> Array:
    """Return ``Hg`` for the inverse Hessian H of L-BFGS (Algorithm 7.4 with (7.20)).

    Parameters
    ----------
    pairs : sequence of (s, y, rho)
        Steps, changes of the gradient and ``1 / y's``, the oldest first.
    g : ndarray
        The gradient.

    Returns
    -------
    ndarray
        ``Hg``; `g` itself without pairs.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.subproblems import two_loop
    >>> s, y = np.array([1.0, 0.0]), np.array([2.0, 0.0])
    >>> two_loop([(s, y, 1 / (y @ s))], np.array([4.0, 4.0]))
    array([2., 2.])
    """
    q = g.copy()
    alphas = []
    for s, y, rho in reversed(pairs):
        alpha = rho * float(s @ q)
        alphas.append(alpha)
        q -= alpha * y
    if pairs:
        _, y, rho = pairs[-1]
        q /= rho * float(y @ y)  # gamma = s'y / y'y
    for (s, y, rho), alpha in zip(pairs, reversed(alphas), strict=True):
        beta = rho * float(y @ q)
        q += (alpha - beta) * s
    return q


def newton_direction(B: Array, g: Array, floor: float = 1e-8) -> tuple[Array, bool]:
    """Solve ``Bp = -g`` with a matrix B that is made positive definite if need be.

    The variables are first scaled by the square roots of ``|B_ii|``, so that the result does not
    depend on their units. If the scaled matrix has no Cholesky factors, or only just, its
    eigenvalues are replaced by their absolute values, at least `floor` times the largest
    (section 3.4, *eigenvalue modification*, with the absolute value in place of a constant: the
    step then leaves a saddle as fast as it would approach a minimum).

    Parameters
    ----------
    B : ndarray
        The Hessian, symmetric.
    g : ndarray
        The gradient.
    floor : float
        The least eigenvalue of the modified matrix over its largest.

    Returns
    -------
    p : ndarray
        A descent direction.
    convex : bool
        Whether B was used as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.subproblems import newton_direction
    >>> newton_direction(np.diag([2.0, 1e-6]), np.array([2.0, 1e-6]))
    (array([-1., -1.]), True)
    >>> newton_direction(np.diag([2.0, -1.0]), np.array([2.0, 1.0]))
    (array([-1., -1.]), False)
    """
    if not np.isfinite(B).all() or not B.any():
        return -g, False
    p, convex = _scaled_newton(B, g, floor)
    return (p, convex) if np.isfinite(p).all() and float(g @ p) < 0 else (-g, False)


def _scaled_newton(B: Array, g: Array, floor: float) -> tuple[Array, bool]:
    from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh

    D = np.sqrt(np.abs(np.diagonal(B)))
    D = np.where(EPS * D.max(initial=0.0) < D, D, D.max(initial=0.0) or 1.0)
    scaled = B / D / D[:, None]
    try:
        factor = cho_factor(scaled, lower=True)
        pivots = np.diagonal(factor[0])
        if pivots.min() ** 2 > len(g) * EPS * pivots.max() ** 2:
            return -cho_solve(factor, g / D) / D, True
    except LinAlgError:
        pass
    eigenvalues, V = eigh(scaled)
    eigenvalues = np.abs(eigenvalues)
    eigenvalues = np.maximum(eigenvalues, max(floor * eigenvalues.max(), np.finfo(float).tiny))
    return -(V @ ((V.T @ (g / D)) / eigenvalues)) / D, False
