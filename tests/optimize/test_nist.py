"""The regressions of NIST's Statistical Reference Datasets, as sums of squares, from start 2."""

import numpy as np
import pytest

import problems
from hessopt.optimize.minimize import minimize
from hessopt.optimize.stopping import Status

NAMES = [name for name in problems.names() if name.startswith("nist-")]

# Their gradients are below 1e-6 long before their parameters have settled: sums of squares of
# 1e-8 and less, in six parameters that nearly replace one another
FLAT = {"nist-lanczos1", "nist-lanczos2", "nist-lanczos3"}


def digits(x, certified):
    error = np.abs(x - certified) / np.abs(certified)
    return -np.log10(np.max(error) + 1e-16)


@pytest.mark.parametrize("name", sorted(set(NAMES) - FLAT))
def test_newton_reaches_six_digits_at_the_default_tolerance(name):
    """Its last step squares the error; methods that solve roughly stop where gtol says."""
    problem = problems.get(name)
    res = minimize(problem.value, problem.starts[1], method="newton")
    assert res.success, res.message
    assert digits(res.x, problem.solution) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_the_roundoff_limit_gives_at_least_six_digits(name):
    problem = problems.get(name)
    res = minimize(problem.value, problem.starts[1], method="newton", options={"gtol": 0})
    assert res.success, res.message
    assert res.status in (Status.GRADIENT_CONVERGED, Status.ROUNDOFF_LIMIT)
    assert digits(res.x, problem.solution) >= 6


def test_all_are_there():
    assert len(NAMES) == 27
    assert set(NAMES) >= FLAT
