"""Words of Python rather than NumPy: built-ins, lists, SciPy's functions, rules of one's own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sparse

import hessopt
from hessopt.scipy import linalg
from tests.fuzz.words_of_matrices import matrix, symmetric

BAND = sparse.diags_array([1.0, -2.0, 0.5], offsets=[-1, 0, 1], shape=(4, 4)).tocsr()
LOWER = np.array([[2.0, 0.0, 0.0], [1.0, 3.0, 0.0], [-1.0, 0.5, 2.5]])


def _flat(xp: Any, a: Any) -> Any:
    return xp.reshape(a, (-1,))[:5]


def _sorted(xp: Any, a: Any) -> Any:
    return sum(k * t for k, t in enumerate(sorted(_flat(xp, a)), 1)) / 5


def _extremes(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    return max(flat) * min(flat[0], flat[-1]) + sum(flat)


def _neighbours(xp: Any, a: Any) -> Any:
    flat, total = _flat(xp, a), 0.0
    for s, t in pairwise(flat):
        total += s * t
    return total


def _unpacked(xp: Any, a: Any) -> Any:
    first, *rest = _flat(xp, a)
    return xp.stack([first * t for t in rest])


def _recursive(xp: Any, a: Any) -> Any:
    def tree(part: Any) -> Any:
        if len(part) == 1:
            return part[0]
        half = len(part) // 2
        return xp.tanh(tree(part[:half]) + 0.5 * tree(part[half:]))

    return tree(_flat(xp, a))


def _literal(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    return hessopt.array([[flat[0], 1.0], [flat[-1] * 2, flat[0]]])


def _filled(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    y, z = hessopt.zeros(3), xp.zeros_like(flat, shape=(2, 2))
    y[0] = flat[0]
    y[1:] = flat[-1] ** 2
    z[:, 1] = flat[:2]
    return xp.concatenate([y, z.ravel()])


def _alone(xp: Any, a: Any) -> Any:
    return a[:0].sum() + xp.concatenate([a[:0], 2 * a]) * xp.prod(a[:0] ** 2)


def _rows_apart(xp: Any, a: Any) -> Any:
    return xp.apply_along_axis(lambda row: row * xp.sum(xp.sin(row)), 0, a)


@hessopt.primitive
def _own_sine(x):
    return np.sin(x)


@_own_sine.vjp
def _(g, y, x):
    return (g * np.cos(x),)


_quadratic = hessopt.external(
    lambda x: x @ BAND @ x, lambda x: BAND.T @ x + BAND @ x, lambda x: (BAND + BAND.T).toarray()
)


def _triangular(xp: Any, a: Any) -> Any:
    return linalg.solve_triangular(LOWER[:2, :2], _flat(xp, a)[:2], lower=True)


def _stopped(xp: Any, a: Any) -> Any:
    return a + hessopt.stop_gradient(np.arange(a.size)[::-1].reshape(a.shape) * 0.1)


PYTHON = {
    "sorted": _sorted,
    "max min sum": _extremes,
    "pairwise": _neighbours,
    "first, *rest": _unpacked,
    "recursion": _recursive,
    "hessopt.array": _literal,
    "hessopt.zeros": _filled,
    "empty part": _alone,
    "apply_along_axis": _rows_apart,
    "reduceat": lambda xp, a: xp.add.reduceat(_flat(xp, a), [0, 1]),
    "ix_": lambda xp, a: xp.outer(a, xp.sin(a))[np.ix_([0, -1], [1, 0])],
    "x.copy": lambda xp, a: a.copy() * a.flat[0],
    "sparse @": lambda xp, a: BAND @ a if len(a) == 4 else BAND[:2, :2] @ a[:2],
    "expm": lambda xp, a: 0.1 * linalg.expm(0.5 * matrix(xp, a)),
    "cho_solve": lambda xp, a: linalg.cho_solve(
        linalg.cho_factor(symmetric(xp, a)), _flat(xp, a)[: len(matrix(xp, a))]
    ),
    "solve_triangular": _triangular,
    "primitive": lambda xp, a: _own_sine(a),
    "external": lambda xp, a: _quadratic(a) if a.shape == (4,) else xp.sin(a),
    "stop_gradient": _stopped,
}


def _sorted_sum(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    return xp.dot(xp.sort(flat), np.arange(1.0, 1 + len(flat))) / 5


def _extreme_entries(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    first, last = flat[0], flat[-1]
    return flat[int(xp.argmax(flat))] * (last if last < first else first) + xp.sum(flat)


def _two_by_two(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    return xp.reshape(xp.stack([flat[0], 1.0 + 0 * flat[0], 2 * flat[-1], flat[0]]), (2, 2))


def _seven(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    f, g, last = flat[0], flat[1], flat[-1] ** 2
    return xp.stack([f, last, last, 0 * f, f, 0 * f, g])


def _rows_by_sums(xp: Any, a: Any) -> Any:
    return a * xp.sum(xp.sin(a), axis=0)


def _exponential(xp: Any, a: Any) -> Any:
    """Return 0.1 expm by a Taylor polynomial of a 64th of the matrix, squared six times."""
    m = 0.5 * matrix(xp, a) / 64
    term = power = np.eye(len(m))
    for k in range(1, 11):
        power = xp.matmul(power, m) / k
        term = term + power
    for _ in range(6):
        term = xp.matmul(term, term)
    return 0.1 * term


def _band_product(xp: Any, a: Any) -> Any:
    band = BAND.toarray() if len(a) == 4 else BAND.toarray()[:2, :2]
    return xp.tensordot(band, a[: len(band)], 1)


def _band_form(xp: Any, a: Any) -> Any:
    return xp.dot(a, xp.dot(BAND.toarray(), a)) if a.shape == (4,) else xp.sin(a)


def _solution(xp: Any, a: Any) -> Any:
    m = symmetric(xp, a)
    return xp.dot(xp.linalg.inv(m), _flat(xp, a)[: len(m)])


def _reduced_at(xp: Any, a: Any) -> Any:
    flat = _flat(xp, a)
    return xp.stack([flat[0], xp.sum(flat[1:])])


def _crossed(xp: Any, a: Any) -> Any:
    flat = xp.reshape(a, (-1,))
    return xp.reshape(flat[[0, -1]], (2, 1)) * xp.sin(flat[[1, 0]])


IN_NUMPY = {
    "sorted": _sorted_sum,
    "max min sum": _extreme_entries,
    "pairwise": lambda xp, a: xp.dot(_flat(xp, a)[1:], _flat(xp, a)[:-1]),
    "first, *rest": lambda xp, a: _flat(xp, a)[0] * _flat(xp, a)[1:],
    "hessopt.array": _two_by_two,
    "hessopt.zeros": _seven,
    "empty part": lambda xp, a: 2 * a,
    "apply_along_axis": _rows_by_sums,
    "reduceat": _reduced_at,
    "ix_": _crossed,
    "x.copy": lambda xp, a: a * xp.reshape(a, (-1,))[0],
    "sparse @": _band_product,
    "expm": _exponential,
    "cho_solve": _solution,
    "solve_triangular": lambda xp, a: xp.dot(np.linalg.inv(LOWER[:2, :2]), _flat(xp, a)[:2]),
    "primitive": lambda xp, a: xp.sin(a),
    "external": _band_form,
    "stop_gradient": lambda xp, a: a + np.arange(a.size)[::-1].reshape(a.shape) * 0.1,
}
