"""Eigenvalues and eigenvectors, over stacks.

Eigenvalues of a matrix that has equal ones can be differentiated once where they enter a function
symmetrically; whatever reads the derivative of the eigenvectors (a second derivative does) is NaN
there, for these vectors turn by any amount under the smallest change.

`eigh` and `eigvalsh` read one triangle and take the other to be its mirror image, so their adjoint
is Hermitian, as that of `cholesky` is: the derivative along Hermitian changes of the matrix.

M. B. Giles, *An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation* (2008), section 3.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.constants import detached
from hessopt.autodiff.data import strip
from hessopt.autodiff.families import Opaque
from hessopt.autodiff.node import Handle
from hessopt.primitives.linalg import _t

_EighResult: Any = type(np.linalg.eigh(np.eye(1)))
_EigResult: Any = type(np.linalg.eig(np.eye(1)))


def is_absent(g: Any) -> bool:
    """Whether an output's adjoint did not arrive, or is plain zeros; then no rule need be run."""
    return not isinstance(g, Handle) and not np.any(g)


def inverse_gaps(w: Any) -> Any:
    """Return 1 / (w[j] - w[i]) for all i and j; 0 on the diagonal, NaN where two are equal."""
    gaps = w[..., None, :] - w[..., :, None]
    equal = np.equal(gaps, 0)
    instead = np.where(np.eye(w.shape[-1], dtype=bool), 0.0, np.nan).astype(w.dtype)
    return np.where(equal, instead, 1 / np.where(equal, w.dtype.type(1), gaps))


def diagonal_matrix(w: Any) -> Any:
    """Return the matrices that have `w` on the diagonal."""
    return w[..., :, None] * np.eye(w.shape[-1], dtype=w.dtype)


def hermitian_part(a: Any) -> Any:
    """Return the mean of a matrix and its conjugate transpose."""
    return 0.5 * (a + np.conjugate(_t(a)))


class Eigh(Opaque):
    numpy = np.linalg.eigh
    stacks, core = True, (2,)

    def __call__(self, a: Any, UPLO: Any = "L") -> Any:
        return _EighResult(*super().__call__(a, UPLO))

    def bind(self, a: Any, UPLO: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (a,), {"UPLO": UPLO}

    def forward(self, a: Any, UPLO: Any) -> Any:
        return tuple(np.linalg.eigh(a, UPLO))

    def backward(self, g: Any, y: Any, a: Any, UPLO: Any) -> Any:
        (gw, gv), (w, v) = g, y
        inner = diagonal_matrix(gw)
        if not is_absent(gv):
            inner = inner + (_t(v) @ gv) * inverse_gaps(w)
        return (hermitian_part(np.conjugate(v) @ inner @ _t(v)),)


class Eigvalsh(Opaque):
    numpy = np.linalg.eigvalsh
    stacks, core = True, (2,)

    def bind(self, a: Any, UPLO: Any = "L") -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (a,), {"UPLO": UPLO}

    def backward(self, g: Any, w: Any, a: Any, UPLO: Any) -> Any:
        v = np.linalg.eigh(a, UPLO)[1]
        return (hermitian_part((np.conjugate(v) * g[..., None, :]) @ _t(v)),)


class Eig(Opaque):
    """Eigenvectors are of length one with their largest entry real, as LAPACK returns them."""

    numpy = np.linalg.eig
    stacks, core = True, (2,)

    def __call__(self, a: Any) -> Any:
        return _EigResult(*super().__call__(a))

    def forward(self, a: Any) -> Any:
        return tuple(np.linalg.eig(a))

    def backward(self, g: Any, y: Any, a: Any) -> Any:
        (gw, gv), (w, v) = g, y
        inner = diagonal_matrix(gw)
        if not is_absent(gv):
            # of an unscaled change U of V, its part along V and its turn in phase are taken out
            along = np.sum(gv * v, axis=-2, keepdims=True)
            gu = gv - np.real(along) * np.conjugate(v)
            if v.dtype.kind == "c":
                sizes = np.abs(detached(v))
                largest = np.equal(sizes, np.max(sizes, axis=-2, keepdims=True))
                first = largest & (np.cumsum(largest, axis=-2) == 1)
                peak = np.sum(np.where(first, v, 0.0), axis=-2, keepdims=True)
                gu = gu - np.where(first, 1j * np.imag(along) / peak, 0.0).astype(v.dtype)
            inner = inner + (_t(v) @ gu) * inverse_gaps(w)
        return (np.linalg.solve(_t(v), inner @ _t(v)),)


class Eigvals(Opaque):
    numpy = np.linalg.eigvals
    stacks, core = True, (2,)

    def backward(self, g: Any, y: Any, a: Any) -> Any:
        w, v = np.linalg.eig(a)
        # eig may find them in another order
        gaps = np.abs(strip(y)[..., :, None] - strip(w)[..., None, :])
        order = np.argmin(gaps, axis=-1)
        if np.array_equal(np.sort(order), np.broadcast_to(np.arange(order.shape[-1]), order.shape)):
            v = np.take_along_axis(v, order[..., None, :], -1)
        return (np.linalg.solve(_t(v), diagonal_matrix(g) @ _t(v)),)
