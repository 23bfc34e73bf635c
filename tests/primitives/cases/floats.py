"""Parts of floating-point numbers, sinc, I0, and numpy.emath."""

import numpy as np

M, V = (2, 3), (4,)

CASES = {
    np.ldexp: [(lambda x: np.ldexp(x, [[3], [-2]]), (M,)), (lambda x: np.ldexp(x, 2), (V,))],
    np.nextafter: [(lambda x: np.nextafter(x, 9.0), (M,)), (np.nextafter, (M, (3,)))],
    np.frexp: [(np.frexp, (M,), (0.26, 0.48)), (np.frexp, (V,), (-7.0, -4.1))],
    np.modf: [
        (np.modf, (M,), (1.1, 1.9)),
        (np.modf, (V,), (-2.9, -2.1)),
    ],
    np.sinc: [
        (np.sinc, (M,), (-1.9, 1.9)),
        (np.sinc, ((9,),), (-0.4, 0.4)),
        (lambda x: np.sinc(x * np.array([0, 1, 1])), (M,)),
    ],
    np.i0: [(np.i0, (M,)), (np.i0, (V,), (-9, -8.1))],
    np.emath.sqrt: [(np.emath.sqrt, (M,)), (np.emath.sqrt, (M,), (-2.1, 2.2))],
    np.emath.log: [(np.emath.log, (M,)), (np.emath.log, (M,), (-2.1, 2.2))],
    np.emath.log2: [(np.emath.log2, (M,)), (np.emath.log2, (M,), (-2.1, -0.2))],
    np.emath.log10: [(np.emath.log10, (M,)), (np.emath.log10, (M,), (-2.1, -0.2))],
    np.emath.arccos: [(np.emath.arccos, (M,), (-0.9, 0.8)), (np.emath.arccos, (M,), (1.2, 2))],
    np.emath.arcsin: [(np.emath.arcsin, (M,), (-0.9, 0.8)), (np.emath.arcsin, (M,), (1.2, 2))],
    np.emath.arctanh: [(np.emath.arctanh, (M,), (-0.9, 0.8)), (np.emath.arctanh, (M,), (1.2, 2))],
    np.emath.logn: [
        (lambda x: np.emath.logn(2, x), (M,)),
        (lambda n, x: np.emath.logn(n, -x), ((), M), (1.3, 2.9)),
    ],
    np.emath.power: [
        (lambda x: np.emath.power(x, 1.5), (M,), (-2.1, -0.2)),
        (np.emath.power, (M, (3,))),
    ],
}
