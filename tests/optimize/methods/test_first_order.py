"""gradient-descent, momentum and adam against their formulas."""

import numpy as np
import pytest

from hessopt.optimize.methods.adam import Adam
from hessopt.optimize.methods.gradient_descent import GradientDescent
from hessopt.optimize.methods.momentum import Momentum
from hessopt.optimize.minimize import minimize

SCALES = np.array([1.0, 10.0])


def bowl(x):
    return np.sum(SCALES * x**2) / 2


def iterates(method, options, steps=5):
    seen = []
    options = {**options, "maxiter": steps}
    minimize(bowl, [3.0, -1.0], method=method, callback=seen.append, options=options)
    return seen


def test_gradient_descent_with_a_fixed_rate():
    x = np.array([3.0, -1.0])
    for found in iterates("gradient-descent", {"learning_rate": 0.05}):
        x = x - 0.05 * SCALES * x
        np.testing.assert_array_equal(found, x)


def test_polyaks_momentum():
    x, v = np.array([3.0, -1.0]), np.zeros(2)
    for found in iterates("momentum", {"learning_rate": 0.05, "beta": 0.8}):
        v = 0.8 * v - 0.05 * SCALES * x
        x = x + v
        np.testing.assert_allclose(found, x, rtol=1e-14)


def test_kingma_and_bas_adam():
    x, m, v = np.array([3.0, -1.0]), np.zeros(2), np.zeros(2)
    options = {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3}
    for t, found in enumerate(iterates("adam", options), 1):
        g = SCALES * x
        m, v = 0.7 * m + 0.3 * g, 0.9 * v + 0.1 * g**2
        x = x - 0.1 * (m / (1 - 0.7**t)) / (np.sqrt(v / (1 - 0.9**t)) + 1e-3)
        np.testing.assert_allclose(found, x, rtol=1e-13)


def test_adam_does_not_depend_on_the_scale_of_f():
    runs = [
        minimize(
            lambda x, c=c: c * bowl(x),
            [3.0, -1.0],
            method="adam",
            options={"maxiter": 20, "epsilon": 1e-300, "gtol": 0},
        ).x
        for c in (1.0, 1024.0)
    ]
    np.testing.assert_allclose(runs[0], runs[1], rtol=1e-12)


def test_the_first_trial_repeats_the_last_decrease(at):
    """Nocedal and Wright, section 3.5: alpha_0 = alpha phi'_old / phi'."""
    objective, point = at(bowl, [3.0, -1.0], order=1)
    _, memory = GradientDescent().step(
        objective, point, GradientDescent().start(objective, point.x)[1]
    )
    assert memory.slope == -point.g @ point.g
    assert memory.alpha > 0


def test_the_ball_is_stopped_and_then_slowed(at):
    objective, point = at(lambda x: np.sum(x**2), [1.0], order=1)
    ball = Momentum()
    _, memory = ball.start(objective, point.x)
    # A velocity that leads up: the step is refused and the ball stands
    refused, stopped = ball.step(objective, point, memory._replace(v=np.array([9.0])))
    assert refused is point
    assert not stopped.v.any()
    assert stopped.alpha == memory.alpha
    # From rest, a rate that is too large is halved
    refused, slowed = ball.step(objective, point, stopped._replace(alpha=2.0))
    assert refused is point
    assert slowed.alpha == 1.0
    moved, faster = ball.step(objective, point, stopped._replace(alpha=0.1))
    assert moved.f < point.f
    np.testing.assert_allclose(faster.alpha, 0.11)


@pytest.mark.parametrize("method", [GradientDescent(), Momentum()])
def test_adaptive_methods_descend_and_fixed_ones_may_not(method):
    assert method.descends()
    assert not type(method)(learning_rate=0.1).descends()
    assert not Adam().descends()


@pytest.mark.parametrize("method", ["gradient-descent", "momentum"])
def test_scaling_f_changes_nothing_that_matters(method, rosenbrock):
    for scale in (1e-6, 1e6):
        res = minimize(
            lambda x, c=scale: c * rosenbrock(x),
            [-1.2, 1.0],
            method=method,
            options={"gtol": 1e-2 * scale},
        )
        assert res.success
        assert res.nit < 5000
