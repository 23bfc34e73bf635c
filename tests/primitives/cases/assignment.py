"""New arrays, and assignment into them."""

import numpy as np

from hessopt.autodiff.assignment import assigned

M, V, T = (2, 3), (4,), (2, 3, 2)


def put(index):
    """Assign b's numbers at an index of a's: into a Variable where either is one."""

    def f(a, b):
        out = np.copy(a + 0 * np.sum(b))
        out[index] = b
        return out

    return f


def filled(create):
    def f(x):
        out = create(x)
        out[...] = 2.0
        out[1] *= x[0]
        return out * x

    return f


CASES = {
    assigned: [
        (put(1), (M, (3,))),
        (put(1), (M, ())),
        (put((slice(None), 0)), (M, (2,))),
        (put((..., slice(None, None, -2))), (M, (2, 2))),
        (put([0, 0, 2]), (V, (3,))),
        (put((np.array([[0, 1], [1, 0]]), 1)), (M, (2, 2))),
        (put(np.array([True, False, True, False])), (V, (2,))),
        (put(np.eye(2, 3, dtype=bool)), (M, ())),
        (put(slice(None)), (M, (3,))),
        (put(()), ((), ())),
        (put(None), (V, V)),
    ],
    np.zeros_like: [(filled(np.zeros_like), (M,)), (lambda x: np.zeros_like(x) + x, (V,))],
    np.ones_like: [(filled(np.ones_like), (M,)), (lambda x: np.ones_like(x) * x, (V,))],
    np.empty_like: [(filled(np.empty_like), (M,))],
    np.full_like: [
        (filled(lambda x: np.full_like(x, 3.0)), (M,)),
        (lambda x: np.full_like(x, x[0, 1]), (M,)),
        (lambda x: np.full_like(x, x[:3], shape=(2, 3)), (V,)),
    ],
}
