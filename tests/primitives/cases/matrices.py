"""Powers, chains, tensors as matrices, cross products."""

import numpy as np

M, V, S, T = (2, 3), (4,), (2, 2), (2, 2, 2)


def gram(z):
    return z @ np.conj(z.mT) + np.eye(2)


CASES = {
    np.linalg.matmul: [(np.linalg.matmul, (M, (3, 2)))],
    np.matvec: [(np.matvec, (M, (3,))), (np.matvec, ((2, 2, 3), (2, 1, 3)))],
    np.vecmat: [
        (np.vecmat, ((2,), M)),
        (lambda a, b, c: np.vecmat(a + 1j * b, c), (S, S, (2, 2, 3))),
    ],
    np.linalg.matrix_power: [
        (lambda x, n=n: np.linalg.matrix_power(x + 2 * np.eye(2), n), (shape,))
        for n, shape in ((0, S), (1, S), (2, T), (3, S), (4, S), (7, T), (-1, S), (-3, T))
    ],
    np.linalg.multi_dot: [
        (lambda *x: np.linalg.multi_dot(x), shapes)
        for shapes in (
            (M, (3, 2)),
            (M, (3, 1), (1, 4)),
            ((2,), M, (3, 2)),
            ((3, 2), (2, 1), (1, 2), (2,)),
            ((2,), S, (2,)),
            (S, S, S, S),
            (M, (3, 1), (1, 2), (2, 2), (2, 3)),
        )
    ],
    np.linalg.tensorinv: [
        (lambda x: np.linalg.tensorinv(x + np.eye(4).reshape(2, 2, 4) * 3), ((2, 2, 4),)),
        (lambda x: np.linalg.tensorinv(x + np.eye(4).reshape(4, 2, 2) * 3, ind=1), ((4, 2, 2),)),
    ],
    np.linalg.tensorsolve: [
        (lambda a, b: np.linalg.tensorsolve(a + np.eye(4).reshape(2, 2, 4), b), ((2, 2, 4), S)),
        (
            lambda a, b: np.linalg.tensorsolve(a + 3 * np.eye(4).reshape(4, 2, 2), b, axes=(0,)),
            ((4, 2, 2), S),
        ),
    ],
    np.linalg.diagonal: [
        (np.linalg.diagonal, (T,)),
        (lambda x: np.linalg.diagonal(x, offset=1), (M,)),
    ],
    np.linalg.trace: [
        (np.linalg.trace, (T,)),
        (lambda x: np.linalg.trace(x, offset=-1), (M,)),
    ],
    np.cross: [
        (np.cross, ((3,), (3,))),
        (np.cross, (M, (3,))),
        (lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), ((3, 2), M)),
        (lambda a, b: np.cross(a, b, axis=0), ((3, 2), (3, 2))),
    ],
    np.linalg.cross: [
        (np.linalg.cross, (M, M)),
        (lambda a, b: np.linalg.cross(a, b, axis=0), ((3, 2), (3, 1))),
    ],
    np.linalg.matrix_norm: [
        (np.linalg.matrix_norm, ((2, 2, 3),)),
        (lambda x: np.linalg.matrix_norm(x, keepdims=True, ord=1), (M,)),
        (lambda x: np.linalg.matrix_norm(x, ord="nuc"), (M,)),
    ],
    np.linalg.vector_norm: [
        (np.linalg.vector_norm, (M,)),
        (lambda x: np.linalg.vector_norm(x, axis=(0, -1), ord=3, keepdims=True), (T,)),
        (lambda x: np.linalg.vector_norm(x, axis=1, ord=1), (M,)),
    ],
    np.linalg.norm: [
        (lambda x, p=p: np.linalg.norm(x, p, axis=(0, 2), keepdims=True), ((2, 2, 3),))
        for p in (2, -2, "nuc")
    ],
    np.linalg.cholesky: [
        (lambda x: np.linalg.cholesky(x @ x.mT + np.eye(2), upper=True), (T,)),
        (lambda a, b: np.linalg.cholesky(gram(a + 1j * b)), (S, S)),
        (lambda a, b: np.linalg.cholesky(gram(a + 1j * b), upper=True), (T, T)),
    ],
}
