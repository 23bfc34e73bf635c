"""Functions of each element: where they are checked."""

import numpy as np

UNARY = {
    np.negative: (-1, 1),
    np.positive: (-1, 1),
    np.reciprocal: (0.5, 2),
    np.square: (-1, 1),
    np.conjugate: (-1, 1),
    np.real: (-1, 1),
    np.imag: (-1, 1),
    np.angle: (0.5, 2),
    np.copy: (-1, 1),
    np.exp: (-1, 1),
    np.exp2: (-1, 1),
    np.expm1: (-1, 1),
    np.log: (0.5, 2),
    np.log2: (0.5, 2),
    np.log10: (0.5, 2),
    np.log1p: (-0.4, 2),
    np.sqrt: (0.5, 2),
    np.cbrt: (0.5, 2),
    np.sin: (-2, 2),
    np.cos: (-2, 2),
    np.tan: (-0.9, 0.9),
    np.arcsin: (-0.7, 0.7),
    np.arccos: (-0.7, 0.7),
    np.arctan: (-2, 2),
    np.sinh: (-1, 1),
    np.cosh: (-1, 1),
    np.tanh: (-1.5, 1.5),
    np.arcsinh: (-2, 2),
    np.arccosh: (1.4, 3),
    np.arctanh: (-0.7, 0.7),
    np.deg2rad: (-90, 90),
    np.radians: (-90, 90),
    np.rad2deg: (-2, 2),
    np.degrees: (-2, 2),
    np.absolute: (-2, -0.3),
    np.fabs: (0.3, 2),
}

BINARY = {
    np.add: (-1, 1),
    np.subtract: (-1, 1),
    np.multiply: (-1, 1),
    np.true_divide: (0.5, 1.5),
    np.power: (0.5, 1.5),
    np.float_power: (0.5, 1.5),
    np.remainder: ((2.1, 2.9), (1.5, 2.0)),
    np.fmod: ((-2.9, -2.1), (1.5, 2.0)),
    np.divmod: ((-2.9, -2.1), (1.5, 2.0)),
    np.hypot: (0.5, 1.5),
    np.arctan2: (-1.5, -0.5),
    np.logaddexp: (-1, 1),
    np.logaddexp2: (-1, 1),
    np.maximum: (-1, 1),
    np.minimum: (-1, 1),
    np.fmax: (-1, 1),
    np.fmin: (-1, 1),
    np.copysign: ((0.5, 1.5), (-1.5, -0.5)),
}


CASES = {
    **{f: [(f, ((2, 3),), domain)] for f, domain in UNARY.items()},
    **{f: [(f, ((2, 3), (2, 3)), domain)] for f, domain in BINARY.items()},
}
