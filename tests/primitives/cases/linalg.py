"""Products, norms, solves, factorisations."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
    np.matmul: [
        (np.matmul, shapes)
        for shapes in (
            (V, V),
            (M, (3,)),
            ((2,), M),
            (M, (3, 2)),
            (T, (2, 2)),
            ((2,), (2, 2, 2)),
            (T, (2,)),
            ((2, 1, 1, 2), (2, 2, 1)),
        )
    ],
    np.dot: [
        (np.dot, shapes)
        for shapes in (
            (V, V),
            (M, (3,)),
            ((2,), M),
            (M, (3, 2)),
            ((), M),
            (M, ()),
            ((), ()),
            (T, (2, 2)),
            (T, (2,)),
            ((2,), (2, 2, 2)),
            (M, (2, 3, 1)),
            ((2, 1, 2), (2, 2, 1)),
        )
    ],
    np.inner: [(np.inner, shapes) for shapes in ((V, V), (M, (3,)), (T, (2,)), ((), M))],
    np.outer: [(np.outer, shapes) for shapes in ((V, (2,)), (M, (2,)), ((), V))],
    np.linalg.outer: [(np.linalg.outer, (V, (2,)))],
    np.vdot: [(np.vdot, (M, M))],
    np.vecdot: [(np.vecdot, (M, (3,))), (lambda a, b: np.vecdot(a, b, axis=0), (M, M))],
    np.linalg.vecdot: [(np.linalg.vecdot, (M, M))],
    np.tensordot: [
        (np.tensordot, (M, M)),
        (lambda a, b: np.tensordot(a, b, 1), (T, (2, 2))),
        (lambda a, b: np.tensordot(a, b, 0), (M, (2,))),
        (lambda a, b: np.tensordot(a, b, axes=([0, -1], [1, 0])), (T, (2, 2, 1))),
    ],
    np.linalg.tensordot: [(lambda a, b: np.linalg.tensordot(a, b, axes=1), (M, (3,)))],
    np.kron: [(np.kron, shapes) for shapes in (((2,), (2,)), (M, (2,)), ((2, 1), (1, 2)))],
    np.einsum: [
        (lambda a, b: np.einsum(a, [0, 30], b, [30, 2]), (M, (3, 2))),
        (lambda a, b: np.einsum(a, [..., 1], b, [1, 0], [0, ...]), (M, (3, 2))),
        *(
            (lambda *x, s=subscripts: np.einsum(s, *x), shapes)
            for subscripts, shapes in (
                ("ij,jk", (M, (3, 2))),
                ("ij,jk->ki", (M, (3, 2))),
                ("ij->", (M,)),
                ("ij->j", (M,)),
                ("ii", ((2, 2),)),
                ("ii->i", ((2, 2),)),
                ("iij->j", ((2, 2, 2),)),
                ("i,j,i->j", (V, (2,), V)),
                ("...i,...i->...", ((1, 3), (2, 3))),
                ("...ij,j...->i...", ((2, 1, 3), (3, 1))),
                ("i...,i...", (M, (2, 1))),
                ("i,i->i", ((1,), (3,))),
                ("b a, a", (M, (3,))),
                ("i,j->", ((2,), (3,))),
                ("ij,ij", (M, M)),
            )
        ),
    ],
    np.linalg.norm: [
        (np.linalg.norm, (V,)),
        (np.linalg.norm, (M,)),
        (np.linalg.norm, (T,)),
        (lambda x: np.linalg.norm(x, axis=-1), (M,)),
        (lambda x: np.linalg.norm(x, axis=(0, 2), keepdims=True), (T,)),
        (lambda x: np.linalg.norm(x, "fro", keepdims=True), (M,)),
        *(
            (lambda x, p=p: np.linalg.norm(x, p, axis=1), (M,))
            for p in (1, 2, 3, 2.5, -1, np.inf, -np.inf)
        ),
        *((lambda x, p=p: np.linalg.norm(x, p), (M,)) for p in (1, -1, np.inf, -np.inf)),
    ],
    np.linalg.inv: [
        (lambda x: np.linalg.inv(x + 2 * np.eye(2)), (shape,)) for shape in ((2, 2), (2, 2, 2))
    ],
    np.linalg.solve: [
        (lambda a, b: np.linalg.solve(a + 2 * np.eye(2), b), shapes)
        for shapes in (((2, 2), (2,)), ((2, 2), (2, 3)), ((2, 2, 2), (2,)), ((2, 2), (2, 2, 1)))
    ],
    np.linalg.det: [
        (np.linalg.det, ((2, 2, 2),)),
        (lambda x: np.linalg.det(x + np.eye(3)), ((3, 3),)),
    ],
    np.linalg.slogdet: [
        (lambda x: np.linalg.slogdet(x + 2 * np.eye(2)), ((2, 2, 2),)),
        (lambda x: np.linalg.slogdet(x - 3 * np.eye(2)).logabsdet, ((2, 2),)),
    ],
    np.linalg.cholesky: [
        (lambda x: np.linalg.cholesky(x @ x.mT + np.eye(2)), (shape,))
        for shape in ((2, 2), (2, 2, 2))
    ],
}
