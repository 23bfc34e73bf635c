"""Structures of a problem with constraints, for solvers that want them before they begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hessopt.optimize import checks
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import Linear, Nonlinear
from hessopt.optimize.objective import DENSE
from hessopt.program.sparsity import TooDense
from hessopt.transforms.sparse import SparseHessian

Array = NDArray[np.float64]
Places = tuple[Any, Any]

# A sparse Hessian is taken where it needs at least so many times fewer products
SAVES = 4


class StructureChanged(Exception):
    """A matrix has entries where there were to be none: the functions went another way.

    Attributes
    ----------
    pattern : csr_array of bool
        That of the matrix.
    """

    def __init__(self, matrix: Any) -> None:
        super().__init__("the structure of a derivative has changed")
        self.pattern = sparse.csr_array(sparse.csr_array(matrix) != 0, dtype=bool)


def lagrangian(
    fun: Callable[..., Any], x0: Any, args: Any, given: dict[str, Any]
) -> SparseHessian | None:
    """Return the Hessian of ``factor f + lam'c`` by x, a function of ``(x, factor, lam)``.

    None for few variables, where the user gives derivatives, and where the structure is not known
    or dense.

    Parameters
    ----------
    fun, x0, args
        As `hessopt.minimize` takes them.
    given : dict
        The user's ``jac``, ``hess`` and ``hessp``, and ``constraints``, a `ConstraintSet` or None.
    """
    start, shape = checks.start(x0)
    constraints: ConstraintSet | None = given["constraints"]
    parts = [] if constraints is None else constraints.parts
    own = all(given[name] in (None, False) for name in ("jac", "hess", "hessp"))
    exact = all(part.exact for part in parts if isinstance(part, Nonlinear))
    if start.size <= DENSE or not own or not exact:
        return None
    args = args if isinstance(args, tuple) else (args,)
    ends = [] if constraints is None else constraints.ends

    def function(x: Any, factor: Any, lam: Any) -> Any:
        shaped = np.reshape(x, shape)
        total = factor * checks.scalar(fun(shaped, *args))
        for part, u in zip(parts, np.split(lam, ends), strict=bool(parts)):
            if isinstance(part, Nonlinear):
                total = total + np.sum(np.ravel(part.traced(shaped)) * u)
        return total

    hessian = SparseHessian(function, warns=False)
    try:
        plan = hessian.plan(start, 1.0, np.ones(0 if constraints is None else constraints.m))
    except (TooDense, TypeError):  # what cannot be differentiated is told of by others
        return None
    return hessian if SAVES * plan.coloring.count <= start.size else None


def jacobian_pattern(constraints: ConstraintSet | None, x0: Array) -> sparse.csr_array:
    """Return what may be nonzero in the Jacobian of all constraints.

    That of a linear constraint with a sparse matrix is known, and that of many variables is read
    off the program; others are dense.
    """
    rows = [sparse.csr_array((0, x0.size), dtype=bool)]
    for part in () if constraints is None else constraints.parts:
        if isinstance(part, Linear):
            found = sparse.csr_array(part.A) != 0
        else:
            found = part.structure(x0) if isinstance(part, Nonlinear) else None
        if found is None:
            found = np.ones((part.value(x0).size, x0.size), bool)
        rows.append(sparse.csr_array(found, dtype=bool))
    return sparse.csr_array(sparse.vstack(rows), dtype=bool)


def places(pattern: sparse.csr_array, *, lower: bool = False) -> Places:
    """Return rows and columns of the entries, or of those of the lower triangle."""
    found = sparse.tril(pattern) if lower else pattern.tocoo()
    return found.row.astype(int), found.col.astype(int)


def entries(matrix: Any, where: Places) -> Array:
    """Return the entries of a matrix at these places.

    Raises
    ------
    StructureChanged
        If others are not zero.
    """
    if sparse.issparse(matrix):
        matrix = matrix.tocsr()
        found = matrix[where]
        found = np.ravel(found.toarray() if sparse.issparse(found) else found)
        count = matrix.count_nonzero()
    else:
        found, count = np.ravel(matrix[where]), np.count_nonzero(matrix)
    if count > np.count_nonzero(found):
        raise StructureChanged(matrix)
    return found
