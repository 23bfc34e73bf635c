"""A quadratic model minimised in a box, face by face, in the letters of Lin and Moré.

The model is ``q(s) = g's + s'Bs/2`` around x; the box holds ``x + s``. What is returned is a point
of the box, not a step, so that a variable that meets its bound lies on it exactly.

References
----------
C.-J. Lin and J. J. Moré, *Newton's method for large bound-constrained optimization problems*,
SIAM J. Optim. 9 (1999) 1100-1127.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.bounds import Box
from hessopt.optimize.subproblems import ModelStep, newton_direction, steihaug

Array = NDArray[np.float64]
Product = Callable[[Array], Array]

MU0 = 0.01


class ModelPoint(NamedTuple):
    """A point of the box and what the model says there.

    Parameters
    ----------
    x : ndarray
        The point.
    q : float
        The value of the model.
    gradient : ndarray
        Its gradient ``g + Bs``.
    at_edge : bool
        Whether the trust region cut a step off on the way here.
    stubborn : bool
        Whether conjugate gradients took as many products as there were free variables and were
        not done: a matrix would have cost no more.
    """

    x: Array
    q: float
    gradient: Array
    at_edge: bool
    stubborn: bool = False


def cauchy_point(
    B: Product, x: Array, g: Array, box: Box, radius: float, d: Array, Bd: Array
) -> ModelPoint:
    """Go down the projected gradient as long as the model falls enough (section 2 of the paper).

    Parameters
    ----------
    B, x, g, box, radius
        The model, the box and the radius of the trust region.
    d, Bd : ndarray
        ``-g`` without the entries that would leave the box at once, and its product with B.

    Returns
    -------
    ModelPoint
        Where ``q(s) <= mu0 g's``, on the path ``P(x - alpha g)``. The first alpha is that of the
        least q along d; the paper's comes from the step before.
    """
    d_d, d_Bd = float(d @ d), float(d @ Bd)
    longest = radius / np.sqrt(d_d)
    alpha = d_d / d_Bd if d_Bd > 0 else np.inf
    at_edge = not alpha < longest  # or what overflows is NaN
    alpha = longest if at_edge else alpha
    while True:
        inside = x + alpha * d
        y = box.project(inside)
        s = y - x
        Bs = alpha * Bd if np.array_equal(y, inside) else B(s)
        slope = float(g @ s)
        q = slope + float(s @ Bs) / 2
        if not q > MU0 * slope or not s.any():  # NaN, where lengths overflow, ends it too
            return ModelPoint(y, q, g + Bs, at_edge)
        alpha, at_edge = alpha / 10, False


def minimise_faces(
    B: Product,
    start: ModelPoint,
    box: Box,
    radius: float,
    tolerance: float,
    maxiter: int,
    matrix: Array | None = None,
) -> ModelPoint:
    """Minimise the model on the face of the box that `start` lies on, then on smaller ones.

    On each face a step over the free variables is projected into the box, which fixes more of
    them (section 4 of the paper), until the gradient on the face is shorter than `tolerance`, the
    edge of the trust region is met, or `maxiter` products are spent.

    Parameters
    ----------
    B, start, box, radius, tolerance, maxiter
        The model, where to begin, and when to end.
    matrix : ndarray, optional
        B as a matrix: the step on a face is then Newton's, cut off at the radius, which is not
        troubled by the condition of B; without it, it is that of `steihaug`.

    Returns
    -------
    ModelPoint
        Where the model is no higher than at `start`.
    """
    at, spent = start, 0
    while True:
        free = box.interior(at.x)
        r = at.gradient[free]
        if at.at_edge or spent >= maxiter or not np.linalg.norm(r) > tolerance:
            return at
        step = (
            _conjugate_gradients(B, free, r, radius, tolerance, maxiter - spent)
            if matrix is None
            else _newton(matrix[np.ix_(free, free)], r, radius)
        )
        spent += step.products
        w = np.zeros_like(at.x)
        w[free] = step.p
        if box.contains(at.x + w):
            stubborn = step.products >= np.count_nonzero(free) and not step.at_edge
            end = ModelPoint(at.x + w, at.q - step.reduction, at.gradient, step.at_edge)
            return end._replace(stubborn=stubborn and step.products > 1)
        at, products = _projected_search(B, at, w, box)
        at = at._replace(at_edge=step.at_edge)
        spent += 0 if matrix is not None else products


def _conjugate_gradients(
    B: Product, free: NDArray[np.bool_], r: Array, radius: float, tolerance: float, maxiter: int
) -> ModelStep:
    def restricted(v: Array) -> Array:
        w = np.zeros(free.size)
        w[free] = v
        return B(w)[free]

    return steihaug(restricted, r, radius, tolerance, maxiter)


def _newton(B: Array, r: Array, radius: float) -> ModelStep:
    p, convex = newton_direction(B, r)
    length = float(np.linalg.norm(p))
    at_edge = not length < radius
    if at_edge:
        p = p * (radius / length)
    curvature = float(p @ (B @ p))
    curvature = curvature if np.isfinite(curvature) else 0.0
    reduction = -float(r @ p) - curvature / 2
    return ModelStep(p, reduction, at_edge, 1.0 if convex else -1.0, 0)


def _projected_search(B: Product, at: ModelPoint, w: Array, box: Box) -> tuple[ModelPoint, int]:
    """Return the point ``P(x + beta w)`` with enough decrease, (4.4), and the products made.

    beta is halved from one; below the first break point nothing is cut off, so that the model
    falls there for certain.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(w > 0, (box.upper - at.x) / w, np.where(w < 0, (box.lower - at.x) / w, 1.0))
    first_break = float(room.min())
    beta, products = 1.0, 0
    while True:
        y = box.project(at.x + beta * w)
        if beta <= first_break:
            # What sets the break point meets its bound, whatever rounding says
            y = np.where(room <= beta, np.where(w > 0, box.upper, box.lower), y)
        s = y - at.x
        Bs, products = B(s), products + 1
        slope = float(at.gradient @ s)
        change = slope + float(s @ Bs) / 2
        if change <= MU0 * min(slope, 0.0) or beta <= first_break:
            return ModelPoint(y, at.q + change, at.gradient + Bs, False), products
        beta = max(beta / 2, first_break)
