"""Sums, products, extremes, moments."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

REDUCTIONS = (np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.ptp)

CASES = {
    np.sum: [(np.sum, (M,)), (lambda x: x.sum(axis=(0, -1), keepdims=True), (T,))],
    np.add.reduce: [
        (np.add.reduce, (M,)),
        (lambda x: np.add.reduce(x, axis=None, keepdims=True), (M,)),
    ],
    np.multiply.reduce: [(np.multiply.reduce, (M,))],
    np.maximum.reduce: [
        (lambda x: np.maximum.reduce(x, 1), (M,)),
        (np.maximum.reduce, (M,)),
    ],
    np.minimum.reduce: [
        (np.minimum.reduce, (M,)),
        (lambda x: np.minimum.reduce(x, -1), (M,)),
    ],
    np.max: [
        (lambda x: np.max(x, 1, None, True), (M,)),
        (lambda x: x.max(axis=(0, 2)), (T,)),
    ],
    np.min: [(lambda x: np.min(x, 0, None, True), (M,)), (lambda x: x.min(-1), (T,))],
    np.prod: [
        (np.prod, ((2, 2),)),
        (lambda x: np.prod(x, axis=(0, 2)), (T,)),
        (lambda x: np.prod(x * np.array([0.0, 1, 1])), ((3,),)),
        (lambda x: np.prod(x * np.array([0.0, 0, 1])), ((3,),)),
    ],
    np.mean: [
        (lambda x: np.mean(x, axis=(-1, 0), keepdims=True), (T,)),
        (lambda x: np.mean(x, 1, where=np.array([True, False, True])), (M,)),
        (lambda x: np.mean(x, dtype=np.float64), (M,)),
    ],
    np.var: [
        (lambda x: np.var(x, 1, ddof=1), (M,)),
        (lambda x: x.var(axis=(0, 1), keepdims=True), (T,)),
        (lambda x: np.var(x, axis=0, correction=1), (M,)),
    ],
    np.std: [(lambda x: np.std(x, 1, ddof=1), (M,)), (lambda x: x.std(), (V,))],
    np.ptp: [(np.ptp, (M,)), (lambda x: np.ptp(x, axis=1, keepdims=True), (M,))],
    np.average: [
        (np.average, (M,)),
        (lambda x, w: np.average(x, weights=w), (M, M)),
        (lambda x, w: np.average(x, 1, w), (M, (3,))),
        (lambda x, w: np.average(x, 0, w, True, keepdims=True), (M, (2,))),
    ],
}

MASK = np.array([[True, True, False], [True, False, True]])
ONCE = np.array([[True, True, False], [False, False, False]])

for f in (np.sum, np.prod, np.max, np.min):
    CASES[f] += [
        (lambda x, f=f: f(x, axis=0, where=MASK, initial=0.7), (M,)),
        (lambda x, f=f: f(x, axis=1, where=ONCE, initial=1.1, keepdims=True), (M,)),
        (lambda x, f=f: f(x, initial=2.0), (T,)),
        (lambda x, f=f: f(x, where=MASK[:, :, None], axis=(0, -1), initial=1), (T,)),
    ]
for f in (np.amax, np.amin):
    CASES[f] = [(f, (M,)), (lambda x, f=f: f(x, axis=-1, keepdims=True), (T,))]
for f in (np.fmax.reduce, np.fmin.reduce):
    CASES[f] = [
        (f, (M,)),
        (lambda x, f=f: f(x, axis=None, keepdims=True), (T,)),
        (lambda x, f=f: f(np.where(MASK, x, np.nan), axis=1), (M,)),
    ]
CASES[np.mean] += [(lambda x: np.mean(x, axis=(0, 1), where=MASK[..., None]), (T,))]
CASES[np.var] += [
    (lambda x: np.var(x, axis=0, where=np.array([[True], [True]])), (M,)),
    (lambda x: np.var(x, where=MASK, ddof=1, keepdims=True), (M,)),
    (lambda x: np.var(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)), (M,)),
]
CASES[np.std] += [(lambda x: np.std(x, where=MASK), (M,))]
