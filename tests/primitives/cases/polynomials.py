"""Polynomials by their coefficients."""

import numpy as np

M, V, W = (2, 3), (4,), (2,)
X = np.array([0.0, 1.0, 1.5, 2.0, 3.5])


def remainder_of_one_place(quotient, remainder):
    """What rounding leaves in front of a remainder is dropped in one type and not in another."""
    return quotient, remainder[-1:]


CASES = {
    np.polyval: [
        (np.polyval, (V, M)),
        (lambda x: np.polyval([1.0, 2, 3], x), ((),)),
        (lambda p: np.polyval(p, X), (V,)),
    ],
    np.polyadd: [(np.polyadd, (V, W)), (np.polyadd, (W, V)), (np.polyadd, (W, W))],
    np.polysub: [(np.polysub, (V, W)), (np.polysub, (W, V)), (np.polysub, (W, W))],
    np.polymul: [
        (np.polymul, (V, W)),
        (lambda a, b: np.polymul(np.append(0.0, a), b), (W, V)),
    ],
    np.polydiv: [
        (lambda a, b: remainder_of_one_place(*np.polydiv(a, b)), (V, W)),
        (np.polydiv, (W, V)),
        (lambda a, b: np.polydiv(np.polymul(a, b), b)[0], ((3,), W)),
    ],
    np.polyder: [
        (np.polyder, (V,)),
        (lambda p: np.polyder(p, 2), (V,)),
        (lambda p: np.polyder(p, 0), (V,)),
    ],
    np.polyint: [
        (np.polyint, (V,)),
        (lambda p: np.polyint(p, 2, k=3.0), (V,)),
        (lambda p: np.polyint(p, 2, p[:2]), (V,)),
    ],
    np.roots: [
        (lambda p: np.roots(p * np.array([1, -6, 11, -6])), (V,), (0.9, 1.1)),
        (lambda p: np.roots(np.concatenate([[0.0], p, [0.0]])), ((3,),)),
        (np.roots, (W,)),
    ],
    np.poly: [
        (np.poly, ((3,),)),
        (lambda x: np.poly(x + 3 * np.diag([0.0, 1, 2])), ((3, 3),)),
        (lambda x: np.poly(x + np.array([[0, 4.0], [-4, 0]])), ((2, 2),)),
        (lambda a, b: np.poly(a + 1j * b), (W, W)),
    ],
    np.polyfit: [
        (lambda y: np.polyfit(X, y, 2), ((5,),)),
        (lambda y: np.polyfit(X, y, 1), ((5, 2),)),
        (lambda x, y: np.polyfit(x, y, 1), (V, V)),
        (lambda y, w: np.polyfit(X, y, 1, w=w), ((5,), (5,))),
        (lambda y: np.polyfit(X, y, 1, cov=True), ((5,),)),
        (lambda y: np.polyfit(X, y, 1, cov="unscaled"), ((5, 2),)),
        (lambda y: np.polyfit(X, y, 1, full=True), ((5,),)),
    ],
}
