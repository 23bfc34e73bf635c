import numpy as np
import pytest
from scipy.optimize import least_squares

import hessopt
from hessopt.optimize.lsq.losses import RHO, Loss

R = np.array([0.3, -0.8, 1.7, -12.0, 0.0])


@pytest.mark.parametrize("name", RHO)
def test_derivatives_of_the_losses(name):
    z = np.array([0.2, 0.7, 3.0, 40.0])
    values, first, second = RHO[name](z)
    h = 1e-6
    np.testing.assert_allclose(
        (RHO[name](z + h)[0] - RHO[name](z - h)[0]) / (2 * h), first, 1e-6, 1e-9
    )
    np.testing.assert_allclose(
        (RHO[name](z + h)[1] - RHO[name](z - h)[1]) / (2 * h), second, 1e-6, 1e-9
    )
    assert np.all(values <= z)


@pytest.mark.parametrize("name", ["linear", *RHO])
def test_cost_is_scipys(name):
    theirs = least_squares(lambda x: x - R, np.zeros(5), loss=name, f_scale=0.7, max_nfev=1)
    assert Loss(name, 0.7).cost(-R) == pytest.approx(theirs.cost, rel=1e-14)


@pytest.mark.parametrize("name", RHO)
def test_corrected_problem_has_the_gradient_of_the_cost(name):
    loss = Loss(name, 0.7)
    rows, factors = loss.weights(R)
    h = 1e-6
    slope = [(loss.cost(R + h * e) - loss.cost(R - h * e)) / (2 * h) for e in np.eye(5)]
    np.testing.assert_allclose(rows * factors * R, slope, atol=1e-8)


@pytest.mark.parametrize("name", RHO)
def test_curvature_lost_completes_the_second_derivative(name):
    loss = Loss(name, 0.7)
    rows, _ = loss.weights(R)
    _, first, second = loss.rho(R)
    np.testing.assert_allclose(rows**2 + loss.curvature_lost(R), first + 2 * second, atol=1e-15)


def test_a_callable_is_a_loss():
    res = hessopt.least_squares(lambda x: x - R, np.zeros(5), loss=RHO["cauchy"])
    np.testing.assert_allclose(res.x, R, atol=1e-8)


@pytest.mark.parametrize(
    ("loss", "f_scale", "message"),
    [
        ("l1", 1.0, r"loss must be one of \['linear', .*'l1'"),
        ("huber", 0.0, "f_scale must be a number above 0, not 0"),
        ("huber", np.nan, "f_scale must be a number above 0"),
    ],
)
def test_bad_losses(loss, f_scale, message):
    with pytest.raises(ValueError, match=message):
        Loss(loss, f_scale)


def test_a_callable_of_wrong_shape():
    with pytest.raises(ValueError, match=r"loss must return an array of shape \(3, 5\)"):
        Loss(lambda z: z).cost(R)
