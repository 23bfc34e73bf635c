import numpy as np
import pytest

from problems import ConstrainedProblem


def value(x):
    return np.sum(x**2, axis=-1)


def on_circle(x):
    return np.stack([x[..., 0] ** 2 + x[..., 1] ** 2, x[..., 0] - x[..., 1]], axis=-1)


def build(**fields):
    return ConstrainedProblem("well", value, start=[1, 2], **fields)


def test_limits_have_one_entry_each():
    problem = build(lower=0, upper=[3, np.inf], constraints=on_circle, constraints_upper=[0, 4])
    np.testing.assert_array_equal(problem.lower, [0, 0])
    np.testing.assert_array_equal(problem.upper, [3, np.inf])
    np.testing.assert_array_equal(problem.constraints_lower, [0, 0])
    np.testing.assert_array_equal(problem.constraints_upper, [0, 4])
    np.testing.assert_array_equal(problem.equalities, [True, False])
    for limit in (problem.lower, problem.upper, problem.constraints_lower):
        with pytest.raises(ValueError, match="read-only"):
            limit[0] = 1.0


def test_nothing_limits_unless_it_is_said():
    problem = build()
    assert problem.constraints is None
    assert problem.bounds is None
    assert problem.constraints_lower.size == problem.equalities.size == 0
    assert problem.violation([1e300, -1e300]) == 0


def test_constraints_are_at_least_zero_unless_it_is_said():
    problem = build(constraints=on_circle)
    np.testing.assert_array_equal(problem.constraints_lower, [0, 0])
    np.testing.assert_array_equal(problem.constraints_upper, [np.inf, np.inf])


def test_violation_is_the_greatest_over_bounds_and_constraints():
    problem = build(lower=0, upper=5, constraints=on_circle, constraints_upper=[25, np.inf])
    assert problem.violation([3.0, 2.0]) == 0
    assert problem.violation([-2.0, -2.0]) == 2
    assert problem.violation([4.0, 4.0]) == 7
    assert problem.violation([1.0, 4.0]) == 3
    np.testing.assert_array_equal(problem.violation([[3.0, 2.0], [1.0, 4.0]]), [0, 3])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"lower": [0, 0, 0]},
            r"lower of 'well' must be one number or .* \(2,\), got shape \(3,\)",
        ),
        ({"upper": [[0]]}, r"upper of 'well' must be one number or .* got shape \(1, 1\)"),
        ({"lower": 2, "upper": [3, 1]}, r"lower of 'well' must not exceed upper, got \[2"),
        ({"lower": np.nan}, "lower of 'well' must not exceed upper"),
        ({"constraints": value}, r"constraints of 'well' must give a one-.* shape \(\): join"),
        (
            {"constraints": on_circle, "constraints_lower": [0, 0, 0]},
            r"constraints_lower of 'well' must be one number or an array of shape \(2,\)",
        ),
        (
            {"constraints": on_circle, "constraints_upper": [1, -1]},
            "constraints_lower of 'well' must not exceed constraints_upper",
        ),
        ({"start": [[1]]}, "start of 'well' must be one-dimensional"),
    ],
)
def test_refusals_name_the_field(fields, message):
    with pytest.raises(ValueError, match=message):
        ConstrainedProblem(**{"name": "well", "value": value, "start": [1, 2], **fields})
