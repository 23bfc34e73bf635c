"""`hessopt.scipy.special`: SciPy's values, and derivatives to third order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special as sp

import hessopt
from hessopt import Variable
from hessopt.scipy import special

random = np.random.default_rng(0)
V, M = random.uniform(0.5, 2, 3), random.uniform(-1, 1, (2, 3))
W = random.uniform(0.5, 1.5, (2, 1))


def parts(z: Any) -> Any:
    return np.stack([np.real(z), np.imag(z)])


CASES = {
    "logsumexp": [
        (lambda s, a: s.logsumexp(a), (M,)),
        (lambda s, a: s.logsumexp(a, axis=1), (M,)),
        (lambda s, a: s.logsumexp(a, axis=(0, -1), keepdims=True), (M,)),
        (lambda s, a, b: s.logsumexp(a, axis=0, b=b), (M, W)),
        (lambda s, a, b: s.logsumexp(a, b=-b, return_sign=True)[0], (M, W)),
        (lambda s, a: s.logsumexp(a[0, 0]), (M,)),
        (lambda s, a: s.logsumexp(a * 1e3, axis=0) / 1e3, (M,)),
    ],
    "softmax": [
        (lambda s, x: s.softmax(x), (M,)),
        (lambda s, x: s.softmax(x, axis=-1), (M,)),
        (lambda s, x: s.softmax(x, axis=(0, 1)), (M,)),
    ],
    "log_softmax": [
        (lambda s, x: s.log_softmax(x), (M,)),
        (lambda s, x: s.log_softmax(x, axis=0), (M,)),
    ],
    "polygamma": [
        (lambda s, x: s.polygamma(2, x), (V,)),
        (lambda s, x: s.polygamma(np.array([[0], [1]]), x), (V,)),
    ],
    "multigammaln": [(lambda s, a: s.multigammaln(a + 1, 3), (V,))],
    "factorial": [(lambda s, n: s.factorial(n), (V,)), (lambda s, n: s.factorial(-n), (V,))],
    "comb": [
        (lambda s, N: s.comb(N, 0.3), (V,)),
        (lambda s, N, k: s.comb(N + 2, k), (V, V)),
        (lambda s, N: s.comb(N + 2, 2, repetition=True), (V,)),
        (lambda s, k: s.comb(0.1, k), (V,)),
    ],
    "perm": [(lambda s, N: s.perm(N + 2, 1.5), (V,))],
    "diric": [
        (lambda s, x: s.diric(x, 4), (V,)),
        (lambda s, x: s.diric(np.pi * x, np.array([[3], [2]])), (V,)),
    ],
    "sph_harm_y": [
        (lambda s, a, b: parts(s.sph_harm_y(3, 1, a, b)), (V, V[::-1])),
        (lambda s, a, b: parts(s.sph_harm_y(2, -2, a, b)), (V, V[::-1])),
        (lambda s, a: parts(s.sph_harm_y(np.array([[1], [0]]), 0, a, 0.3)), (V,)),
    ],
    "spherical_jn": [
        (lambda s, z: s.spherical_jn(2, z), (V,)),
        (lambda s, z: s.spherical_jn(2, -z), (V,)),
        (lambda s, z: s.spherical_jn(3, -z, derivative=True), (V,)),
        (lambda s, z: s.spherical_jn(3, z, True), (V,)),
    ],
    "spherical_yn": [
        (lambda s, z: s.spherical_yn(2, z), (V,)),
        (lambda s, z: s.spherical_yn(1, -z), (V,)),
    ],
    "spherical_in": [
        (lambda s, z: s.spherical_in(2, z), (V,)),
        (lambda s, z: s.spherical_in(1, -z, derivative=True), (V,)),
    ],
    "spherical_kn": [(lambda s, z: s.spherical_kn(2, z), (V,))],
}


@pytest.mark.parametrize(("f", "arrays"), [row for rows in CASES.values() for row in rows])
def test_values_and_derivatives(f: Any, arrays: Any):
    plain = f(special, *arrays)
    np.testing.assert_array_equal(plain, f(sp, *arrays))
    assert not isinstance(plain, Variable)
    recorded = f(special, *map(Variable, arrays))
    np.testing.assert_allclose(recorded.data, plain, rtol=1e-14, atol=1e-14)
    assert recorded.shape == np.shape(plain)
    report = hessopt.check_derivatives(lambda *xs: f(special, *xs), *arrays)
    assert report, str(report)
    pulled = hessopt.vjp(lambda x: f(special, x, *arrays[1:]))(arrays[0], np.ones(np.shape(plain)))
    assert type(pulled) is np.ndarray


def test_everything_listed_is_tested():
    assert sorted(CASES) == sorted(special.__all__)
    assert [name for name in special.__all__ if not hasattr(sp, name)] == []


def test_infinities_do_not_spoil_a_log_sum():
    x = np.array([-np.inf, 0.0, 1.0])
    gradient = hessopt.grad(special.logsumexp)(x)
    np.testing.assert_allclose(gradient, sp.softmax(x))
    all_lost = hessopt.grad(special.logsumexp)(np.full(2, -np.inf))
    np.testing.assert_array_equal(all_lost, 0.0)


def test_other_names_are_scipys():
    assert special.gammaln is sp.gammaln
    with pytest.raises(AttributeError):
        _ = special.no_such_function


@pytest.mark.parametrize(
    "call",
    [
        lambda x: special.comb(x, 2, exact=True),
        lambda x: special.perm(x, 2, exact=True),
        lambda x: special.factorial(x, exact=True),
    ],
)
def test_exact_integers_are_refused(call: Any):
    with pytest.raises(TypeError, match="exact="):
        call(Variable(np.array(3.0)))


def test_spherical_harmonics_outside_their_domain():
    theta = Variable(np.array(0.4))
    with pytest.raises(ValueError, match="exceed n"):
        special.sph_harm_y(1, 2, theta, 0.1)
    with pytest.raises(TypeError, match="diff_n"):
        special.sph_harm_y(2, 1, theta, 0.1, diff_n=1)


def test_a_periodic_sinc_of_a_bad_order_is_nan():
    assert np.all(np.isnan(special.diric(Variable(V), 2.5).data))


def test_multigammaln_outside_its_domain():
    with pytest.raises(ValueError, match="greater than"):
        special.multigammaln(Variable(np.array(0.4)), 3)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_logsumexp_keeps_single_precision(dtype):
    x = M.astype(dtype)
    assert special.logsumexp(Variable(x), axis=0).dtype == sp.logsumexp(x, axis=0).dtype == dtype
