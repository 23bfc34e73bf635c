import numpy as np
import pytest
import scipy.optimize

import problems


def test_parameters_move_the_minimum_and_steepen_the_walls():
    problem = problems.get("rosenbrock", a=3.0, b=7.0)
    np.testing.assert_array_equal(problem.solution, [3, 9])
    assert problem.value(np.array([1.0, 2.0])) == (3 - 1) ** 2 + 7 * (2 - 1) ** 2


def test_published_value_at_the_start():
    assert problems.get("rosenbrock").value(np.array([-1.2, 1.0])) == pytest.approx(24.2)


@pytest.mark.parametrize("n", [2, 3, 100, 100_000])
def test_chained_is_scipy_s(n):
    problem = problems.get("chained-rosenbrock", n=n)
    x = np.random.default_rng(n).standard_normal(n)
    assert problem.value(x) == pytest.approx(scipy.optimize.rosen(x), rel=1e-13)
    np.testing.assert_array_equal(problem.start[:2], [-1.2, 1.0])


def test_an_odd_number_of_variables_starts_and_ends_alike():
    np.testing.assert_array_equal(problems.get("chained-rosenbrock", n=3).start, [-1.2, 1, -1.2])


@pytest.mark.parametrize(("n", "least"), [(4, 3.7014), (5, 3.9308), (100, 3.9866)])
def test_second_minimiser_of_the_chain(n, least):
    problem = problems.get("chained-rosenbrock", n=n)
    near = np.ones(n)
    near[0] = -1
    result = scipy.optimize.minimize(
        problem.value,
        near,
        jac=scipy.optimize.rosen_der,
        hess=scipy.optimize.rosen_hess,
        method="trust-exact",
        options={"gtol": 1e-9},
    )
    assert result.fun == pytest.approx(least, abs=1e-4)
    assert np.linalg.eigvalsh(scipy.optimize.rosen_hess(result.x))[0] > 0.1
    assert "multimodal" in problem.tags
    assert "second local minimiser" in problem.note


def test_a_short_chain_has_one_minimiser():
    problem = problems.get("chained-rosenbrock", n=3)
    assert "unimodal" in problem.tags
    assert problem.note == ""


def test_extended_is_a_sum_over_pairs():
    x = np.random.default_rng(0).standard_normal((3, 2))
    pairs = problems.get("rosenbrock").value(x)
    assert problems.get("extended-rosenbrock", n=6).value(x.ravel()) == pytest.approx(pairs.sum())
    assert problems.get("extended-rosenbrock", n=10**6).dimension == 10**6
