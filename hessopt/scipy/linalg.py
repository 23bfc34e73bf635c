"""The functions of `scipy.linalg`, for arrays and Variables.

A function that is told that its matrix is symmetric reads one triangle of it. Its derivative here
is the one along symmetric matrices: an adjoint that is symmetric itself, as with NumPy's.
Names that are not listed here are SciPy's own, and refuse Variables.

Examples
--------
>>> import numpy as np, hessopt
>>> from hessopt.scipy import linalg
>>> A = np.array([[2.0, 1.0], [1.0, 3.0]])
>>> hessopt.grad(lambda t: np.trace(linalg.expm(t * A)))(0.0)
array(5.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg as sl

from hessopt.autodiff.data import as_array
from hessopt.scipy.matrix_functions import (
    coshm,
    cosm,
    expm,
    logm,
    sinhm,
    sinm,
    sqrtm,
    tanhm,
    tanm,
)
from hessopt.scipy.mirror import mirrors
from hessopt.scipy.solves import (
    cho_factor,
    cho_solve,
    cholesky,
    det,
    inv,
    pinv,
    solve,
    solve_continuous_lyapunov,
    solve_sylvester,
    solve_triangular,
)


def __getattr__(name: str) -> Any:
    return getattr(sl, name)


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


@mirrors(sl.norm)
def norm(
    a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True
) -> Any:
    """Return the norm of a vector or a matrix."""
    return np.linalg.norm(a, ord, axis, keepdims)


# Eigenvalues and singular values


@mirrors(sl.eigh)
def eigh(
    a: Any,
    b: Any = None,
    *,
    lower: bool = True,
    eigvals_only: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    type: int = 1,
    check_finite: bool = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: Any = None,
) -> Any:
    """Return eigenvalues and eigenvectors of a symmetric matrix, or of ``a v = w b v``."""
    if type != 1 or subset_by_value is not None:
        raise TypeError("eigh of a Variable takes neither type= nor subset_by_value=")
    chosen = slice(None)
    if subset_by_index is not None:
        chosen = slice(subset_by_index[0], subset_by_index[1] + 1)
    uplo = "L" if lower else "U"
    if b is None:
        if eigvals_only:
            return np.linalg.eigvalsh(a, uplo)[..., chosen]
        w, v = np.linalg.eigh(a, uplo)
        return w[..., chosen], v[..., chosen]
    # b = L L^H turns it into the standard problem of L^-1 a L^-H
    factor = np.linalg.cholesky(b if lower else np.conjugate(_t(b)))
    reduced = np.linalg.solve(factor, np.conjugate(_t(np.linalg.solve(factor, a))))
    w, v = np.linalg.eigh(reduced)
    if eigvals_only:
        return w[..., chosen]
    return w[..., chosen], np.linalg.solve(np.conjugate(_t(factor)), v)[..., chosen]


@mirrors(sl.eigvalsh)
def eigvalsh(a: Any, b: Any = None, *, lower: bool = True, **kwargs: Any) -> Any:
    """Return the eigenvalues of a symmetric matrix, or of ``a v = w b v``."""
    return eigh(a, b, lower=lower, eigvals_only=True, **kwargs)


@mirrors(sl.svd)
def svd(
    a: Any,
    full_matrices: bool = True,
    compute_uv: bool = True,
    overwrite_a: bool = False,
    check_finite: bool = True,
    lapack_driver: str = "gesdd",
) -> Any:
    """Return the singular value decomposition; see `numpy.linalg.svd`."""
    return np.linalg.svd(a, full_matrices, compute_uv)


@mirrors(sl.svdvals)
def svdvals(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Return the singular values of a matrix."""
    return np.linalg.svd(a, compute_uv=False)


# Structured matrices


@mirrors(sl.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    """Return the matrix of constant diagonals with first column `c` and first row `r`."""
    c = np.ravel(c)
    r = np.conjugate(c) if r is None else np.ravel(r)
    rows, columns = np.arange(c.shape[0])[:, None], np.arange(r.shape[0])
    return np.concatenate([c[::-1], r[1:]])[c.shape[0] - 1 - rows + columns]


@mirrors(sl.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    """Return the matrix of constant antidiagonals with first column `c` and last row `r`."""
    c = np.ravel(c)
    r = np.zeros_like(c) if r is None else np.ravel(r)
    rows, columns = np.arange(c.shape[0])[:, None], np.arange(r.shape[0])
    return np.concatenate([c, r[1:]])[rows + columns]


@mirrors(sl.circulant)
def circulant(c: Any) -> Any:
    """Return the matrix whose columns are `c`, rotated by one more each time."""
    places = np.arange(c.shape[-1])
    return c[..., (places[:, None] - places) % c.shape[-1]]


@mirrors(sl.block_diag)
def block_diag(*arrs: Any) -> Any:
    """Return the matrix with the given ones along its diagonal."""
    blocks = [np.atleast_2d(as_array(block)) for block in arrs]
    width = sum(block.shape[1] for block in blocks)
    rows, start = [], 0
    for block in blocks:
        n, m = block.shape
        rows.append(
            np.concatenate([np.zeros((n, start)), block, np.zeros((n, width - start - m))], axis=1)
        )
        start += m
    return np.concatenate(rows)


__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "circulant",
    "coshm",
    "cosm",
    "det",
    "eigh",
    "eigvalsh",
    "expm",
    "hankel",
    "inv",
    "logm",
    "norm",
    "pinv",
    "sinhm",
    "sinm",
    "solve",
    "solve_continuous_lyapunov",
    "solve_sylvester",
    "solve_triangular",
    "sqrtm",
    "svd",
    "svdvals",
    "tanhm",
    "tanm",
    "toeplitz",
]
