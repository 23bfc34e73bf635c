"""Taking entries."""

import operator

import numpy as np

from hessopt.autodiff.accumulate import scatter_add
from hessopt.autodiff.families import scatter

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
    operator.getitem: [
        (lambda x: x[1], (M,)),
        (lambda x: x[..., None, ::-2], (M,)),
        (lambda x: x[[0, 0, 1]], (V,)),
        (lambda x: x[:, (1, 1)], (M,)),
        (lambda x: x[((0, 0, 1),)], (V,)),
        (lambda x: x[np.array([[0, -1], [0, 0]]), 1], (M,)),
        (lambda x: x[np.array([True, False]), [0, 2]], (M,)),
        (lambda x: x[np.array([True, False, True, True])], (V,)),
        (lambda x: x[np.eye(2, 3, dtype=bool)], (M,)),
        (lambda x: x[()], ((),)),
        (lambda x: x[range(1)] + x[np.int64(2)], (V,)),
        (lambda x: x[True], (M,)),
    ],
    scatter_add: [
        (lambda b, v: scatter(b, ([0, 0, 3], v)), (V, (3,))),
        (lambda b, v: scatter(b, (1, v), (slice(None), v)), (M, (3,))),
    ],
    np.take: [
        (lambda x: np.take(x, [[0, 2], [2, 5]]), (M,)),
        (lambda x: np.take(x, [0, 0, -1], axis=1, mode="wrap"), (M,)),
    ],
    np.take_along_axis: [
        (lambda x: np.take_along_axis(x, np.array([[0, 0], [2, 1]]), 1), (M,)),
        (lambda x: np.take_along_axis(x, np.array([3, 3]), None), (M,)),
    ],
    np.compress: [
        (lambda x: np.compress([True, False, True], x, axis=1), (M,)),
        (lambda x: np.compress([False, True, True], x), (M,)),
    ],
    np.diagonal: [
        (np.diagonal, (M,)),
        (lambda x: np.diagonal(x, 1, axis1=-1, axis2=1), (T,)),
    ],
    np.diag: [(np.diag, ((2,),)), (lambda x: np.diag(x, -1), (M,))],
    np.trace: [(np.trace, (M,)), (lambda x: np.trace(x, 1, 2, 0), (T,))],
}
