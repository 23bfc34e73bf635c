"""`hessopt.scipy.stats`: SciPy's values, and derivatives to third order in what may vary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats as st

import hessopt
from hessopt import Variable
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.scipy import stats

UNBOUNDED = np.array([-1.3, 0.4, 2.1])
POSITIVE = np.array([0.4, 1.3, 2.1])
UNIT = np.array([0.2, 0.5, 0.7])
COUNTS = np.array([0.0, 2.0, 3.0])

# points, shapes, and whether distribution functions have derivatives in the shapes
CONTINUOUS = {
    "norm": (UNBOUNDED, (), True),
    "t": (UNBOUNDED, (3.5,), False),
    "gamma": (POSITIVE, (2.3,), False),
    "chi2": (POSITIVE, (3.5,), False),
    "invgamma": (POSITIVE, (2.3,), False),
    "beta": (UNIT, (2.3, 1.7), False),
    "expon": (POSITIVE, (), True),
    "uniform": (UNIT, (), True),
    "lognorm": (POSITIVE, (0.8,), True),
    "cauchy": (UNBOUNDED, (), True),
    "laplace": (UNBOUNDED, (), True),
    "logistic": (UNBOUNDED, (), True),
    "weibull_min": (POSITIVE, (1.7,), True),
}
DISCRETE = {
    "poisson": (COUNTS, (2.3,), (0,)),
    "binom": (COUNTS, (3.0, 0.3), (1,)),
    "bernoulli": (np.array([0.0, 1.0]), (0.3,), (0,)),
    "nbinom": (COUNTS, (2.5, 0.3), (1,)),
}


def agrees(f: Any, arrays: Any, original: Any) -> None:
    """Check values of Variables against SciPy's, and derivatives against differences."""
    recorded = f(*map(Variable, arrays))
    np.testing.assert_allclose(recorded.data, original(*arrays), rtol=1e-12, atol=1e-14)
    report = hessopt.check_derivatives(f, *arrays)
    assert report, str(report)


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", ["logpdf", "pdf"])
def test_densities(name: str, method: str):
    x, shapes, _ = CONTINUOUS[name]
    arguments = [0.3 + 1.4 * x, *map(np.array, (*shapes, 0.3, 1.4))]
    mine, scipys = getattr(getattr(stats, name), method), getattr(getattr(st, name), method)
    np.testing.assert_array_equal(mine(*arguments), scipys(*arguments))
    agrees(mine, arguments, scipys)
    outside = mine(Variable(arguments[0] - 100), *shapes, loc=0.3, scale=1.4)
    np.testing.assert_allclose(
        outside.data, scipys(arguments[0] - 100, *shapes, 0.3, 1.4), rtol=1e-12
    )


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", ["cdf", "sf", "logcdf", "logsf"])
def test_distribution_functions(name: str, method: str):
    x, shapes, everywhere = CONTINUOUS[name]
    mine, scipys = getattr(getattr(stats, name), method), getattr(getattr(st, name), method)
    x, rest = 0.3 + 1.4 * x, [np.array(0.3), np.array(1.4)]
    np.testing.assert_array_equal(mine(x, *shapes, *rest), scipys(x, *shapes, *rest))
    if everywhere:
        agrees(mine, [x, *map(np.array, shapes), *rest], scipys)
        return
    agrees(
        lambda x, *rest: mine(x, *shapes, *rest),
        [x, *rest],
        lambda *a: scipys(a[0], *shapes, *a[1:]),
    )
    with pytest.raises(NoDerivativeError, match="not known"):
        hessopt.grad(lambda a: np.sum(mine(x, a, *shapes[1:], *rest)))(shapes[0])


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", ["ppf", "isf"])
def test_quantiles(name: str, method: str):
    _, shapes, _ = CONTINUOUS[name]
    mine, scipys = getattr(getattr(stats, name), method), getattr(getattr(st, name), method)
    np.testing.assert_array_equal(mine(UNIT, *shapes), scipys(UNIT, *shapes))
    if name == "laplace":
        with pytest.raises(NoDerivativeError, match=f"laplace.{method}: no derivative is known"):
            mine(Variable(UNIT))
        return
    agrees(
        lambda q, loc, scale: mine(q, *shapes, loc, scale),
        [UNIT, np.array(0.3), np.array(1.4)],
        lambda q, loc, scale: scipys(q, *shapes, loc, scale),
    )


@pytest.mark.parametrize("name", DISCRETE)
@pytest.mark.parametrize("method", ["logpmf", "pmf"])
def test_probabilities(name: str, method: str):
    k, shapes, varying = DISCRETE[name]
    mine, scipys = getattr(getattr(stats, name), method), getattr(getattr(st, name), method)
    np.testing.assert_array_equal(mine(k + 1, *shapes, loc=1), scipys(k + 1, *shapes, loc=1))
    agrees(
        lambda *p: mine(
            k, *(p[varying.index(i)] if i in varying else s for i, s in enumerate(shapes))
        ),
        [np.array(shapes[i]) for i in varying],
        lambda *p: scipys(k, *shapes),
    )
    impossible = np.array([-1.0, 0.5])
    np.testing.assert_array_equal(
        mine(impossible, *map(Variable, map(np.array, shapes))).data, scipys(impossible, *shapes)
    )


@pytest.mark.parametrize("name", ["poisson", "binom", "nbinom"])
@pytest.mark.parametrize("method", ["cdf", "sf"])
def test_sums_of_probabilities(name: str, method: str):
    _, shapes, (place,) = DISCRETE[name]
    mine, scipys = getattr(getattr(stats, name), method), getattr(getattr(st, name), method)
    k = np.array([-1.0, 0.0, 1.5, 2.0, 3.0, 7.0])
    agrees(
        lambda p: mine(k, *shapes[:place], p, *shapes[place + 1 :]),
        [np.array(shapes[place])],
        lambda p: scipys(k, *shapes),
    )


def test_negative_binomial_is_smooth_in_its_size():
    agrees(
        lambda n: stats.nbinom.logpmf(COUNTS, n, 0.3),
        [np.array(2.5)],
        lambda n: st.nbinom.logpmf(COUNTS, n, 0.3),
    )


MEAN = np.array([0.3, -0.2])
ROOT = np.array([[1.2, 0.3], [0.1, 0.9]])
POINTS = np.array([[0.5, 0.1], [1.0, -1.0], [0.0, 2.0]])


def covariance(a: Any) -> Any:
    return a @ a.T


@pytest.mark.parametrize("method", ["logpdf", "pdf"])
@pytest.mark.parametrize("x", [POINTS, POINTS[0]])
def test_multivariate_normal(method: str, x: np.ndarray):
    mine = getattr(stats.multivariate_normal, method)
    scipys = getattr(st.multivariate_normal, method)
    np.testing.assert_array_equal(
        mine(x, MEAN, covariance(ROOT)), scipys(x, MEAN, covariance(ROOT))
    )
    agrees(
        lambda x, m, a: mine(x, m, covariance(a)),
        [x, MEAN, ROOT],
        lambda x, m, a: scipys(x, m, covariance(a)),
    )


def test_multivariate_normal_of_short_parameters():
    for cov in (np.array(1.3), np.array([1.3, 0.8])):
        agrees(
            lambda x, c: stats.multivariate_normal.logpdf(x, MEAN, c),
            [POINTS, cov],
            lambda x, c: st.multivariate_normal.logpdf(x, MEAN, c),
        )
    agrees(
        lambda x: stats.multivariate_normal.logpdf(x),
        [UNBOUNDED],
        lambda x: st.multivariate_normal.logpdf(x),
    )
    frozen = stats.multivariate_normal(Variable(MEAN), covariance(ROOT))
    expected = st.multivariate_normal(MEAN, covariance(ROOT)).logpdf(POINTS)
    np.testing.assert_allclose(frozen.logpdf(POINTS).data, expected)


def test_frozen_laws():
    scale = Variable(np.array(1.4))
    law = stats.gamma(2.3, scale=scale)
    np.testing.assert_allclose(law.logpdf(POSITIVE).data, st.gamma(2.3, scale=1.4).logpdf(POSITIVE))
    assert stats.norm(1.0, 2.0).cdf(1.0) == 0.5
    assert stats.norm.ppf(0.975) == st.norm.ppf(0.975)


def test_other_names_are_scipys():
    assert stats.linregress is st.linregress
    assert stats.norm.entropy() == st.norm.entropy()


def test_everything_listed_is_tested():
    assert sorted([*CONTINUOUS, *DISCRETE, "multivariate_normal"]) == sorted(stats.__all__)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: stats.gamma.logpdf(x), "parameter a is missing"),
        (lambda x: stats.norm.logpdf(x, 0, 1, 2), "parameters are loc, scale"),
        (lambda x: stats.poisson.logpmf(2, x, scale=2), "parameters are mu, loc"),
        (lambda x: stats.norm.logpdf(x, sigma=2), "sigma"),
        (lambda x: stats.multivariate_normal.logpdf(x, None, np.eye(2), True), "allow_singular"),
        (lambda x: stats.multivariate_normal.logpdf(x, np.zeros(3), np.eye(2)), "does not fit"),
    ],
)
def test_wrong_parameters_are_named(call: Any, message: str):
    with pytest.raises((TypeError, ValueError), match=message):
        call(Variable(UNBOUNDED))


def test_a_fit_by_maximum_likelihood():
    data = st.gamma.rvs(2.5, scale=1.5, size=200, random_state=0)

    def loss(p: Any) -> Any:
        return -np.sum(stats.gamma.logpdf(data, np.exp(p[0]), scale=np.exp(p[1])))

    result = hessopt.minimize(loss, np.zeros(2))
    shape, _, scale = st.gamma.fit(data, floc=0)
    np.testing.assert_allclose(np.exp(result.x), [shape, scale], rtol=1e-3)
