import numpy as np
import pytest
from scipy.optimize import Bounds

import hessopt
from hessopt.optimize.lsq.checks import box

X0 = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("bounds", "lower", "upper"),
    [
        (None, [-np.inf, -np.inf], [np.inf, np.inf]),
        ((0, 3), [0, 0], [3, 3]),
        (([0, 1], np.inf), [0, 1], [np.inf, np.inf]),
        (Bounds([0, 1], [1, 2]), [0, 1], [1, 2]),
        ((1, [1, 2]), [1, 1], [1, 2]),
    ],
)
def test_boxes(bounds, lower, upper):
    found = box(bounds, X0)
    np.testing.assert_array_equal(found, [lower, upper])


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        (3, "bounds must be a pair"),
        ((0, 1, 2), "bounds must be a pair"),
        (([0, 0, 0], 5), r"the lower bounds have shape \(3,\); they must be one number or 2"),
        ((0, np.nan), "bounds must not be nan"),
        (([0, 3], 2.5), "lower bound 3 of entry 1 must be below the upper, 2.5"),
        ((1.5, 5), r"x0 is infeasible: its entry 0 is 1, outside of bounds \[1.5, 5\]"),
    ],
)
def test_bad_boxes(bounds, message):
    with pytest.raises(ValueError, match=message):
        box(bounds, X0)


@pytest.mark.parametrize(
    ("fun", "error", "message"),
    [
        (lambda x: None, TypeError, "fun returned None"),
        (lambda x: x * 1j, TypeError, "fun returned complex numbers"),
        (lambda x: np.array(["a"]), TypeError, "array of real numbers, not of <U1"),
        (lambda x: x[:0], ValueError, "fun returned an empty array"),
        (lambda x: [np.zeros(2), np.zeros(3)], ValueError, "fun did not return an array"),
        (lambda x: x / 0.0, ValueError, "fun is inf in entry 0 at the start x0"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the division by zero is the case
def test_bad_residuals(fun, error, message):
    with pytest.raises(error, match=message):
        hessopt.least_squares(fun, X0)


@pytest.mark.parametrize(
    ("jac", "error", "message"),
    [
        (lambda x: None, TypeError, "jac returned None"),
        (lambda x: np.eye(3), ValueError, r"jac must return a matrix of shape \(2, 2\)"),
        (lambda x: np.full((2, 2), np.nan), ValueError, "the Jacobian of fun is not finite"),
    ],
)
def test_bad_jacobians(jac, error, message):
    with pytest.raises(error, match=message):
        hessopt.least_squares(lambda x: x, X0, jac)


def test_the_number_of_residuals_must_not_change():
    sizes = iter([2, 2, 3, 3])
    res = hessopt.least_squares(lambda x: np.ones(next(sizes)) * np.sum(x**2), X0)
    assert not res.success
    assert "fun returned 3 numbers, but 2 at the start" in res.message
