"""Every solver of the registry solves a problem of its kind, and is counted."""

import numpy as np
import pytest

import problems
from hessopt.profiles.evaluations import witnessed
from hessopt.profiles.solvers.registry import SOLVERS
from hessopt.profiles.solvers.solver import Task
from hessopt.profiles.worker import _counts

# These find a minimum slowly, or only from near it
NOT_CONVEX = {"scipy:dogleg", "torchmin:dogleg"}
KINDS = {
    "free": ("booth", 1e-4),
    "bounds": ("hs4", 1e-3),
    "constraints": ("hs71", 1e-3),
    "fit": ("nist-misra1a", 1e-4),
}
CASES = [
    pytest.param(
        name,
        kind,
        marks=pytest.mark.slow
        if name.split(":")[0] in {"torchmin", "jaxopt", "optimistix"}
        else (),
    )
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
