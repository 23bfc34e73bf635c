"""Reshaping, transposing, repeating, padding."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
    np.reshape: [
        (lambda x: np.reshape(x, -1), (M,)),
        (lambda x: x.reshape(3, 2), (M,)),
        (lambda x: x.reshape([2, 3, 1]), (M,)),
        (lambda x: np.reshape(x, np.array([3, 2])), (M,)),
        (lambda x: np.reshape(x, (3, 2), order="F"), (M,)),
        (lambda x: np.reshape(x, ()), ((1, 1),)),
    ],
    np.ravel: [
        (np.ravel, (M,)),
        (lambda x: np.ravel(x.T), (M,)),
        (lambda x: np.ravel(x, order="F"), (T,)),
        (lambda x: x.flatten("F"), (M,)),
    ],
    np.transpose: [
        (np.transpose, (T,)),
        (lambda x: np.transpose(x, (1, -1, 0)), (T,)),
        (lambda x: x.transpose(1, 0, 2), (T,)),
        (lambda x: x.T @ x, (M,)),
    ],
    np.swapaxes: [(lambda x: np.swapaxes(x, 0, -1), (T,)), (lambda x: x.mT, (T,))],
    np.moveaxis: [
        (lambda x: np.moveaxis(x, 0, -1), (T,)),
        (lambda x: np.moveaxis(x, [0, -1], [1, 0]), (T,)),
    ],
    np.rollaxis: [
        (lambda x: np.rollaxis(x, 2), (T,)),
        (lambda x: np.rollaxis(x, 0, 3), (T,)),
    ],
    np.matrix_transpose: [(np.matrix_transpose, (T,))],
    np.linalg.matrix_transpose: [(np.linalg.matrix_transpose, (T,))],
    np.broadcast_to: [
        (lambda x: np.broadcast_to(x, (2, 2, 3)), ((2, 1),)),
        (lambda x: np.broadcast_to(x, 3), ((),)),
    ],
    np.broadcast_arrays: [(np.broadcast_arrays, ((2, 1), (3,)))],
    np.squeeze: [
        (np.squeeze, ((1, 3, 1),)),
        (lambda x: np.squeeze(x, (0, -1)), ((1, 3, 1),)),
    ],
    np.expand_dims: [
        (lambda x: np.expand_dims(x, (0, -1)), (M,)),
        (lambda x: np.expand_dims(x, 1), (V,)),
    ],
    np.atleast_1d: [(np.atleast_1d, ((),)), (np.atleast_1d, ((), M))],
    np.atleast_2d: [(np.atleast_2d, (V,)), (np.atleast_2d, ((), M))],
    np.atleast_3d: [(np.atleast_3d, (V, M, T, ()))],
    np.flip: [
        (np.flip, (M,)),
        (lambda x: np.flip(x, (0, -1)), (T,)),
    ],
    np.fliplr: [(np.fliplr, (M,))],
    np.flipud: [(np.flipud, (M,))],
    np.rot90: [(np.rot90, (M,)), (lambda x: np.rot90(x, -1, (2, 1)), (T,))],
    np.roll: [
        (lambda x: np.roll(x, 2), (M,)),
        (lambda x: np.roll(x, (1, -2), axis=(0, 1)), (M,)),
        (lambda x: np.roll(x, [1, 2], [0, 1]), (M,)),
        (lambda x: np.roll(x, 1, (0, 1)), (M,)),
    ],
    np.tile: [(lambda x: np.tile(x, 2), (M,)), (lambda x: np.tile(x, (2, 1, 2)), (M,))],
    np.repeat: [
        (lambda x: np.repeat(x, 2), (M,)),
        (lambda x: np.repeat(x, [1, 0, 2], axis=1), (M,)),
    ],
    np.tril: [(np.tril, (M,)), (np.tril, (V,)), (lambda x: np.tril(x, -1), (T,))],
    np.triu: [(np.triu, (M,)), (np.triu, (V,)), (lambda x: np.triu(x, k=1), (T,))],
    np.pad: [
        (lambda x: np.pad(x, 1), (M,)),
        (lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=3.0), (M,)),
        *(
            (lambda x, mode=mode: np.pad(x, ((2, 1), (0, 2)), mode=mode), (M,))
            for mode in ("edge", "symmetric", "wrap")
        ),
        (lambda x: np.pad(x, (1, 2), mode="reflect"), (V,)),
        (lambda x: np.pad(x, {-1: (1, 2)}), (M,)),
        (lambda x: np.pad(x, {0: 1, 1: 2}, mode="edge"), (M,)),
        (lambda x: np.pad(x, 2, mode="empty")[2:-2], (V,)),
    ],
}
