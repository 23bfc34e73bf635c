"""What is said where a Variable would become bare numbers: who asked, where, and what to do."""

from __future__ import annotations

import inspect
import math
import re
from typing import Any

import numpy as np
import pytest
import scipy.fft
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.sparse as ss
import scipy.sparse.linalg
import scipy.special as sp
import scipy.stats as st

import hessopt
from hessopt import NoDerivativeError, Variable

X = Variable(np.array([1.0, 2.0, 3.0]))
SQUARE = Variable(np.eye(3))
EYE = ss.csr_array(np.eye(3))


@pytest.mark.parametrize(
    ("call", "asked", "instead"),
    [
        (lambda: sp.logsumexp(X), "scipy.special.logsumexp", "hessopt.scipy.special.logsumexp"),
        (lambda: sp.spherical_jn(1, X), "spherical_jn", "hessopt.scipy.special.spherical_jn"),
        (lambda: sp.lqn(2, X), "scipy.special.lqn", "hessopt.external"),
        (lambda: scipy.linalg.solve(SQUARE, X), "scipy.linalg.solve", "hessopt.scipy.linalg.solve"),
        (lambda: scipy.linalg.cholesky(SQUARE), "scipy.linalg.cholesky", "scipy.linalg.cholesky"),
        (lambda: scipy.linalg.lu(SQUARE), "scipy.linalg.lu", "hessopt.external"),
        (lambda: st.norm.logpdf(X), "scipy.stats.norm.logpdf", "hessopt.scipy.stats.norm.logpdf"),
        (lambda: st.norm(0, 1).pdf(X), "scipy.stats.norm.pdf", "hessopt.scipy.stats.norm.pdf"),
        (lambda: st.gamma.logpdf(2.0, X), "stats.gamma.logpdf", "hessopt.scipy.stats.gamma"),
        (
            lambda: st.multivariate_normal.logpdf(np.ones(3), X),
            "scipy.stats.multivariate_normal.logpdf",
            "hessopt.scipy.stats.multivariate_normal.logpdf",
        ),
        (lambda: st.zscore(X), "scipy.stats.zscore", "hessopt.external"),
        (lambda: st.gaussian_kde([1, 2, 4])(X), "scipy.stats.gaussian_kde", "hessopt.external"),
        (
            lambda: scipy.interpolate.CubicSpline([0, 1, 2], X),
            "interpolate.CubicSpline",
            "external",
        ),
        (lambda: scipy.integrate.simpson(X), "scipy.integrate.simpson", "NumPy's functions"),
        (lambda: scipy.fft.fft(X), "scipy.fft.fft", "np.fft.fft is the same function"),
        (lambda: EYE.multiply(X), "csr_array.multiply", "products A @ x and x @ A"),
        (
            lambda: scipy.sparse.linalg.spsolve(EYE, X),
            "scipy.sparse.linalg.spsolve",
            "hessopt.scipy.sparse.linalg.spsolve",
        ),
        (lambda: scipy.sparse.linalg.aslinearoperator(EYE) @ X, "LinearOperator", "external"),
    ],
)
def test_functions_of_scipy_are_named(call: Any, asked: str, instead: str):
    with pytest.raises(NoDerivativeError) as caught:
        call()
    reason, _, advice = str(caught.value).partition("; ")
    assert asked in reason
    assert "plain arrays" in reason
    assert instead in advice
    assert re.search(r"\(.*test_conversion\.py:\d+\)$", advice)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: float(X[0]), "float() on a Variable"),
        (lambda: int(X[0]), "x.data"),
        (lambda: complex(X[0]), "complex() on a Variable"),
        (lambda: math.sin(X[0]), "In place of functions of the math module use NumPy's"),
        (lambda: np.asarray(X), "np.asarray() on a Variable"),
        (lambda: np.array([X[0], X[1]]), "np.stack([...]) or hessopt.array([...])"),
        (lambda: X.tolist(), "tolist() on a Variable"),
    ],
)
def test_the_line_of_the_users_own_is_named(call: Any, said: str):
    with pytest.raises(NoDerivativeError) as caught:
        call()
    assert said in str(caught.value)
    line = inspect.getsourcelines(call)[1]
    assert "(" + __file__ + f":{line})" in str(caught.value)


def assign_one(out: Any, x: Any) -> None:
    out[0] = x[0]


def assign_all(out: Any, x: Any) -> None:
    out[:] = x


def add_to_one(out: Any, x: Any) -> None:
    out[0] += x[0]


@pytest.mark.parametrize("assign", [assign_one, assign_all, add_to_one])
def test_assignment_into_a_plain_array(assign: Any):
    """NumPy words the error for one element itself; ours is its cause, shown above it."""
    with pytest.raises((NoDerivativeError, ValueError)) as caught:
        assign(np.zeros(3), X)
    error = caught.value
    ours = error if isinstance(error, NoDerivativeError) else error.__cause__
    assert isinstance(ours, NoDerivativeError)
    said = str(ours)
    assert said.startswith("assigning a Variable into a plain array")
    for advice in ("np.zeros_like(x, shape=...)", "hessopt.zeros", "np.stack"):
        assert advice in said
    line = assign.__code__.co_firstlineno + 1
    assert f"({__file__}:{line})" in said


def test_what_carries_no_derivative_may_be_converted():
    with hessopt.no_grad():
        assert sp.logsumexp(X) == sp.logsumexp(X.data)
        out = np.zeros(3)
        out[:] = X
    np.testing.assert_array_equal(out, X.data)
