import numpy as np
import pytest
from scipy.optimize import Bounds

from hessopt.optimize.bounds import Box, parse_bounds, same_box
from hessopt.optimize.minimize import minimize

INF = np.inf


@pytest.mark.parametrize(
    "bounds",
    [
        [(0, 1), (-2, None), (None, 3.5)],
        ((0, 1), (-2, INF), (-INF, 3.5)),
        np.array([[0, 1], [-2, INF], [-INF, 3.5]]),
        zip([0, -2, -INF], [1, INF, 3.5], strict=True),
        Bounds([0, -2, -INF], [1, INF, 3.5]),
    ],
    ids=["lists", "tuples", "array", "iterator", "Bounds"],
)
def test_every_form_of_scipy(bounds):
    box = parse_bounds(bounds, (3,))
    np.testing.assert_array_equal(box.lower, [0, -2, -INF])
    np.testing.assert_array_equal(box.upper, [1, INF, 3.5])
    assert isinstance(box.scipy(), Bounds)


def test_bounds_that_are_numbers_or_have_the_shape_of_x():
    box = parse_bounds(Bounds(0, np.arange(6).reshape(2, 3)), (2, 3))
    np.testing.assert_array_equal(box.lower, np.zeros(6))
    np.testing.assert_array_equal(box.upper, np.arange(6))
    flat = parse_bounds(Bounds(np.zeros(6), np.ones(6), keep_feasible=True), (2, 3))
    np.testing.assert_array_equal(flat.keep_feasible, [True] * 6)


@pytest.mark.parametrize("bounds", [None, [(None, None)] * 2, Bounds(), [(-INF, INF)] * 2])
def test_bounds_that_bound_nothing(bounds):
    assert parse_bounds(bounds, (2,)) is None
    assert minimize(lambda x: np.sum(x**2), [1.0, 2.0], method="newton", bounds=bounds).success


@pytest.mark.parametrize(
    ("bounds", "error", "says"),
    [
        ([(0, 1)], ValueError, "bounds: x0 has 2 entries, so 2 pairs .* are needed, not 1"),
        ([(0, 1), (2, 1)], ValueError, "bounds: the lower bound 2 of entry 1 lies above its upper"),
        ([(0, 1), (np.nan, 1)], ValueError, "bounds: the lower bound of entry 1 is nan"),
        (Bounds([0, 0], [1, np.nan]), ValueError, "bounds: the upper bound of entry 1 is nan"),
        ([(INF, INF), (0, 1)], ValueError, "bounds: the lower bound of entry 0 is inf; .* -inf"),
        ([(0, 1), (0, -INF)], ValueError, "bounds: the upper bound of entry 1 is -inf"),
        ([(0, 1), 3], TypeError, "bounds: entry 1 must be a pair"),
        ([(0, 1), (0, 1, 2)], TypeError, "bounds: entry 1 must be a pair"),
        ([(0, 1), ("low", 1)], TypeError, "bounds: entry 1 must be a pair"),
        (3.0, TypeError, "bounds must be a scipy.optimize.Bounds or a sequence of pairs"),
        (Bounds([0, 0, 0], 1), ValueError, r"bounds: lb has shape \(3,\), which does not fit x0"),
        (Bounds("low", 1), TypeError, "bounds: lb is not an array of numbers"),
    ],
)
@pytest.mark.parametrize("method", ["auto", "l-bfgs-b"])
def test_bad_bounds_name_the_entry(bounds, error, says, method):
    with pytest.raises(error, match=says):
        minimize(lambda x: np.sum(x**2), [1.0, 2.0], method=method, bounds=bounds)


def test_the_projected_gradient_is_what_its_definition_says():
    rng = np.random.default_rng(0)
    lower, upper = rng.normal(size=50) - 1, rng.normal(size=50) + 1
    lower, upper = np.minimum(lower, upper), np.maximum(lower, upper)
    lower[:10], upper[5:15] = -INF, INF
    box = Box(lower, upper)
    x = box.project(2 * rng.normal(size=50))
    g = rng.normal(size=50)
    np.testing.assert_allclose(box.projected_gradient(x, g), x - box.project(x - g), atol=1e-15)


def test_the_projected_gradient_keeps_its_digits():
    box = Box(np.array([0.0]), np.array([2e6]))
    x, g = np.array([1e6]), np.array([1e-12])
    assert x - box.project(x - g) == 0
    assert box.projected_gradient(x, g) == g


def test_the_reduced_gradient_says_what_moves():
    box = Box(np.zeros(4), np.ones(4))
    x, g = np.array([0.0, 0.0, 1.0, 0.5]), np.array([1.0, -1.0, -1.0, 1.0])
    np.testing.assert_array_equal(box.reduced_gradient(x, g), [0, -1, 0, 1])
    assert box.interior(x).tolist() == [False, False, False, True]
    assert box.contains(x)
    assert not box.contains(x + 0.6)


def test_same_box():
    one, other = (Box(np.zeros(2), np.full(2, high)) for high in (1.0, 2.0))
    assert same_box(None, None)
    assert same_box(one, Box(np.zeros(2), np.ones(2)))
    assert not same_box(one, other)
    assert not same_box(one, None)


def test_a_run_is_not_resumed_with_other_bounds():
    def fun(x):
        return np.sum((x - 3) ** 4)

    bounds = [(0, 2), (0, 5)]
    first = minimize(fun, [1.0, 1.0], bounds=bounds, options={"maxiter": 2})
    with pytest.raises(ValueError, match="run with other bounds"):
        minimize(fun, [1.0, 1.0], bounds=[(0, 1), (0, 5)], options={"resume": first})
    assert minimize(fun, [1.0, 1.0], bounds=bounds, options={"resume": first}).success


def test_what_a_bound_holds():
    box = Box(np.zeros(4), np.array([np.inf, np.inf, 1.0, np.inf]))
    x = np.array([0.0, 1e-9, 1.0 - 1e-9, 1e-9])
    # On the bound; pressed against it; against the upper one; next to it by chance
    assert box.held(x, np.array([0.0, 1.0, -1.0, 1e-12])).tolist() == [True, True, True, False]
    # Without a gradient only what lies on a bound is known to be held
    assert box.held(x, np.full(4, np.nan)).tolist() == [True, False, False, False]
