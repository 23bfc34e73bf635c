"""Steps from a quadratic model, as plain functions in the letters of the book.

The model is ``m(p) = f + g'p + p'Bp/2``; `B` is a product with the Hessian unless it says matrix.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006;
T. Steihaug, SIAM J. Numer. Anal. 20 (1983) 626-637.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.secular import Solve, cholesky
from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]
Product = Callable[[Array], Array]

# The least curvature that a step away from a saddle believes in, over the largest
FLOOR = 1e-8


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
    length : float
        The length of p in the norm of the region.
    radius : float
        The radius of the region.
    """

    p: Array
    reduction: float
    at_edge: bool
    curvature: float
    products: int
    length: float = np.nan
    radius: float = np.nan


class Leg(NamedTuple):
    """One direction d of conjugate gradients, from the iterate z; see `along`."""

    d: Array
    r_v: float
    d_Bd: float
    z_z: float
    z_d: float
    d_d: float

    @property
    def alpha(self) -> float:
        """How far to go along d if nothing is in the way."""
        return self.r_v / self.d_Bd if self.d_Bd > 0 else np.inf

    def inside(self, radius: float) -> bool:
        """Whether the end of the leg lies in the ball."""
        alpha = self.alpha
        return self.z_z + alpha * (2 * self.z_d + alpha * self.d_d) < radius * radius

    def cut(self, z: Array, radius: float, reduction: float, j: int) -> ModelStep:
        """Go up to the edge: to the positive root of ``|z + tau d| = radius``."""
        tau = _to_edge(self.z_z, self.z_d, self.d_d, radius)
        reduction += tau * self.r_v - tau**2 / 2 * self.d_Bd
        curvature = self.d_Bd / self.d_d
        return ModelStep(z + tau * self.d, reduction, True, curvature, j, radius, radius)


def steihaug(
    B: Product,
    g: Array,
    radius: float | Callable[[float], float],
    tolerance: float,
    maxiter: int,
    M: Product | None = None,
    legs: list[Leg] | None = None,
    most: int = 1000,
) -> ModelStep:
    """Minimise the model in a ball by conjugate gradients (Algorithm 7.2).

    With a preconditioner the ball is one of the norm ``|p|^2 = p'M^-1 p``, in which the iterates
    grow, so that the first to leave it may be cut off (Conn, Gould and Toint, Algorithm 7.5.1).

    Parameters
    ----------
    B : callable
        The product with the Hessian.
    g : ndarray
        The gradient.
    radius : float or callable
        The radius of the trust region, or a function that chooses it, given the length of the
        first step of conjugate gradients (0 if there is no minimum that way).
    tolerance : float
        When the residual ``r = Bp + g`` is short enough: ``r'Mr <= tolerance^2``.
    maxiter : int
        The most products with B.
    M : callable, optional
        The preconditioner, which approximates the inverse of B.
    legs : list, optional
        Is filled with the path, on which `along` finds the step for a smaller radius.
    most : int
        How many directions to put there at most.

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
    z, r = np.zeros_like(g), g
    v = r if M is None else M(r)
    d, r_v = -v, float(r @ v)
    z_z, z_d, d_d = 0.0, 0.0, r_v
    reduction, curvature = 0.0, np.inf
    if not callable(radius) and _root(r_v) <= tolerance:
        return ModelStep(z, reduction, False, curvature, 0, 0.0, radius)
    j = 0
    while True:
        Bd = B(d)
        j += 1
        leg = Leg(d, r_v, _curvature(d, Bd), z_z, z_d, d_d)
        curvature = leg.d_Bd / d_d
        if callable(radius):
            radius = radius(leg.alpha * _root(d_d) if curvature > 0 else 0.0)
        if legs is not None and j <= most:
            legs.append(leg)
        if not leg.inside(radius):
            return leg.cut(z, radius, reduction, j)
        alpha = leg.alpha
        z = z + alpha * d
        r = r + alpha * Bd
        reduction += alpha * r_v / 2
        v = r if M is None else M(r)
        r_v, r_v_old = float(r @ v), r_v
        z_z += alpha * (2 * z_d + alpha * d_d)
        if _root(r_v) <= tolerance or j >= maxiter:
            return ModelStep(z, reduction, False, curvature, j, _root(z_z), radius)
        beta = r_v / r_v_old
        z_d, d_d = beta * (z_d + alpha * d_d), r_v + beta**2 * d_d
        d = beta * d - v
        if M is None:  # the same numbers, less what rounding does to a recurrence
            z_z, z_d, d_d = float(z @ z), float(z @ d), float(d @ d)


def along(legs: Sequence[Leg], radius: float) -> ModelStep | None:
    """Return the step of `steihaug` for a smaller radius, without a product.

    Parameters
    ----------
    legs : sequence of Leg
        The path of conjugate gradients.
    radius : float
        The radius of the trust region.

    Returns
    -------
    ModelStep or None
        None if the path does not reach the edge.
    """
    if not legs:
        return None
    z, reduction = np.zeros_like(legs[0].d), 0.0
    for j, leg in enumerate(legs):
        if not leg.inside(radius):
            return leg.cut(z, radius, reduction, j + 1)
        z += leg.alpha * leg.d
        reduction += leg.alpha * leg.r_v / 2
    return None


def _root(square: float) -> float:
    """Return what `numpy.sqrt` does for a Python float, in a tenth of its time."""
    return math.sqrt(square) if square >= 0 else math.nan


def _curvature(d: Array, Bd: Array) -> float:
    """Return d'Bd; a Hessian that overflows says nothing, so that only the slope counts."""
    d_Bd = float(d @ Bd)
    return d_Bd if math.isfinite(d_Bd) else 0.0


def _to_edge(z_z: float, z_d: float, d_d: float, radius: float) -> float:
    gap = max(radius * radius - z_z, 0.0)
    # Two forms of the root: neither subtracts numbers of like size
    root = _root(z_d**2 + d_d * gap)
    return gap / (z_d + root) if z_d > 0 else (root - z_d) / d_d


def truncated_cg(
    B: Product, g: Array, tolerance: float, maxiter: int, M: Product | None = None
) -> ModelStep:
    """Solve ``Bp = -g`` by conjugate gradients up to a tolerance (Algorithm 7.1, inner loop).

    Where curvature is not positive, but for rounding, the book returns the iterate so far. Here the
    direction that showed it is followed by as much as if its curvature were of the other sign, and
    at least `FLOOR` times the largest that was seen: it is a descent direction and leads away from
    the saddle.

    Parameters
    ----------
    B, g, tolerance, maxiter, M
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
    z, r = np.zeros_like(g), g
    v = r if M is None else M(r)
    d, r_v = -v, float(r @ v)
    reduction, curvature, largest = 0.0, np.inf, 0.0
    for j in range(maxiter):
        if _root(r_v) <= tolerance:
            return ModelStep(z, reduction, False, curvature, j)
        Bd = B(d)
        d_Bd, d_d = _curvature(d, Bd), float(d @ d)
        curvature = d_Bd / d_d
        largest = max(largest, abs(curvature))
        if not curvature > 10 * EPS * largest:
            alpha = r_v / (max(-curvature, FLOOR * largest) * d_d) if largest > 0 else 1.0
            curvature = min(curvature, 0.0)
            reduction += alpha * r_v - alpha**2 / 2 * d_Bd
            return ModelStep(z + alpha * d, reduction, False, curvature, j + 1)
        alpha = r_v / d_Bd
        z = z + alpha * d
        r = r + alpha * Bd
        reduction += alpha * r_v / 2
        v = r if M is None else M(r)
        r_v, r_v_old = float(r @ v), r_v
        d = (r_v / r_v_old) * d - v
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


def newton_direction(B: Array, g: Array, floor: float = FLOOR) -> tuple[Array, bool]:
    """Solve ``Bp = -g`` with a matrix B that is made positive definite if need be.

    The variables are first scaled by the square roots of ``|B_ii|``, so that the result does not
    depend on their units. If the scaled matrix has no Cholesky factors, or only just, its
    eigenvalues are replaced by their absolute values, at least `floor` times the largest
    (section 3.4, *eigenvalue modification*, with the absolute value in place of a constant: the
    step then leaves a saddle as fast as it would approach a minimum).

    Parameters
    ----------
    B : ndarray or sparse array
        The Hessian, symmetric. A sparse one is shifted instead, see `sparse_subproblems`.
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
    if hasattr(B, "tocsr"):
        from hessopt.optimize import sparse_subproblems

        return sparse_subproblems.newton_direction(B, g)
    if not np.isfinite(B).all() or not B.any():
        return -g, False
    p, convex = _scaled_newton(B, g, floor)
    return (p, convex) if np.isfinite(p).all() and float(g @ p) < 0 else (-g, False)


def solve(B: Any) -> Solve:
    """Return what solves with the matrix B, dense or sparse, be it definite or not.

    Raises
    ------
    numpy.linalg.LinAlgError
        If B is singular: at once, or when a dense one is solved with.
    """
    if not hasattr(B, "tocsc"):
        return lambda b: np.linalg.solve(B, b)
    from scipy.sparse.linalg import splu

    try:
        return splu(B.tocsc()).solve
    except RuntimeError as error:
        raise np.linalg.LinAlgError(str(error)) from None


def _scaled_newton(B: Array, g: Array, floor: float) -> tuple[Array, bool]:
    D = np.sqrt(np.abs(np.diagonal(B)))
    D = np.where(EPS * D.max(initial=0.0) < D, D, D.max(initial=0.0) or 1.0)
    scaled = B / D / D[:, None]
    solve = cholesky(scaled)
    if solve is not None:
        return -solve(g / D) / D, True
    eigenvalues, V = np.linalg.eigh(scaled)
    eigenvalues = np.abs(eigenvalues)
    eigenvalues = np.maximum(eigenvalues, max(floor * eigenvalues.max(), np.finfo(float).tiny))
    return -(V @ ((V.T @ (g / D)) / eigenvalues)) / D, False
