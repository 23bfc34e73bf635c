"""Functions of numbers, matrices and complex numbers in other words, see spellings.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.fuzz.words_of_matrices import matrix, symmetric


def _orthogonal_part(xp: Any, a: Any) -> Any:
    m = matrix(xp, a)
    return xp.matmul(m, xp.linalg.inv(xp.linalg.cholesky(xp.matmul(m.T, m)).T))


def _absolute_part(xp: Any, a: Any) -> Any:
    u, s, vt = xp.linalg.svd(matrix(xp, a), full_matrices=False)
    return xp.matmul(u * xp.log(s), vt)


def _least_squares(xp: Any, a: Any) -> Any:
    m, b = matrix(xp, a)[:, :2], matrix(xp, a)[:, 0]
    return xp.linalg.solve(xp.matmul(m.T, m), xp.matmul(m.T, b))


def _sinc(xp: Any, a: Any) -> Any:
    x = np.pi * a
    small = xp.abs(x) < 0.03
    apart = xp.where(small, 1.0, x)
    series = 1 - x**2 / 6 + x**4 / 120 - x**6 / 5040
    return xp.where(small, series, xp.sin(apart) / apart)


FUNCTIONS = {
    "sinc": _sinc,
    "cbrt": lambda xp, a: (1 + a * a) ** (1 / 3),
    "float_power": lambda xp, a, b: (1.1 + xp.sin(a)) ** xp.tanh(b),
    "copysign": lambda xp, a, b: xp.abs(a) * xp.sign(b + 0.01),
    "log_expit": lambda xp, a: -xp.log1p(xp.exp(-a)),
    "jv": lambda xp, a: _half_integer_bessel(xp, 1.5 + xp.sin(a)),
    "entr": lambda xp, a: -(1.5 + xp.sin(a)) * xp.log(1.5 + xp.sin(a)),
    "xlogy": lambda xp, a: a * xp.log(1 + a * a),
    "huber": lambda xp, a: 0.49 * (xp.sqrt(1 + (a / 0.7) ** 2) - 1),
    "softmax": lambda xp, a: xp.exp(a) / xp.sum(xp.exp(a), axis=0),
    "eigvalsh": lambda xp, a: xp.linalg.eigh(symmetric(xp, a))[0],
    "qr": _orthogonal_part,
    "svd": _absolute_part,
    "matrix_power": lambda xp, a: 0.1 * xp.matmul(matrix(xp, a), matrix(xp, a)),
    "lstsq": _least_squares,
    "einsum diagonal": lambda xp, a: xp.diag(matrix(xp, a)),
    "einsum trace": lambda xp, a: xp.trace(matrix(xp, a)) * np.array([1.0, 2.0]),
    "rfft": lambda xp, a: xp.fft.fft(a, axis=0)[: len(a) // 2 + 1] / (1 + len(a)),
    "join z": lambda xp, z: xp.concatenate([xp.real(z) * (1 + 0j), z], axis=0),
    "z z'": lambda xp, z: (xp.reshape(z, (-1, 1)) * xp.reshape(xp.conj(z), (1, -1)))[:3, :3],
    "vdot": lambda xp, z: xp.real(xp.sum(xp.conj(z) * (1j * z + 1))) / (1 + z.size),
    "z.real": lambda xp, z: xp.real(z) * xp.imag(z),
}


def _half_integer_bessel(xp: Any, x: Any) -> Any:
    """Return the Bessel function of order 3/2 (Abramowitz and Stegun, 10.1.11)."""
    return xp.sqrt(2 / (np.pi * x)) * (xp.sin(x) / x - xp.cos(x))


def special_functions(sp: Any) -> dict[str, Any]:
    """Return spellings in a library's own `scipy.special`."""
    return {
        "i0": lambda xp, a: sp.i0(xp.sin(a)),
        "erf": lambda xp, a: sp.erf(a),
        "erfc": lambda xp, a: sp.erfc(a),
        "expit": lambda xp, a: sp.expit(a),
        "gammaln": lambda xp, a: sp.gammaln(1.5 + a * a),
        "digamma": lambda xp, a: sp.psi(1.5 + xp.sin(a)),
        "gamma": lambda xp, a: sp.gamma(2 + xp.sin(a)),
        "j0": lambda xp, a: sp.j0(a),
        "logit": lambda xp, a: sp.logit(0.5 + 0.3 * xp.sin(a)),
        "ndtr": lambda xp, a: sp.erfc(-a / np.sqrt(2)) / 2,
        "log_ndtr": lambda xp, a: xp.log(sp.erfc(-a / np.sqrt(2)) / 2),
        "gammainc": lambda xp, a: sp.gammainc(1.7, 1.5 + xp.sin(a)),
        "betainc": lambda xp, a: sp.betainc(1.7, 2.2, 0.5 + 0.3 * xp.sin(a)),
        "logsumexp": lambda xp, a: sp.logsumexp(a, axis=-1),
    }
