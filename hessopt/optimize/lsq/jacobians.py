"""Jacobians of whatever kind: arrays, sparse matrices, LinearOperators."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.oracle import Product

Array = NDArray[np.float64]


def forward(J: Any) -> Product:
    """Return the product with a matrix of any of the kinds that a Jacobian may be."""
    return lambda p: np.asarray(J @ p, dtype=np.float64).ravel()


def transposed(J: Any) -> Product:
    """Return the product with its transpose."""
    if hasattr(J, "rmatvec"):
        return J.rmatvec
    return lambda u: np.asarray(J.T @ u, dtype=np.float64).ravel()


def gram(J: Any) -> Array:
    """Return J'J as an array."""
    if hasattr(J, "rmatvec"):
        return np.stack([J.rmatvec(J.matvec(e)) for e in np.eye(J.shape[1])], axis=-1)
    product = J.T @ J
    return np.asarray(product.toarray() if hasattr(product, "toarray") else product)


def scaled_rows(J: Any, rows: Array) -> Any:
    """Multiply the rows of a Jacobian."""
    if isinstance(J, np.ndarray):
        return J * rows[:, None]
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import aslinearoperator

    if hasattr(J, "toarray"):
        return diags_array(rows) @ J
    return aslinearoperator(diags_array(rows)) @ J


def column_norms(J: Any) -> Array | None:
    """Return the norms of the columns, or None for an operator."""
    if isinstance(J, np.ndarray):
        return np.linalg.norm(J, axis=0)
    if hasattr(J, "toarray"):
        return np.sqrt(np.asarray(J.multiply(J).sum(axis=0), dtype=np.float64).ravel())
    return None
