import numpy as np
import pytest

from hessopt.optimize.history import History, Recorder
from hessopt.optimize.objective import Point
from hessopt.optimize.watch import Progress


def progress(recorder, nit, f, g, step=1.0):
    point = Point(np.array([float(nit)]), f, np.array([g]))
    previous = Point(np.array([nit - step]), f, np.array([g])) if nit else None
    return Progress(point, previous, nit, 0, nit + 1, nit, 0, 0.5 * nit, recorder, radius=3.0)


def recorded(rows):
    recorder = Recorder()
    recorder.started(progress(recorder, 0, *rows[0]))
    for nit, row in enumerate(rows[1:], 1):
        recorder.stepped(progress(recorder, nit, *row))
    return recorder


def test_columns():
    history = recorded([(9.0, 3.0), (4.0, -2.0)]).history()
    for name, values in {
        "f": [9, 4],
        "grad_norm": [3, 2],
        "step": [0, 1],
        "radius": [3, 3],
        "nfev": [1, 2],
        "njev": [0, 1],
        "nhev": [0, 0],
        "time": [0, 0.5],
    }.items():
        np.testing.assert_array_equal(getattr(history, name), values)
    assert history.nfev.dtype == int
    assert len(history) == 2
    assert repr(history) == ("History(1 iterations, f: 9 -> 4, |g|: 3 -> 2, nfev: 2, time: 0.5 s)")


def test_empty():
    history = Recorder().history()
    assert (len(history), repr(history)) == (0, "History(empty)")
    assert isinstance(history, History)


@pytest.mark.parametrize(
    ("rows", "idle"),
    [
        ([(9.0, 1.0), (8.0, 1.0), (7.0, 1.0)], 0),
        ([(9.0, 1.0), (9.0, 1.0), (9.0, 0.95)], 2),
        ([(9.0, 1.0), (9.0, 1.0), (9.0, 0.5)], 0),
        ([(9.0, 1.0), (9.0, 1.0, 0.0), (9.0, 1.0, 0.0)], 0),  # refused steps
        ([(9.0, 1.0), (8.0, 1.0), (8.5, 1.0), (8.2, 1.0)], 2),
    ],
)
def test_steps_without_improvement_are_counted(rows, idle):
    recorder = recorded(rows)
    assert recorder.idle == idle
    assert Recorder.continuing(recorder.history()).idle == idle


def test_continuing_takes_up_the_thread():
    recorder = recorded([(9.0, 3.0), (4.0, 2.0)])
    again = Recorder.continuing(recorder.history())
    again.started(progress(again, 1, 4.0, 2.0))  # the point is in the history already
    again.stepped(progress(again, 2, 1.0, 1.0))
    np.testing.assert_array_equal(again.history().f, [9, 4, 1])
    np.testing.assert_array_equal(recorder.history().f, [9, 4])
