"""Unknown matrices: eigenvectors, square roots; and Mancino's dense equations."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems._residuals import sum_of_squares
from problems.cutest._sources import BUCKLEY, cutest


@register
def eigenals(n: int = 30) -> Problem:
    """Eigenvalues and eigenvectors of the diagonal matrix 1, 2, ..., by least squares.

    Parameters
    ----------
    n : int
        Number of variables: p (p + 1) for a matrix of p rows.
    """
    size = _rows(n)
    return _eigen("eigenals", np.diag(np.arange(1.0, size + 1)))


@register
def eigenbls(n: int = 30) -> Problem:
    """Eigenvalues and eigenvectors of the second difference, by least squares.

    Parameters
    ----------
    n : int
        Number of variables: p (p + 1) for a matrix of p rows.
    """
    size = _rows(n)
    return _eigen("eigenbls", 2 * np.eye(size) - np.eye(size, k=1) - np.eye(size, k=-1))


def _rows(n: int) -> int:
    n = whole_number("n", n, least=2)
    size = round(np.sqrt(n + 0.25) - 0.5)
    if size * (size + 1) != n:
        raise ValueError(
            f"n must be p (p + 1) for a whole p, got {n}: take {size * (size + 1)} or "
            f"{(size + 1) * (size + 2)}"
        )
    return size


def _eigen(name: str, matrix) -> Problem:
    size = len(matrix)
    rows, columns = np.triu_indices(size)
    unit = np.eye(size)

    # First the eigenvalues, then the vectors, row by row
    def residual(x):
        values = x[..., :size, None]
        vectors = np.reshape(x[..., size:], (*x.shape[:-1], size, size))
        turned = np.swapaxes(vectors, -1, -2)
        equations = np.matmul(turned, values * vectors) - matrix
        lengths = np.matmul(turned, vectors) - unit
        return np.concatenate([equations[..., rows, columns], lengths[..., rows, columns]], axis=-1)

    values, vectors = np.linalg.eigh(matrix)
    return Problem(
        name,
        sum_of_squares(residual),
        start=np.concatenate([np.ones(size), unit.ravel()]),
        solution=np.concatenate([values, vectors.T.ravel()]),
        least_value=0.0,
        source=cutest(name.upper(), "N. I. M. Gould (1992), unpublished"),
        note="Order and signs of the eigenvectors are free. The order of the variables is not that "
        "of CUTEst: eigenvalues first, then the matrix of eigenvectors, row by row. From the usual "
        "start methods may end in a local minimum, as in 0.0912693 of EIGENBLS with n = 30.",
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


@register
def msqrtals(n: int = 25) -> Problem:
    """Square root of a full matrix, by least squares.

    Parameters
    ----------
    n : int
        Number of variables: the square of the number of rows.
    """
    n = whole_number("n", n, least=1)
    size = round(np.sqrt(n))
    if size**2 != n:
        raise ValueError(
            f"n must be the square of a whole number, got {n}: take {size**2} or {(size + 1) ** 2}"
        )
    root = np.sin(np.arange(1.0, n + 1) ** 2)
    matrix = np.reshape(root, (size, size))
    target = (matrix @ matrix).ravel()

    def residual(x):
        X = np.reshape(x, (*x.shape[:-1], size, size))
        return np.reshape(np.matmul(X, X), x.shape) - target

    return Problem(
        "msqrtals",
        sum_of_squares(residual),
        start=0.2 * root,
        solution=root,
        least_value=0.0,
        source=cutest("MSQRTALS", f"{BUCKLEY}, problem 201"),
        residual=residual,
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


@register
def mancino(n: int = 30) -> Problem:
    """Dense equations of logarithms, sines and cosines, near to linear ones.

    Parameters
    ----------
    n : int
        Number of variables, from 2 to 2000.
    """
    n = whole_number("n", n, least=2, greatest=2000)
    i = np.arange(1.0, n + 1)
    others = 1 - np.eye(n)
    ratio = i[:, None] / i
    constants = (i - n / 2) ** 3

    def terms(squares):
        # The root of x_j^2 + i / j, and powers of the sine and cosine of its logarithm
        root = np.sqrt(squares + ratio)
        logarithm = np.log(root)
        return np.sum(others * root * (np.sin(logarithm) ** 5 + np.cos(logarithm) ** 5), axis=-1)

    def residual(x):
        return 14 * n * x + constants + terms(x[..., None, :] ** 2)

    scale = 14 * n / ((14 * n) ** 2 - 36 * (n - 1) ** 2)
    return Problem(
        "mancino",
        sum_of_squares(residual),
        start=-scale * (terms(0.0) + constants),
        least_value=0.0,
        source=cutest(
            "MANCINO",
            "E. Spedicato (1975), Computational experience with quasi-Newton algorithms for "
            "minimization problems of moderate size, Report N-175, CISE, Milano",
        ),
        note="The root has no closed form. The cubes (i - n / 2)^3 are added, so that the "
        "published start is near the root; CUTEst's file subtracts them.",
        residual=residual,
        tags=frozenset({"cutest", "sum-of-squares"}),
    )
