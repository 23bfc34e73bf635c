"""Published values of the small classics, beside those that every record is tested for."""

import numpy as np
import pytest
import scipy.optimize

import problems


def curvature(f, x, step=1e-4):
    """Least eigenvalue of the Hessian, by differences."""
    e = step * np.eye(x.size)
    rows, columns = e[:, None, :], e[None, :, :]
    H = f(x + rows + columns) - f(x + rows - columns) - f(x - rows + columns)
    H = (H + f(x - rows - columns)) / (4 * step**2)
    return np.linalg.eigvalsh(H)[0]


@pytest.mark.parametrize(
    ("name", "point", "value"),
    [
        ("goldstein-price", [1, 1], 1876),  # with the gradient (-5376, 8064): step 27 of DeZero
        ("matyas", [1, 1], 0.04),
        ("beale", [1, 1], 14.203125),
        ("booth", [0, 0], 74),
        ("himmelblau", [0, 0], 170),
        ("helical-valley", [-1, 0, 0], 2500),
        ("powell-singular", [3, -1, 0, 1], 215),
        ("wood", [-3, -1, -3, -1], 19192),
        ("rastrigin", [1, 1], 2),
        ("styblinski-tang", [1, 1], -10),
        ("sphere", [3, 4], 25),
    ],
)
def test_published_values(name, point, value):
    assert problems.get(name).value(np.array(point, dtype=float)) == pytest.approx(value, rel=1e-13)


def test_ackley_is_the_published_sum():
    x = np.random.default_rng(0).uniform(-30, 30, (100, 5))
    published = (
        -20 * np.exp(-0.2 * np.sqrt(np.mean(x**2, axis=-1)))
        - np.exp(np.mean(np.cos(2 * np.pi * x), axis=-1))
        + 20
        + np.e
    )
    value = problems.get("ackley", n=5).value
    np.testing.assert_allclose(value(x), published, rtol=1e-14)
    assert value(np.zeros(5)) == 0.0


@pytest.mark.parametrize(
    ("point", "value"), [([-0.6, -0.4], 30), ([1.8, 0.2], 84), ([1.2, 0.8], 840)]
)
def test_local_minima_of_goldstein_price(point, value):
    problem = problems.get("goldstein-price")
    x = np.array(point)
    assert problem.value(x) == pytest.approx(value, rel=1e-13)
    assert curvature(problem.value, x, 1e-3) > 1
    steps = 1e-6 * np.eye(2)
    slope = (problem.value(x + steps) - problem.value(x - steps)) / 2e-6
    np.testing.assert_allclose(slope, 0, atol=1e-4)
    assert str(value) in problem.note


def test_helical_valley_winds_without_a_jump_through_its_start():
    value = problems.get("helical-valley").value
    for turns in [-0.2, 0.0, 0.2, 0.25, 0.3, 0.5, 0.7]:
        angle = 2 * np.pi * turns
        on_the_helix = np.array([np.cos(angle), np.sin(angle), 10 * turns])
        assert value(on_the_helix) == pytest.approx((10 * turns) ** 2, abs=1e-12)
    above, below = value(np.array([[-1, 1e-9, 0], [-1, -1e-9, 0]]))
    assert above == pytest.approx(below, abs=1e-4)
    right, left = value(np.array([[1e-9, -1.0, 0], [-1e-9, -1.0, 0]]))
    assert left - right == pytest.approx(100 * (7.5**2 - 2.5**2))


def test_wood_is_the_other_printed_polynomial():
    x = np.random.default_rng(1).standard_normal((50, 4))
    x1, x2, x3, x4 = x.T
    printed = 100 * (x2 - x1**2) ** 2 + (1 - x1) ** 2 + 90 * (x4 - x3**2) ** 2 + (1 - x3) ** 2
    printed += 10.1 * ((x2 - 1) ** 2 + (x4 - 1) ** 2) + 19.8 * (x2 - 1) * (x4 - 1)
    np.testing.assert_allclose(problems.get("wood").value(x), printed, rtol=1e-12)


def test_plateau_of_dixon_price():
    value = problems.get("dixon-price", n=6).value
    point = np.array([1 / 3, 0, 0, 0, 0, 0])
    assert value(point) == pytest.approx(2 / 3, rel=1e-15)
    steps = 1e-6 * np.eye(6)
    np.testing.assert_allclose(value(point + steps) - value(point - steps), 0, atol=1e-14)
    assert curvature(value, point) > -1e-6
    # Yet down it goes along x[i - 1] = 2 x[i]**2
    path = np.array([0.0, 0.05, 0, 0, 0, 0])
    for i in range(2, 6):
        path[i] = np.sqrt(path[i - 1] / 2)
    path[0] = (1 + 4 * path[1] ** 2) / 3
    assert value(path) < 2 / 3 - 1e-3


def test_widely_printed_least_value_of_styblinski_tang_is_wrong():
    problem = problems.get("styblinski-tang", n=1)
    root = problem.solution[0]
    assert abs(4 * root**3 - 32 * root + 5) < 1e-13
    assert problem.least_value == pytest.approx(-39.16617, abs=5e-6)
    assert abs(problem.least_value - -39.16599) > 1e-4


@pytest.mark.parametrize("n", [1, 5])
def test_local_minimum_of_styblinski_tang(n):
    problem = problems.get("styblinski-tang", n=n)
    result = scipy.optimize.minimize(problem.value, np.full(n, 2.5), method="BFGS")
    assert result.fun > problem.least_value + 1


@pytest.mark.parametrize("name", ["rastrigin", "ackley"])
def test_second_start_ends_in_a_local_minimum(name):
    problem = problems.get(name)
    ends = [scipy.optimize.minimize(problem.value, start).fun for start in problem.starts]
    assert ends[0] == pytest.approx(problem.least_value, abs=1e-6)
    assert ends[1] > problem.least_value + 1


@pytest.mark.parametrize(
    "problem",
    [
        problem
        for problem in problems.all()
        if "unimodal" in problem.tags and problem.dimension < 20
    ],
    ids=str,
)
def test_unimodal(problem):
    """From anywhere nearby one comes to the one minimiser."""
    rng = np.random.default_rng(5)
    for _ in range(3):
        start = problem.solution + 2 * rng.standard_normal(problem.dimension)
        found = scipy.optimize.minimize(problem.value, start, method="BFGS", options={"gtol": 1e-7})
        assert found.fun == pytest.approx(problem.least_value, abs=1e-7)


def test_himmelblau_has_four_starts_for_four_minimisers():
    problem = problems.get("himmelblau")
    found = {
        int(np.argmin([np.sum((end.x - s) ** 2) for s in problem.solutions]))
        for end in (scipy.optimize.minimize(problem.value, start) for start in problem.starts)
    }
    assert found == {0, 1, 2, 3}
