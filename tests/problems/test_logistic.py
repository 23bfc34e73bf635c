import numpy as np
import pytest
import scipy.optimize

import problems


def test_no_information_costs_one_bit():
    for given in [{}, {"n": 3, "samples": 7}, {"n": 400, "samples": 30}]:
        problem = problems.get("logistic-regression", **given)
        assert problem.value(problem.start) == pytest.approx(np.log(2), rel=1e-14)


def test_data_follow_the_seed():
    values = [
        problems.get("logistic-regression", seed=seed).value(np.ones(20)) for seed in (3, 3, 4)
    ]
    assert values[0] == values[1] != values[2]


def test_far_points_neither_overflow_nor_lose_the_penalty():
    problem = problems.get("logistic-regression", n=2, samples=5, l2=1e-3)
    far = 1e6 * np.ones(2)
    assert problem.value(far) >= 1e9
    assert np.isfinite(problem.value(far))


def test_the_penalty_is_half_l2_times_the_square():
    w = np.linspace(-1, 1, 20)
    light, heavy = (problems.get("logistic-regression", l2=l2).value(w) for l2 in (1.0, 3.0))
    assert heavy - light == pytest.approx(w @ w)


def test_strictly_convex():
    value = problems.get("logistic-regression", n=6).value
    a, b = np.random.default_rng(0).standard_normal((2, 100, 6))
    assert np.all(value((a + b) / 2) < (value(a) + value(b)) / 2)


def test_the_data_can_be_learnt():
    problem = problems.get("logistic-regression")
    found = scipy.optimize.minimize(problem.value, problem.start)
    assert 0.3 < found.fun < 0.65
    assert 0.3 < np.linalg.norm(found.x) < 3
