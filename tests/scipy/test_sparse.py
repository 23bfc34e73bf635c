"""Products of sparse matrices with Variables, and solves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as ss
import scipy.sparse.linalg as ssl

import hessopt
from hessopt import Variable
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.scipy.sparse import linalg

DENSE = np.array([[2.0, 0.0, 0.5], [0.0, 1.5, 0.0]])
SQUARE = np.array([[2.0, 0.0, 0.5], [0.0, 1.5, 0.0], [1.0, 0.0, 3.0]])
X = np.array([0.3, -0.7, 1.1])
FORMATS = [
    getattr(ss, f"{name}_{kind}")
    for name in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
    for kind in ("array", "matrix")
]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.__name__)
@pytest.mark.parametrize(
    "f",
    [
        lambda A, x: A @ x,
        lambda A, x: A @ x[:, None],
        lambda A, x: A @ np.stack([x, x**2], axis=1),
        lambda A, x: x[:2] @ A,
        lambda A, x: np.stack([x[:2], x[1:]]) @ A,
        lambda A, x: A.T @ x[:2],
        lambda A, x: (2.5 * A) @ x,
        lambda A, x: A @ (A.T @ (A @ x)),
    ],
)
def test_products(form: Any, f: Any):
    A = form(DENSE)
    recorded = f(A, Variable(X))
    np.testing.assert_allclose(recorded.data, f(DENSE, X), rtol=1e-14)
    report = hessopt.check_derivatives(lambda x: f(A, x) ** 3, X)
    assert report, str(report)
    dense = hessopt.jacobian(lambda x: f(DENSE, x))(X)
    np.testing.assert_allclose(hessopt.jacobian(lambda x: f(A, x))(X), dense, rtol=1e-14)


def test_a_large_matrix_is_never_made_dense():
    n = 200_000
    A = ss.diags_array([np.full(n - 1, -1.0), np.full(n, 2.0)], offsets=[-1, 0], format="csr")
    x = np.linspace(0, 1, n)
    value, gradient = hessopt.value_and_grad(lambda x: 0.5 * np.sum((A @ x) ** 2))(x)
    np.testing.assert_allclose(value, 0.5 * np.sum((A @ x) ** 2))
    np.testing.assert_allclose(gradient, A.T @ (A @ x))
    np.testing.assert_allclose(
        hessopt.hvp(lambda x: 0.5 * np.sum((A @ x) ** 2))(x, x), A.T @ (A @ x)
    )


def test_complex_matrices():
    A = ss.csr_array(DENSE + 1j * DENSE[::-1])
    report = hessopt.check_derivatives(lambda x: np.abs(A @ x) ** 2, X)
    assert report, str(report)
    A = ss.csc_array(SQUARE + 1j * SQUARE[::-1])
    report = hessopt.check_derivatives(lambda x: np.abs(linalg.spsolve(A, x)) ** 2, X)
    assert report, str(report)


def test_a_value_without_derivative():
    with hessopt.no_grad():
        y = ss.csr_array(DENSE) @ Variable(X)
    assert isinstance(y, Variable)
    np.testing.assert_array_equal(y.data, ss.csr_array(DENSE) @ X)


@pytest.mark.parametrize(
    "call",
    [
        lambda A, x: A * x,
        lambda A, x: A.multiply(x),
        lambda A, x: A / x,
    ],
)
def test_what_is_no_product_is_refused(call: Any):
    with pytest.raises(NoDerivativeError, match=r"products A @ x and x @ A"):
        call(ss.csr_array(DENSE), Variable(X))


def test_wrong_shapes():
    with pytest.raises(ValueError, match="mismatch"):
        _ = ss.csr_array(DENSE) @ Variable(np.zeros(2))


@pytest.mark.parametrize("form", [ss.csc_array, ss.csr_matrix])
def test_solve(form: Any):
    A = form(SQUARE)
    B = np.stack([X, X**2], axis=1)
    for b in (X, B):
        np.testing.assert_array_equal(linalg.spsolve(A, b), ssl.spsolve(A, b))
        np.testing.assert_array_equal(linalg.spsolve(A, Variable(b)).data, ssl.spsolve(A, b))
        report = hessopt.check_derivatives(lambda b: linalg.spsolve(A, b) ** 3, b)
        assert report, str(report)
        assert type(hessopt.grad(lambda b: np.sum(linalg.spsolve(A, b)))(b)) is np.ndarray


def test_the_matrix_of_a_solve_is_a_constant():
    with pytest.raises(NoDerivativeError, match="A is a Variable"):
        linalg.spsolve(Variable(SQUARE), X)


def test_other_names_are_scipys():
    assert linalg.cg is ssl.cg
