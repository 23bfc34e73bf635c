"""Every solver of the registry solves a problem of its kind, and is counted."""

import numpy as np
import pytest

import problems
from hessopt.optimize.methods import METHODS
from hessopt.profiles.evaluations import witnessed
from hessopt.profiles.solvers.registry import SOLVERS
from hessopt.profiles.solvers.solver import Task
from hessopt.profiles.worker import _counts

PEERS = {"torchmin", "jaxopt", "optimistix"}  # to import and to compile them takes seconds
DEFECTIVE = pytest.mark.xfail(
    raises=RuntimeError, reason="torchmin's trust-krylov ends by 'reducible T matrix encountered'"
)
KINDS = {
    "free": ("booth", 1e-4),
    "bounds": ("hs4", 1e-3),
    "constraints": ("hs71", 1e-3),
    "fit": ("nist-misra1a", 1e-4),
}


def marks(name):
    yield from [pytest.mark.slow] * (name.partition(":")[0] in PEERS)
    yield from [DEFECTIVE] * (name == "torchmin:trust-krylov")


CASES = [
    pytest.param(name, kind, marks=list(marks(name)))
    for name, solver in SOLVERS.items()
    for kind in solver.kinds
]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_each_solver_solves_and_is_counted(name, kind):
    solver = SOLVERS[name]
    if not solver.installed:
        pytest.skip(f"needs {' and '.join(solver.needs)}")
    problem, tolerance = problems.get(KINDS[kind][0]), KINDS[kind][1]
    task = Task(problem, problem.start)
    assert task.kind == kind
    solve = solver.prepare(task)
    with witnessed() as ledger:
        before = _counts(task, ledger)
        answer = solve()
        counts = _counts(task, ledger) - before
    np.testing.assert_allclose(answer.x, problem.solution, rtol=tolerance, atol=tolerance)
    assert counts.nfev > 0
    gradients = "differences" not in name
    assert (counts.njev > 0) == gradients
    assert answer.nit is None or answer.nit >= 0


def test_names_say_what_they_are():
    libraries = {name.partition(":")[0] for name in SOLVERS}
    others = {"scipy", "scipy-differences", "torchmin", "jaxopt", "optimistix", "ipopt"}
    assert libraries == {"hessopt", "hessopt-compiled", *others}
    assert all(name == solver.name for name, solver in SOLVERS.items())


def test_a_method_of_ours_is_profiled_or_left_out_by_name():
    """Methods of first order with fixed steps are for data, and for teaching."""
    left_out = {"gradient-descent", "momentum", "nesterov", "adam", "sgd"}
    profiled = {name.removeprefix("hessopt:") for name in SOLVERS if name.startswith("hessopt:")}
    assert profiled == set(METHODS) - left_out | {"least_squares", "curve_fit"}
