"""Words of linear algebra, of Einstein sums, and of complex numbers.

Matrices are well conditioned, eigenvalues well apart, and of vectors only what no sign changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def matrix(xp: Any, a: Any) -> Any:
    """Return a square matrix without symmetry, of size 3 or less."""
    v = xp.reshape(a, (-1,))[:3]
    n = v.shape[0]
    return 0.3 * xp.outer(xp.sin(v), xp.cos(v)) + np.diag(2.0 + np.arange(n))


def symmetric(xp: Any, a: Any) -> Any:
    m = matrix(xp, a)
    return 0.5 * (m + xp.transpose(m))


def _stack(xp: Any, a: Any) -> Any:
    m = matrix(xp, a)
    return xp.stack([m, 2 * xp.transpose(m)])


def _function_of_symmetric(xp: Any, a: Any) -> Any:
    w, q = xp.linalg.eigh(symmetric(xp, a))
    return xp.matmul(q * xp.sqrt(w), xp.transpose(q))


def _orthogonal_part(xp: Any, a: Any) -> Any:
    q, r = xp.linalg.qr(matrix(xp, a))
    return q * xp.sign(xp.diag(r))


def _absolute_part(xp: Any, a: Any) -> Any:
    u, s, vt = xp.linalg.svd(matrix(xp, a))
    return xp.matmul(u * xp.log(s), vt)


def _log_determinant(xp: Any, a: Any) -> Any:
    return xp.linalg.slogdet(matrix(xp, a))[1] + xp.zeros(2)


ALGEBRA = {
    "inv": lambda xp, a: xp.linalg.inv(matrix(xp, a)),
    "det": lambda xp, a: 0.1 * xp.linalg.det(matrix(xp, a)) + xp.zeros(1),
    "slogdet": _log_determinant,
    "cholesky": lambda xp, a: xp.linalg.cholesky(symmetric(xp, a)),
    "eigh": _function_of_symmetric,
    "eigvalsh": lambda xp, a: xp.linalg.eigvalsh(symmetric(xp, a)),
    "qr": _orthogonal_part,
    "svd": _absolute_part,
    "pinv": lambda xp, a: xp.linalg.pinv(matrix(xp, a)[:, :2]),
    "matrix_power": lambda xp, a: 0.1 * xp.linalg.matrix_power(matrix(xp, a), 2),
    "solve stacks": lambda xp, a: xp.linalg.solve(_stack(xp, a), matrix(xp, a)),
    "inv stacks": lambda xp, a: xp.linalg.inv(_stack(xp, a)),
    "lstsq": lambda xp, a: xp.linalg.lstsq(matrix(xp, a)[:, :2], matrix(xp, a)[:, 0])[0],
    "einsum cycle": lambda xp, a: 0.1 * xp.einsum("ij,jk,ki->k", *[matrix(xp, a)] * 3),
    "einsum diagonal": lambda xp, a: xp.einsum("ii->i", matrix(xp, a)),
    "einsum implicit": lambda xp, a: xp.einsum("ji,jk", matrix(xp, a), matrix(xp, a)),
    "einsum trace": lambda xp, a: xp.einsum("...ii->...", _stack(xp, a)),
    "tensordot": lambda xp, a: 0.1 * xp.tensordot(_stack(xp, a), matrix(xp, a), axes=[[2], [0]]),
    "inner": lambda xp, a: xp.inner(a, a) / (1 + a.size),
    "matmul stacks": lambda xp, a: 0.1 * (_stack(xp, a) @ matrix(xp, a)[0]),
    "trace": lambda xp, a: xp.trace(matrix(xp, a)) + 0 * a,
    "cross": lambda xp, a: (
        xp.cross(xp.ravel(a)[:3], xp.sin(xp.ravel(a)[-3:])) if a.size >= 3 else a
    ),
}

TO_COMPLEX = {
    "exp(ia)": lambda xp, a: xp.exp(1j * a),
    "a(1+i/2)": lambda xp, a: a * (1 + 0.5j),
    "fft": lambda xp, a: xp.fft.fft(a) / (1 + a.size),
    "rfft": lambda xp, a: xp.fft.rfft(a, axis=0) / (1 + len(a)),
    "ifft": lambda xp, a: xp.fft.ifft(a, axis=0),
    "fft n": lambda xp, a: xp.fft.fft(a, n=4, axis=0, norm="ortho"),
    "sqrt(i+a)": lambda xp, a: xp.sqrt(1.5j + a),
    "log(2i+a)": lambda xp, a: xp.log(2j + a),
}

OF_COMPLEX = {
    "conj": lambda xp, z: xp.conj(z),
    "z/(1+|z|^2)": lambda xp, z: z / (1 + xp.real(z * xp.conj(z))),
    "z^2": lambda xp, z: 0.3 * z**2,
    "iz+z": lambda xp, z: 1j * z + z,
    "z-z[::-1]": lambda xp, z: z - 0.5 * z[::-1],
    "ifft(z)": lambda xp, z: xp.fft.ifft(z, axis=0),
    "sum z": lambda xp, z: xp.sum(z, axis=0, keepdims=True),
    "exp z": lambda xp, z: xp.exp(1j * xp.real(z) - 0.1 * xp.imag(z) ** 2),
    "sin z": lambda xp, z: xp.sin(z / (1 + xp.abs(z) ** 2)),
    "where z": lambda xp, z: xp.where(xp.real(z) > 0.1, z, xp.conj(z) * 2),
    "join z": lambda xp, z: xp.concatenate([xp.real(z), z], axis=0),
    "z z'": lambda xp, z: xp.outer(z, xp.conj(z))[:3, :3],
}

MIXED = {
    "z+b": lambda xp, z, b: z + b,
    "b-z": lambda xp, z, b: b - z,
    "z*b": lambda xp, z, b: z * b,
    "z/(2+b^2)": lambda xp, z, b: z / (2 + b * b),
    "|z|b": lambda xp, z, b: xp.real(z) * b - xp.imag(z),
}

TO_REAL = {
    "real": lambda xp, z: xp.real(z),
    "imag": lambda xp, z: xp.imag(z),
    "|z|": lambda xp, z: xp.sqrt(0.3 + xp.abs(z) ** 2),
    "abs z": lambda xp, z: xp.abs(z + (3 + 1j)),
    "angle": lambda xp, z: xp.angle(4 + xp.tanh(xp.real(z)) + 1j * xp.imag(z)),
    "irfft": lambda xp, z: xp.fft.irfft(z, n=4, axis=0),
    "re z conj z": lambda xp, z: xp.real(xp.sum(z * xp.conj(z), axis=0)) / (1 + len(z)),
    "vdot": lambda xp, z: xp.real(xp.vdot(z, 1j * z + 1)) / (1 + z.size),
    "z.real": lambda xp, z: z.real * z.imag,
}
