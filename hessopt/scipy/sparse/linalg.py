"""Solves with a constant sparse matrix, as in `scipy.sparse.linalg`.

Names that are not listed here are SciPy's own, and refuse Variables.

Examples
--------
>>> import numpy as np, hessopt, scipy.sparse
>>> from hessopt.scipy.sparse import linalg
>>> A = scipy.sparse.csc_array([[2.0, 1.0], [0.0, 4.0]])
>>> hessopt.grad(lambda b: np.sum(linalg.spsolve(A, b)))(np.array([1.0, 1.0]))
array([0.5  , 0.125])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse.linalg as ssl

from hessopt.autodiff.families import Linear, fit
from hessopt.autodiff.node import Handle
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.scipy.mirror import applied, mirrors


def __getattr__(name: str) -> Any:
    return getattr(ssl, name)


class SparseSolve(Linear):
    def __init__(self) -> None:
        self.forward = lambda b, matrix, **kwargs: np.asarray(ssl.spsolve(matrix, b, **kwargs))

    def adjoint(self, g: Any, x: Any, matrix: Any, **kwargs: Any) -> Any:
        gx = applied(self, g, matrix=matrix.T.asformat(matrix.format), **kwargs)
        return fit(gx, x)


_SPARSE_SOLVE = SparseSolve()


@mirrors(ssl.spsolve)
def spsolve(A: Any, b: Any, permc_spec: Any = None, use_umfpack: bool = True) -> Any:
    """Solve ``A @ x = b`` for a sparse `A`, which is a constant, and a dense `b`."""
    if isinstance(A, Handle):
        raise NoDerivativeError("spsolve: A is a Variable; use np.linalg.solve for dense matrices")
    return applied(_SPARSE_SOLVE, b, matrix=A, permc_spec=permc_spec, use_umfpack=use_umfpack)


__all__ = ["spsolve"]
