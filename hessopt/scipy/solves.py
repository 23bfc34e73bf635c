"""Solves, factorisations, inverses and matrix equations of `scipy.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg as sl

from hessopt.autodiff.data import as_array
from hessopt.autodiff.families import Opaque
from hessopt.scipy.mirror import applied, mirrors


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


@mirrors(sl.solve)
def solve(
    a: Any,
    b: Any,
    lower: bool = False,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    assume_a: str | None = None,
    transposed: bool = False,
) -> Any:
    """Solve ``a @ x = b``."""
    return np.linalg.solve(_t(a) if transposed else a, b)


class SolveTriangular(Opaque):
    def __init__(self) -> None:
        self.forward = sl.solve_triangular

    def backward(
        self, g: Any, x: Any, a: Any, b: Any, trans: int, lower: bool, unit_diagonal: bool
    ) -> Any:
        of_b = applied(self, a, g, trans=1 - trans, lower=lower, unit_diagonal=unit_diagonal)

        def of_a() -> Any:
            left, right = (x, of_b) if trans else (of_b, x)
            full = left[:, None] * right[None, :] if np.ndim(b) == 1 else left @ _t(right)
            part = np.tril if lower else np.triu
            return -part(full, (-1 if lower else 1) * bool(unit_diagonal))

        return of_a, of_b


_SOLVE_TRIANGULAR = SolveTriangular()


@mirrors(sl.solve_triangular)
def solve_triangular(
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Any:
    """Solve ``a @ x = b`` for a triangular matrix, of which the other triangle is not read."""
    a, b = as_array(a), as_array(b)
    if a.ndim != 2:
        raise ValueError(f"solve_triangular: a has shape {a.shape}; a Variable must be one matrix")
    code: int = {"N": 0, "T": 1, "C": 2}.get(trans, trans)  # pyright: ignore[reportAssignmentType]
    if code == 2 and a.dtype.kind == "c":
        a = np.conjugate(a)
    params = {"trans": min(code, 1), "lower": bool(lower), "unit_diagonal": bool(unit_diagonal)}
    return applied(_SOLVE_TRIANGULAR, a, b, **params)


@mirrors(sl.cholesky)
def cholesky(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Any:
    """Return the triangular factor of a positive definite matrix, the upper one unless `lower`."""
    if lower:
        return np.linalg.cholesky(a)
    return np.conjugate(_t(np.linalg.cholesky(np.conjugate(_t(a)))))


@mirrors(sl.cho_factor)
def cho_factor(
    a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Any:
    """Return what `cho_solve` needs: the triangular factor, and whether it is the lower one."""
    return cholesky(a, lower), lower


@mirrors(sl.cho_solve)
def cho_solve(
    c_and_lower: Any, b: Any, overwrite_b: bool = False, check_finite: bool = True
) -> Any:
    """Solve ``a @ x = b``, given the factor of `a` that `cho_factor` returned."""
    c, lower = c_and_lower
    first, second = ("N", "C") if lower else ("C", "N")
    return solve_triangular(c, solve_triangular(c, b, first, lower), second, lower)


@mirrors(sl.inv)
def inv(a: Any, overwrite_a: bool = False, check_finite: bool = True, **kwargs: Any) -> Any:
    """Return the inverse of a matrix."""
    return np.linalg.inv(a)


@mirrors(sl.det)
def det(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """Return the determinant of a matrix."""
    return np.linalg.det(a)


@mirrors(sl.pinv)
def pinv(
    a: Any,
    *,
    atol: Any = None,
    rtol: Any = None,
    return_rank: bool = False,
    check_finite: bool = True,
) -> Any:
    """Return the pseudo-inverse of a matrix of full rank."""
    if atol is not None or return_rank:
        raise TypeError("pinv of a Variable takes neither atol= nor return_rank=")
    return np.linalg.pinv(a) if rtol is None else np.linalg.pinv(a, rcond=rtol)


# Matrix equations


class SolveSylvester(Opaque):
    """A X + X B = Q."""

    def __init__(self) -> None:
        self.forward = sl.solve_sylvester

    def backward(self, g: Any, x: Any, a: Any, b: Any, q: Any) -> Any:
        s = applied(self, _t(a), _t(b), g)
        return lambda: -s @ _t(x), lambda: -_t(x) @ s, lambda: s


_SOLVE_SYLVESTER = SolveSylvester()


@mirrors(sl.solve_sylvester)
def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Solve ``a @ x + x @ b = q``."""
    return applied(_SOLVE_SYLVESTER, a, b, q)


@mirrors(sl.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """Solve ``a @ x + x @ a^H = q``."""
    return solve_sylvester(a, np.conjugate(_t(a)), q)


__all__ = [
    "cho_factor",
    "cho_solve",
    "cholesky",
    "det",
    "inv",
    "pinv",
    "solve",
    "solve_continuous_lyapunov",
    "solve_sylvester",
    "solve_triangular",
]
