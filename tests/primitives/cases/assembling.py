"""Building arrays out of others."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
    np.diagflat: [(np.diagflat, ((2, 2),)), (lambda x: np.diagflat(x, 1), ((3,),))],
    np.delete: [
        (lambda x: np.delete(x, 1), (M,)),
        (lambda x: np.delete(x, [0, -1], axis=1), (M,)),
        (lambda x: np.delete(x, slice(None, None, 2), axis=0), (T,)),
        (lambda x: np.delete(x, np.array([True, False, True]), 1), (M,)),
    ],
    np.resize: [(lambda x: np.resize(x, (2, 4)), (M,)), (lambda x: np.resize(x, 3), (V,))],
    np.insert: [
        (lambda x, v: np.insert(x, 1, v), (M, ())),
        (lambda x, v: np.insert(x, [0, 2, 2], v), (V, (3,))),
        (lambda x, v: np.insert(x, 1, v, axis=1), (M, (2,))),
        (lambda x, v: np.insert(x, [1], v, axis=1), (M, (2, 1))),
        (lambda x: np.insert(x, slice(0, 2), 7.0), (V,)),
    ],
    np.trim_zeros: [
        (lambda x: np.trim_zeros(x * np.array([0, 1, 0, 1])), (V,)),
        (lambda x: np.trim_zeros(x * np.array([0, 1, 1, 0]), "f"), (V,)),
        (lambda x: np.trim_zeros(x * np.array([0, 1, 0])), (M,)),
        (lambda x: np.trim_zeros(x * np.array([0, 1, 0]), "b", axis=1), (M,)),
    ],
    np.unstack: [(np.unstack, (M,)), (lambda x: np.unstack(x, axis=-1), (T,))],
    np.meshgrid: [
        (np.meshgrid, ((3,), (2,))),
        (lambda x, y: np.meshgrid(x, y, indexing="ij"), ((3,), (2,))),
        (lambda x, y: np.meshgrid(x, y, sparse=True), ((3,), (2,))),
        (lambda x, y, z: np.meshgrid(x, y, z, copy=False), ((3,), (2,), ())),
        (np.meshgrid, ((2,),)),
    ],
    np.ix_: [(np.ix_, ((3,), (2,)))],
    np.block: [
        (lambda a, b: np.block([[a, b], [b, 2 * a]]), (M, M)),
        (lambda a, b: np.block([a, 1.0, b]), ((2,), ())),
        (lambda a, b: np.block([[a], [b]]), (M, (3,))),
        (np.block, (M,)),
        (lambda a: np.block([[[a]], [[a]]]), (M,)),
    ],
    np.vander: [
        (np.vander, ((3,),)),
        (lambda x: np.vander(x, 5, increasing=True), (V,)),
        (lambda x: np.vander(x, N=1), (V,)),
    ],
}
