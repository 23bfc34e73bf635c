"""`hessopt.scipy.linalg`: SciPy's values, and derivatives to third order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg as sl

import hessopt
from hessopt import Variable
from hessopt.scipy import linalg

random = np.random.default_rng(0)
A = random.standard_normal((3, 3)) + 4 * np.eye(3)
B = random.standard_normal((3, 2))
v = random.standard_normal(3)
w = random.standard_normal(2)


def pos(a: Any) -> Any:
    """Return a positive definite matrix: a symmetric one, which is how it must vary."""
    return a @ a.T + np.eye(3)


def without_signs(pair: Any) -> Any:
    """Return eigenvalues, and the projections on the eigenvectors, which have no sign."""
    values, vectors = pair
    return np.concatenate([values, np.ravel(vectors[0] * vectors), np.ravel(vectors[1] ** 2)])


def upper(result: Any) -> Any:
    return np.triu(result[0])


def lower(result: Any) -> Any:
    return np.tril(result[0])


CASES = {
    "solve": [
        (lambda s, a, b: s.solve(a, b), (A, B)),
        (lambda s, a, b: s.solve(a, b, transposed=True), (A, v)),
        (lambda s, a, b: s.solve(pos(a), b, assume_a="pos"), (A, v)),
    ],
    "solve_triangular": [
        (lambda s, a, b: s.solve_triangular(a, b), (A, B)),
        (lambda s, a, b: s.solve_triangular(a, b, lower=True), (A, v)),
        (lambda s, a, b: s.solve_triangular(a, b, 1), (A, B)),
        (lambda s, a, b: s.solve_triangular(a, b, trans="T", lower=True), (A, v)),
        (lambda s, a, b: s.solve_triangular(a, b, "C", unit_diagonal=True), (A, B)),
        (lambda s, a, b: s.solve_triangular(a, b, lower=True, unit_diagonal=True), (A, v)),
        (lambda s, b: s.solve_triangular(A, b), (v,)),
        (
            lambda s, a, b: np.real(s.solve_triangular(a + 1j * a.T, b + 0j, "C", lower=True)),
            (A, v),
        ),
    ],
    "cholesky": [
        (lambda s, a: s.cholesky(pos(a)), (A,)),
        (lambda s, a: s.cholesky(pos(a), lower=True), (A,)),
    ],
    "cho_factor": [
        (lambda s, a: upper(s.cho_factor(pos(a))), (A,)),
        (lambda s, a: lower(s.cho_factor(pos(a), lower=True)), (A,)),
    ],
    "cho_solve": [
        (lambda s, a, b: s.cho_solve(s.cho_factor(pos(a)), b), (A, v)),
        (lambda s, a, b: s.cho_solve(s.cho_factor(pos(a), lower=True), b), (A, B)),
    ],
    "inv": [(lambda s, a: s.inv(a), (A,))],
    "det": [(lambda s, a: s.det(a), (A,))],
    "pinv": [
        (lambda s, b: s.pinv(b), (B,)),
        (lambda s, b: s.pinv(b, rtol=1e-9), (B,)),
    ],
    "norm": [
        (lambda s, a: s.norm(a), (A,)),
        (lambda s, a: s.norm(a, 1, axis=0, keepdims=True), (A,)),
    ],
    "eigh": [
        (lambda s, a: without_signs(s.eigh(pos(a))), (A,)),
        (lambda s, a: without_signs(s.eigh(pos(a), subset_by_index=[1, 2])), (A,)),
        (lambda s, a: s.eigh(pos(a), eigvals_only=True, lower=False), (A,)),
        (lambda s, a: without_signs(s.eigh(pos(a), pos(a.T))), (A,)),
    ],
    "eigvalsh": [
        (lambda s, a: s.eigvalsh(pos(a)), (A,)),
        (lambda s, a: s.eigvalsh(pos(a), pos(a.T), subset_by_index=[0, 1]), (A,)),
        (lambda s, a: s.eigvalsh(pos(a), pos(a.T), lower=False), (A,)),
    ],
    "svd": [
        (lambda s, a: s.svd(a)[1], (A,)),
        (lambda s, a: s.svd(a, compute_uv=False), (B,)),
    ],
    "svdvals": [(lambda s, a: s.svdvals(a), (B,))],
    "expm": [(lambda s, a: s.expm(a / 3), (A,))],
    "logm": [(lambda s, a: s.logm(pos(a)), (A,))],
    "sqrtm": [(lambda s, a: s.sqrtm(pos(a)), (A,))],
    "sinm": [(lambda s, a: s.sinm(a / 3), (A,))],
    "cosm": [(lambda s, a: s.cosm(a / 3), (A,))],
    "tanm": [(lambda s, a: s.tanm(a / 9), (A,))],
    "sinhm": [(lambda s, a: s.sinhm(a / 3), (A,))],
    "coshm": [(lambda s, a: s.coshm(a / 3), (A,))],
    "tanhm": [(lambda s, a: s.tanhm(a / 3), (A,))],
    "solve_sylvester": [(lambda s, a, b, q: s.solve_sylvester(a, b, q), (A, A[:2, :2], B))],
    "solve_continuous_lyapunov": [(lambda s, a, q: s.solve_continuous_lyapunov(a, q), (A, A.T))],
    "toeplitz": [
        (lambda s, c: s.toeplitz(c), (v,)),
        (lambda s, c, r: s.toeplitz(c, r), (v, w)),
    ],
    "hankel": [(lambda s, c: s.hankel(c), (v,)), (lambda s, c, r: s.hankel(c, r), (v, w))],
    "circulant": [(lambda s, c: s.circulant(c), (v,))],
    "block_diag": [(lambda s, a, b, c: s.block_diag(a, b, c, 2.0), (A, B, v))],
}


@pytest.mark.parametrize(("f", "arrays"), [row for rows in CASES.values() for row in rows])
def test_values_and_derivatives(f: Any, arrays: Any):
    plain = f(linalg, *arrays)
    np.testing.assert_array_equal(plain, f(sl, *arrays))
    assert not isinstance(plain, Variable)
    recorded = f(linalg, *map(Variable, arrays))
    np.testing.assert_allclose(recorded.data, plain, rtol=1e-11, atol=1e-12)
    assert recorded.shape == np.shape(plain)
    report = hessopt.check_derivatives(lambda *xs: f(linalg, *xs), *arrays)
    assert report, str(report)
    pulled = hessopt.vjp(lambda x: f(linalg, x, *arrays[1:]))(arrays[0], np.ones(np.shape(plain)))
    assert type(pulled) is np.ndarray


def test_everything_listed_is_tested():
    assert sorted(CASES) == sorted(linalg.__all__)
    assert [name for name in linalg.__all__ if not hasattr(sl, name)] == []


def test_other_names_are_scipys():
    assert linalg.hadamard is sl.hadamard


def test_square_root_of_a_matrix_with_complex_eigenvalues():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    report = hessopt.check_derivatives(lambda a: np.real(linalg.logm(a + turn)), np.zeros((2, 2)))
    assert report, str(report)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: linalg.solve_triangular(np.stack([a, a]), v), "must be one matrix"),
        (lambda a: linalg.eigh(pos(a), type=2), "type="),
        (lambda a: linalg.pinv(a, return_rank=True), "return_rank"),
    ],
)
def test_what_is_not_supported_is_said(call: Any, message: str):
    with pytest.raises((TypeError, ValueError), match=message):
        call(Variable(A))
