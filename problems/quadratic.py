"""Quadratics whose spectrum, rotation or band is chosen: the test bench of linear convergence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from problems._parameters import one_of, real_number, whole_number
from problems._problem import Array, Problem
from problems._registry import register

ROTATIONS = ("none", "reflection", "orthogonal")
LARGEST_ORTHOGONAL = 4000
TEXTBOOK = "J. Nocedal and S. J. Wright (2006), Numerical Optimization, 2nd edition, Springer"


@register
def quadratic(
    n: int = 10, condition: float = 100.0, rotation: str = "orthogonal", seed: int = 0
) -> Problem:
    """Convex quadratic whose eigenvalues run geometrically from 1 to its condition.

    Parameters
    ----------
    n : int
        Number of variables.
    condition : float
        Largest eigenvalue over the least, at least 1.
    rotation : {"orthogonal", "reflection", "none"}
        The eigenvectors: those of a random orthogonal matrix (of 4000 variables at most), those of
        one random Householder reflection (dense too, but a product costs only ``n``), or the axes.
    seed : int
        Seed of the rotation.
    """
    n = whole_number("n", n, least=1)
    condition = real_number("condition", condition, least=1)
    spectrum = np.geomspace(1.0, condition, n) if n > 1 else np.ones(1)
    return _with_spectrum("quadratic", spectrum, rotation, seed, "section 5.1")


@register
def spectrum_quadratic(
    spectrum: Sequence[float] | ArrayLike = (1.0, 1.0, 1.0, 10.0, 1000.0),
    rotation: str = "orthogonal",
    seed: int = 0,
) -> Problem:
    """Convex quadratic with given eigenvalues: conjugate gradients take a step a distinct one.

    Parameters
    ----------
    spectrum : sequence of float
        The eigenvalues, one for each variable, greater than 0.
    rotation, seed
        As of ``quadratic``.
    """
    try:
        eigenvalues = np.array(spectrum, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"spectrum must be a sequence of numbers, got {spectrum!r}") from None
    if eigenvalues.ndim != 1 or eigenvalues.size == 0:
        raise ValueError(
            "spectrum must be a sequence of one eigenvalue or more, "
            f"got an array of shape {eigenvalues.shape}"
        )
    if not np.all((eigenvalues > 0) & np.isfinite(eigenvalues)):
        raise ValueError(
            "spectrum must be finite and greater than 0, or there is no single minimiser, "
            f"got {eigenvalues.min()} to {eigenvalues.max()}"
        )
    return _with_spectrum("spectrum-quadratic", eigenvalues, rotation, seed, "theorem 5.4")


@register
def banded_quadratic(n: int = 100, bandwidth: int = 1, condition: float = 1000.0) -> Problem:
    """Convex quadratic with a banded Hessian, made of differences; tridiagonal by default.

    Parameters
    ----------
    n : int
        Number of variables, greater than `bandwidth`.
    bandwidth : int
        Number of diagonals above the main one, at least 1.
    condition : float
        Upper bound on the condition, greater than 1. Of a tridiagonal Hessian it is the limit
        for large ``n``.
    """
    bandwidth = whole_number("bandwidth", bandwidth, least=1)
    n = whole_number("n", n, least=bandwidth + 1)
    condition = real_number("condition", condition, above=1)
    # Each distance contributes the Toeplitz matrix 2 I - S^k - (S^k)^T, with eigenvalues in (0, 4)
    shift = 4 * bandwidth / (condition - 1)

    def value(x):
        d = x - 1
        total = shift * np.sum(d**2, axis=-1)
        for k in range(1, bandwidth + 1):
            ends = np.sum(d[..., :k] ** 2, axis=-1) + np.sum(d[..., -k:] ** 2, axis=-1)
            total = total + ends + np.sum((d[..., k:] - d[..., :-k]) ** 2, axis=-1)
        return total / 2

    return Problem(
        "banded-quadratic",
        value,
        start=np.zeros(n),
        solution=np.ones(n),
        least_value=0.0,
        source=f"Constructed here: a shifted one-dimensional Laplacian; {TEXTBOOK}, section 7.4",
        tags=frozenset({"convex", "unimodal", "quadratic", "sum-of-squares"}),
    )


def _with_spectrum(name: str, spectrum: Array, rotation: str, seed: int, section: str) -> Problem:
    """Return half the sum of ``spectrum * (Q^T (x - 1))**2``."""
    n = spectrum.size
    one_of("rotation", rotation, ROTATIONS)
    rng = np.random.default_rng(whole_number("seed", seed, least=0))

    if rotation == "orthogonal":
        if n > LARGEST_ORTHOGONAL:
            raise ValueError(
                f"rotation 'orthogonal' stores and factorises an {n} by {n} matrix, which is "
                f"refused above {LARGEST_ORTHOGONAL} variables: take 'reflection' or 'none'"
            )
        Q, R = np.linalg.qr(rng.standard_normal((n, n)))
        Q = Q * np.sign(np.diag(R))  # else Q is not uniformly distributed

        def value(x):
            return np.sum(spectrum * ((x - 1) @ Q) ** 2, axis=-1) / 2

    elif rotation == "reflection":
        u = rng.standard_normal(n)
        u = u / np.sqrt(np.sum(u**2))

        def value(x):
            d = x - 1
            reflected = d - 2 * np.sum(d * u, axis=-1, keepdims=True) * u
            return np.sum(spectrum * reflected**2, axis=-1) / 2

    else:

        def value(x):
            return np.sum(spectrum * (x - 1) ** 2, axis=-1) / 2

    return Problem(
        name,
        value,
        start=np.zeros(n),
        solution=np.ones(n),
        least_value=0.0,
        source=f"Constructed here; {TEXTBOOK}, {section}",
        tags=frozenset({"convex", "unimodal", "quadratic", "sum-of-squares"}),
    )
