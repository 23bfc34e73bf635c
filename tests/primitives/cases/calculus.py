"""Differences, integrals, interpolation, convolution."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)
KNOTS = np.array([0.0, 0.5, 0.9, 2.0])
PLACES = np.array([-0.4, 0.1, 0.7, 1.3, 2.2])
LONG = (6,)

CASES = {
    np.gradient: [
        (np.gradient, (LONG,)),
        (np.gradient, ((3, 2),)),
        (lambda x: np.gradient(x, 0.5, axis=-1, edge_order=2), ((2, 4),)),
        (lambda x: np.gradient(x, 0.5, np.array([0.0, 0.1, 0.4])), (M,)),
        (lambda x: np.gradient(x, [0, 1, 3, 4], axis=0, edge_order=2), ((4, 2),)),
        (lambda x, h: np.gradient(x, h, 2.0, axis=(1, 0)), (M, ())),
        (lambda x, z: np.gradient(x, np.sort(z), edge_order=2), (V, V)),
        (lambda x, z: np.gradient(x, np.sort(z), axis=1), (M, (3,))),
    ],
    np.trapezoid: [
        (np.trapezoid, (V,)),
        (lambda y: np.trapezoid(y, dx=0.5, axis=0), (M,)),
        (lambda y, x: np.trapezoid(y, x), (M, (3,))),
        (lambda y, x: np.trapezoid(y, x, axis=0), (M, M)),
        (lambda y, h: np.trapezoid(y, dx=h), (M, ())),
    ],
    np.unwrap: [
        (lambda x: np.unwrap(9 * x), (LONG,)),
        (lambda x: np.unwrap(9 * x, axis=0, period=2.0), (M,)),
        (lambda x: np.unwrap(9 * x, 4.0), (M,)),
    ],
    np.interp: [
        (lambda x: np.interp(x, KNOTS, KNOTS**2), (M,)),
        (lambda x: np.interp(x, KNOTS, KNOTS**2), ((),)),
        (lambda f: np.interp(PLACES, KNOTS, f), (V,)),
        (lambda f: np.interp(PLACES, KNOTS, f, left=0.0, right=1.0), (V,)),
        (lambda f: np.interp(KNOTS, KNOTS, f), (V,)),
        (lambda x, f: np.interp(x, KNOTS, f), (M, V)),
        (lambda x, f: np.interp(x, KNOTS[1:3], f, f[0] * f[0], 2 * f[1]), (V, (2,)), (0.31, 1.77)),
        (lambda k, f: np.interp(PLACES, np.sort(k), f), (V, V), (0.31, 1.77)),
        (lambda x, k, f: np.interp(x, k, f, period=0.6), (V, (3,), (3,))),
        (lambda x, f: np.interp(x, [1.0], f), (M, (1,))),
        (lambda x, f, h: np.interp(x, KNOTS, f + 1j * h), (V, V, V)),
    ],
}
MODES = ("full", "same", "valid")
LENGTHS = ((6, 3), (3, 6), (6, 4), (4, 6), (3, 3), (1, 4), (4, 4))
for f in (np.convolve, np.correlate):
    CASES[f] = [
        (lambda a, v, f=f, mode=mode: f(a, v, mode), ((m,), (n,)))
        for mode in MODES
        for m, n in LENGTHS
    ]
    CASES[f] += [
        (lambda a, b, c, d, f=f: f(a + 1j * b, c + 1j * d, "same"), (V, V, (2,), (2,))),
        (f, (V, V)),
    ]
CASES[np.convolve] += [(np.convolve, (V, ()))]
