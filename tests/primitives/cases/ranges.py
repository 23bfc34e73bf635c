"""Sequences between bounds."""

import numpy as np

V = (2,)

CASES = {
    np.linspace: [
        (np.linspace, ((), ())),
        (lambda a, b: np.linspace(a, b, 3, endpoint=False), (V, V)),
        (lambda a, b: np.linspace(a, b, 4, axis=-1, retstep=True), (V, ())),
        (lambda a, b: np.linspace(a, b, 1), (V, ())),
        (lambda a: np.linspace(a, a + 0 * a, 3), ((),)),
        (lambda a: np.linspace(0, a, 3, dtype=float), (V,)),
    ],
    np.logspace: [
        (lambda a, b: np.logspace(a, b, 4), ((), ())),
        (lambda a, b, c: np.logspace(a, b, 3, base=c), ((), (), ())),
        (lambda a, b, c: np.logspace(a, b, 3, base=c, axis=-1), ((), (), V)),
        (lambda a: np.logspace(a, 1.0, 3, dtype=float), (V,)),
    ],
    np.geomspace: [
        (lambda a, b: np.geomspace(a, b, 4), ((), ())),
        (lambda a, b: np.geomspace(-a, -2 * b, 3, axis=-1), (V, V)),
        (lambda a, b: np.geomspace(a, b, 3, endpoint=False), (V, ())),
        (lambda a: np.geomspace(a, 5.0, 1), (V,)),
        (lambda a, b: np.geomspace(a + 1j * b, 2j, 3), (V, V)),
    ],
}
