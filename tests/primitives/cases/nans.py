"""Functions that leave NaN out."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)
HOLES = np.array([[0, np.nan, 0], [0, 0, np.nan]])
MASK = np.array([[True, True, True], [True, False, True]])


def with_holes(f, *args, **kwargs):
    return lambda x: f(x + HOLES.astype(x.dtype), *args, **kwargs)


REDUCTIONS = (
    np.nansum,
    np.nanprod,
    np.nanmax,
    np.nanmin,
    np.nanmean,
    np.nanvar,
    np.nanstd,
)

CASES = {
    f: [
        (with_holes(f), (M,)),
        (with_holes(f, axis=1), (M,)),
        (with_holes(f, 1, keepdims=True), (M,)),
        (with_holes(f, axis=(0, -1), keepdims=True), (M,)),
        (lambda x, f=f: f(x, axis=(0, -1)), (T,)),
    ]
    for f in REDUCTIONS
}
for f in (np.nansum, np.nanprod, np.nanmax, np.nanmin):
    CASES[f] += [(with_holes(f, axis=0, where=MASK, initial=1.0), (M,))]
CASES[np.nanmean] += [(with_holes(np.nanmean, where=MASK, dtype=np.float64), (M,))]
CASES[np.nanvar] += [
    (with_holes(np.nanvar, ddof=1), (M,)),
    (with_holes(np.nanvar, where=MASK, correction=1), (M,)),
]
CASES |= {
    f: [(with_holes(f), (M,)), (with_holes(f, axis=1), (M,)), (with_holes(f, 0), (M,))]
    for f in (np.nancumsum, np.nancumprod)
}
CASES[np.nan_to_num] = [
    (with_holes(np.nan_to_num), (M,)),
    (
        lambda x: np.nan_to_num(x + np.array([np.inf, 0, -np.inf, np.nan]), posinf=2.0, neginf=-1),
        (V,),
    ),
    (lambda x: np.nan_to_num(x + np.array([0, np.inf, 0, 0]), nan=1.0, posinf=3) * x, (V,)),
    (lambda a, b: np.nan_to_num((a + HOLES) + 1j * b), (M, M)),
]
