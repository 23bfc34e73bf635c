"""Singular values, the pseudo-inverse and least squares, over stacks.

As with eigenvalues: where two singular values are equal, whatever reads the derivative of the
singular vectors is NaN; functions symmetric in the equal values have a first derivative. Columns
that complete a basis (``full_matrices=True``) are turned no further than those they complete make
necessary, and the phases of complex singular vectors are shared between the two sides: functions
that do not depend on the choice of the basis or the phase have their true derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.data import strip
from hessopt.autodiff.families import Opaque
from hessopt.autodiff.registry import derived
from hessopt.primitives.eigen import diagonal_matrix, inverse_gaps, is_absent
from hessopt.primitives.linalg import _t

_SVDResult: Any = type(np.linalg.svd(np.eye(1)))


def _h(a: Any) -> Any:
    return np.conjugate(_t(a))


def _bar(a: Any) -> Any:
    return np.conjugate(a)


class SVD(Opaque):
    """The rule of J. Townsend, extended to stacks, complex matrices and full bases.

    *Differentiating the singular value decomposition* (2016).
    """

    numpy = np.linalg.svd
    stacks, core = True, (2,)

    def __call__(
        self, a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
    ) -> Any:
        if hermitian:
            return _svd_of_hermitian(a, compute_uv)
        if not compute_uv:
            return np.linalg.svdvals(a)
        return _SVDResult(*super().__call__(a, full_matrices))

    def bind(self, a: Any, full_matrices: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (a,), {"full_matrices": bool(full_matrices)}

    def forward(self, a: Any, full_matrices: bool) -> Any:
        return tuple(np.linalg.svd(a, full_matrices))

    def backward(self, g: Any, y: Any, a: Any, full_matrices: bool) -> Any:
        (gu, gs, gvh), (u, s, vh) = g, y
        k = s.shape[-1]
        u1, v1 = u[..., :k], _h(vh[..., :k, :])
        inner = diagonal_matrix(gs.astype(a.dtype))
        row = s[..., None, :]
        outside = None
        turn = None
        if not is_absent(gu):
            gu1 = gu[..., :k]
            m = _t(u1) @ gu1
            turned = m * inverse_gaps(s * s)
            inner = inner + (turned + _h(turned)) * row
            turn = m
            if a.shape[-2] > k:
                rest = (gu1 - _bar(u1) @ m) / row
                if full_matrices:
                    u2, gu2 = u[..., k:], gu[..., k:]
                    rest = rest - (_bar(u2) @ (_h(gu2) @ _bar(u1))) / row
                outside = rest @ _t(v1)
        if not is_absent(gvh):
            gv = _h(gvh)
            gv1 = gv[..., :k]
            m = _t(v1) @ gv1
            turned = m * inverse_gaps(s * s)
            inner = inner + _t(row) * (turned + _h(turned))
            turn = -m if turn is None else turn - m
            if a.shape[-1] > k:
                rest = _h((gv1 - _bar(v1) @ m) / row)
                if full_matrices:
                    v2, gv2 = _h(vh[..., k:, :]), gv[..., k:]
                    rest = rest - (_t(v1) @ gv2) @ _t(v2) / _t(row)
                side = _bar(u1) @ rest
                outside = side if outside is None else outside + side
        if turn is not None and a.dtype.kind == "c":
            phase = np.imag(np.diagonal(turn, axis1=-2, axis2=-1)) / (2 * s)
            inner = inner + diagonal_matrix(np.multiply(1j, phase).astype(a.dtype))
        ga = _bar(u1) @ inner @ _t(v1)
        return (ga if outside is None else ga + outside,)


def _svd_of_hermitian(a: Any, compute_uv: bool) -> Any:
    if not compute_uv:
        return np.sort(np.abs(np.linalg.eigvalsh(a)))[..., ::-1]
    w, u = np.linalg.eigh(a)
    s = np.abs(w)
    order = np.argsort(strip(s))[..., ::-1]
    sign = np.take_along_axis(np.copysign(1.0, strip(w)), order, -1)
    u = np.take_along_axis(u, order[..., None, :], -1)
    vh = _h(u * sign[..., None, :])
    return _SVDResult(u, np.take_along_axis(s, order, -1), vh)


class Svdvals(Opaque):
    numpy = np.linalg.svdvals
    stacks, core = True, (2,)

    def bind(self, x: Any, /) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (x,), {}

    def backward(self, g: Any, s: Any, a: Any) -> Any:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        return (_bar(u * g[..., None, :]) @ _bar(vh),)


def pinv_adjoint(g: Any, y: Any, a: Any) -> Any:
    """Return the adjoint of a matrix whose pseudo-inverse `y` has the adjoint `g`.

    G. H. Golub and V. Pereyra, *The differentiation of pseudo-inverses and nonlinear least squares
    problems whose variables separate* (1973), equation 4.12: the rank does not change.
    """
    m, n = a.shape[-2:]
    left = np.eye(m, dtype=a.dtype) - a @ y
    right = np.eye(n, dtype=a.dtype) - y @ a
    outer = left @ _t(g) @ (y @ _h(y)) + (_h(y) @ y) @ _t(g) @ right
    return _bar(outer) - _t(y) @ g @ _t(y)


class Pinv(Opaque):
    numpy = np.linalg.pinv
    stacks, core = True, (2,)

    def bind(
        self, a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        given = {"rcond": rcond, "rtol": rtol, "hermitian": hermitian}
        left_out = {"rcond": None, "rtol": np._NoValue, "hermitian": False}
        return (a,), {k: strip(v) for k, v in given.items() if v is not left_out[k]}

    def backward(self, g: Any, y: Any, a: Any, **params: Any) -> Any:
        return (pinv_adjoint(g, y, a),)


class Lstsq(Opaque):
    """The solution of least norm; its rank does not change."""

    numpy = np.linalg.lstsq

    def __call__(self, a: Any, b: Any, rcond: Any = None) -> Any:
        if rcond is None:
            rcond = np.finfo(np.result_type(a, b)).eps * max(np.shape(a))
        x, residuals, s = super().__call__(a, b, rcond)
        sizes = strip(s)
        rank = int(np.sum(sizes > rcond * sizes[0])) if sizes.size else 0
        return x, residuals, np.int32(rank), s

    def bind(self, a: Any, b: Any, rcond: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (a, b), {"rcond": rcond}

    def forward(self, a: Any, b: Any, rcond: Any) -> Any:
        x, residuals, _, s = np.linalg.lstsq(a, b, rcond)
        return x, residuals, s

    def backward(self, g: Any, y: Any, a: Any, b: Any, rcond: Any) -> Any:
        (gx, gr, gs), (x, _, _) = g, y
        columns = (lambda z: z[:, None]) if np.ndim(b) == 1 else (lambda z: z)
        inverse = np.linalg.pinv(a, max(rcond, 1e-15))
        gb = _t(inverse) @ columns(gx)
        ga = pinv_adjoint(columns(gx) @ _t(columns(b)), inverse, a)
        if gr.size:
            weighted = 2 * gr * _bar(columns(b) - a @ columns(x))
            gb = gb + weighted
            ga = ga - weighted @ _t(columns(x))
        if not is_absent(gs):
            u, _, vh = np.linalg.svd(a, full_matrices=False)
            ga = ga + _bar(u * gs) @ _bar(vh)
        return (ga, gb[:, 0] if np.ndim(b) == 1 else gb)


@derived(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """Condition number in a norm: that of the matrix times that of its inverse."""
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        with np.errstate(all="ignore"):
            return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    norms = [np.linalg.norm(z, p, axis=(-2, -1)) for z in (x, np.linalg.inv(x))]
    return norms[0] * norms[1]
