"""Bands: powers, rational terms and wells of sums over many neighbours."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._least import LEAST
from problems.cutest._sources import cutest


@register
def broydn7d(n: int = 100) -> Problem:
    """Tridiagonal terms and far pairs to the power 7/3: third derivatives are infinite at zeros.

    Parameters
    ----------
    n : int
        Number of variables, even, at least 4.
    """
    n = whole_number("n", n, least=4, multiple_of=2)

    def value(x):
        edge = np.zeros((*x.shape[:-1], 1))
        u = np.concatenate([edge, x, edge], axis=-1)
        near = 1 - u[..., :-2] - 2 * u[..., 2:] + (3 - x / 2) * x
        far = x[..., : n // 2] + x[..., n // 2 :]
        power = 7 / 3
        return np.sum(np.abs(near) ** power, axis=-1) + np.sum(np.abs(far) ** power, axis=-1)

    return Problem(
        "broydn7d",
        value,
        start=np.full(n, -1.0),
        source=cutest(
            "BROYDN7D",
            "Ph. L. Toint (1978), Some numerical results using a sparse matrix updating formula "
            "in unconstrained optimization, Mathematics of Computation 32(143), 839-851; "
            "in the form and with the start of L. Lukšan and J. Vlček (1999), Sparse and partially "
            "separable test problems for unconstrained and equality constrained optimization, "
            "Technical Report 767",
        ),
        note="There are many local minima: where a run ends depends on the method.",
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def curly(n: int = 100, k: int = 10) -> Problem:
    """Quartic wells of sums of neighbours: badly conditioned, nonconvex, with long valleys.

    Parameters
    ----------
    n : int
        Number of variables, more than `k`.
    k : int
        Semi-bandwidth: CUTEst's CURLY10, CURLY20 and CURLY30 have 10, 20 and 30.
    """
    k = whole_number("k", k, least=1)
    n = whole_number("n", n, least=k + 1)

    def value(x):
        after = np.zeros((*x.shape[:-1], k))
        padded = np.concatenate([x, after], axis=-1)
        sums = sum(padded[..., j : j + n] for j in range(k + 1))
        return np.sum(sums * (sums * (sums**2 - 20) - 0.1), axis=-1)

    # The lower root of the slope 4 s^3 - 40 s - 0.1, and the sums made equal to it from the end
    root = float(np.max(np.roots([4, 0, -40, -0.1]).real))
    solution = np.where((n - 1 - np.arange(n)) % (k + 1) == 0, root, 0.0)
    return Problem(
        "curly",
        value,
        start=1e-4 * np.arange(1.0, n + 1) / (n + 1),
        solution=solution,
        least_value=n * root * (root * (root**2 - 20) - 0.1),
        source=cutest("CURLY10", "N. I. M. Gould (1997), unpublished"),
        note="Published as -1.003163e5 for n = 1000. The sums are a triangular change of "
        "variables, so that the least value is n times that of one well.",
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def ncb20(n: int = 60) -> Problem:
    """Banded rational terms of 20 variables, quartics, and a coupling of both ends.

    Parameters
    ----------
    n : int
        Number of variables, at least 31.
    """
    n = whole_number("n", n, least=31)
    i = np.arange(1.0, n - 29)

    def value(x):
        ratio = x / (1 + x**2)
        banded = sum(ratio[..., j : j + n - 30] for j in range(20))
        linear = sum(x[..., j : j + n - 30] for j in range(20))
        y = x[..., n - 10 :]
        ends = np.sum(x[..., :10] * x[..., 10:20] * y + 2 * y**2, axis=-1)
        quartics = np.sum(x[..., : n - 10] ** 4 + 2, axis=-1)
        return 2 + np.sum(10 * banded**2 / i - 0.2 * linear, axis=-1) + quartics + 1e-4 * ends

    start = np.zeros(n)
    start[n - 10 :] = 1
    return Problem(
        "ncb20",
        value,
        start=start,
        source=cutest("NCB20", "Ph. L. Toint (1992), unpublished"),
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def ncb20b(n: int = 50) -> Problem:
    """Banded rational terms of 20 variables and strong quartics.

    Parameters
    ----------
    n : int
        Number of variables, at least 20.
    """
    n = whole_number("n", n, least=20)
    i = np.arange(1.0, n - 18)

    def value(x):
        ratio = x / (1 + x**2)
        banded = sum(ratio[..., j : j + n - 19] for j in range(20))
        linear = sum(x[..., j : j + n - 19] for j in range(20))
        quartics = np.sum(100 * x**4 + 2, axis=-1)
        return np.sum(10 * banded**2 / i - 0.2 * linear, axis=-1) + quartics

    return Problem(
        "ncb20b",
        value,
        start=np.zeros(n),
        least_value=LEAST["ncb20b"].get(n),
        source=cutest("NCB20B", "Ph. L. Toint (1993), unpublished"),
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def vareigvl(n: int = 50) -> Problem:
    """Eigenvector and eigenvalue of a banded matrix, by least squares and a power of the length.

    Parameters
    ----------
    n : int
        Number of variables, the eigenvalue the last of them, at least 14.
    """
    n = whole_number("n", n, least=14)
    size = n - 1
    i = np.arange(1.0, size + 1)
    bands = {j: np.sin(i * (i + j)) * np.exp(-((j / size) ** 2)) for j in range(-6, 7)}

    def value(x):
        vector, eigenvalue = x[..., :-1], x[..., -1:]
        edge = np.zeros((*x.shape[:-1], 6))
        padded = np.concatenate([edge, vector, edge], axis=-1)
        product = sum(band * padded[..., 6 + j : 6 + j + size] for j, band in bands.items())
        residual = product - eigenvalue * vector
        return np.sum(residual**2, axis=-1) / 2 + np.sum(vector**2, axis=-1) ** 1.5 / 1.5

    start = np.ones(n)
    start[-1] = 0
    return Problem(
        "vareigvl",
        value,
        start=start,
        solution=np.zeros(n),
        least_value=0.0,
        source=cutest(
            "VAREIGVL",
            "J. J. Moré (1989), A collection of nonlinear model problems, Argonne National "
            "Laboratory MCS-P60-0289, problem 1",
        ),
        note="The vector is 0 at the minimisers and the eigenvalue free, so that the Hessian is "
        "singular. With half the bandwidth 6 and the exponent 3/2, CUTEst's own.",
        tags=frozenset({"cutest", "singular"}),
    )
