"""Newton steps from a sparse Hessian: factors that stay sparse, and a shift where need be.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, Algorithm 3.3;
E. Cuthill and J. McKee, *Reducing the bandwidth of sparse symmetric matrices*, Proc. 24th Nat.
Conf. ACM (1969) 157-172; X. S. Li, *An overview of SuperLU*, ACM Trans. Math. Softw. 31 (2005)
302-325, for the factors of what is no band.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hessopt.optimize.secular import Solve
from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]
Factor = Callable[[float], Solve | None]

# A wider band costs more than factors that follow the structure
WIDEST = 64
# So many full rows and columns do no harm
HUBS = 8


def factoriser(B: Any) -> Factor:
    """Return the function that factorises ``B + lam I`` for a shift lam.

    Parameters
    ----------
    B : csr_array
        Symmetric.

    Returns
    -------
    callable
        ``factor(lam)`` returns what solves with ``B + lam I``, or None where that is not positive
        definite or only just.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from hessopt.optimize.sparse_subproblems import factoriser
    >>> factor = factoriser(sparse.diags_array([2.0, -1.0]).tocsr())
    >>> factor(0.0) is None
    True
    >>> factor(2.0)(np.array([4.0, 1.0]))
    array([1., 1.])
    """
    least, band = float(B.diagonal().min()), _banded(B)
    order = None if band is not None else _bordered(B)
    columns = (B if order is None else B[order][:, order]).tocsc()

    def factor(lam: float) -> Solve | None:
        if least + lam <= 0:  # seen without factors
            return None
        if band is not None:
            return _band_cholesky(band, lam)
        identity = sparse.eye_array(B.shape[0], format="csc")
        return _ldl(columns + lam * identity if lam else columns, order)

    return factor


def stays_sparse(B: Any) -> bool:
    """Whether factors of a matrix of this structure have not many more entries than it.

    That is so for a band, for what becomes one in another order, for a grid, and where a few rows
    and columns more are full. What is linked at random fills up.
    """
    n, full = B.shape[0], _full(B)
    if np.count_nonzero(full) > HUBS:
        return False
    rest = B[~full][:, ~full] if full.any() else B
    widest = max(WIDEST, 2 * int(np.sqrt(n)))
    return _ordered(rest, widest)[-1] <= widest


def _full(B: Any) -> Any:
    """Return which rows are so full that all else is better done before them."""
    return np.diff(B.indptr) > max(B.shape[0] / 10, WIDEST)


def _bordered(B: Any) -> Any:
    """Return the order of a band with a few full rows and columns behind it, None where it is none.

    An order by least degree takes long where there are full rows.
    """
    full = _full(B)
    if not full.any():
        return None
    thin = np.flatnonzero(~full)
    _, _, order, width = _ordered(B[thin][:, thin], WIDEST)
    if width > WIDEST:
        return None
    return np.concatenate([thin if order is None else thin[order], np.flatnonzero(full)])


def newton_direction(B: Any, g: Array, least: float = 1e-3) -> tuple[Array, bool]:
    """Solve ``Bp = -g`` with a sparse B, shifted by a multiple of the identity if need be.

    The variables are first scaled by the square roots of ``|B_ii|``, as for a dense matrix. The
    shift is doubled until there are factors (Algorithm 3.3); it starts where no entry of the
    diagonal is left below `least`.

    Parameters
    ----------
    B : csr_array
        The Hessian, symmetric.
    g : ndarray
        The gradient.
    least : float
        The least shift, of the scaled matrix.

    Returns
    -------
    p : ndarray
        A descent direction.
    convex : bool
        Whether B was used as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from hessopt.optimize.sparse_subproblems import newton_direction
    >>> newton_direction(sparse.diags_array([2.0, 1e-6]).tocsr(), np.array([2.0, 1e-6]))
    (array([-1., -1.]), True)
    """
    if not np.isfinite(B.data).all() or not B.data.any():
        return -g, False
    D = scale(B)
    scaled = scaled_by(B, D)
    factor = factoriser(scaled)
    solve, lam, diagonal = factor(0.0), 0.0, scaled.diagonal()
    convex = solve is not None
    while solve is None:
        lam = max(2 * lam, least, least - float(diagonal.min()))
        solve = factor(lam)
    p = -solve(g / D) / D
    return (p, convex) if np.isfinite(p).all() and float(g @ p) < 0 else (-g, False)


def scale(B: Any) -> Array:
    """Return the square roots of ``|B_ii|``, and their largest for those that are next to zero."""
    D = np.sqrt(np.abs(B.diagonal()))
    largest = float(D.max(initial=0.0))
    return np.where(EPS * largest < D, D, largest or 1.0)


def scaled_by(B: Any, D: Array) -> Any:
    """Return ``B_ij / (D_i D_j)``."""
    rows = np.repeat(np.arange(B.shape[0]), np.diff(B.indptr))
    return sparse.csr_array((B.data / D[rows] / D[B.indices], B.indices, B.indptr), B.shape)


class _Band(NamedTuple):
    """The lower half of a band, one row for each diagonal, of the matrix in another order."""

    rows: Array
    order: Any


def _ordered(B: Any, widest: int) -> tuple[Any, Any, Any, int]:
    """Return rows and columns of the entries, the order that makes a band of them, its width.

    If the band is narrow enough as it stands, it stays so, and the order is None.
    """
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    n = B.shape[0]
    row, column = np.repeat(np.arange(n), np.diff(B.indptr)), B.indices
    width = int(np.max(row - column, initial=0))
    if width <= widest:
        return row, column, None, width
    order = reverse_cuthill_mckee(B, symmetric_mode=True)
    place = np.empty(n, np.intp)
    place[order] = np.arange(n)
    row, column = place[row], place[column]
    return row, column, order, int(np.max(row - column, initial=0))


def _banded(B: Any) -> _Band | None:
    """Return a matrix as a band if it is a narrow one as it stands, or in another order."""
    row, column, order, width = _ordered(B, WIDEST)
    if width > WIDEST:
        return None
    lower = row >= column
    rows = np.zeros((width + 1, B.shape[0]))
    rows[(row - column)[lower], column[lower]] = B.data[lower]
    return _Band(rows, order)


def _band_cholesky(band: _Band, lam: float) -> Solve | None:
    from scipy.linalg import LinAlgError, cho_solve_banded, cholesky_banded

    rows = band.rows.copy()
    rows[0] += lam
    try:
        L = cholesky_banded(rows, overwrite_ab=True, lower=True, check_finite=False)
    except LinAlgError:
        return None
    if not _clear(L[0] ** 2):
        return None

    def solve(b: Array) -> Array:
        return cho_solve_banded((L, True), b, check_finite=False)

    return solve if band.order is None else _reordered(solve, band.order)


def _ldl(B: Any, order: Any) -> Solve | None:
    """Factorise with pivots from the diagonal alone, so that U is D L' and shows the inertia.

    The columns come in the `order` of the matrix whose solutions are wanted, or in their own.
    """
    from scipy.sparse.linalg import splu

    try:
        lu = splu(
            B,
            permc_spec="MMD_AT_PLUS_A" if order is None else "NATURAL",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    except RuntimeError:  # a pivot is zero
        return None
    symmetric = np.array_equal(lu.perm_r, lu.perm_c)
    if not symmetric or not _clear(lu.U.diagonal()):
        return None
    return lu.solve if order is None else _reordered(lu.solve, order)


def _reordered(solve: Solve, order: Any) -> Solve:
    """Solve with a matrix by solving with it in another order."""

    def solved(b: Array) -> Array:
        x = np.empty_like(b)
        x[order] = solve(b[order])
        return x

    return solved


def _clear(pivots: Array) -> bool:
    """Whether all pivots are positive, and clear of rounding."""
    return bool(pivots.min() > len(pivots) * EPS * pivots.max())
