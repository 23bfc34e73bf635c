"""The page on failures has every status, and what it shows is what is said."""

import importlib.util
from pathlib import Path

import pytest

from hessopt.optimize.stopping import Status

SOURCE = Path(__file__).parents[1] / "docs" / "failures.py"
spec = importlib.util.spec_from_file_location("failures", SOURCE)
assert spec is not None
assert spec.loader is not None
failures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(failures)

# What a message must hold to be of help, and whether the run was a success.
SAID = {
    "GRADIENT_CONVERGED": ("is at most gtol", True),
    "VALUE_CONVERGED": ("within ftol", True),
    "STEP_CONVERGED": ("within xtol", True),
    "ROUNDOFF_LIMIT": ("a Newton step would move x by", True),
    "NOT_FINITE": ("begin where it is finite", False),
    "FLAT": ("Start where it varies", False),
    "UNBOUNDED": ("Check its sign, or add bounds", False),
    "WRONG_DERIVATIVE": ("its entry [1] is -4, but differences of fun give 4. Correct it", False),
    "NO_DESCENT": ("discontinuous or noisy", False),
    "BAD_SCALING": ("give such sizes of the variables as the option 'scale'", False),
    "INFEASIBLE": ("The constraints seem to be infeasible: number 0 is violated", False),
    "SADDLE": ("start again from res.x + t * res.escape", False),
    "DIVERGED": ("Take a smaller learning rate", False),
    "ITERATION_LIMIT": ("maxiter = 5 was reached", False),
    "EVALUATION_LIMIT": ("maxfun = 5 was reached", False),
    "TIME_LIMIT": ("maxtime = 0 s was reached", False),
    "OBJECTIVE_FAILED": ("The objective raised OSError: the licence server is gone", False),
    "INTERRUPTED": ("The best point so far is returned", False),
    "CALLBACK_STOPPED": ("StopIteration", False),
}


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, _, code in failures.FAILURES])
def test_the_ending_is_the_one_that_is_shown(name, code):
    res = failures.ending(code)
    said, success = SAID[name]
    assert res.status is Status[name]
    assert said in res.message
    assert res.success is success
    if name in ("FLAT", "SADDLE", "UNBOUNDED", "WRONG_DERIVATIVE"):
        assert not res.message.endswith(" ")


def test_every_status_is_there():
    assert {name for name, _, _ in failures.FAILURES} == {status.name for status in Status}
