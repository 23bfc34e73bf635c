"""The saddle beside a symmetric start is left, at the price of the unseen directions."""

import numpy as np
import pytest

import hessopt
import problems
from hessopt.optimize.driver import Run
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


def saddles(x: np.ndarray) -> float:
    """Symmetric in x[1] and x[2]: a run from a start on x[1] = 0 keeps to that until it is left."""
    return (x[0] - 1) ** 4 + (x[1] ** 2 - 1) ** 2 + (x[2] ** 2 - 1) ** 2 + x[1] ** 2 * x[2] ** 2 / 9


@pytest.mark.parametrize("stop", range(20))
def test_stop_and_resume_across_an_escape_repeat_every_digit(stop: int) -> None:
    start = [3.0, 0.0, 0.0]
    whole = hessopt.minimize(saddles, start)
    assert whole.state.escapes >= 1
    part = hessopt.minimize(saddles, start, options={"maxiter": stop})
    rest = hessopt.minimize(saddles, start, options={"resume": part})
    assert rest.x.tobytes() == whole.x.tobytes()
    assert (rest.nit, rest.state.escapes) == (whole.nit, whole.state.escapes)
    np.testing.assert_array_equal(rest.history.f, whole.history.f)
    np.testing.assert_array_equal(rest.history.radius, whole.history.radius)


def test_the_limit_of_escapes_counts_those_before_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hessopt.optimize.driver.ESCAPES", 1)
    start, options = [3.0, 0.0, 0.0], {}
    whole = hessopt.minimize(saddles, start)
    assert whole.state.escapes == 1
    for stop in (whole.nit - 1, whole.nit):
        options = {"maxiter": stop}
        part = hessopt.minimize(saddles, start, options=options)
        rest = hessopt.minimize(saddles, start, options={"resume": part})
        assert rest.x.tobytes() == whole.x.tobytes()
        assert rest.nit == whole.nit


def test_a_saddle_costs_one_look_at_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    progress = Run.progress
    monkeypatch.setattr(Run, "progress", lambda run: asked.append(run.at.nit) or progress(run))
    result = hessopt.minimize(saddles, [3.0, 0.0, 0.0])
    assert [asked.count(nit) for nit in range(1, result.nit)] == [1] * (result.nit - 1)


def test_saddles_that_were_left_unasked_are_told_of_by_certify() -> None:
    result = hessopt.minimize(saddles, [3.0, 0.0, 0.0], options={"certify": True})
    assert f"Saddle points left on the way: {result.state.escapes}." in result.message
