"""Steps from a model that is looked at in a Krylov space.

The vectors of Lanczos' process turn the model ``g'p + p'Bp/2`` of many variables into one of few,
``p = Q h``, whose matrix T is tridiagonal; its minimiser in a ball, or with a cubic term, is found
at next to no cost. With a preconditioner M the columns of Q are orthonormal in its inverse, and so
is all that is said about lengths.

References
----------
N. I. M. Gould, S. Lucidi, M. Roma and P. L. Toint, SIAM J. Optim. 9 (1999) 504-525;
A. R. Conn, N. I. M. Gould and P. L. Toint, *Trust-Region Methods*, SIAM 2000, Algorithms 5.2.1
and 7.5.2; C. Cartis, N. I. M. Gould and P. L. Toint, Math. Program. 127 (2011) 245-295, section 6.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.secular import Ball, Cubic, Shift, Solve, secular
from hessopt.optimize.stopping import EPS
from hessopt.optimize.subproblems import ModelStep, Product

Array = NDArray[np.float64]

# How many numbers the vectors of a space may hold: half a gigabyte
ROOM = 2**26


@dataclass
class KrylovSpace:
    """Lanczos' vectors q_0, q_1, ... from g, and the tridiagonal matrix ``T = Q'BQ``.

    Parameters
    ----------
    g : ndarray
        The gradient.
    M : callable, optional
        The preconditioner, which approximates the inverse of B.

    Attributes
    ----------
    Q : ndarray
        The vectors, as rows.
    delta, gamma : list of float
        The diagonal of T and, with ``gamma[0] = |g|``, what is beside it; the last gamma belongs
        to the vector that would come next.
    """

    g: Array
    M: Product | None = None
    delta: list[float] = field(default_factory=list)
    gamma: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = max(20, ROOM // self.g.size)
        self.rows = np.empty((1, self.g.size))
        self.t, self.w = self.g, np.zeros_like(self.g)
        self._next()

    def _next(self) -> None:
        self.y = self.t if self.M is None else self.M(self.t)
        self.gamma.append(np.sqrt(max(float(self.t @ self.y), 0.0)))

    @property
    def Q(self) -> Array:
        """The vectors, as rows."""
        return self.rows[: len(self.delta)]

    def _keep(self, q: Array, delta: float) -> None:
        k = len(self.delta)
        if k == len(self.rows):
            self.rows = np.concatenate([self.rows, np.empty_like(self.rows)])
        self.rows[k] = q
        self.delta.append(delta)

    def extend(self, B: Product) -> None:
        """Add a vector at the price of one product."""
        gamma = self.gamma[-1]
        w, q = self.t / gamma, self.y / gamma
        Bq = B(q)
        delta = float(q @ Bq)
        if not np.isfinite(delta):  # a Hessian that overflows says nothing
            Bq, delta = np.zeros_like(q), 0.0
        beside = gamma if self.delta else 0.0
        self._keep(q, delta)
        self.t = Bq - delta * w - beside * self.w
        if self.M is None:  # rounding makes them lose orthogonality
            self.t = self.t - (self.Q @ self.t) @ self.Q
        self.w = w
        self._next()

    @property
    def complete(self) -> bool:
        """Whether B leads out of the space no more, or there is no room for another vector."""
        if len(self.Q) in (self.g.size, self.room):
            return True
        size = max(max(map(abs, self.delta)), max(self.gamma[1:]))
        return self.gamma[-1] <= 10 * EPS * size

    def closed(self) -> KrylovSpace:
        """Return the space as data: it cannot be extended any more."""
        data = copy(self)
        data.rows = self.Q
        data.M, data.t, data.w, data.y = None, self.g, self.g, self.g
        return data

    def combine(self, h: Array) -> Array:
        """Return ``Q h``."""
        return h @ self.Q

    def shifted(self, lam: float) -> Solve | None:
        """Return what solves with ``T + lam I``, or None if that is not positive definite."""
        import scipy.linalg.lapack

        lapack: Any = scipy.linalg.lapack  # its functions are compiled; type checkers miss them

        diagonal = np.array(self.delta) + lam
        if diagonal.size == 1:
            return (lambda b: b / diagonal) if diagonal[0] > 0 else None
        d, e, info = lapack.dpttrf(diagonal, np.array(self.gamma[1:-1]))
        return (lambda b: lapack.dpttrs(d, e, b)[0]) if info == 0 else None

    def reduction(self, h: Array) -> float:
        """Return the reduction of the quadratic model."""
        off = np.array(self.gamma[1:-1])
        h_Th = float(np.array(self.delta) @ h**2) + 2 * float(off @ (h[:-1] * h[1:]))
        return -(self.gamma[0] * h[0] + h_Th / 2)

    def residual(self, h: Array) -> float:
        """Return the norm of ``(B + lam I) p + g``."""
        return self.gamma[-1] * abs(float(h[-1]))

    def minimise(self, rule: Ball | Cubic, lam: float = 0.0) -> Shift:
        """Minimise in the space; `lam` is the shift of a smaller one, which was not larger."""
        g = np.zeros(len(self.delta))
        g[0] = self.gamma[0]
        solve = self.shifted(lam)
        if solve is not None and lam == 0 and isinstance(rule, Ball):
            p = -solve(g)
            if float(np.linalg.norm(p)) <= rule.radius:
                return Shift(0.0, p)
        # T is at most as large as the sums of its rows
        beside = np.array([0.0, *self.gamma[1:-1], 0.0])
        size = float(np.max(np.abs(self.delta) + beside[:-1] + beside[1:]))
        if isinstance(rule, Ball):
            upper = size + self.gamma[0] / rule.radius
        else:
            upper = size + np.sqrt(rule.sigma * self.gamma[0])
        return secular(self.shifted, g, rule, lam, upper, lam, tolerance=1e-6)


def gltr(
    B: Product,
    g: Array,
    radius: float | Callable[[float], float],
    tolerance: float,
    maxiter: int,
    M: Product | None = None,
) -> tuple[ModelStep, KrylovSpace]:
    """Minimise the model in a ball, in growing Krylov spaces (the generalised Lanczos method).

    As long as the ball is not met the steps are those of conjugate gradients; beyond, where
    `steihaug` stops, this goes on along the edge.

    Parameters
    ----------
    B, g, radius, tolerance, maxiter, M
        As for `steihaug`; the residual is that of ``(B + lam M^-1) p + g``.

    Returns
    -------
    step : ModelStep
        The step.
    space : KrylovSpace
        The space, in which `again` finds the step for another radius without a product.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.krylov import gltr
    >>> step, _ = gltr(np.diag([1.0, -4.0]).dot, np.array([1.0, 1.0]), 2.0, 1e-9, maxiter=2)
    >>> step.p.round(4)
    array([-0.1817, -1.9917])
    """
    space, lam = KrylovSpace(g, M), 0.0
    while True:
        space.extend(B)
        if callable(radius):
            delta = space.delta[0]
            radius = radius(space.gamma[0] / delta if delta > 0 else 0.0)
        lam, h = space.minimise(Ball(radius), lam)
        if len(space.Q) >= maxiter or space.complete or space.residual(h) <= tolerance:
            return _step(space, lam, h, radius), space


def again(space: KrylovSpace, radius: float) -> ModelStep:
    """Minimise the model in a smaller ball, in the space that was good enough for a larger one."""
    lam, h = space.minimise(Ball(radius))
    return _step(space, lam, h, radius)


def _step(space: KrylovSpace, lam: float, h: Array, radius: float) -> ModelStep:
    length = float(np.linalg.norm(h))
    curvature = np.inf if lam == 0 else -lam
    return ModelStep(
        space.combine(h), space.reduction(h), lam > 0, curvature, len(space.Q), length, radius
    )


def cubic(
    B: Product,
    g: Array,
    sigma: float | Callable[[float, float], float],
    tolerance: float,
    maxiter: int,
    M: Product | None = None,
) -> tuple[ModelStep, KrylovSpace]:
    """Minimise ``g'p + p'Bp/2 + sigma |p|^3 / 3`` in growing Krylov spaces.

    Parameters
    ----------
    B, g, maxiter, M
        As for `steihaug`.
    sigma : float or callable
        The weight of the cubic term, or a function of ``|g|`` and the curvature along g.
    tolerance : float
        When the gradient of the cubic model is short enough.

    Returns
    -------
    step : ModelStep
        The step with the reduction of the *cubic* model; its `radius` is sigma.
    space : KrylovSpace
        The space, in which `cubic_again` finds the step for another sigma without a product.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.krylov import cubic
    >>> step, _ = cubic(np.diag([1.0, -4.0]).dot, np.ones(2), 2.0, 1e-9, maxiter=2)
    >>> p = step.p
    >>> gradient = 1 + np.diag([1.0, -4.0]) @ p + 2 * np.linalg.norm(p) * p
    >>> bool(np.max(np.abs(gradient)) < 1e-4)
    True
    """
    space, lam = KrylovSpace(g, M), 0.0
    while True:
        space.extend(B)
        if callable(sigma):
            sigma = sigma(space.gamma[0], space.delta[0])
        lam, h = space.minimise(Cubic(sigma), lam)
        if len(space.Q) >= maxiter or space.complete or space.residual(h) <= tolerance:
            return _cubic_step(space, h, sigma), space


def cubic_again(space: KrylovSpace, sigma: float) -> ModelStep:
    """Minimise the model with a larger sigma in the space that was good enough for a smaller."""
    return _cubic_step(space, space.minimise(Cubic(sigma)).p, sigma)


def _cubic_step(space: KrylovSpace, h: Array, sigma: float) -> ModelStep:
    length = float(np.linalg.norm(h))
    reduction = space.reduction(h) - sigma * length**3 / 3
    p = space.combine(h)
    return ModelStep(p, reduction, True, np.nan, len(space.Q), length, sigma)
