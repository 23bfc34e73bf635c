"""Performance and data profiles against values worked out by hand."""

import numpy as np
import pytest

from hessopt.profiles.shares import data_costs, performance_ratios, share

inf = np.inf

# Three solvers on four problems; nobody solves the last
COSTS = [
    [10.0, 20.0, 15.0],
    [30.0, 10.0, inf],
    [8.0, 8.0, 80.0],
    [inf, inf, inf],
]


def test_ratios_are_to_the_best_of_the_row():
    expected = [[1, 2, 1.5], [3, 1, inf], [1, 1, 10], [inf, inf, inf]]
    np.testing.assert_array_equal(performance_ratios(COSTS), expected)


def test_the_performance_profile():
    ratios = performance_ratios(COSTS)
    factors = [1, 1.5, 2, 3, 9.99, 10]
    np.testing.assert_array_equal(share(ratios[:, 0], factors), [0.5, 0.5, 0.5, 0.75, 0.75, 0.75])
    np.testing.assert_array_equal(share(ratios[:, 1], factors), [0.5, 0.5, 0.75, 0.75, 0.75, 0.75])
    np.testing.assert_array_equal(share(ratios[:, 2], factors), [0, 0.25, 0.25, 0.25, 0.25, 0.5])


def test_the_data_profile_counts_in_gradients_by_differences():
    costs = data_costs(COSTS, [4, 1, 7, 2])
    np.testing.assert_array_equal(costs[:3], [[2, 4, 3], [15, 5, inf], [1, 1, 10]])
    np.testing.assert_array_equal(
        share(costs[:, 0], [0.5, 1, 2, 14.9, 15]), [0, 0.25, 0.5, 0.5, 0.75]
    )


def test_a_problem_that_cost_nothing_has_finite_ratios():
    np.testing.assert_array_equal(performance_ratios([[0.0, 3.0, inf]]), [[1.0, 4.0, inf]])


def test_never_is_not_at_last():
    assert share([1.0, inf], [1e300])[0] == 0.5
    assert share([inf, inf], [1.0])[0] == 0.0


@pytest.mark.parametrize("factor", [2.0, 1e6])
def test_units_do_not_matter(factor):
    np.testing.assert_allclose(
        performance_ratios(factor * np.array(COSTS)), performance_ratios(COSTS), rtol=1e-15
    )
