"""Running sums and products, differences of neighbours."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)

CASES = {
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
    **{
        f: [
            (f, (V,)),
            (lambda x, f=f: f(x, axis=1, include_initial=True), (M,)),
            (lambda x, f=f: f(x, axis=-2, dtype=np.float64), (T,)),
        ]
        for f in (np.cumulative_sum, np.cumulative_prod)
    },
}
