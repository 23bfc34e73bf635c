"""What the page on coverage promises of equal values, replaced entries, phases and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import NoDerivativeError, Variable


@pytest.fixture
def x() -> Variable:
    return Variable(np.array([[0.3, 1.1, 0.7], [1.9, 0.5, 1.3]]))


REFUSED = {
    "fft out": (lambda x: np.fft.fft(x, out=np.zeros(3, complex)), r"out=.*never written into"),
    "fftn out": (lambda x: np.fft.fft2(x, out=np.zeros(3, complex)), r"out="),
    "sort by field": (lambda x: np.sort(x, order="a"), r"order="),
    "partition by field": (lambda x: np.partition(x, 1, order="a"), r"order="),
    "median out": (lambda x: np.median(x, out=np.zeros(())), r"out="),
    "nanmedian out": (lambda x: np.nanmedian(x, out=np.zeros(())), r"out="),
    "quantile out": (lambda x: np.quantile(x, 0.5, out=np.zeros(())), r"out="),
    "quantile weights": (
        lambda x: np.quantile(x, 0.5, weights=x.data, method="inverted_cdf"),
        r"weights=",
    ),
    "quantile q": (lambda x: np.quantile(x, x[0, 0]), r"q= is not known"),
    "percentile q": (lambda x: np.percentile(x, x[0, 0]), r"q= is not known"),
    "nanvar out": (lambda x: np.nanvar(x, out=np.zeros(())), r"out="),
    "nansum out": (lambda x: np.nansum(x, out=np.zeros(())), r"out="),
    "nan_to_num in place": (lambda x: np.nan_to_num(x, copy=False), r"copy="),
    "sum initial": (lambda x: np.sum(x, initial=x[0, 0]), r"initial= is not known"),
    "max where": (lambda x: np.max(x, where=x, initial=0), r"where= is not known"),
    "choose out": (lambda x: np.choose([0, 1], [x, x], out=np.zeros(2)), r"out="),
    "multi_dot out": (lambda x: np.linalg.multi_dot([x, x.T], out=np.zeros(2)), r"out="),
    "qr raw": (lambda x: np.linalg.qr(x, mode="raw"), r"mode="),
    "linspace device": (lambda x: np.linspace(x[0, 0], 1.0, 3, device="gpu"), r"device="),
    "accumulate out": (lambda x: np.maximum.accumulate(x, out=np.zeros(3)), r"out="),
    "subtract.accumulate out": (lambda x: np.subtract.accumulate(x, out=np.zeros(3)), r"out="),
    "reduceat out": (lambda x: np.add.reduceat(x, [0], out=np.zeros(3)), r"out="),
    "maximum.reduceat out": (lambda x: np.maximum.reduceat(x, [0], out=np.zeros(3)), r"out="),
    "subtract.reduce out": (lambda x: np.subtract.reduce(x, out=np.zeros(3)), r"out="),
    "power.reduce": (lambda x: np.power.reduce(x), r"numpy\.power\.reduce was called"),
    "frexp out": (lambda x: np.frexp(x, out=(np.zeros(3), np.zeros(3, int))), r"out="),
    "fweights": (lambda x: np.cov(x, fweights=x[0]), r"fweights= are counts"),
    "poly1d": (lambda x: np.polyadd(np.poly1d([1.0, 2]), x[0]), r"poly1d.*coef"),
    "block of tuples": (lambda x: np.block([(x, x)]), r"tuple"),
    "select with numbers": (lambda x: np.select([x], [x]), r"boolean"),
    "polyfit of a matrix": (lambda x: np.polyfit(x, x, 1), r"1D vector"),
    "histogram": (lambda x: np.histogram(x), r"numpy\.histogram was called on a Variable"),
    "vectorize": (lambda x: np.vectorize(np.sin)(x), r"drop its derivative"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(x: Variable, name: str):
    call, message = REFUSED[name]
    with pytest.raises(TypeError, match=message):
        call(x)


WRONG = {
    "select lengths": lambda x: np.select([x > 1], [x, x]),
    "piecewise lengths": lambda x: np.piecewise(x, [x > 1], [np.sin] * 3),
    "cross of two": lambda x: np.cross(x[:, :1], x[:, :1]),
    "meshgrid indexing": lambda x: np.meshgrid(x[0], indexing="yx"),
    "ix_ of a matrix": lambda x: np.ix_(x),
    "unstack a number": lambda x: np.unstack(x[0, 0]),
    "trim_zeros": lambda x: np.trim_zeros(x, "x"),
    "vander of a matrix": lambda x: np.vander(x),
    "block depths": lambda x: np.block([x, [x]]),
    "block empty": lambda x: np.block([[x], []]),
    "linspace num": lambda x: np.linspace(x, 1.0, -1),
    "geomspace zero": lambda x: np.geomspace(x, 0.0, 3),
    "gradient distances": lambda x: np.gradient(x, [1.0, 2], axis=1),
    "gradient edge": lambda x: np.gradient(x, edge_order=3),
    "gradient small": lambda x: np.gradient(x[:1]),
    "interp lengths": lambda x: np.interp(x, [1.0, 2], [1.0]),
    "interp period": lambda x: np.interp(x, [1.0, 2], [1.0, 2], period=0),
    "interp nothing": lambda x: np.interp(x, [], []),
    "cumulative_sum axis": lambda x: np.cumulative_sum(x),
    "tensorinv ind": lambda x: np.linalg.tensorinv(x, ind=0),
    "multi_dot of one": lambda x: np.linalg.multi_dot([x]),
    "matrix_power of a tall one": lambda x: np.linalg.matrix_power(x, 2),
    "multi_dot of vectors": lambda x: np.linalg.multi_dot([x, x[0], x]),
    "subtract.reduce of all": lambda x: np.subtract.reduce(x, axis=None),
    "subtract.reduce of nothing": lambda x: np.subtract.reduce(x[:0]),
    "apply along nothing": lambda x: np.apply_along_axis(np.sum, 1, x[:0]),
    "apply over axes": lambda x: np.apply_over_axes(lambda a, axis: a[0, 0], x, 0),
    "polyder": lambda x: np.polyder(x[0], -1),
    "polyint": lambda x: np.polyint(x[0], -1),
    "polyint constants": lambda x: np.polyint(x[0], 3, [1.0, 2]),
    "polyfit degree": lambda x: np.polyfit(x[0], x[0], -1),
    "polyfit covariance": lambda x: np.polyfit(x[0], x[0], 2, cov=True),
    "poly of a tall one": lambda x: np.poly(x),
    "roots of a matrix": lambda x: np.roots(x),
    "norm order": lambda x: np.linalg.norm(x, 3),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_in_numpy_too(x: Variable, name: str):
    for value in (x, x.data):
        with pytest.raises(ValueError, match=r"\w"):
            WRONG[name](value)


def test_equal_entries_keep_their_order():
    a = np.array([2.0, 1, 2, 1])
    weights = np.array([1.0, 2, 3, 4])
    found = hessopt.grad(lambda x: np.sum(np.sort(x) * weights))(a)
    np.testing.assert_array_equal(found, [3, 1, 4, 2])
    found = hessopt.grad(lambda x: np.sum(np.unique(x) * weights[:2]))(a)
    np.testing.assert_array_equal(found, [2, 1, 0, 0])
    found = hessopt.grad(lambda x: np.sum(np.maximum.accumulate(x) * weights))(a)
    np.testing.assert_array_equal(found, [10, 0, 0, 0])


def test_an_extreme_from_outside_shares_the_derivative():
    a = np.array([1.0, 2, 2])
    for initial, expected in ((3.0, 0.0), (2.0, 1 / 3), (0.0, 1 / 2)):
        found = hessopt.grad(lambda x, v=initial: np.max(x, initial=v))(a)
        np.testing.assert_allclose(found, [0, expected, expected])


def test_entries_left_out_have_derivative_zero():
    a = np.array([1.0, np.nan, 3.0])
    for f in (np.nansum, np.nanmean, np.nanmax, np.nanprod, np.nanvar, np.nanmedian):
        found = hessopt.grad(f)(a)
        assert np.all(np.isfinite(found))
        assert found[1] == 0
    b = np.array([np.inf, -np.inf, np.nan, 2.0])
    found = hessopt.grad(lambda x: np.sum(np.nan_to_num(x, posinf=1.0, neginf=1.0)))(b)
    np.testing.assert_array_equal(found, [0, 0, 0, 1])


def test_all_nan():
    a = np.full((2, 2), np.nan)
    a[0] = 1.0
    for f in (np.nanmax, np.nanmean, np.nanvar, np.nanmedian):
        with pytest.warns(RuntimeWarning):
            expected = f(a, axis=1)
        with pytest.warns(RuntimeWarning):
            found = f(Variable(a), axis=1)
        np.testing.assert_array_equal(found.data, expected)


def test_eigenvalues_that_are_equal():
    a = np.eye(3)
    for f in (np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[0], np.linalg.svdvals):
        found = hessopt.grad(lambda a, f=f: np.sum(f(a) ** 2))(a)
        np.testing.assert_allclose(found, 2 * a, atol=1e-15)
        second = hessopt.hvp(lambda a, f=f: np.sum(f(a) ** 2))(a, np.ones((3, 3)))
        assert np.all(np.isnan(second))
    vectors = hessopt.grad(lambda a: np.linalg.eigh(a)[1][0, 0] ** 2)(a)
    assert np.all(np.isnan(vectors))


@pytest.mark.parametrize("f", [np.linalg.eigvalsh, np.linalg.cholesky])
@pytest.mark.parametrize("dtype", [float, complex])
def test_adjoint_of_a_symmetric_matrix_is_symmetric(f: Any, dtype: Any):
    random = np.random.default_rng(0)
    a = random.standard_normal((3, 3)).astype(dtype)
    if dtype is complex:
        a = a + 1j * random.standard_normal((3, 3))
    a = a @ a.conj().T + np.eye(3)
    found = hessopt.grad(lambda a: np.sum(np.abs(f(a)) ** 3))(a)
    np.testing.assert_allclose(found, found.conj().T, rtol=1e-12)


def test_rank_of_a_least_squares_problem():
    a = np.outer([1.0, 2, 3], [1.0, 1])
    x, residuals, rank, s = np.linalg.lstsq(Variable(a), np.ones(3))
    expected = np.linalg.lstsq(a, np.ones(3))
    assert rank == expected[2] == 1
    np.testing.assert_array_equal(x.data, expected[0])
    assert residuals.shape == expected[1].shape == (0,)
    np.testing.assert_array_equal(s.data, expected[3])


def test_slope_of_an_interpolation_at_its_knots():
    slope = hessopt.derivative(lambda x: np.interp(x, [0.0, 1, 3], [0.0, 2, 0]), 1)
    np.testing.assert_array_equal(slope(np.array([-1.0, 0, 1, 3, 4])), [0, 2, -1, -1, 0])


def test_derivatives_of_sinc_at_zero():
    f = np.sinc
    for order, expected in ((1, 0.0), (2, -(np.pi**2) / 3), (3, 0.0), (4, np.pi**4 / 5)):
        found = hessopt.derivative(f, order)(np.array(0.0))
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_parts_of_infinity():
    fraction, whole = np.modf(Variable(np.array([np.inf, -1.5])))
    np.testing.assert_array_equal(fraction.data, [0, -0.5])
    np.testing.assert_array_equal(whole, [np.inf, -1])
    mantissa, exponent = np.frexp(Variable(np.array([0.0, 12.0])))
    np.testing.assert_array_equal(mantissa.data, [0, 0.75])
    np.testing.assert_array_equal(exponent, [0, 4])


def test_real_signs_are_constant_and_complex_ones_are_not():
    x = Variable(np.array([-2.0, 3.0]))
    assert type(np.sign(x)) is np.ndarray
    assert isinstance(np.sign(x + 1j), Variable)


def test_warnings_are_numpys():
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"), np.errstate(all="ignore"):
        np.cov(Variable(np.ones((2, 1))))
    with pytest.warns(np.exceptions.RankWarning):
        np.polyfit(Variable(np.ones(3)), np.ones(3), 1)


def test_a_variable_where_numpy_does_not_look_is_refused(x: Variable):
    for call in (
        lambda v: np.interp([1.0], [0.0, 2], [1.0, 2], left=v),
        lambda v: np.select([np.array([True])], [np.array([1.0])], v),
        lambda v: np.full(2, v),
    ):
        with pytest.raises(NoDerivativeError, match="drop its derivative"):
            call(x[0, 0])
