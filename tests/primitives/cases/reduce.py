"""Sums, products, extremes, moments, running sums, differences."""

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
    np.cumsum: [
        (np.cumsum, (M,)),
        (lambda x: np.cumsum(x, axis=1), (T,)),
        (lambda x: x.cumsum(0), (M,)),
    ],
    np.cumprod: [
        (np.cumprod, ((2, 2),)),
        (lambda x: np.cumprod(x, axis=-2), (T,)),
        (lambda x: np.cumprod(x * np.array([1.0, 0, 1, 0])), (V,)),
    ],
    np.add.accumulate: [
        (np.add.accumulate, (M,)),
        (lambda x: np.add.accumulate(x, 1), (M,)),
    ],
    np.multiply.accumulate: [(np.multiply.accumulate, (M,))],
    np.diff: [
        (np.diff, (M,)),
        (lambda x: np.diff(x, 2, axis=0), ((4, 2),)),
        (lambda x, p: np.diff(x, prepend=p, append=1.0), (V, ())),
        (lambda x: np.diff(x, 0, prepend=1.0), (V,)),
        (lambda x, p: np.diff(x, axis=0, append=p), (M, (1, 3))),
    ],
    np.ediff1d: [
        (np.ediff1d, (M,)),
        (lambda x, e: np.ediff1d(x, e, to_begin=e), (V, (2,))),
    ],
}
