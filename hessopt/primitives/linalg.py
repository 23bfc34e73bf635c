"""Products, solves and factorisations of matrices, over stacks.

M. B. Giles, *An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation* (2008), is the source of the factorisations' rules.
"""

from __future__ import annotations

from string import ascii_letters
from typing import Any

import numpy as np

from hessopt.autodiff.adjoints import sum_to
from hessopt.autodiff.batching import Batch
from hessopt.autodiff.constants import detached
from hessopt.autodiff.data import as_array
from hessopt.autodiff.families import Multilinear, Opaque
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.node import NO_PARAMS
from hessopt.autodiff.registry import derived
from hessopt.primitives.sparse import is_sparse, product


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _left_adjoint(g: Any, a: Any, b: Any) -> Any:
    """Adjoint of a in a @ b; vectors are rows and columns of one."""
    if b.ndim == 1:
        return g[..., None] * b if a.ndim > 1 else g * b
    if a.ndim == 1:
        return _sum_leading(np.squeeze(b @ g[..., None], -1), 1)
    return g @ _t(b)


def _right_adjoint(g: Any, a: Any, b: Any) -> Any:
    """Adjoint of b in a @ b."""
    if a.ndim == 1:
        return a[:, None] * g[..., None, :] if b.ndim > 1 else g * a
    if b.ndim == 1:
        return _sum_leading(np.squeeze(_t(a) @ g[..., None], -1), 1)
    return _t(a) @ g


def _sum_leading(x: Any, keep: int) -> Any:
    return sum_to(x, x.shape[x.ndim - keep :])


def _products(b: Batch) -> Any:
    """Return ``a @ b`` for each example, as one large product where one operand is shared."""
    x, y = b.operands
    m, n = b.ndim(0), b.ndim(1)
    if not b.leads[1] and n <= 2:
        return x @ y
    if not b.leads[0] and n == 1:
        return y @ (x if m == 1 else _t(x)) if m <= 2 else np.moveaxis(x @ _t(y), -1, 0)
    if not b.leads[0] and m == 1:
        return x @ y
    if m == n == 1:
        return np.sum(x * y, axis=-1)
    if m == 1:
        x = x[:, None, :]
    if n == 1:
        y = y[:, :, None]
    z = np.matmul(*Batch(b.size, (x, y), b.leads).aligned((2, 2)))
    return z[..., 0] if n == 1 else z[..., 0, :] if m == 1 else z


class MatMul(Multilinear):
    numpy, symbol = np.matmul, "@"
    adjoints = (_left_adjoint, _right_adjoint)

    def batch(self, b: Batch) -> Any:
        return _products(b)

    def subscripts(self, *ndims: int) -> tuple[list[str], str]:
        m, n = ndims
        lead = ascii_letters[3 : 1 + max(m, n)]
        a = "ab"[-m:] if m < 3 else lead[2 - m :] + "ab"
        b = "b" if n == 1 else lead[len(lead) + 2 - n :] + "bc"
        return [a, b], lead + "a" * (m > 1) + "c" * (n > 1)

    def __call__(self, a: Any, b: Any, **kwargs: Any) -> Any:
        if is_sparse(a) or is_sparse(b):
            return product(a, b)
        return super().__call__(a, b, **kwargs)


def _dot_adjoint(position: int) -> Any:
    """np.dot: a product by a scalar, or the last axis of a with the last but one of b."""

    def adjoint(g: Any, a: Any, b: Any) -> Any:
        if np.ndim(a) == 0 or np.ndim(b) == 0:
            return g * (b if position == 0 else a)
        if b.ndim <= 2 and (position == 0 or a.ndim <= 2):
            return (_left_adjoint, _right_adjoint)[position](g, a, b)
        contracted = b.ndim - 2 if b.ndim > 1 else 0
        if position == 0:
            behind = list(range(g.ndim - b.ndim + 1, g.ndim))
            others = [axis for axis in range(b.ndim) if axis != contracted]
            return np.tensordot(g, b, (behind, others))
        lead = list(range(a.ndim - 1))
        return np.moveaxis(np.tensordot(a, g, (lead, lead)), 0, contracted)

    return adjoint


class Dot(Multilinear):
    numpy = np.dot
    adjoints = (_dot_adjoint(0), _dot_adjoint(1))

    def batch(self, b: Batch) -> Any:
        m, n = b.ndim(0), b.ndim(1)
        if not m or not n:
            return np.multiply(*b.aligned())
        if m <= 2 and n <= 2:
            return _products(b)
        inputs, output = self.subscripts(m, n)
        inputs = ("a" * lead + s for s, lead in zip(inputs, b.leads, strict=True))
        return np.einsum(f"{','.join(inputs)}->a{output}", *b.operands)

    def subscripts(self, *ndims: int) -> tuple[list[str], str]:
        m, n = ndims
        letters = ascii_letters[1:]  # the first one stands for the examples of a batch
        left, right = letters[:m], letters[m : m + n]
        if not m or not n:
            return [left, right], left + right
        summed = n - 2 if n > 1 else 0
        right = right[:summed] + left[-1] + right[summed + 1 :]
        return [left, right], left[:-1] + right.replace(left[-1], "")


@derived(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """Sum of products over the last axes."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, (-1, -1))


@derived(np.outer, np.linalg.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """Products of all pairs."""
    if out is not None:
        raise unsupported(np.outer, {"out": out})
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@derived(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """Sum of products of the flattened arrays, the first conjugated."""
    return np.dot(np.conjugate(np.ravel(a)), np.ravel(b))


@derived(np.linalg.vecdot, np.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Sum of products along an axis, the first conjugated."""
    return np.sum(np.conjugate(x1) * x2, axis=axis)


@derived(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum of products over the axes named, as one matrix product."""
    a, b = as_array(a), as_array(b)
    rank_a, rank_b = np.ndim(a), np.ndim(b)
    if np.ndim(axes) == 0 and not isinstance(axes, (tuple, list)):
        axes = (range(rank_a - axes, rank_a), range(axes))
    axes_a = [int(i) % rank_a for i in np.atleast_1d(axes[0])]
    axes_b = [int(i) % rank_b for i in np.atleast_1d(axes[1])]
    if [a.shape[i] for i in axes_a] != [b.shape[i] for i in axes_b]:
        raise ValueError(f"tensordot: shapes {a.shape} and {b.shape} do not match along {axes}")
    free_a = [i for i in range(rank_a) if i not in axes_a]
    free_b = [i for i in range(rank_b) if i not in axes_b]
    n = int(np.prod([a.shape[i] for i in axes_a]))
    shape_a, shape_b = [a.shape[i] for i in free_a], [b.shape[i] for i in free_b]
    left = np.transpose(a, free_a + axes_a).reshape((int(np.prod(shape_a)), n))
    right = np.transpose(b, axes_b + free_b).reshape((n, int(np.prod(shape_b))))
    return np.dot(left, right).reshape((*shape_a, *shape_b))


@derived(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Kronecker product."""
    ndim = max(np.ndim(a), np.ndim(b))
    a = np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))
    b = np.reshape(b, (1,) * (ndim - np.ndim(b)) + np.shape(b))
    product = np.expand_dims(a, tuple(range(1, 2 * ndim, 2))) * np.expand_dims(
        b, tuple(range(0, 2 * ndim, 2))
    )
    return product.reshape([m * n for m, n in zip(a.shape, b.shape, strict=True)])


class Inv(Opaque):
    numpy = np.linalg.inv
    stacks, core = True, (2,)

    def backward(self, g: Any, y: Any, a: Any) -> Any:
        return (-(_t(y) @ g @ _t(y)),)


class Solve(Opaque):
    """x = solve(a, b); b is a vector only where it has one dimension, as in NumPy 2."""

    numpy = np.linalg.solve
    stacks, core = True, (2, 2)

    def batch(self, b: Batch) -> Any:
        a, y = b.operands
        if b.ndim(1) == 1 and b.ndim(0) == 2 and not b.leads[0]:
            return _t(np.linalg.solve(a, _t(y)))  # factorised once for all
        if b.ndim(1) == 1:
            y = y[..., None]
            return np.linalg.solve(*Batch(b.size, (a, y), b.leads).aligned((2, 2)))[..., 0]
        return super().batch(b)

    def backward(self, g: Any, x: Any, a: Any, b: Any) -> Any:
        vector = np.ndim(b) == 1
        columns = (lambda z: z[..., None]) if vector else (lambda z: z)
        gb = np.linalg.solve(_t(a), columns(g))
        return (
            lambda: -(gb @ _t(columns(x))),
            lambda: gb[..., 0] if vector else gb,
        )


class Det(Opaque):
    """The derivative of a determinant is the matrix of cofactors."""

    numpy = np.linalg.det
    stacks, core = True, (2,)

    def backward(self, g: Any, y: Any, a: Any) -> Any:
        if np.all(np.not_equal(y, 0)):
            inverse = np.linalg.inv(a)
            # Of a nearly singular matrix the inverse has no digits, the cofactors have all.
            sizes = _size(detached(a)) * _size(detached(inverse))
            if np.all(sizes < np.finfo(a.dtype).eps ** -0.6):
                return ((g * y)[..., None, None] * _t(inverse),)
        return (g[..., None, None] * cofactors(a),)


def _size(a: Any) -> Any:
    return np.max(np.sum(np.abs(a), axis=-1), axis=-1, initial=0)


def cofactors(a: Any) -> Any:
    """Return the signed minors of matrices that may be singular: n^2 determinants."""
    n = a.shape[-1]
    if n <= 1:
        return np.ones(a.shape, a.dtype)
    keep = np.array([[j for j in range(n) if j != i] for i in range(n)])
    minors = np.linalg.det(a[..., keep[:, None, :, None], keep[None, :, None, :]])
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return minors * signs


_SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))


class SlogDet(Opaque):
    numpy = np.linalg.slogdet
    stacks, core = True, (2,)

    def __call__(self, a: Any, /) -> Any:
        return _SlogdetResult(*super().__call__(a))

    def forward(self, a: Any) -> Any:
        return tuple(np.linalg.slogdet(a))

    def backward(self, g: Any, y: Any, a: Any) -> Any:
        of_log = g[1]
        if a.dtype.kind == "c":  # the sign turns with the imaginary part of d log det
            turn = np.real(np.multiply(1j, g[0] * y[0]))
            of_log = of_log + np.multiply(-1j, turn)
        return (of_log[..., None, None] * _t(np.linalg.inv(a)),)


class Cholesky(Opaque):
    """I. Murray, *Differentiation of the Cholesky decomposition* (2016), equation 10.

    One triangle is read and the other is its mirror image, so the adjoint is Hermitian.
    """

    numpy = np.linalg.cholesky
    stacks, core = True, (2,)

    def bind(self, a: Any, /, *, upper: bool = False) -> Any:
        return (a,), {"upper": True} if upper else NO_PARAMS

    def backward(self, g: Any, l: Any, a: Any, upper: bool = False) -> Any:
        if upper:
            g, l = np.conjugate(_t(g)), np.conjugate(_t(l))
        p = np.tril(_t(l) @ np.tril(g))
        p = p - 0.5 * p * np.eye(l.shape[-1])
        left = np.linalg.solve(_t(l), p)
        s = _t(np.linalg.solve(np.conjugate(_t(l)), _t(left)))
        return (0.5 * (s + np.conjugate(_t(s))),)
