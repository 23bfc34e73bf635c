import dataclasses

import numpy as np
import pytest

from problems import Problem


def value(x):
    return np.sum(x**4 - x**2, axis=-1)


def test_one_start_and_one_solution_are_the_tuples_too():
    problem = Problem("well", value, start=[1, 2], solution=[0.5, 0.5])
    assert problem.dimension == 2
    assert problem.start.dtype == problem.solution.dtype == float
    assert len(problem.starts) == len(problem.solutions) == 1
    assert problem.starts[0] is problem.start
    assert problem.solutions[0] is problem.solution
    assert repr(problem) == "Problem('well', dimension=2)"


def test_nothing_known_but_the_function():
    problem = Problem("well", value, start=np.ones(3))
    assert problem.solution is None
    assert problem.solutions == ()
    assert problem.least_value is None
    assert problem.bounds is None
    assert not problem.scalable


def test_the_caller_keeps_the_own_array():
    start = np.ones(3)
    problem = Problem("well", value, start=start)
    start[0] = 5.0
    assert problem.start[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        problem.start[0] = 5.0


def test_a_record_is_frozen():
    problem = Problem("well", value, start=np.ones(3), parameters={"n": 3})
    with pytest.raises(dataclasses.FrozenInstanceError):
        problem.name = "pit"
    with pytest.raises(TypeError):
        problem.parameters["n"] = 4


def test_bounds_for_all_or_for_each():
    for bounds in ([-1, 2], [[-1, 2]] * 3):
        problem = Problem("well", value, start=np.ones(3), bounds=bounds)
        np.testing.assert_array_equal(problem.bounds, [[-1, 2]] * 3)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "Deep Well"}, "name must be lower-case words .*, got 'Deep Well'"),
        ({"start": np.ones((2, 2))}, r"start of 'well' must be one-dim.* got shape \(2, 2\)"),
        ({"start": []}, r"start of 'well' must be .* not empty, got shape \(0,\)"),
        ({"start": [1, np.inf]}, "starts of 'well' must be finite"),
        ({"starts": ([1, 2], [1])}, r"starts of 'well' must have the shape of start, \(2,\)"),
        ({"starts": ([3, 4], [1, 2])}, "starts of 'well' must begin with start"),
        ({"solution": [0.5]}, r"solutions of 'well' must have the shape of start, \(2,\), got"),
        ({"solution": [0, 0], "solutions": ([1, 1],)}, "must begin with solution"),
        ({"solutions": ([1, 1],)}, "solutions of 'well' need solution"),
        ({"bounds": [1, -1]}, "bounds of 'well' must be one pair .* with low < high"),
        ({"bounds": [[0, 1]] * 3}, "bounds of 'well' must be .* one for each of the 2 variables"),
        ({"bounds": 1.0}, "bounds of 'well' must be one pair"),
    ],
)
def test_refusals_name_the_field(fields, message):
    with pytest.raises(ValueError, match=message):
        Problem(**{"name": "well", "value": value, "start": [1, 2], **fields})
