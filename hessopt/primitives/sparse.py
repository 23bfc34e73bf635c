"""Products of a constant sparse matrix and a Variable."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch
from hessopt.autodiff.families import Linear, fit
from hessopt.autodiff.function import apply
from hessopt.autodiff.node import Handle
from hessopt.autodiff.structure import Link, Local


def is_sparse(value: Any) -> bool:
    """Whether `value` is one of SciPy's sparse arrays or matrices, which need not be imported."""
    return not isinstance(value, (Handle, np.ndarray)) and hasattr(value, "tocsr")


class SparseMatMul(Linear):
    """``matrix @ x``, or ``x @ matrix``; the adjoint is the product by the transpose."""

    def __init__(self) -> None:
        self.forward = _product

    def batch(self, b: Batch, matrix: Any, left: bool) -> Any:
        (x,) = b.operands
        params = {"matrix": matrix, "left": left}
        if not left:  # the rows of all examples under one another
            y = self.replay((np.reshape(x, (-1, x.shape[-1])),), params)
            return np.reshape(y, (*x.shape[:-1], -1))
        n = x.shape[1]  # the columns of all examples side by side
        y = self.replay((np.reshape(np.moveaxis(x, 0, 1), (n, -1)),), params)
        return np.moveaxis(np.reshape(y, (-1, b.size, *x.shape[2:])), 1, 0)

    def links(self, at: Local, matrix: Any, left: bool) -> list[Link]:
        from scipy import sparse

        own = (matrix if left else matrix.T) != 0
        *rows, _ = at.shapes[0] if not left else (1, 1)
        columns = at.shapes[0][1:] if left else ()
        ahead, behind = (sparse.eye_array(prod(n), dtype=bool) for n in (rows, columns))
        return [(sparse.csr_array(sparse.kron(ahead, sparse.kron(own, behind)), dtype=bool),)]

    def adjoint(self, g: Any, x: Any, matrix: Any, left: bool) -> Any:
        return fit(product(matrix.T, g) if left else product(g, matrix.T), x)


def _product(x: Any, matrix: Any, left: bool) -> np.ndarray:
    return np.asarray(matrix @ x if left else x @ matrix)


_RULE = SparseMatMul()


def product(a: Any, b: Any) -> Any:
    """Return ``a @ b``, of which one is sparse and a constant."""
    left = is_sparse(a)
    matrix, x = (a, b) if left else (b, a)
    if not isinstance(x, Handle):
        return a @ b
    return apply(_RULE, (x,), {"matrix": matrix, "left": left})
