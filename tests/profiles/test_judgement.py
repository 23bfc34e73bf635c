"""The rule of success."""

import math
from dataclasses import replace

import pytest

from hessopt.profiles.instances import Instance
from hessopt.profiles.judgement import elsewhere, feasible, least_values, solved, tolerance
from hessopt.profiles.outcome import Outcome

RUN = Outcome("p", 0, "a", 2, "free", f0=10.0, f=1.0, violation=0.0, grad_norm=0.0)


def at(f, **changes):
    return replace(RUN, f=f, **changes)


def least(*runs):
    return least_values(runs)[Instance("p")]


def test_the_least_value_is_the_records_or_anybodys():
    assert least(at(2.0), at(1.5, solver="b")) == 1.5
    assert least(at(2.0, least_value=1.0), at(1.5, least_value=1.0)) == 1.0
    assert least(at(0.5, least_value=1.0)) == 0.5
    assert least(at(math.nan), at(-math.inf), at(3.0)) == 3.0


def test_points_near_a_start_share_the_least_value():
    found = least_values([at(2.0), at(1.0, perturb=0.1, trial=1), at(3.0, start=1)])
    assert found == {
        Instance("p"): 1.0,
        Instance("p", 0, 0.1, 1): 1.0,
        Instance("p", 1): 3.0,
    }


def test_what_is_not_feasible_sets_no_standard():
    assert least(at(2.0, kind="bounds"), at(-9.0, kind="bounds", violation=1.0)) == 2.0
    # nor does a value that a violation within the tolerance has lowered
    assert least(at(0.999, kind="constraints", violation=1e-7, least_value=1.0)) == 1.0
    assert least(at(0.999, kind="constraints", violation=1e-7)) == 0.999


@pytest.mark.parametrize(
    ("f0", "f_L", "allowed"),
    [
        (1e10, 0.0, 1e-6),  # a millionth of the descent would be 1e4
        (1e-3, 0.0, 1e-9),  # More and Wild
        (2e3, 1e3, 1e-3),
        (1e3 + 0.5, 1e3, 0.5e-6),
        (0.0, 0.0, 1e-12),  # started at the solution: round-off
        (math.inf, 0.0, 1e-6),
    ],
)
def test_the_tolerance(f0, f_L, allowed):
    assert tolerance(at(f_L, f0=f0), f_L, 1e-6) == pytest.approx(allowed)


def test_an_infeasible_start_tells_nothing_of_the_descent():
    assert tolerance(at(1.0, kind="constraints", f0=-5.0), 1.0, 1e-6) == 1e-6


def test_solved_is_within_the_tolerance_and_feasible():
    assert solved(at(0.9e-6), 0.0, 1e-6)
    assert not solved(at(1.1e-6), 0.0, 1e-6)
    assert solved(at(1.1e-6), 0.0, 1e-5)
    assert solved(at(0.0, violation=1e-6), 0.0, 1e-6)
    assert not solved(at(0.0, violation=1.1e-6), 0.0, 1e-6)
    assert not solved(at(math.nan), 0.0, 1e-6)
    assert not solved(at(0.0, violation=math.nan), 0.0, 1e-6)
    assert not solved(at(0.0, failure="timeout"), 0.0, 1e-6)


def test_success_is_not_what_a_solver_says():
    assert solved(at(0.0, success=False), 0.0, 1e-6)
    assert not solved(at(1.0, success=True), 0.0, 1e-6)


def test_a_fit_is_solved_by_its_digits():
    assert solved(at(9.0, kind="fit", digits=6.0), 0.0, 1e-6)
    assert not solved(at(0.0, kind="fit", digits=5.9), 0.0, 1e-6)


def test_elsewhere_is_another_stationary_point():
    assert elsewhere(at(5.0, grad_norm=1e-6))
    assert not elsewhere(at(5.0, grad_norm=1e-3))
    assert elsewhere(at(1e4, grad_norm=1e-2))
    assert not elsewhere(at(5.0, grad_norm=math.nan))
    assert not feasible(at(5.0, violation=math.nan))


def test_local_solutions_count_if_one_wants_them():
    resting = at(5.0, grad_norm=1e-6)
    assert not solved(resting, 0.0, 1e-6)
    assert solved(resting, 0.0, 1e-6, local=True)
    assert not solved(at(5.0, grad_norm=1e-6, violation=1.0), 0.0, 1e-6, local=True)
    assert not solved(at(5.0, grad_norm=1e-3), 0.0, 1e-6, local=True)
    assert not solved(at(5.0, failure="timeout"), 0.0, 1e-6, local=True)
    assert solved(at(1e-7, grad_norm=1.0), 0.0, 1e-6, local=True)
