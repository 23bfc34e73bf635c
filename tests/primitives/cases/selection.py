"""Choosing between values, and types."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
    np.sign: [
        (lambda x: x * np.sign(x), (M,), (-1.3, 1.2)),
        (lambda a, b: np.sign(a + 1j * b), (M, M), (-1.3, 1.2)),
    ],
    np.where: [
        (lambda a, b: np.where(np.array([True, False, True]), a, b), (M, (3,))),
        (lambda a: np.where(a > 1, a * a, 0.0), (M,)),
    ],
    np.clip: [
        (lambda x: np.clip(x, 0.6, 1.4), (M,)),
        (lambda x, low: np.clip(x, low, None), (M, (3,))),
        (lambda x: x.clip(max=1.0), (M,)),
    ],
    np.absolute: [(abs, (M,), (-2, -0.3)), (np.absolute, (M,))],
    np.astype: [
        (lambda x: np.astype(x, np.float64), (M,)),
        (lambda x: np.real(x.astype(complex) ** 2), (M,)),
    ],
}
