"""Steps from a model whose matrix is at hand: the whole trust-region problem, and the dogleg.

References
----------
J. J. More and D. C. Sorensen, SIAM J. Sci. Stat. Comput. 4 (1983) 553-572;
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, sections 4.1, 4.3;
A. R. Conn, N. I. M. Gould and P. L. Toint, *Trust-Region Methods*, SIAM 2000, section 7.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.secular import Ball, cholesky, secular
from hessopt.optimize.subproblems import ModelStep

Array = NDArray[np.float64]

# A step of this part of the radius is at the edge; shorter, the region did not cut it off
EDGE = 0.9


def more_sorensen(
    B: Array, g: Array, radius: float, tolerance: float = 1e-3, maxiter: int = 100
) -> ModelStep:
    """Minimise the model in a ball (Algorithm 4.3, safeguarded, with the hard case).

    Parameters
    ----------
    B : ndarray
        The Hessian, symmetric.
    g : ndarray
        The gradient.
    radius : float
        The radius of the trust region.
    tolerance : float
        The relative error of the length of a step to the edge.
    maxiter : int
        The most factorisations.

    Returns
    -------
    ModelStep
        The step; its `curvature` is ``-lam``, a bound from above for the least eigenvalue, if the
        ball was met.

    Examples
    --------
    The hard case: g is orthogonal to the eigenvector of the negative eigenvalue.

    >>> import numpy as np
    >>> from hessopt.optimize.dense_subproblems import more_sorensen
    >>> step = more_sorensen(np.diag([-2.0, 1.0]), np.array([0.0, 3.0]), radius=2.0)
    >>> np.abs(step.p).round(3)
    array([1.732, 1.   ])
    """
    if not np.isfinite(B).all():
        p = -g * (radius / float(np.linalg.norm(g)))
        return ModelStep(p, -float(g @ p), True, 0.0, 0, radius, radius)
    solve = cholesky(B)
    if solve is not None:
        p = -solve(g)
        length = float(np.linalg.norm(p))
        if length <= radius:
            return ModelStep(p, _reduction(B, g, p), False, np.inf, 0, length, radius)
    # Bounds of lam from Gershgorin's circles (Conn, Gould and Toint, section 7.3.8)
    diagonal = np.diagonal(B)
    around = np.sum(np.abs(B), axis=1) - np.abs(diagonal)
    needed = float(np.linalg.norm(g)) / radius
    lower = max(0.0, -float(np.min(diagonal)), needed - float(np.max(diagonal + around)))
    upper = max(0.0, needed - float(np.min(diagonal - around))) * (1 + 1e-9)
    first = 0.0 if solve is not None else max(lower, 1e-3 * upper)
    lam, p = secular(
        lambda lam: cholesky(B, lam), g, Ball(radius), lower, upper, first, tolerance, maxiter
    )
    length = float(np.linalg.norm(p))
    return ModelStep(p, _reduction(B, g, p), length >= EDGE * radius, -lam, 0, length, radius)


def dogleg(B: Array, g: Array, newton: Array, radius: float) -> ModelStep:
    """Minimise the model on the path from the Cauchy point to the Newton point, (4.16).

    Parameters
    ----------
    B : ndarray
        The Hessian or a model of it; positive definite.
    g : ndarray
        The gradient.
    newton : ndarray
        The Newton step p^B, the solution of ``Bp = -g``.
    radius : float
        The radius of the trust region.

    Returns
    -------
    ModelStep
        The step.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.dense_subproblems import dogleg
    >>> B, g = np.diag([1.0, 4.0]), np.array([1.0, 4.0])
    >>> dogleg(B, g, np.array([-1.0, -1.0]), radius=0.5).p.round(3)
    array([-0.121, -0.485])
    >>> dogleg(B, g, np.array([-1.0, -1.0]), radius=2.0).p
    array([-1., -1.])
    """
    length = float(np.linalg.norm(newton))
    if length <= radius:
        return ModelStep(newton, _reduction(B, g, newton), False, np.inf, 0, length, radius)
    g_g, g_Bg = float(g @ g), float(g @ B @ g)
    cauchy = -(g_g / g_Bg) * g  # p^U, the minimiser along -g
    if not float(np.linalg.norm(cauchy)) < radius:
        p = -g * (radius / np.sqrt(g_g))
    else:
        d = newton - cauchy
        c_d, d_d = float(cauchy @ d), float(d @ d)
        gap = radius**2 - float(cauchy @ cauchy)
        root = np.sqrt(c_d**2 + d_d * gap)
        tau = gap / (c_d + root) if c_d > 0 else (root - c_d) / d_d
        p = cauchy + tau * d
    return ModelStep(p, _reduction(B, g, p), True, np.inf, 0, radius, radius)


def _reduction(B: Array, g: Array, p: Array) -> float:
    return -float(g @ p + p @ B @ p / 2)


def modified(B: Array, floor: float = 1e-8) -> Array:
    """Return B with the absolute values of its eigenvalues, at least `floor` times the largest.

    Parameters
    ----------
    B : ndarray
        The Hessian, symmetric.
    floor : float
        The least eigenvalue of the modified matrix over its largest.

    Returns
    -------
    ndarray
        A positive definite matrix; the identity instead of zero.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.dense_subproblems import modified
    >>> modified(np.diag([2.0, -1.0]))
    array([[2., 0.],
           [0., 1.]])
    """
    eigenvalues, V = np.linalg.eigh(B)
    eigenvalues = np.abs(eigenvalues)
    if not eigenvalues.any():
        return np.eye(len(B))
    return (V * np.maximum(eigenvalues, floor * eigenvalues.max())) @ V.T
