"""Putting together and taking apart."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
    np.concatenate: [
        (lambda a, b: np.concatenate([a, b], dtype=np.float64), (V, (2,))),
        (lambda a, b: np.concatenate([a, b, a]), (M, (1, 3))),
        (lambda a, b: np.concatenate((a, b), axis=-1), (M, (2, 1))),
        (lambda a, b: np.concatenate((a, b), axis=None), (M, V)),
    ],
    np.stack: [
        (lambda a, b: np.stack([a, b]), (M, M)),
        (lambda a, b: np.stack((a, b, a * b), axis=-1), (V, V)),
        (lambda a: np.stack([a[0], a[1] ** 2, 3 * a[0]]), (V,)),
    ],
    np.vstack: [(lambda a, b: np.vstack([a, b]), ((3,), M))],
    np.hstack: [
        (lambda a, b: np.hstack([a, b]), (V, ())),
        (lambda a, b: np.hstack([a, b]), (M, (2, 1))),
    ],
    np.dstack: [
        (lambda a, b: np.dstack([a, b]), (M, M)),
        (lambda a, b: np.dstack([a, b]), (V, V)),
    ],
    np.column_stack: [(lambda a, b: np.column_stack([a, b]), ((2,), M))],
    np.append: [
        (lambda a, b: np.append(a, b), (M, V)),
        (lambda a, b: np.append(a, b, axis=0), (M, M)),
    ],
    np.split: [
        (lambda x: np.split(x, 3, axis=-1), (M,)),
        (lambda x: np.split(x, [1, 3]), (V,)),
    ],
    np.array_split: [
        (lambda x: np.array_split(x, 3), (V,)),
        (lambda x: np.array_split(x, [-1], 1), (M,)),
    ],
    np.hsplit: [(lambda x: np.hsplit(x, [1]), (M,)), (lambda x: np.hsplit(x, 2), (V,))],
    np.vsplit: [(lambda x: np.vsplit(x, 2), (M,))],
    np.dsplit: [(lambda x: np.dsplit(x, 2), (T,))],
}
