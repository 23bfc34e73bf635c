"""The saddle beside a symmetric start is left, at the price of the unseen directions."""

import numpy as np
import pytest

import hessopt
import problems
from hessopt.optimize.objective import Objective
from hessopt.optimize.second_look import second_look


def test_a_symmetric_start_does_not_end_at_a_saddle() -> None:
    biggs = problems.get("biggs-exp6")
    assert hessopt.minimize(biggs.value, biggs.start, method="trust-ncg").fun > 1e-3
    assert hessopt.minimize(biggs.value, biggs.start).fun < 1e-9


def test_what_was_seen_is_not_looked_at_again() -> None:
    A = np.diag([1.0, 2.0, -3.0])
    objective = Objective(lambda x: x @ (A @ x) / 2, np.zeros(3))
    point = objective(objective.x0)
    whole = second_look(objective, point, None)
    assert whole is not None
    assert objective.nhev == 3
    part = second_look(objective, point, (np.eye(3)[:2], A[:2]))
    assert part is not None
    assert objective.nhev == 4
    assert part.least == pytest.approx(whole.least) == -3.0
    assert part.negative
    assert second_look(objective, point, (np.eye(3), np.eye(3))) is None
    assert objective.nhev == 4


def test_directions_that_depend_on_each_other_are_forgotten() -> None:
    objective = Objective(lambda x: x[0] ** 2 - x[1] ** 2, np.zeros(2))
    same = np.array([[1.0, 0.0], [1.0, 1e-9]])
    found = second_look(objective, objective(objective.x0), (same, 2 * same))
    assert found is not None
    assert found.least == pytest.approx(-2.0)


def test_a_limit_does_not_take_back_what_has_converged() -> None:
    # Ends on the axis x[1] = 0, where the rest of the Hessian would take one evaluation too many
    def fun(x):
        return (x[0] - 1) ** 4 + (x[1] ** 2 - 1) ** 2

    plain = hessopt.minimize(fun, [3.0, 0.0], method="trust-ncg")
    result = hessopt.minimize(fun, [3.0, 0.0], options={"maxfun": plain.nfev})
    assert result.success
    assert hessopt.minimize(fun, [3.0, 0.0]).fun < 1e-6
