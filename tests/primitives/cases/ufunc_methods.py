"""Methods of ufuncs."""

import numpy as np

from hessopt.primitives.ufunc_methods import ASSOCIATIVE, binary_ufuncs

M, V, T = (2, 3), (4,), (2, 3, 2)

# where the operands may lie
DOMAIN = {
    np.remainder: ((2.1, 2.9), (1.5, 2.0)),
    np.fmod: ((2.1, 2.9), (1.5, 2.0)),
}

CASES = {}
for f in binary_ufuncs("primitive", "derived"):
    domain = DOMAIN.get(f, (0.31, 1.7))
    CASES[f.outer] = [(f.outer, (V, M), domain), (f.outer, ((), (2,)), domain)]
for f in (*ASSOCIATIVE, np.subtract, np.true_divide):
    CASES[f.reduce] = [
        (f.reduce, (M,), (0.6, 1.4)),
        (lambda x, f=f: f.reduce(x, axis=-1), ((2, 2),), (0.6, 1.4)),
        (lambda x, f=f: f.reduce(x, 1, keepdims=True), (T,), (0.6, 1.4)),
    ]
    CASES[f.accumulate] = [
        (f.accumulate, (V,), (0.6, 1.4)),
        (lambda x, f=f: f.accumulate(x, axis=-1), ((2, 2),), (0.6, 1.4)),
    ]
for f in ASSOCIATIVE:
    CASES[f.reduceat] = [
        (lambda x, f=f: f.reduceat(x, [0, 2, 1]), (V,), (0.6, 1.4)),
        (lambda x, f=f: f.reduceat(x, [0, 1], axis=1), (M,), (0.6, 1.4)),
    ]
for f in (np.maximum, np.minimum, np.fmax, np.fmin):
    CASES[f.accumulate] += [(lambda x, f=f: f.accumulate(x, axis=1), (T,))]
for f in (np.logaddexp, np.logaddexp2):
    CASES[f.reduce] += [(lambda x, f=f: f.reduce(x, axis=None), (M,))]
