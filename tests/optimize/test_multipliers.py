import numpy as np
import pytest
from scipy.optimize import LinearConstraint

from hessopt.optimize.bounds import Box
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.minimize import minimize
from hessopt.optimize.multipliers import least_squares_multipliers
from tests.optimize.hock_schittkowski import PROBLEMS, equation, inequality


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_they_are_those_of_the_augmented_lagrangian(problem):
    """Another method, and the same multipliers where they are unique."""
    given = {"bounds": problem.bounds, "constraints": problem.constraints}
    one = minimize(problem.fun, problem.start, method="augmented-lagrangian", **given)
    other = minimize(problem.fun, problem.start, method="slsqp", options={"ftol": 1e-10}, **given)
    assert other.success, other.message
    assert other.optimality <= 1e-3
    for mine, theirs in zip(one.multipliers, other.multipliers, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-3)


def test_signs_and_what_is_not_active():
    x = np.array([1.0, 2.0])
    A = np.eye(2)
    for lower, upper, g, expected, left in [
        ([1, 2], [9, 9], [3.0, 4.0], [-3, -4], 0.0),
        ([-9, -9], [1, 2], [-3.0, -4.0], [3, 4], 0.0),
        ([1, 2], [9, 9], [-3.0, 4.0], [0, -4], 3.0),  # of the wrong sign: not a minimum
        ([0, 2], [9, 9], [3.0, 4.0], [0, -4], 3.0),  # not active
        ([1, 2], [1, 2], [-3.0, 4.0], [3, -4], 0.0),
        ([0, 0], [9, 9], [1.0, 0.0], [0, 0], 1.0),
    ]:
        parts = parse_constraints(LinearConstraint(A, lower, upper), (2,))
        found = least_squares_multipliers(x, np.array(g), ConstraintSet(parts, x), None)
        np.testing.assert_allclose(found.values, expected, atol=1e-12)
        np.testing.assert_allclose(found.optimality, left, atol=1e-12)


def test_bounds_take_their_part():
    x, g = np.array([0.0, 2.0]), np.array([5.0, -1.0])
    constraints = ConstraintSet(parse_constraints(equation(lambda x: x[1] - 2), (2,)), x)
    box = Box(np.zeros(2), np.full(2, np.inf))
    assert least_squares_multipliers(x, g, constraints, None).optimality == 5.0
    found = least_squares_multipliers(x, g, constraints, box)
    np.testing.assert_allclose(found.values, [1.0])
    assert found.optimality < 1e-12


def test_not_finite():
    x = np.array([0.0])
    constraints = ConstraintSet(parse_constraints(inequality(lambda x: np.sqrt(x)), (1,)), x)
    assert np.isnan(least_squares_multipliers(x, x, constraints, None).optimality)


def test_slsqp_at_the_end_of_its_precision_is_no_failure():
    """SciPy says 8, failure; the first-order conditions say that there is nothing left to do."""
    problem = next(problem for problem in PROBLEMS if problem.name == "HS100")
    res = minimize(problem.fun, problem.start, constraints=problem.constraints)
    assert res.method == "slsqp"
    assert res.success, res.message
    np.testing.assert_allclose(res.fun, problem.least, rtol=1e-8)
