"""Choosing among alternatives, applying functions to parts."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)
HALF = np.array([True, False, True, False])

CASES = {
    np.select: [
        (lambda x: np.select([x < 0.7, x < 1.3], [x**2, np.sin(x)], x), (M,)),
        (lambda x: np.select([x < 0.7, x < 1.3], [x**2, 3.0]), (M,)),
        (lambda x, y: np.select([HALF, ~HALF], [x, y], default=np.nan), (V, ())),
        (lambda x: np.select([HALF], [x[0]], x[:, :1]), ((2, 4),)),
    ],
    np.piecewise: [
        (lambda x: np.piecewise(x, [x < 0.7, x >= 1.3], [np.sin, lambda z: z**3]), (V,)),
        (lambda x: np.piecewise(x, [x < 0.9], [lambda z, p: z**p, lambda z, p: p * z], 3), (M,)),
        (lambda x: np.piecewise(x, [HALF, ~HALF], [2.0, np.exp]), (V,)),
        (lambda x: np.piecewise(x, x < 1.0, [np.exp, np.square]), (V,)),
        (lambda x: np.piecewise(x, [x > 0.0], [np.exp]), ((),)),
    ],
    np.choose: [
        (lambda x, y: np.choose([0, 1, 1, 0], [x, y]), (V, V)),
        (lambda x, y: np.choose(np.array([[0, 1, 5, -1]] * 2), [x, y], mode="clip"), (V, ())),
        (lambda x: np.choose([[2, 0, 4]], x, mode="wrap"), ((3, 3),)),
    ],
    np.extract: [
        (lambda x: np.extract(x > 0.9, x), (M,)),
        (lambda x: np.extract([True, False, True, True], x), (V,)),
    ],
    np.real_if_close: [
        (np.real_if_close, (V,)),
        (lambda x: np.real_if_close(x + 0j), (V,)),
        (lambda a, b: np.real_if_close(a + 1j * b), (V, V)),
    ],
    np.apply_along_axis: [
        (lambda x: np.apply_along_axis(np.prod, 0, x), (M,)),
        (lambda x: np.apply_along_axis(lambda r, p: np.cumsum(r) ** p, -1, x, 2), (T,)),
        (lambda x: np.apply_along_axis(lambda r: np.outer(r, r), 1, x), (T,)),
    ],
    np.apply_over_axes: [
        (lambda x: np.apply_over_axes(np.sum, x, [0, -1]), (T,)),
        (lambda x: np.apply_over_axes(np.cumprod, x, 1), (T,)),
    ],
}
