"""What an objective and residuals have in common."""

from types import SimpleNamespace

import numpy as np
import pytest

from hessopt.autodiff.registry import NoDerivativeError
from hessopt.optimize.guarded import Guarded, quiet
from hessopt.optimize.lsq.residuals import Residuals
from hessopt.optimize.objective import Objective, Point
from hessopt.optimize.stopping import Status, Stop, limits


def point(f):
    return Point(np.zeros(1), f, np.zeros(1))


def made(**given):
    one = Guarded(given.pop("limits", None), "fun")
    one.oracle = SimpleNamespace(nfev=0, njev=0, nhev=0, **given)
    return one


def test_counts_are_those_of_the_oracle():
    one = made()
    one.oracle.nfev, one.oracle.njev, one.oracle.nhev = 1, 2, 3
    assert (one.nfev, one.njev, one.nhev) == (1, 2, 3)
    assert one.elapsed >= 0


def test_the_best_point_is_kept():
    one, points = made(), [point(f) for f in (3.0, 1.0, 2.0, 1.0)]
    for each in points:
        one.consider(each)
    assert one.best is points[1]  # the first of those that are as low


def test_limits_are_asked_once_there_is_a_start():
    one = made(limits=limits(1, None))
    one.oracle.nfev = 5
    one.check_limits()
    one.consider(point(1.0))
    for _ in range(2):  # and nothing is evaluated afterwards
        with pytest.raises(Stop) as raised:
            one.check_limits()
        assert raised.value is one.stop
    assert one.stop.status is Status.EVALUATION_LIMIT


def test_an_exception_ends_the_run_but_the_first_time():
    one = made()
    one.advice = "Write {name} otherwise."
    with pytest.raises(ZeroDivisionError):
        one.guarded("value", lambda x: 1 / x, 0)

    def none(x):
        raise NoDerivativeError("no rule")

    with pytest.raises(NoDerivativeError) as raised:
        one.guarded("value", none, 0)
    assert raised.value.__notes__ == ["Write fun otherwise."]
    assert one.guarded("value", lambda x: 1 / x, 2) == 0.5
    with pytest.raises(ZeroDivisionError):  # another kind of evaluation
        one.guarded("product", lambda x: 1 / x, 0)
    with pytest.raises(Stop, match=r"fun raised ZeroDivisionError: .* \(.*test_guarded.py, line"):
        one.guarded("value", lambda x: 1 / x, 0)
    assert one.stop.status is Status.OBJECTIVE_FAILED


def test_an_end_is_not_a_failure():
    def end():
        raise Stop(Status.TIME_LIMIT, "enough")

    one = made()
    one.guarded("value", int)
    with pytest.raises(Stop, match="enough"):
        one.guarded("value", end)
    assert one.stop is None


def test_only_the_start_warns():
    one = made()
    with pytest.warns(RuntimeWarning, match="divide by zero"), one.quietly():
        np.log(np.zeros(1))
    one.consider(point(1.0))
    with one.quietly():
        np.log(np.zeros(1))


def test_what_the_user_wants_raised_is_raised():
    with np.errstate(divide="raise"), quiet(), pytest.raises(FloatingPointError):
        np.log(np.zeros(1))


@pytest.mark.parametrize("kind", [Objective, Residuals])
def test_both_are_guarded(kind):
    def fun(x):
        if x[0] > 4:
            raise ZeroDivisionError("no")
        return np.sum(x**2) if kind is Objective else 1.0 * x

    one = kind(fun, [2.0, 3.0])
    one(one.x0)
    best = one(np.ones(2))
    one(np.array([3.0, 3.0]))
    assert one.best is best
    with pytest.raises(Stop) as raised:
        one(np.array([5.0, 0.0]))
    assert raised.value.status is Status.OBJECTIVE_FAILED
    assert one.stop is raised.value
    assert one.best is best
