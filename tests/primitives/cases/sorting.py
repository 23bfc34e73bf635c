"""Sorting, order statistics, sets."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)
W = (7,)
HOLES = np.array([[0, np.nan, 0], [0, 0, 0], [np.nan, 0, np.nan]])

METHODS = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
)

CASES = {
    np.sort: [
        (np.sort, (M,)),
        (lambda x: np.sort(x, axis=0), (M,)),
        (lambda x: np.sort(x, axis=None), (M,)),
        (lambda x: np.sort(x, kind="heapsort"), (W,)),
        (lambda x: np.sort(x, stable=True), (T,)),
    ],
    np.partition: [
        (lambda x: np.partition(x, 2), (W,)),
        (lambda x: np.partition(x, [0, -1], axis=0), ((5, 2),)),
        (lambda x: np.partition(x, 1, axis=None), (M,)),
    ],
    np.sort_complex: [
        (np.sort_complex, (V,)),
        (lambda a, b: np.sort_complex(a + 1j * b), (V, V)),
    ],
    **{
        f: [
            (f, (W,)),
            (f, (M,)),
            (f, ((),)),
            (lambda x, f=f: f(x, axis=1), (M,)),
            (lambda x, f=f: f(x, axis=(0, -1), keepdims=True), (T,)),
            (lambda x, f=f: f(x, 0, keepdims=True), (V,)),
        ]
        for f in (np.median, np.nanmedian)
    },
    np.quantile: [
        *((lambda x, m=m: np.quantile(x, [0.0, 0.31, 0.5, 1], method=m), (W,)) for m in METHODS),
        (lambda x: np.quantile(x, 0.4), (M,)),
        (lambda x: np.quantile(x, np.float64(0.4), axis=0), (M,)),
        (lambda x: np.quantile(x, [[0.1], [0.7]], axis=(0, 2), keepdims=True), (T,)),
        (lambda x: np.quantile(x, 0.25, axis=-1, keepdims=True), (T,)),
        (lambda x: np.quantile(x, 0.5), ((),)),
    ],
    np.percentile: [
        (lambda x: np.percentile(x, 30), (M,)),
        (lambda x: np.percentile(x, [25.0, 75.0], axis=-1, method="hazen"), (T,)),
    ],
    np.nanquantile: [
        (lambda x: np.nanquantile(x, 0.3), (M,)),
        (lambda x: np.nanquantile(x + HOLES, [0.2, 0.8], axis=0), ((3, 3),)),
        (lambda x: np.nanquantile(x + HOLES, 0.2, axis=1, keepdims=True), ((3, 3),)),
    ],
    np.nanpercentile: [
        (lambda x: np.nanpercentile(x + HOLES, 30, method="weibull"), ((3, 3),)),
        (lambda x: np.nanpercentile(x, [10, 20], axis=(0, 1)), (T,)),
    ],
    np.unique: [
        (np.unique, (M,)),
        (lambda x: np.unique(np.concatenate([x, x]), True, True, True), (V,)),
        (lambda x: np.unique(np.concatenate([x, x]), axis=0), (M,)),
    ],
    **{
        f: [(f, (M,)), (lambda x, f=f: f(np.concatenate([x, x[1:]])), (V,))]
        for f in (np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values)
    },
    **{
        f: [
            (f, (M, (2,))),
            (lambda a, b, f=f: f(np.concatenate([a, b]), np.concatenate([b, a[:1]])), (V, (3,))),
        ]
        for f in (np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d)
    },
}
CASES[np.nanmedian] += [
    (lambda x: np.nanmedian(x + HOLES, axis=0), ((3, 3),)),
    (lambda x: np.nanmedian(x + HOLES), ((3, 3),)),
]
CASES[np.intersect1d] += [
    (lambda a, b: np.intersect1d(np.append(a, b), b, return_indices=True), (V, (3,)))
]
