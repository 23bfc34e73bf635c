from typing import NamedTuple

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import Bounds, OptimizeWarning

from hessopt import curve_fit, ravel

RNG = np.random.default_rng(5)
T = np.linspace(0, 4, 30)


def decay(t, amplitude, rate, level):
    return amplitude * np.exp(-rate * t) + level


Y = decay(T, 2.5, 1.3, 0.5) + 0.05 * RNG.normal(size=30)
SIGMA = 0.05 * (1 + T)
COVARIANCE = 0.01 * np.exp(-abs(T[:, None] - T))


def assert_same(ours, theirs, rtol=1e-5):
    np.testing.assert_allclose(ours[0], theirs[0], rtol=rtol)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-4)


@pytest.mark.parametrize(
    "sigma", [None, 0.3, SIGMA, COVARIANCE], ids=["none", "one", "each", "matrix"]
)
@pytest.mark.parametrize("absolute_sigma", [False, True])
def test_agrees_with_scipy(sigma, absolute_sigma):
    arguments = {"sigma": sigma, "absolute_sigma": absolute_sigma}
    theirs = scipy.optimize.curve_fit(decay, T, Y, **arguments)
    assert_same(curve_fit(decay, T, Y, **arguments), theirs)


@pytest.mark.parametrize("method", [None, "auto", "lm", "trf", "dogbox"])
@pytest.mark.parametrize("bounds", [(0, [3, 5, 5]), Bounds([0, 0, 0], [9, 9, 9])])
def test_bounds_agree_with_scipy(method, bounds):
    theirs = scipy.optimize.curve_fit(decay, T, Y, bounds=bounds)
    assert_same(curve_fit(decay, T, Y, bounds=bounds, method=method), theirs)


def jacobian(t, amplitude, rate, level):
    e = np.exp(-rate * t)
    return np.stack([e, -amplitude * t * e, np.ones_like(t)], axis=-1)


@pytest.mark.parametrize("jac", [jacobian, "3-point"])
@pytest.mark.parametrize("sigma", [None, SIGMA, COVARIANCE], ids=["none", "each", "matrix"])
def test_other_jacobians(jac, sigma):
    exact = curve_fit(decay, T, Y, sigma=sigma)
    assert_same(curve_fit(decay, T, Y, sigma=sigma, jac=jac), exact, rtol=1e-6)


class Parts(NamedTuple):
    rate: float
    linear: np.ndarray


@pytest.mark.parametrize("p0", [Parts(1.0, np.ones(2)), {"rate": 1.0, "linear": np.ones(2)}])
def test_parameters_in_a_container(p0):
    def model(t, p):
        rate, linear = p if isinstance(p, tuple) else (p["rate"], p["linear"])
        return decay(t, linear[0], rate, linear[1])

    popt, pcov = curve_fit(model, T, Y, p0)
    assert type(popt) is type(p0)
    expected, covariance = curve_fit(decay, T, Y)
    np.testing.assert_allclose(ravel(popt)[0], expected[[1, 0, 2]], rtol=1e-7)
    np.testing.assert_allclose(pcov, covariance[np.ix_([1, 0, 2], [1, 0, 2])], rtol=1e-6)
    with pytest.raises(ValueError, match="jac is given for vectors"):
        curve_fit(model, T, Y, p0, jac=jacobian)


def test_full_output():
    popt, _, info, message, status = curve_fit(decay, T, Y, sigma=SIGMA, full_output=True)
    assert status in (1, 2, 3, 4)
    assert "Converged" in message
    np.testing.assert_allclose(info["fvec"], (decay(T, *popt) - Y) / SIGMA, rtol=1e-12)
    assert info["nfev"] == info["result"].nfev


def test_several_predictors_and_images():
    xy = np.stack(np.meshgrid(np.arange(5.0), np.arange(4.0)))

    def plane(xy, a, b):
        return a * xy[0] + b * xy[1] ** 2

    popt, _ = curve_fit(plane, xy, plane(xy, 2.0, -3.0) + 0.01 * RNG.normal(size=(4, 5)))
    np.testing.assert_allclose(popt, [2, -3], atol=0.02)


def test_nan_policies():
    x, y, sigma = T.copy(), Y.copy(), SIGMA.copy()
    x[3] = y[7] = np.nan
    keep = np.isfinite(x) & np.isfinite(y)
    clean = curve_fit(decay, T[keep], Y[keep], sigma=SIGMA[keep])
    assert_same(curve_fit(decay, x, y, sigma=sigma, nan_policy="omit"), clean)
    matrix = curve_fit(decay, x, y, sigma=COVARIANCE, nan_policy="omit")
    expected = curve_fit(decay, T[keep], Y[keep], sigma=COVARIANCE[np.ix_(keep, keep)])
    assert_same(matrix, expected)
    with pytest.raises(ValueError, match="xdata or ydata contain nan values"):
        curve_fit(decay, x, y, nan_policy="raise")
    with pytest.raises(ValueError, match="xdata must not contain infs or NaNs"):
        curve_fit(decay, x, y)


def test_parameters_that_the_data_do_not_determine():
    with pytest.warns(OptimizeWarning, match="they are not determined"):
        _, pcov = curve_fit(lambda t, a, b: a * b * t, T, 3 * T + 0.1)
    assert np.all(np.isinf(pcov))
    with pytest.warns(OptimizeWarning, match="no more data than parameters"):
        popt, pcov = curve_fit(decay, T[:3], Y[:3])
    assert np.all(np.isinf(pcov))
    np.testing.assert_allclose(decay(T[:3], *popt), Y[:3])


def test_units_of_the_parameters_do_not_make_a_covariance_singular():
    def scaled(t, a, b):
        return a * 1e9 * np.exp(-b * 1e-9 * t)

    popt, pcov = curve_fit(scaled, T, Y, [1e-9, 1e9])
    assert np.all(np.isfinite(pcov))
    np.testing.assert_allclose(
        popt,
        scipy.optimize.curve_fit(lambda t, a, b: a * np.exp(-b * t), T, Y)[0] * [1e-9, 1e9],
        rtol=1e-5,
    )


def test_failure_is_an_error():
    with pytest.raises(RuntimeError, match="Optimal parameters not found: The evaluation limit"):
        curve_fit(decay, T, Y, maxfev=2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"args": (1,)}, ValueError, "args is not an argument of curve_fit"),
        ({"f": 3}, TypeError, "f must be callable, not int"),
        ({"f": lambda t, *p: t}, ValueError, "p0 is needed"),
        ({"sigma": -1.0}, ValueError, "sigma must be above 0"),
        ({"sigma": np.ones(7)}, ValueError, r"sigma has shape \(7,\); it must be one number, 30"),
        ({"sigma": -np.eye(30)}, ValueError, "sigma must be positive definite"),
        ({"nan_policy": "drop"}, ValueError, "nan_policy must be 'raise', 'omit' or None"),
        ({"bounds": ([0, 0], 1)}, ValueError, "bounds must hold one number or 3"),
        ({"epsfcn": 1e-3}, TypeError, "epsfcn"),
        ({"ydata": []}, ValueError, "ydata is empty"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        curve_fit(**{"f": decay, "xdata": T, "ydata": Y, **arguments})
