"""Quadratic models of the cost around a point, and their least point in a ball.

In the letters of More (1978): J and r are the Jacobian and the residuals, D the scales of the
variables, Delta the radius. A model is ``m(p) = g'p + p'Bp/2``, with ``B = J'J`` (Gauss-Newton) or
``B = J'J + S`` (Newton), where S is the second-order term ``sum of r_i H_i``.

``solve(q, free, D, radius)`` minimises ``m(q + z)`` over those z that vanish where `free` does not
hold, within ``|D z| <= radius``.

References
----------
J. J. More, *The Levenberg-Marquardt algorithm: implementation and theory*, Lecture Notes in
Mathematics 630, Springer 1978, 105-116, sections 3 and 5; J. J. More and D. C. Sorensen, SIAM J.
Sci. Stat. Comput. 4 (1983) 553-572, for matrices that are not positive definite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.oracle import Product
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import steihaug

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Inner(NamedTuple):
    """The least point of a model in a ball.

    Parameters
    ----------
    z : ndarray
        The increment.
    at_edge : bool
        Whether the ball cut it off.
    convex : bool
        Whether no direction of negative curvature was met.
    """

    z: Array
    at_edge: bool
    convex: bool = True


class Model:
    """Base of the models; `g` is the gradient at the point."""

    g: Array

    def B(self, p: Array) -> Array:
        """Multiply by the matrix."""
        raise NotImplementedError

    def value(self, p: Array) -> float:
        """Return m(p)."""
        return float(self.g @ p) + float(p @ self.B(p)) / 2

    def solve(self, q: Array, free: Mask, D: Array, radius: float) -> Inner:
        """Minimise around q, in the free variables, in a ball."""
        raise NotImplementedError


class GaussNewton(Model):
    """The model of a dense Jacobian, by its singular values: J'J would square its condition."""

    def __init__(self, J: Array, r: Array, g: Array) -> None:
        self.J, self.r, self.g = J, r, g

    def B(self, p: Array) -> Array:
        """Multiply by J'J."""
        return self.J.T @ (self.J @ p)

    def value(self, p: Array) -> float:
        """Return m(p)."""
        Jp = self.J @ p
        return float(self.g @ p) + float(Jp @ Jp) / 2

    def solve(self, q: Array, free: Mask, D: Array, radius: float) -> Inner:
        """Minimise around q, in the free variables, in a ball."""
        z, d = np.zeros_like(q), D[free]
        U, s, Vt = np.linalg.svd(self.J[:, free] / d, full_matrices=False)
        b = U.T @ (self.r + self.J @ q)
        keep = s > EPS * max(self.J.shape) * s[0]
        step = b[keep] / s[keep]
        at_edge = not np.linalg.norm(step) <= 1.1 * radius
        if at_edge:
            lam = secular(s * b, s * s, 0.0, radius)
            z[free] = -(Vt.T @ (s * b / (s * s + lam))) / d
        else:
            z[free] = -(Vt[keep].T @ step) / d
        return Inner(z, at_edge)


class Newton(Model):
    """The model with the second-order term, by the eigenvalues of its matrix."""

    def __init__(self, J: Array, S: Array, g: Array) -> None:
        self.matrix, self.g = J.T @ J + S, g

    def B(self, p: Array) -> Array:
        """Multiply by J'J + S."""
        return self.matrix @ p

    def solve(self, q: Array, free: Mask, D: Array, radius: float) -> Inner:
        """Minimise around q, in the free variables, in a ball."""
        z, d = np.zeros_like(q), D[free]
        w, Q = np.linalg.eigh(self.matrix[np.ix_(free, free)] / d / d[:, None])
        b = Q.T @ ((self.g + self.B(q))[free] / d)
        floor = EPS * len(w) * max(abs(w[-1]), np.finfo(float).tiny)
        convex = bool(w[0] > floor)
        least = 0.0 if convex else floor - w[0]
        at_edge = not np.linalg.norm(b / (w + least)) <= 1.1 * radius
        lam = secular(b, w, least, radius) if at_edge else least
        z[free] = -(Q @ (b / (w + lam))) / d
        return Inner(z, at_edge or not convex, convex)


class Large(Model):
    """A model that is known by products alone, minimised by conjugate gradients.

    Parameters
    ----------
    product : callable
        The product with B.
    g : ndarray
        The gradient.
    eta : float
        The residual to stop at, relative to the gradient.
    maxiter : int
        The most products for one step.
    """

    def __init__(self, product: Product, g: Array, eta: float, maxiter: int) -> None:
        self.product, self.g, self.eta, self.maxiter = product, g, eta, maxiter

    def B(self, p: Array) -> Array:
        """Multiply by B."""
        return self.product(p)

    def solve(self, q: Array, free: Mask, D: Array, radius: float) -> Inner:
        """Minimise around q, in the free variables, in a ball."""
        gradient = np.where(free, self.g + self.B(q) if q.any() else self.g, 0.0) / D

        def scaled(v: Array) -> Array:
            return np.where(free, self.product(v / D), 0.0) / D

        tolerance = self.eta * float(np.linalg.norm(gradient))
        found = steihaug(scaled, gradient, radius, tolerance, self.maxiter)
        return Inner(found.p / D, found.at_edge, found.curvature > 0)


def secular(b: Array, w: Array, least: float, radius: float) -> float:
    """Solve ``|b / (w + lam)| = radius`` for ``lam > least`` to a tenth.

    Newton's method on the reciprocal, kept between bounds (More 1978, Algorithm 5.5; three
    iterations are usual).

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.lsq.models import secular
    >>> lam = secular(np.array([3.0, 4.0]), np.array([0.0, 0.0]), 0.0, 1.0)
    >>> abs(5 / lam - 1) < 0.1
    True
    """
    low, high = least, least + max(float(np.linalg.norm(b)) / radius - float(w.min()) - least, 0.0)
    high = max(high, least + np.finfo(float).tiny)
    lam = low + 1e-3 * (high - low)
    for _ in range(100):
        terms = b / (w + lam)
        length = float(np.linalg.norm(terms))
        if abs(length - radius) <= 0.1 * radius:
            break
        if length < radius:
            high = lam
        else:
            low = lam
        slope = float(np.sum(terms**2 / (w + lam)))
        lam = lam + (length - radius) / radius * length**2 / slope if slope else np.nan
        if not low < lam < high:  # phrased so that a NaN is outside
            lam = max(low + 1e-3 * (high - low), float(np.sqrt(low * high)))
    return lam


Solve = Callable[[Array, Mask, Array, float], Inner]


def in_box(model: Model, free: Mask, D: Array, radius: float, lower: Array, upper: Array) -> Inner:
    """Minimise a model in a ball and in the box ``lower <= p <= upper``, approximately.

    Where the least point in the ball lies outside, the variables that crossed are put on their
    bounds and the rest are minimised over again: all of them at once, or only the first that was
    met if the model is lower there. The model falls from round to round, and each round fixes a
    variable, so that there are at most n.

    Parameters
    ----------
    model : Model
        The model.
    free : ndarray of bool
        The variables that may move.
    D, radius
        The ball.
    lower, upper : ndarray
        The box, which holds 0.

    References
    ----------
    C.-J. Lin and J. J. More, SIAM J. Optim. 9 (1999) 1100-1127, section 4, whose inner iteration
    this is, for a box as well as a ball.
    """
    q, at_edge, convex, left = np.zeros_like(lower), False, True, radius
    while free.any() and left > 1e-3 * radius:
        z, edge, positive = model.solve(q, free, D, left)
        at_edge, convex = at_edge or edge, convex and positive
        p = q + z
        crossed = free & ((p < lower) | (p > upper))
        if not crossed.any():
            return Inner(p, at_edge, convex)
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(crossed, (np.where(z > 0, upper, lower) - q) / z, np.inf)
        first = q + room.min() * z
        first = np.where(room == room.min(), np.clip(p, lower, upper), first)
        clipped = np.clip(p, lower, upper)
        if model.value(clipped) <= model.value(first):
            q, free = clipped, free & ~crossed
        else:
            q, free = np.clip(first, lower, upper), free & (room > room.min())
        left = radius - float(np.linalg.norm(D * q))
    return Inner(q, at_edge, convex)
