import copy
import pickle

import numpy as np
import pytest
import scipy.optimize

import hessopt
from hessopt import curve_fit, least_squares, minimize, uncertainty
from hessopt.optimize.origin import labels

RNG = np.random.default_rng(11)
T = np.linspace(0, 4, 40)
Y = 2.5 * np.exp(-1.3 * T) + 0.5 + 0.1 * RNG.normal(size=40)


def residual(p):
    return p[0] * np.exp(-p[1] * T) + p[2] - Y


def likelihood(p, s=0.1):
    """Negative log-likelihood of normal errors of known size."""
    return np.sum(residual(p) ** 2) / (2 * s**2)


START = [1.0, 1.0, 0.0]
FIT = least_squares(residual, START)


def test_a_fit_by_hand():
    u = uncertainty(FIT)
    H = hessopt.hessian(lambda p: np.sum(residual(p) ** 2) / 2)(FIT.x)
    variance = 2 * FIT.cost / 37
    np.testing.assert_allclose(u.hessian, H, rtol=1e-10)
    np.testing.assert_allclose(u.covariance, variance * np.linalg.inv(H), rtol=1e-10)
    np.testing.assert_allclose(u.standard_errors**2, np.diag(u.covariance))
    np.testing.assert_allclose(
        u.correlation, u.covariance / np.outer(u.standard_errors, u.standard_errors)
    )
    assert u.scale == pytest.approx(variance)
    assert u.identifiable.all()


def test_gauss_newton_is_what_curve_fit_gives():
    _, pcov, info, _, _ = curve_fit(
        lambda t, a, b, c: a * np.exp(-b * t) + c, T, Y, full_output=True
    )
    u = uncertainty(info["result"], hessian="gauss-newton")
    np.testing.assert_allclose(u.covariance, pcov, rtol=1e-8)
    absolute = uncertainty(info["result"], hessian="gauss-newton", absolute_sigma=True)
    np.testing.assert_allclose(absolute.covariance * u.scale, pcov, rtol=1e-8)


@pytest.mark.parametrize("method", ["auto", "l-bfgs", "trust-ncg", "bfgs", "nelder-mead"])
def test_a_likelihood(method):
    options = {"maxiter": 2000, "xtol": 1e-10, "ftol": 1e-10} if method == "nelder-mead" else {}
    res = minimize(likelihood, START, args=(0.2,), method=method, options=options)
    H = hessopt.hessian(likelihood)(FIT.x, 0.2)
    u = uncertainty(res)
    np.testing.assert_allclose(u.covariance, np.linalg.inv(H), rtol=1e-3)
    assert u.scale == 1


def test_coverage_of_the_standard_errors():
    """Of 300 fits to simulated data, 68 % hold the truth within one standard error."""
    rng = np.random.default_rng(2)
    truth = np.array([2.5, 1.3, 0.5])
    clean = truth[0] * np.exp(-truth[1] * T) + truth[2]
    inside = np.zeros(3)
    for _ in range(300):
        y = clean + 0.05 * rng.normal(size=40)
        res = least_squares(lambda p, y=y: p[0] * np.exp(-p[1] * T) + p[2] - y, truth)
        inside += abs(res.x - truth) < uncertainty(res).standard_errors
    np.testing.assert_allclose(inside / 300, 0.683, atol=0.08)


def test_robust_losses_use_their_own_hessian():
    res = least_squares(residual, START, loss="soft_l1", f_scale=0.1)

    def cost(p):
        z = (residual(p) / 0.1) ** 2
        return 0.005 * np.sum(2 * (np.sqrt(1 + z) - 1))

    np.testing.assert_allclose(uncertainty(res).hessian, hessopt.hessian(cost)(res.x), rtol=1e-8)


def test_containers_and_names():
    def named(p):
        return residual(np.stack([p["amplitude"][0], p["rate"], p["amplitude"][1]]))

    res = least_squares(named, {"amplitude": np.array([1.0, 0.0]), "rate": 1.0})
    u = uncertainty(res)
    order = [0, 2, 1]
    np.testing.assert_allclose(
        u.covariance, uncertainty(FIT).covariance[np.ix_(order, order)], 1e-6
    )
    assert u.names == ["['amplitude'][0]", "['amplitude'][1]", "['rate']"]
    assert uncertainty(res, names="abc").names == ["a", "b", "c"]
    fresh = pickle.loads(pickle.dumps(copy.copy(hessopt.minimize(likelihood, START))))
    with pytest.raises(TypeError, match="res does not remember what was minimised"):
        uncertainty(fresh)
    np.testing.assert_allclose(
        uncertainty(fresh, likelihood).covariance,
        uncertainty(minimize(likelihood, START)).covariance,
        rtol=1e-5,
    )
    again = uncertainty(pickle.loads(pickle.dumps(res)), named)
    np.testing.assert_allclose(again.covariance, u.covariance, rtol=1e-10)


def test_results_of_scipy_need_fun_or_a_matrix():
    res = scipy.optimize.minimize(likelihood, START)
    with pytest.raises(TypeError, match="give fun"):
        uncertainty(res)
    np.testing.assert_allclose(uncertainty(res, likelihood).x, res.x)
    H = hessopt.hessian(likelihood)(res.x)
    np.testing.assert_allclose(
        uncertainty(res, hessian=H).covariance, uncertainty(res, likelihood).covariance
    )


def test_printing():
    text = str(uncertainty(FIT, names=["amplitude", "rate", "level"]))
    lines = text.splitlines()
    assert lines[0].split() == ["parameter", "value", "std.", "error"]
    assert lines[1].split()[0] == "amplitude"
    assert "correlation of rate and level: 0." in text
    assert "condition of the scaled Hessian" in text
    assert repr(uncertainty(FIT)) == str(uncertainty(FIT))


def product(p):
    return p[0] * p[1] * np.exp(-p[2] * T) - Y


def test_what_the_data_do_not_determine_is_named():
    res = least_squares(product, [1.0, 2.0, 1.0])
    with pytest.raises(ValueError, match=r"singular: the data do not determine .*a.*b") as caught:
        uncertainty(res, names=["a", "b", "rate"], hessian="gauss-newton")
    assert "rate" not in str(caught.value)
    u = uncertainty(res, names=["a", "b", "rate"], hessian="gauss-newton", allow_singular=True)
    assert u.identifiable.tolist() == [False, True, True]
    direction = u.directions[:, 0]
    np.testing.assert_allclose(direction[0] / direction[1], -res.x[0] / res.x[1], rtol=1e-6)
    assert np.all(np.isinf(u.standard_errors[:2]))
    reduced = least_squares(lambda p: product(np.stack([p[0], np.ones(()), p[1]])), [1.0, 1.0])
    expected = uncertainty(reduced, hessian="gauss-newton").standard_errors[1]
    freedom = (40 - 2) / (40 - 3)
    assert u.standard_errors[2] == pytest.approx(expected * np.sqrt(freedom), rel=1e-6)
    assert "not determined:" in str(u)


def test_a_point_short_of_a_minimum_is_called_so():
    res = minimize(lambda x: np.sum(x**4 + x**2), [1.0, 2.0], options={"maxiter": 1})
    with pytest.raises(ValueError, match=r"res.x is not a minimum: the gradient there is too"):
        uncertainty(res)


def test_a_saddle_is_refused():
    res = minimize(lambda x: x[0] ** 2 - np.cos(x[1]), [0.0, np.pi], method="bfgs")
    with pytest.raises(ValueError, match=r"not positive definite.*along x\[1\]|along 1 x\[1\]"):
        uncertainty(res)


def test_a_parameter_at_a_bound_is_held():
    res = least_squares(residual, [1.0, 1.0, 0.0], bounds=([0, 0, 0], [9, 9, 0.4]))
    assert res.active_mask.tolist() == [0, 0, 1]
    u = uncertainty(res)
    assert u.standard_errors[2] == 0
    two = least_squares(lambda p: residual(np.stack([p[0], p[1], 0.4 + 0 * p[0]])), [1.0, 1.0])
    np.testing.assert_allclose(u.standard_errors[:2], uncertainty(two).standard_errors, rtol=1e-6)
    assert np.isnan(u.correlation[0, 2])


A = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 1.0], [0.5, 1.0, 2.0]])
# x[0] < 0.5 holds the minimum of A off 1; x[2] lies between its bounds, and x[1] has none
BOUNDS = [(0.0, 0.5), (None, None), (-5.0, 5.0)]


def normal(x):
    return (x - 1) @ (A @ (x - 1)) / 2


@pytest.mark.parametrize(
    "method", ["auto", "augmented-lagrangian", "l-bfgs-b", "tnc", "slsqp", "ipopt"]
)
def test_a_variable_at_a_bound_is_known_and_the_others_are_free(method):
    """The covariance of a normal distribution, given x[0]: the inverse of what is left of A."""
    if method == "ipopt":
        pytest.importorskip("ipyopt")
    options = {"ftol": 1e-14} if method == "slsqp" else {"gtol": 1e-8}
    res = minimize(normal, [0.1, 0.2, 0.3], method=method, bounds=BOUNDS, options=options)
    u = uncertainty(res, names=["a", "b", "c"])
    assert u.held.tolist() == [True, False, False]
    expected = np.zeros((3, 3))
    expected[1:, 1:] = np.linalg.inv(A[1:, 1:])
    np.testing.assert_allclose(u.covariance, expected, rtol=1e-8, atol=1e-12)
    assert np.isnan(u.correlation[0, 1])
    lines = str(u).splitlines()
    assert lines[1].endswith("at a bound")
    assert lines[2].endswith(f"{np.sqrt(expected[1, 1]):11.3g}")


def test_bounds_that_hold_nothing_change_nothing():
    res = minimize(normal, np.zeros(3), bounds=[(-9, 9)] * 3)
    np.testing.assert_allclose(uncertainty(res).covariance, np.linalg.inv(A), rtol=1e-8)
    assert not uncertainty(res).held.any()


def test_a_pickled_result_keeps_its_bounds():
    res = pickle.loads(pickle.dumps(minimize(normal, np.zeros(3), bounds=BOUNDS)))
    assert uncertainty(res, normal).held.tolist() == [True, False, False]


def test_where_bounds_hold_everything_there_is_nothing_to_tell():
    res = minimize(normal, np.zeros(3), bounds=[(0, 0.5)] * 3)
    with pytest.raises(ValueError, match="every parameter is held by a bound"):
        uncertainty(res)


@pytest.mark.parametrize("method", ["augmented-lagrangian", "slsqp", "trust-constr"])
def test_constraints_are_refused(method):
    constraint = {"type": "eq", "fun": lambda x: np.sum(x) - 1}
    res = minimize(normal, np.zeros(3), method=method, constraints=constraint)
    with pytest.raises(ValueError, match="res is a minimum under constraints"):
        uncertainty(res)
    assert uncertainty(res, hessian=A).covariance.shape == (3, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"res": 3}, TypeError, "res must be a result with an x, not int"),
        ({"hessian": "fisher"}, ValueError, "hessian must be 'exact', 'gauss-newton' or a matrix"),
        ({"hessian": np.eye(2)}, ValueError, r"hess must return a matrix of shape \(3, 3\)"),
        ({"names": ["a"]}, ValueError, "names has 1 entries, but x has 3 numbers"),
        ({"scale": 0.0}, ValueError, "'scale' must be a number above 0"),
        ({"fun": 3}, TypeError, "fun must be callable"),
        (
            {"res": minimize(likelihood, START), "hessian": "gauss-newton"},
            ValueError,
            "needs a result of least_squares",
        ),
        (
            {"res": least_squares(lambda x: x, [1.0, 2.0])},
            ValueError,
            "2 residuals for 2 parameters",
        ),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        uncertainty(**{"res": FIT, **arguments})


def test_labels():
    assert labels(np.zeros((1, 2))) == ["x[0, 0]", "x[0, 1]"]
    assert labels([np.zeros(1), 2.0]) == ["[0][0]", "[1]"]
