"""Trust region along the dogleg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hessopt.optimize.dense_subproblems import dogleg, modified
from hessopt.optimize.methods.trust_exact import DenseTrustRegion
from hessopt.optimize.secular import cholesky
from hessopt.optimize.subproblems import ModelStep


@dataclass(frozen=True)
class Dogleg(DenseTrustRegion):
    """Powell's dogleg: from the Cauchy point on towards the Newton point, up to the edge.

    Wants the dense Hessian. Departure from the book, where it must be positive definite: else it
    is replaced by one with the absolute values of its eigenvalues (`modified`), in the model too.

    Parameters
    ----------
    initial_trust_radius, max_trust_radius, eta
        As for ``trust-ncg``.
    scale : object, optional
        ``"auto"``, or typical sizes of the variables: the ball is one over ``x / scale``.

    References
    ----------
    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, section 4.1;
    M. J. D. Powell, in P. Rabinowitz (ed.), *Numerical Methods for Nonlinear Algebraic Equations*,
    Gordon and Breach 1970, 87-114.
    """

    name: ClassVar[str] = "dogleg"
    order: ClassVar[int] = 2

    def solve(self, B: np.ndarray, g: np.ndarray, radius: float) -> ModelStep:
        """Go along the path."""
        if not np.isfinite(B).all() or not B.any():
            # says nothing: along -g to the edge, so that the region may grow
            B = np.eye(len(g)) * (float(np.linalg.norm(g)) / (2 * radius))
        solve = cholesky(B)
        if solve is None:
            B = modified(B)
            solve = cholesky(B)
        newton = -solve(g) if solve is not None else -g
        return dogleg(B, g, newton, radius)
