import functools

import numpy as np
import pytest
import scipy.optimize

from hessopt.optimize.history import Recorder
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Point
from hessopt.optimize.stopping import Stop
from hessopt.optimize.watch import Callback, Display, Progress, Trace


def progress(nit=1):
    point = Point(np.array([1.0, 2.0, 3.0, 4.0]), 5.0, np.ones(4))
    return Progress(point, None, nit, 0, 2, 3, 4, 0.5, Recorder())


class Form:
    """Callbacks in many forms; each says in `told` what it was given."""

    def __init__(self):
        self.told = []

    def positional(self, x):
        self.told.append(("x", x))

    def by_keyword(self, intermediate_result):
        self.told.append(("result", intermediate_result))

    def keyword_only(self, *, intermediate_result):
        self.told.append(("result", intermediate_result))

    def two(self, x, intermediate_result=None):
        self.told.append(("x", x))

    def anything(self, *args, **kwargs):
        self.told.append(("x", *args))


FORMS = ["positional", "by_keyword", "keyword_only", "two", "anything"]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("wrap", [lambda f: f, functools.partial])
def test_the_form_is_told_apart_as_scipy_does(name, wrap):
    ours, theirs = Form(), Form()
    Callback(wrap(getattr(ours, name)), (2, 2)).stepped(progress())
    scipy.optimize.minimize(
        lambda x: x @ x, [1.0, 2.0], callback=wrap(getattr(theirs, name)), options={"maxiter": 1}
    )
    assert ours.told[0][0] == theirs.told[0][0]
    given = ours.told[0][1]
    x = given.x if ours.told[0][0] == "result" else given
    np.testing.assert_array_equal(x, [[1, 2], [3, 4]])


def test_the_result_tells_the_counts():
    form = Form()
    Callback(form.by_keyword, (4,)).stepped(progress())
    result = form.told[0][1]
    assert (result.fun, result.nit, result.nfev, result.njev, result.nhev) == (5.0, 1, 2, 3, 4)
    np.testing.assert_array_equal(result.jac, 1)


def test_stop_iteration_and_truth(raising):
    with pytest.raises(Stop, match="StopIteration"):
        Callback(raising(StopIteration()), (4,)).stepped(progress())
    Callback(lambda x: True, (4,)).stepped(progress())  # as in SciPy, it means nothing
    with pytest.raises(Stop, match="StopIteration"):
        Callback(lambda x, state: True, (4,), with_state=True).stepped(progress())
    Callback(lambda x, state: None, (4,), with_state=True).stepped(progress())


def test_a_callback_must_be_callable():
    with pytest.raises(TypeError, match="callback must be callable, not int"):
        minimize(lambda x: np.sum(x**2), [1.0], callback=3)


def test_lines_get_rarer(capsys):
    display = Display("newton")
    for nit in range(1, 2001):
        display.stepped(progress(nit))
    numbers = [int(line.split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert numbers[:3] == [1, 2, 3]
    assert numbers[98:102] == [99, 100, 110, 120]
    assert numbers[-2:] == [1900, 2000]


def test_no_lines_unless_asked_for(capsys, rosenbrock):
    for method in ("newton", "bfgs", "nelder-mead"):
        minimize(rosenbrock, [-1.2, 1.0], method=method)
    assert capsys.readouterr().out == ""


def test_trace_keeps_shapes():
    trace, result = Trace((2, 2)), scipy.optimize.OptimizeResult()
    trace.started(progress(0))
    trace.stepped(progress())
    trace.finished(result)
    assert [x.shape for x in result.allvecs] == [(2, 2), (2, 2)]
