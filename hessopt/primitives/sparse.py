"""Products of a constant sparse matrix and a Variable."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.families import Linear, fit
from hessopt.autodiff.function import apply
from hessopt.autodiff.node import Handle


def is_sparse(value: Any) -> bool:
    """Whether `value` is one of SciPy's sparse arrays or matrices, which need not be imported."""
    return not isinstance(value, (Handle, np.ndarray)) and hasattr(value, "tocsr")


class SparseMatMul(Linear):
    """``matrix @ x``, or ``x @ matrix``; the adjoint is the product by the transpose."""

    def __init__(self) -> None:
        self.forward = _product

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
