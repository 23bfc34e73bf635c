import numpy as np
import pytest

from hessopt.optimize.methods.forcing import Forcing
from hessopt.optimize.methods.trust_ncg import TrustNCG
from hessopt.optimize.methods.trust_region import (
    Region,
    first_radius,
    reduction_ratio,
    shortening,
)
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Point


def bowl(x):
    return np.sum(x**2) / 2


def flat(f, g=1.0, x=0.0):
    return Point(np.array([x]), f, np.array([g]))


def step(at, fun, x, radius, **options):
    objective, point = at(fun, x)
    memory = Region(radius, Forcing.first(point))
    return point, *TrustNCG(**options).step(objective, point, memory)


def test_a_good_step_to_the_edge_doubles_the_region(at):
    _, new, memory = step(at, bowl, [3.0, 4.0], 1.0)
    np.testing.assert_allclose(new.x, [2.4, 3.2])
    assert memory.radius == 2.0


def test_the_largest_radius_is_kept(at):
    assert step(at, bowl, [3.0, 4.0], 1.0, max_trust_radius=1.5)[2].radius == 1.5


def test_a_good_step_inside_leaves_the_region(at):
    _, new, memory = step(at, bowl, [3.0, 4.0], 7.0)
    np.testing.assert_allclose(new.x, 0.0, atol=1e-12)
    assert memory.radius == 7.0


def test_a_bad_step_is_refused_and_shrinks_the_region(at):
    point, new, memory = step(at, lambda x: np.sum(np.cosh(x) - 3 * x), [-6.0], 30.0)
    assert new is point or new.f < point.f
    point, new, memory = step(at, lambda x: np.sum(np.sqrt(1 + x**2)), [3.0], 100.0)
    assert new is point
    assert 0 < memory.radius < 30 / 2 + 1


def test_a_step_that_is_not_finite_shrinks_the_region(at):
    point, new, memory = step(at, lambda x: np.sum(x - np.log(x)), [3.0], 100.0)
    assert new is point
    np.testing.assert_allclose(memory.radius, 6 / 4)  # Newton's step is x (1 - x) = -6


@pytest.mark.parametrize(
    ("f", "predicted", "ratio"),
    [(1.0, 1.0, 1.0), (2.5, 1.0, -0.5), (1.5, 1.0, 0.5), (np.nan, 1.0, np.nan)],
)
def test_the_ratio(f, predicted, ratio):
    np.testing.assert_allclose(reduction_ratio(flat(2.0), flat(f), predicted), ratio, rtol=1e-12)


def test_the_ratio_near_roundoff():
    one = 1 + 2 * np.finfo(float).eps
    # Neither fall can be told from zero
    assert reduction_ratio(flat(1.0), flat(1.0), 1e-20) > 0.99
    # Up by rounding where a fall of as much was promised, but the gradient has halved
    assert reduction_ratio(flat(1.0, 1.0), flat(one, 0.4), 1e-12) == 1.0
    # Much more than rounding: values are believed
    assert reduction_ratio(flat(1.0, 1.0), flat(1.1, 0.4), 1e-12) < -1e9
    assert reduction_ratio(flat(1.0, 1.0), flat(1.1, 0.4), 1.0) < 0


@pytest.mark.parametrize(
    ("f", "factor"),
    [
        (0.0, 0.5),  # on the line: no parabola
        (1.0, 0.5),  # as high as before: half way
        (4.0, 1 / 8),
        (1e9, 0.1),
        (np.inf, 0.25),
        (np.nan, 0.25),
    ],
)
def test_the_region_shrinks_to_the_parabolas_minimum(f, factor):
    assert shortening(flat(1.0), flat(f), np.array([-1.0])) == factor


def test_the_first_radius():
    point = Point(np.array([3.0, 4.0]), 1.0, np.array([6.0, 8.0]))
    assert first_radius(5.0, point) == 5.0  # to the minimum along -g
    assert first_radius(0.0, point) == 2.5  # half of x
    assert first_radius(0.0, flat(1.0)) == 1.0


def test_the_first_radius_may_be_given(at):
    _, new, _ = step(at, bowl, [3.0, 4.0], np.nan, initial_trust_radius=0.1)
    np.testing.assert_allclose(new.x, 0.0, atol=1e-12)  # not used where a radius is in memory
    res = minimize(
        bowl, [3.0, 4.0], method="trust-ncg", options={"initial_trust_radius": 0.1, "maxiter": 1}
    )
    np.testing.assert_allclose(np.linalg.norm(res.x), 4.9)
    np.testing.assert_array_equal(res.history.radius, [0.1, 0.2])


def test_a_region_that_vanishes_ends_the_run():
    """A gradient of the wrong sign: no radius is small enough."""
    res = minimize(lambda x: np.sum(x**2), [1.0], method="trust-ncg", jac=lambda x: -2 * x)
    assert not res.success
    assert res.nit < 100


def test_a_hessian_that_is_not_finite_does_no_harm():
    def hessp(x, p):
        return p * np.nan if x[0] > 1 else 2 * p

    res = minimize(lambda x: np.sum(x**2), [5.0], method="trust-ncg", hessp=hessp)
    assert res.success
    np.testing.assert_allclose(res.x, 0.0, atol=1e-6)
