import numpy as np
import pytest

from hessopt.optimize.lsq.levenberg_marquardt import LevenbergMarquardt, cosine
from hessopt.optimize.lsq.residuals import Residuals
from hessopt.optimize.stopping import Status


def rosenbrock(x):
    return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def run(fun, x0, steps, **options):
    method, residuals = LevenbergMarquardt(**options), Residuals(fun, x0)
    point, region = method.start(residuals, residuals.x0)
    for _ in range(steps):
        point, region = method.step(residuals, point, region)
    return point, region, residuals


def test_the_first_radius_is_the_length_of_the_scaled_x():
    point, region, _ = run(rosenbrock, [2.0, 1.0], 0)
    np.testing.assert_allclose(region.D, np.linalg.norm(point.J, axis=0))
    assert region.radius == pytest.approx(np.linalg.norm(region.D * point.x))
    assert run(rosenbrock, [0.0, 0.0], 0)[1].radius == 1.0
    assert run(rosenbrock, [0.0, 0.0], 0, factor=3.0)[1].radius == 3.0


def test_scales_are_the_largest_so_far_or_given():
    start = run(rosenbrock, [-1.2, 1.0], 0)[1].D
    later = run(rosenbrock, [-1.2, 1.0], 6)[1].D
    assert np.all(later >= start)
    D = run(rosenbrock, [-1.2, 1.0], 3, x_scale=np.array([2.0, 4.0]))[1].D
    np.testing.assert_array_equal(D, [0.5, 0.25])


def test_a_refused_step_keeps_the_point_and_shortens_the_region():
    _, before, residuals = run(rosenbrock, [-1.2, 1.0], 0, factor=10.0)
    point = residuals.best
    after, region = LevenbergMarquardt().step(residuals, point, before)
    assert after is point
    assert region.radius < before.radius
    assert region.last.actual < 0


def test_a_linear_problem_takes_one_step():
    A = np.arange(1.0, 7.0).reshape(3, 2)
    point, region, residuals = run(lambda x: A @ x - np.array([1.0, 0, 0]), [10.0, 10.0], 1)
    assert region.last.actual == pytest.approx(region.last.predicted)
    stop = LevenbergMarquardt().verdict(point, region)
    assert stop.status is Status.GRADIENT_CONVERGED
    assert residuals.nfev == 2


def test_the_second_order_term_is_taken_where_it_predicts_better():
    def far(x):  # least cost at x = 0, where the residuals are 3 and -3 and J'J says little
        return np.stack([x[0] ** 2 + x[0] / 10 + 3, x[0] ** 2 - x[0] / 10 + 3])

    used = False
    point, region, residuals = run(far, [0.3], 0, factor=100.0)
    for _ in range(8):
        if LevenbergMarquardt().verdict(point, region):
            break
        point, region = LevenbergMarquardt().step(residuals, point, region)
        used = used or region.newton
    assert used
    assert abs(point.x[0]) < 1e-8
    _, region, residuals = run(far, [0.3], 3, second_order=False)
    assert residuals.nhev == 0
    assert not region.newton


def test_cosine_without_columns_is_relative_to_the_start():
    residuals = Residuals(rosenbrock, [-1.2, 1.0], dense=False)
    point, region = LevenbergMarquardt().start(residuals, residuals.x0)
    assert cosine(point, region) == 1.0


def test_a_jacobian_that_is_not_finite_counts_as_a_bad_step():
    def fun(x):  # the root of 0 has no slope
        return np.sqrt(np.maximum(x, 0.0)) - 0.1

    start, _, residuals = run(fun, [4.0], 0)
    assert not residuals.complete(residuals.trial(np.zeros(1))).finite
    point, _, _ = run(fun, [4.0], 14)
    assert point.f < 1e-10 < start.f


@pytest.mark.parametrize("option", ["ftol", "xtol", "gtol", "factor", "cg_maxiter"])
def test_options_are_checked(option):
    with pytest.raises(ValueError, match=f"option '{option}' must be"):
        LevenbergMarquardt(**{option: -1.0})
