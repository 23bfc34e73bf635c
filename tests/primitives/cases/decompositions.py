"""Decompositions: what they return is compared where it does not depend on a choice of sign."""

import numpy as np

S, R, T = (3, 3), (4, 2), (2, 2, 2)


def symmetric(f):
    return lambda x: f((x + x.mT) / 2 + np.diag(np.arange(x.shape[-1])))


def hermitian(f):
    def of(a, b):
        z = a + 1j * b
        return f((z + np.conj(z.mT)) / 2 + np.diag(np.arange(a.shape[-1])))

    return of


def spread(f):
    return lambda x: f(x + np.eye(x.shape[-2], x.shape[-1]) * np.arange(1, x.shape[-1] + 1))


def both(f):
    def of(a, b):
        return f(a + 1j * b + np.eye(*a.shape[-2:]) * np.arange(1, a.shape[-1] + 1))

    return of


def eigh(a, **kwargs):
    w, v = np.linalg.eigh(a, **kwargs)
    outer = v[..., :, None, :] * np.conj(v[..., None, :, :])
    return w, np.real(outer), np.imag(outer) if a.dtype.kind == "c" else v * v


def eig(a):
    w, v = np.linalg.eig(a)
    return np.real(w), np.imag(w), np.real(v * v), np.imag(v * v)


def eig_of_rotation(x):
    w, v = np.linalg.eig(x + np.array([[0, 4.0], [-4.0, 0]]))
    return np.real(w), np.imag(w), np.real(v), np.imag(v)


def svd(a, **kwargs):
    u, s, vh = np.linalg.svd(a, **kwargs)
    k = s.shape[-1]
    left = u[..., :, None, :k] * vh.mT[..., None, :, :k]
    u2, v2 = u[..., k:], vh.mT[..., k:]
    rest = [z @ np.conj(z.mT) for z in (u2, v2) if z.shape[-1]]
    one = u[..., :k] * np.conj(u[..., :k]), vh[..., :k, :] * np.conj(vh[..., :k, :])
    return s, *one, left, *rest


def unsigned_qr(a, mode="reduced"):
    q, r = np.linalg.qr(a, mode)
    k = min(a.shape[-2:])
    rest = [q[..., k:] @ np.conj(q[..., k:].mT)] if q.shape[-1] > k else []
    return q[..., :k], r, *rest


CASES = {
    np.linalg.eigh: [
        (symmetric(eigh), (S,)),
        (symmetric(lambda a: eigh(a, UPLO="U")), (T,)),
        (hermitian(eigh), (S, S)),
        (symmetric(lambda a: np.linalg.eigh(a).eigenvalues), (S,)),
    ],
    np.linalg.eigvalsh: [
        (symmetric(np.linalg.eigvalsh), (S,)),
        (symmetric(lambda a: np.linalg.eigvalsh(a, "U")), (T,)),
        (hermitian(np.linalg.eigvalsh), (S, S)),
    ],
    np.linalg.eig: [(spread(eig), (S,)), (eig_of_rotation, ((2, 2),)), (both(eig), (S, S))],
    np.linalg.eigvals: [
        (spread(np.linalg.eigvals), (S,)),
        (spread(np.linalg.eigvals), (T,)),
        (lambda x: np.linalg.eigvals(x + np.array([[0, 4.0], [-4.0, 0]])), ((2, 2),)),
        (both(np.linalg.eigvals), (S, S)),
    ],
    np.linalg.svd: [
        (spread(svd), (S,)),
        (spread(svd), (R,)),
        (spread(svd), ((2, 4),)),
        (spread(svd), ((2, 3, 2),)),
        (spread(lambda a: svd(a, full_matrices=False)), (R,)),
        (spread(lambda a: svd(a, full_matrices=False)), ((2, 3),)),
        (spread(lambda a: np.linalg.svd(a, compute_uv=False)), (R,)),
        (spread(lambda a: np.linalg.svd(a).U ** 2), (R[::-1],)),
        (symmetric(lambda a: svd(a, hermitian=True)), (S,)),
        (symmetric(lambda a: np.linalg.svd(a, compute_uv=False, hermitian=True)), (S,)),
        (both(svd), ((2, 2), (2, 2))),
        (both(svd), ((3, 2), (3, 2))),
        (both(svd), ((2, 3), (2, 3))),
    ],
    np.linalg.svdvals: [
        (spread(np.linalg.svdvals), (R,)),
        (spread(np.linalg.svdvals), (T,)),
        (both(np.linalg.svdvals), ((2, 3), (2, 3))),
    ],
    np.linalg.cond: [
        (lambda x, p=p: np.linalg.cond(x + 2 * np.eye(2), p), (T,))
        for p in (None, 2, -2, 1, -1, np.inf, -np.inf, "fro")
    ]
    + [(np.linalg.cond, (R,))],
    np.linalg.pinv: [
        (np.linalg.pinv, (R,)),
        (np.linalg.pinv, ((2, 2, 3),)),
        (lambda x: np.linalg.pinv(x + 2 * np.eye(2), rtol=1e-6), (T,)),
        (lambda x: np.linalg.pinv(x[:, :1] * x[:1, :], 1e-3), ((2, 3),)),
        (symmetric(lambda a: np.linalg.pinv(a, hermitian=True)), (S,)),
        (both(np.linalg.pinv), ((3, 2), (3, 2))),
    ],
    np.linalg.lstsq: [
        (np.linalg.lstsq, (R, (4,))),
        (np.linalg.lstsq, (R, (4, 2))),
        (np.linalg.lstsq, ((2, 4), (2,))),
        (lambda a, b: np.linalg.lstsq(a + 2 * np.eye(2), b), ((2, 2), (2, 3))),
        (lambda a, b: np.linalg.lstsq(a[:, :1] * a[:1], b, rcond=1e-3)[0], ((3, 2), (3,))),
        (lambda a, b, c: np.linalg.lstsq(a + 1j * b, c), ((3, 2), (3, 2), (3,))),
    ],
    np.linalg.qr: [
        (spread(unsigned_qr), (S,)),
        (spread(unsigned_qr), (R,)),
        (spread(unsigned_qr), ((2, 4),)),
        (spread(unsigned_qr), ((2, 3, 2),)),
        (spread(lambda a: unsigned_qr(a, "complete")), (R,)),
        (spread(lambda a: unsigned_qr(a, "complete")), ((2, 3),)),
        (spread(lambda a: np.linalg.qr(a, mode="r")), (R,)),
        (spread(lambda a: np.linalg.qr(a, mode="r")), ((2, 3),)),
        (both(unsigned_qr), ((3, 2), (3, 2))),
        (both(unsigned_qr), ((2, 3), (2, 3))),
        (both(lambda a: unsigned_qr(a, "complete")), ((3, 2), (3, 2))),
    ],
}
