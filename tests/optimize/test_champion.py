import numpy as np

from hessopt.optimize.bounds import Box
from hessopt.optimize.champion import FEASIBLE, Champion
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.objective import Objective, Point


def champion():
    parts = parse_constraints({"type": "ineq", "fun": lambda x: x[0] - 1}, (2,))
    x0 = np.array([5.0, 0.0])
    box = Box(np.array([-np.inf, -1.0]), np.array([np.inf, 1.0]))
    constraints = ConstraintSet(parts, x0)
    return Champion(Objective(lambda x: np.sum(x), x0, box=box, constraints=constraints))


def considered(*points):
    best = champion()
    for x, f in points:
        best.consider(Point(np.array(x), f, np.zeros(2)))
    return best


def test_the_least_f_among_the_feasible():
    best = considered(([5.0, 0.0], 5.0), ([0.0, 0.0], 0.0), ([2.0, 0.0], 2.0), ([3.0, 0.0], 3.0))
    assert (best.point.f, best.violation) == (2.0, 0.0)


def test_the_least_violation_where_nothing_is_feasible():
    best = considered(([-5.0, 0.0], -5.0), ([0.5, 0.0], 0.5), ([0.0, 0.0], 0.0))
    assert (best.point.f, best.violation) == (0.5, 0.5)


def test_bounds_count_and_small_violations_do_not():
    best = considered(([2.0, 0.0], 2.0), ([1.5, 3.0], 1.5))
    assert best.point.f == 2.0
    inside = 1 - FEASIBLE / 2
    best = considered(([2.0, 0.0], 2.0), ([inside, 0.0], inside))
    assert best.point.f == inside


def test_what_is_not_finite_comes_last():
    best = considered(([np.nan, 0.0], -9.0), ([2.0, 0.0], np.nan), ([-1.0, 0.0], -1.0))
    assert best.point.f != best.point.f  # feasible, and there is no better one
    best.consider(Point(np.array([3.0, 0.0]), 3.0, np.zeros(2)))
    assert best.point.f == 3.0
