"""The root of the secular equation: how much a model's matrix must be shifted.

The minimiser p of ``g'p + p'Bp/2`` in a ball, and that of the model with a cubic term, solve ::

    (B + lam I) p = -g,    B + lam I positive semidefinite,    |p| = length(lam)

where the length is the radius of the ball, or ``lam / sigma``. The function
``1/|p(lam)| - 1/length(lam)`` is almost linear, so that Newton's method finds its root in a few
steps; a bracket keeps it safe. In the *hard case* g has (almost) no part along the eigenvector u of
the least eigenvalue: no root is left of where ``B + lam I`` becomes singular, and the missing
length is made up along u.

References
----------
J. J. More and D. C. Sorensen, SIAM J. Sci. Stat. Comput. 4 (1983) 553-572;
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 4.3;
A. R. Conn, N. I. M. Gould and P. L. Toint, *Trust-Region Methods*, SIAM 2000, section 7.3;
C. Cartis, N. I. M. Gould and P. L. Toint, Math. Program. 127 (2011) 245-295, section 6.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]
Solve = Callable[[Array], Array]


def cholesky(B: Array, lam: float = 0.0) -> Solve | None:
    """Return what solves with ``B + lam I``, or None if that is not positive definite.

    Near to singular, the digits of a solution are those of the rounding: that counts as singular.
    What tells is the part of a diagonal entry that is left as a pivot, whatever the units.

    References
    ----------
    N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM 2002, section
    10.1, on Demmel's theorem.
    """
    import scipy.linalg.lapack

    lapack: Any = scipy.linalg.lapack  # its functions are compiled; type checkers miss them

    shifted = B + lam * np.eye(len(B)) if lam else B
    factor, info = lapack.dpotrf(shifted, lower=1)
    if info != 0:
        return None
    left = np.diagonal(factor) ** 2 / np.diagonal(shifted)
    if not left.min() > len(B) * EPS:
        return None
    return lambda b: lapack.dpotrs(factor, b, lower=1)[0]


class Ball(NamedTuple):
    """The length of the step is the radius."""

    radius: float

    def length(self, lam: float) -> float:
        """Return the length that the step should have."""
        return self.radius

    def rate(self, lam: float) -> float:
        """Return the derivative of ``-1 / length``."""
        return 0.0


class Cubic(NamedTuple):
    """The model has the term ``sigma |p|^3 / 3``, so that ``lam = sigma |p|``."""

    sigma: float

    def length(self, lam: float) -> float:
        """Return the length that the step should have."""
        return lam / self.sigma

    def rate(self, lam: float) -> float:
        """Return the derivative of ``-1 / length``."""
        return self.sigma / lam**2 if lam > 0 else np.inf


class Shift(NamedTuple):
    """The shift and the step that belongs to it."""

    lam: float
    p: Array


def secular(
    factor: Callable[[float], Solve | None],
    g: Array,
    rule: Ball | Cubic,
    lower: float,
    upper: float,
    lam: float,
    tolerance: float = 1e-3,
    maxiter: int = 100,
) -> Shift:
    """Find the shift and the step.

    Parameters
    ----------
    factor : callable
        ``factor(lam)`` returns the function that solves with ``B + lam I``, or None if that is not
        positive definite.
    g : ndarray
        The gradient.
    rule : Ball or Cubic
        How long the step should be.
    lower, upper : float
        Between them lies the root; at `upper` the matrix is positive definite.
    lam : float
        The first trial.
    tolerance : float
        The relative error of the length that is good enough.
    maxiter : int
        The most factorisations.

    Returns
    -------
    Shift
        The shift and the step.
    """
    best: Shift | None = None
    for _ in range(maxiter):
        solve = factor(lam)
        if solve is None:
            lower = max(lower, lam)
            lam = _inside(lower, upper)
        else:
            p = -solve(g)
            norm, wanted = float(np.linalg.norm(p)), rule.length(lam)
            best = Shift(lam, p)
            if abs(norm - wanted) <= tolerance * wanted:
                break
            if norm < wanted:
                upper = lam
                if upper - lower <= 1e-6 * upper:  # hardly a root left: it may be the hard case
                    u = _null_vector(solve, p)
                    if u is not None and _flat(solve, u, p, wanted, lam, tolerance):
                        return Shift(lam, p + _missing(p, u, wanted) * u)
            else:
                lower = lam
            # Newton on 1/|p| - 1/length
            if norm > 0 and wanted > 0:
                direction = p / norm
                slope = float(direction @ solve(direction)) / norm + rule.rate(lam)
                lam = lam - (1 / norm - 1 / wanted) / slope if slope > 0 else np.nan
            else:
                lam = np.nan
            if not lower < lam < upper:
                lam = _inside(lower, upper)
        if upper - lower <= 2 * EPS * upper:
            break
    return _last(factor, g, rule, upper, best)


def _inside(lower: float, upper: float) -> float:
    """Return a point between, nearer to the lower end if that is much smaller."""
    return max(np.sqrt(lower * upper), lower + 0.01 * (upper - lower))


def _null_vector(solve: Solve, p: Array) -> Array | None:
    """Return the eigenvector of the least eigenvalue by inverse iteration, None if it fails."""
    u = np.where(np.arange(p.size) % 2, -1.0, 1.0) + np.linspace(0.0, 0.5, p.size)
    for _ in range(4):
        u = solve(u)
        norm = float(np.linalg.norm(u))
        if not 0 < norm < np.inf:
            return None
        u = u / norm
    return u


def _missing(p: Array, u: Array, wanted: float) -> float:
    """Return the smaller root tau of ``|p + tau u| = wanted``."""
    p_u, gap = float(p @ u), wanted**2 - float(p @ p)
    root = np.sqrt(max(p_u**2 + gap, 0.0))
    return gap / (p_u + np.copysign(root, p_u)) if root > 0 else 0.0


def _flat(solve: Solve, u: Array, p: Array, wanted: float, lam: float, tolerance: float) -> bool:
    """Whether going along u costs next to nothing (More and Sorensen, Lemma 3.4)."""
    tau = _missing(p, u, wanted)
    least = 1 / max(float(u @ solve(u)), np.finfo(float).tiny)
    return tau**2 * least <= tolerance * lam * wanted**2


def _last(
    factor: Callable[[float], Solve | None],
    g: Array,
    rule: Ball | Cubic,
    upper: float,
    best: Shift | None,
) -> Shift:
    """Return the best there is when trials or digits have run out."""
    if best is not None:
        return best
    solve = factor(upper)
    if solve is not None:
        return Shift(upper, -solve(g))
    return Shift(upper, -g * (rule.length(upper) / float(np.linalg.norm(g))))
