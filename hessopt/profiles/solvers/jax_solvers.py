"""jaxopt and Optimistix, given our exact derivatives as callbacks.

Both compile the solver into one program of XLA. It is compiled before the clock starts, and calls
back for each value and gradient.
"""

# Nobody needs the peers to develop hessopt
# pyright: reportMissingImports=false

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

import problems
from hessopt.profiles.solvers.solver import GTOL, MANY, Answer, Solve, Solver, Task

JAXOPT = {"bfgs": "BFGS", "l-bfgs": "LBFGS", "nonlinear-cg": "NonlinearCG"}
JAXOPT_BOUNDS = {"l-bfgs-b": "LBFGSB"}
OPTIMISTIX = {"bfgs": "BFGS", "l-bfgs": "LBFGS", "nonlinear-cg": "NonlinearCG"}
OPTIMISTIX_FITS = {"levenberg-marquardt": "LevenbergMarquardt", "dogleg": "Dogleg"}

# Of steps and of values: Optimistix has no tolerance of gradients
TOLERANCES = {"rtol": 1e-8, "atol": 1e-8}


class _Calls:
    """What a compiled program calls back: the functions of the task that is solved."""

    evaluations: Any
    residuals: Any
    like: Any


# To compile a solver takes seconds and depends on the size of a problem alone
Program = Callable[..., Any]


def _jax() -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    # A callback that waits for an array of its own program would wait for ever
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    return jax


@cache
def _jaxopt_program(name: str, n: int, bounded: bool) -> tuple[_Calls, Program]:
    jax = _jax()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is no longer maintained, and says so
        import jaxopt

    calls = _Calls()
    scalar, vector = _shapes(jax, n)

    def both(x: Any) -> Any:
        f, g = calls.evaluations.value_and_gradient(np.asarray(x))
        return np.asarray(f), g

    solver = getattr(jaxopt, name)(
        fun=lambda x: jax.pure_callback(both, (scalar, vector), x),
        value_and_grad=True,
        tol=GTOL,
        maxiter=MANY,
    )
    limits = [(vector, vector)] if bounded else []
    return calls, jax.jit(solver.run).lower(vector, *limits).compile()


def prepare_jaxopt(name: str, bounded: bool, task: Task) -> Solve:
    """Minimise by jaxopt, which takes values and gradients together."""
    jax = _jax()
    calls, program = _jaxopt_program(name, task.n, bounded)
    calls.evaluations = task.evaluations.compiled("gradient")
    arguments = [jax.numpy.asarray(task.start)]
    if bounded:
        bounds = task.restrictions["bounds"]
        arguments.append(tuple(jax.numpy.asarray(limit) for limit in (bounds.lb, bounds.ub)))

    def solve() -> Answer:
        with np.errstate(all="ignore"):
            x, state = jax.block_until_ready(program(*arguments))
        error = float(state.error)
        return Answer(np.array(x), error <= GTOL, f"error {error:.3g}", int(state.iter_num))

    return solve


@cache
def _optimistix_program(name: str, n: int) -> tuple[_Calls, Program]:
    jax = _jax()
    import equinox
    import optimistix

    calls = _Calls()
    scalar, vector = _shapes(jax, n)

    def gradient(x: Any) -> Any:
        return jax.pure_callback(lambda x: calls.evaluations.gradient(np.asarray(x)), vector, x)

    @jax.custom_jvp
    def fun(x: Any) -> Any:
        return jax.pure_callback(
            lambda x: np.asarray(calls.evaluations.value(np.asarray(x))), scalar, x
        )

    @fun.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        # The gradient is evaluated where it is used, not at each trial of a search
        tangent = jax.custom_derivatives.linear_call(
            lambda x, t: gradient(x) @ t, lambda x, u: gradient(x) * u, primals[0], tangents[0]
        )
        return fun(primals[0]), tangent

    solver = getattr(optimistix, name)(**TOLERANCES)
    run = equinox.filter_jit(
        lambda y: optimistix.minimise(lambda x, _: fun(x), solver, y, max_steps=MANY, throw=False)
    )
    return calls, run.lower(jax.numpy.zeros(n)).compile()


def prepare_optimistix(name: str, task: Task) -> Solve:
    """Minimise by Optimistix, which differentiates."""
    calls, program = _optimistix_program(name, task.n)
    calls.evaluations = task.evaluations.compiled("gradient")
    return _optimistix(program, task)


@cache
def _fit_program(name: str, n: int, m: int) -> tuple[_Calls, Program]:
    jax = _jax()
    import equinox
    import optimistix

    calls = _Calls()
    _, vector = _shapes(jax, n)
    rows = jax.ShapeDtypeStruct((m,), vector.dtype)
    matrix = jax.ShapeDtypeStruct((m, n), vector.dtype)

    @jax.custom_jvp
    def fun(x: Any) -> Any:
        return jax.pure_callback(lambda x: calls.residuals.value(np.asarray(x)), rows, x)

    @fun.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        def dense(x: Any) -> Any:
            return calls.residuals.dense(np.asarray(x), calls.like)

        return fun(primals[0]), jax.pure_callback(dense, matrix, primals[0]) @ tangents[0]

    solver = getattr(optimistix, name)(rtol=1e-12, atol=1e-12)
    run = equinox.filter_jit(
        lambda y: optimistix.least_squares(
            lambda x, _: fun(x), solver, y, max_steps=MANY, throw=False
        )
    )
    return calls, run.lower(jax.numpy.zeros(n)).compile()


def prepare_optimistix_fit(name: str, task: Task) -> Solve:
    """Fit by Optimistix, which is given the Jacobian as an array."""
    problem = task.problem
    assert isinstance(problem, problems.RegressionProblem)
    calls, program = _fit_program(name, task.n, problem.y.size)
    calls.residuals, calls.like = task.residuals, problem.y
    return _optimistix(program, task)


def _optimistix(program: Program, task: Task) -> Solve:
    start = _jax().numpy.asarray(task.start)

    def solve() -> Answer:
        with np.errstate(all="ignore"):
            solution = program(start)
            x = np.array(solution.value)
        message = str(solution.result)
        return Answer(x, message.endswith("<>"), message, int(solution.stats["num_steps"]))

    return solve


def _shapes(jax: Any, n: int) -> tuple[Any, Any]:
    dtype = np.dtype(np.float64)
    return jax.ShapeDtypeStruct((), dtype), jax.ShapeDtypeStruct((n,), dtype)


def _solver(library: str, name: str, prepare: Any, kind: str = "free") -> Solver:
    largest = 2000 if name == "bfgs" else np.inf
    packages = ("jax", "equinox", library) if library == "optimistix" else ("jax", library)
    return Solver(f"{library}:{name}", prepare, (kind,), packages, largest)


SOLVERS = [
    *(_solver("jaxopt", key, partial(prepare_jaxopt, name, False)) for key, name in JAXOPT.items()),
    *(
        _solver("jaxopt", key, partial(prepare_jaxopt, name, True), "bounds")
        for key, name in JAXOPT_BOUNDS.items()
    ),
    *(
        _solver("optimistix", key, partial(prepare_optimistix, name))
        for key, name in OPTIMISTIX.items()
    ),
    *(
        _solver("optimistix", key, partial(prepare_optimistix_fit, name), "fit")
        for key, name in OPTIMISTIX_FITS.items()
    ),
]
