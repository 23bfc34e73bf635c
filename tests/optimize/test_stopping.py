from types import SimpleNamespace

import numpy as np
import pytest

from hessopt.optimize import stopping
from hessopt.optimize.objective import Point
from hessopt.optimize.stopping import Status, Stop


def progress(f=1.0, g=1.0, previous=None, **others):
    point = Point(np.array([1.0, 5.0]), f, np.array([0.0, g]))
    known = {"nit": 3, "first_nit": 0, "nfev": 4, "elapsed": 2.0, "point": point}
    return SimpleNamespace(**{**known, "previous": previous, **others})


def before(f, x):
    return Point(np.array(x), f, np.ones(2))


def test_scipys_numbers():
    assert (Status.GRADIENT_CONVERGED, Status.ITERATION_LIMIT, Status.ROUNDOFF_LIMIT) == (0, 1, 2)
    assert (Status.NOT_FINITE, Status.CALLBACK_STOPPED) == (3, 99)
    others = [status for status in Status if status not in (0, 1, 2, 3, 99)]
    assert min(others) >= 100


@pytest.mark.parametrize(
    ("test", "yes", "no", "status"),
    [
        (stopping.GradientTolerance(0.5), {"g": -0.5}, {"g": -0.6}, 0),
        (
            stopping.ValueTolerance(0.01),
            {"f": 100.0, "previous": before(101.0, [1.0, 5.0])},
            {"f": 100.0, "previous": before(101.1, [1.0, 5.0])},
            Status.VALUE_CONVERGED,
        ),
        (
            stopping.StepTolerance(0.1),
            {"previous": before(2.0, [1.5, 5.0])},
            {"previous": before(2.0, [1.51, 5.0])},
            Status.STEP_CONVERGED,
        ),
        (
            stopping.Unbounded(100.0),
            {"f": -1001.0, "history": SimpleNamespace(f=[10.0])},
            {"f": -989.0, "history": SimpleNamespace(f=[10.0])},
            Status.UNBOUNDED,
        ),
        (
            stopping.Diverged(100.0),
            {"f": 1011.0, "history": SimpleNamespace(f=[10.0])},
            {"f": 1009.0, "history": SimpleNamespace(f=[10.0])},
            Status.DIVERGED,
        ),
        (
            stopping.Stalled(5),
            {"history": SimpleNamespace(idle=5, still=0)},
            {"history": SimpleNamespace(idle=4, still=0)},
            Status.NO_DESCENT,
        ),
        (stopping.IterationLimit(3), {}, {"first_nit": 1}, Status.ITERATION_LIMIT),
        (stopping.EvaluationLimit(4), {}, {"nfev": 3}, Status.EVALUATION_LIMIT),
        (stopping.TimeLimit(2.0), {}, {"elapsed": 1.9}, Status.TIME_LIMIT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_test_at_its_border(test, yes, no, status):
    stop = test(progress(**yes))
    assert isinstance(stop, Stop)
    assert stop.status == status
    assert stop.success == (status in (0, Status.VALUE_CONVERGED, Status.STEP_CONVERGED))
    assert test(progress(**no)) is None


@pytest.mark.parametrize("test", [stopping.ValueTolerance(1.0), stopping.StepTolerance(1.0)])
def test_a_refused_step_is_not_a_small_one(test):
    here = progress()
    assert test(here) is None  # at the start
    here.previous = here.point
    assert test(here) is None


@pytest.mark.parametrize("test", [stopping.GradientTolerance(), stopping.ValueTolerance(1.0)])
def test_nan_is_not_converged(test):
    assert test(progress(f=np.nan, g=np.nan, previous=before(np.nan, [0.0, 0.0]))) is None


def test_tests_are_joined_by_or():
    joined = (
        stopping.GradientTolerance(0.5) | stopping.IterationLimit(3) | stopping.EvaluationLimit(1)
    )
    assert joined(progress(g=0.1)).status == Status.GRADIENT_CONVERGED  # the first counts
    assert joined(progress()).status == Status.ITERATION_LIMIT
    assert joined(progress(nit=1)).status == Status.EVALUATION_LIMIT
    assert joined(progress(nit=1, nfev=0)) is None


def test_a_run_of_refused_steps_alone_has_stalled():
    progress = SimpleNamespace(
        history=SimpleNamespace(idle=0, still=300), point=SimpleNamespace(grad_norm=1.0)
    )
    stop = stopping.Stalled()(progress)
    assert stop is not None
    assert "in the last 300 steps" in stop.message
    progress.history.still = 299
    assert stopping.Stalled()(progress) is None
