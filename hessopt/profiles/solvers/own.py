"""hessopt's own solvers, called as a user calls them: a plain function and a start.

What it takes to trace and to compile is on the clock; the import is not.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

import problems
from hessopt.optimize.curve_fit import curve_fit
from hessopt.optimize.least_squares import least_squares
from hessopt.optimize.minimize import minimize
from hessopt.profiles.solvers.solver import Answer, Solve, Solver, Task
from hessopt.transforms.jit import jit

DENSE = ("newton", "trust-exact", "dogleg", "bfgs")
PRODUCTS = ("newton-cg", "trust-ncg", "adaptive-newton", "trust-krylov", "arc")
GRADIENTS = ("l-bfgs", "nonlinear-cg")

COMPILED = ("newton", "bfgs", "newton-cg", "trust-ncg", "l-bfgs", "tron")

# Above this a dense Hessian or its approximation is out of the question
LARGEST_DENSE = 2000


@cache
def imported(method: str) -> None:
    """Import what the method imports on demand: once, like the modules of others."""
    minimize(lambda x: x @ x, [1.0, 2.0], method=method)


@cache
def imported_for_fits() -> None:
    """Import what fits import on demand."""
    least_squares(lambda x: x - 1, [2.0])


def prepare(method: str, task: Task) -> Solve:
    """Minimise with all settings at their defaults."""
    imported(method)

    def solve() -> Answer:
        result = minimize(task.problem.value, task.start, method=method, **task.restrictions)
        return Answer.of(result)

    return solve


def prepare_compiled(method: str, task: Task) -> Solve:
    """Minimise a jitted function for the second time, with derivatives that are there already."""
    fun = jit(task.problem.value)

    def solve() -> Answer:
        return Answer.of(minimize(fun, task.start, method=method, **task.restrictions))

    solve()
    return solve


def prepare_least_squares(task: Task) -> Solve:
    """Fit the residuals."""
    residual = _regression(task).residual
    imported_for_fits()
    return lambda: Answer.of(least_squares(residual, task.start))


def prepare_curve_fit(task: Task) -> Solve:
    """Fit the model."""
    problem = _regression(task)
    imported_for_fits()

    def model(x: Any, *beta: Any) -> Any:
        return problem.model(np.stack(beta), x)

    def solve() -> Answer:
        return Answer(curve_fit(model, problem.x, problem.y, p0=task.start)[0])

    return solve


def _regression(task: Task) -> problems.RegressionProblem:
    assert isinstance(task.problem, problems.RegressionProblem)
    return task.problem


SOLVERS = [
    Solver("hessopt", partial(prepare, "auto"), ("free", "bounds", "constraints")),
    *(
        Solver(
            f"hessopt:{name}",
            partial(prepare, name),
            largest=LARGEST_DENSE if name in DENSE else np.inf,
        )
        for name in (*DENSE, *PRODUCTS, *GRADIENTS)
    ),
    *(
        Solver(f"hessopt:{name}", partial(prepare, name), ("bounds",))
        for name in ("tron", "adaptive-tron")
    ),
    Solver(
        "hessopt:augmented-lagrangian",
        partial(prepare, "augmented-lagrangian"),
        ("bounds", "constraints"),
    ),
    # To tell what the method costs from what it costs to trace
    Solver(
        "hessopt-compiled", partial(prepare_compiled, "auto"), ("free", "bounds", "constraints")
    ),
    *(
        Solver(
            f"hessopt-compiled:{name}",
            partial(prepare_compiled, name),
            ("bounds",) if name == "tron" else ("free",),
            largest=LARGEST_DENSE if name in DENSE else np.inf,
        )
        for name in COMPILED
    ),
    Solver("hessopt:least_squares", prepare_least_squares, ("fit",)),
    Solver("hessopt:curve_fit", prepare_curve_fit, ("fit",)),
    # Run by us: IPOPT has no interface of its own for plain functions
    Solver(
        "ipopt",
        partial(prepare, "ipopt"),
        ("free", "bounds", "constraints"),
        needs=("ipyopt",),
        largest=LARGEST_DENSE,
    ),
]
