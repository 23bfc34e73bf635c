"""Powers, chains and products of matrices, and tensors taken as matrices."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from math import prod
from string import ascii_letters
from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array
from hessopt.autodiff.families import Multilinear, negative_axis
from hessopt.autodiff.function import unsupported
from hessopt.autodiff.registry import derived
from hessopt.primitives.available import newer

derived(np.linalg.matmul)(lambda x1, x2, /: np.matmul(x1, x2))


def _subscripts(*core: str) -> Any:
    """Return the subscripts of a product over stacks, from those of one product."""

    def subscripts(self: Any, *ndims: int) -> tuple[list[str], str]:
        free = [n - len(own) for n, own in zip(ndims, core, strict=True)]
        lead = ascii_letters[3 : 3 + max(free)]
        inputs = [lead[len(lead) - n :] + own for n, own in zip(free, core, strict=True)]
        return inputs, lead + "a"

    return subscripts


class MatVec(Multilinear):
    """Products of matrices and vectors, over stacks of both."""

    numpy = newer("matvec") or None
    stacks, core = True, (2, 1)
    subscripts = _subscripts("ab", "b")
    adjoints = (
        lambda g, a, v: g[..., :, None] * v[..., None, :],
        lambda g, a, v: np.matmul(g[..., None, :], a)[..., 0, :],
    )


class VecMat(Multilinear):
    """Products of conjugated vectors and matrices, over stacks of both."""

    numpy = newer("vecmat") or None
    stacks, core = True, (1, 2)
    subscripts = _subscripts("b", "ba")
    adjoints = (
        lambda g, v, a: np.conjugate(np.matmul(a, g[..., :, None])[..., 0]),
        lambda g, v, a: np.conjugate(v)[..., :, None] * g[..., None, :],
    )


@derived(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    """Product of a matrix with itself, by squaring; of the inverse where `n` is negative."""
    n = operator.index(n)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(f"matrix_power: shape {a.shape} is not of square matrices")
    if n == 0:
        return np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape) + 0 * a
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 3:
        return np.matmul(np.matmul(a, a), a)
    result = None
    while n:
        n, odd = divmod(n, 2)
        if odd:
            result = a if result is None else np.matmul(result, a)
        if n:
            a = np.matmul(a, a)
    return result


@derived(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    """Chain of products, bracketed so that the fewest multiplications are done."""
    if out is not None:
        raise unsupported(np.linalg.multi_dot, {"out": out})
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return np.dot(*arrays)
    first, *middle, last = map(as_array, arrays)
    from_vector, to_vector = first.ndim == 1, last.ndim == 1
    chain = [
        first.reshape((1, -1)) if from_vector else first,
        *middle,
        last.reshape((-1, 1)) if to_vector else last,
    ]
    if any(np.ndim(a) != 2 for a in chain):
        raise np.linalg.LinAlgError("multi_dot: the arrays between the first and last must be 2-D")
    sizes = [chain[0].shape[0], *(a.shape[1] for a in chain)]
    result = _multiplied(chain, _cuts(sizes), 0, len(chain) - 1)
    if from_vector or to_vector:
        return result.reshape(() if from_vector and to_vector else (-1,))
    return result


def _cuts(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Return where to cut each part of a chain of matrices.

    T. H. Cormen et al., *Introduction to Algorithms*, section 15.2.
    """
    n = len(sizes) - 1
    cost: dict[tuple[int, int], int] = {(i, i): 0 for i in range(n)}
    cuts: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            costs = [
                cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                for k in range(i, j)
            ]
            cost[i, j] = min(costs)
            cuts[i, j] = i + costs.index(cost[i, j])
    return cuts


def _multiplied(chain: Sequence[Any], cuts: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return chain[i]
    k = cuts[i, j]
    return np.dot(_multiplied(chain, cuts, i, k), _multiplied(chain, cuts, k + 1, j))


@derived(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """Inverse of a tensor, taken as a matrix from its last axes to its first `ind` ones."""
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = a.shape
    inverse = np.linalg.inv(a.reshape((prod(shape[ind:]), -1)))
    return inverse.reshape((*shape[ind:], *shape[:ind]))


@derived(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """Solution of a linear equation in tensors."""
    if axes is not None:
        order = list(range(np.ndim(a)))
        for axis in axes:
            order.remove(axis)
            order.append(axis)
        a = np.transpose(a, order)
    shape = a.shape[-(np.ndim(a) - np.ndim(b)) :]
    n = prod(shape)
    return np.linalg.solve(np.reshape(a, (n, n)), np.ravel(b)).reshape(shape)


@derived(np.linalg.diagonal)
def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """Diagonals of the matrices in the last two axes."""
    return np.diagonal(x, offset, axis1=-2, axis2=-1)


@derived(np.linalg.trace)
def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Return the sums of the diagonals of the matrices in the last two axes."""
    return np.trace(x, offset, axis1=-2, axis2=-1, dtype=dtype)


@derived(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Products of vectors of three, with each other."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a = np.moveaxis(as_array(a), negative_axis(axisa, np.ndim(a)), -1)
    b = np.moveaxis(as_array(b), negative_axis(axisb, np.ndim(b)), -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(
            f"cross: vectors of lengths {a.shape[-1]} and {b.shape[-1]}; both must have 3 entries "
            "(append a zero to vectors of 2)"
        )
    pairs = ((1, 2), (2, 0), (0, 1))
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in pairs]
    return np.stack(parts, axis=negative_axis(axisc, parts[0].ndim + 1))


derived(np.linalg.cross)(lambda x1, x2, /, *, axis=-1: np.cross(x1, x2, axis=axis))


@derived(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Norms of the matrices in the last two axes."""
    return np.linalg.norm(x, axis=(-2, -1), keepdims=keepdims, ord=ord)


@derived(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """Norm of all entries, or of those along one or several axes, as of one vector."""
    shape = x.shape
    axes = (
        tuple(range(len(shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    )
    axes = tuple(negative_axis(a, len(shape)) for a in axes)
    rest = [a for a in range(-len(shape), 0) if a not in axes]
    moved = np.transpose(x, [*axes, *rest])
    rows = moved.reshape((prod(shape[a] for a in axes), *(shape[a] for a in rest)))
    y = np.linalg.norm(rows, ord, axis=0)
    if keepdims:
        y = y.reshape([1 if i - len(shape) in axes else n for i, n in enumerate(shape)])
    return y
