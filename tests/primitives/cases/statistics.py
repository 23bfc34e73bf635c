"""Covariances, correlations, weighted counts."""

import numpy as np

M, V, W = (2, 5), (5,), (5,)
COUNTS = [1, 2, 1, 3, 1]

CASES = {
    np.cov: [
        (np.cov, (M,)),
        (np.cov, (V,)),
        (np.cov, (V, V)),
        (lambda x, y: np.cov(x, y, rowvar=False, bias=True), ((5, 2), (5, 1))),
        (lambda x: np.cov(x, ddof=0, fweights=COUNTS), (M,)),
        (lambda x: np.cov(x, fweights=COUNTS), (M,)),
        (lambda x, w: np.cov(x, aweights=w), (M, W)),
        (lambda x, w: np.cov(x, aweights=w, fweights=COUNTS, ddof=0), (M, W)),
        (lambda a, b: np.cov(a + 1j * b), (M, M)),
    ],
    np.corrcoef: [
        (np.corrcoef, (M,)),
        (np.corrcoef, (V, V)),
        (lambda x: np.corrcoef(x, rowvar=False), ((5, 2),)),
        (lambda x: np.corrcoef(x) + np.sum(x), (V,)),
    ],
    np.bincount: [
        (lambda w: np.bincount([0, 2, 2, 1, 0], w), (V,)),
        (lambda w: np.bincount(np.array([0, 3, 3, 1, 0]), weights=w, minlength=6), (V,)),
    ],
}
