"""SciPy's solvers: with our exact derivatives, and as they are, with differences."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import problems
from hessopt.profiles.solvers.solver import GTOL, MANY, Answer, Solve, Solver, Task

# Tolerances other than the gradient's are set so that they do not end a run before it
EXACT: dict[str, tuple[str, dict[str, Any]]] = {
    "bfgs": ("", {"gtol": GTOL}),
    "cg": ("", {"gtol": GTOL}),
    "l-bfgs-b": ("", {"gtol": GTOL, "ftol": 1e-14, "maxfun": MANY, "maxiter": MANY}),
    "tnc": ("", {"gtol": GTOL, "ftol": 1e-14, "maxfun": MANY}),
    "slsqp": ("", {"ftol": 1e-12}),
    "newton-cg": ("hessp", {"xtol": 1e-6}),
    "trust-ncg": ("hessp", {"gtol": GTOL}),
    "trust-krylov": ("hessp", {"gtol": GTOL}),
    "trust-exact": ("hess", {"gtol": GTOL}),
    "dogleg": ("hess", {"gtol": GTOL}),
    # Its default, 1e-8: by a larger one it stops while the barrier still matters
    "trust-constr": ("hessp", {"gtol": 1e-8, "xtol": 1e-10}),
}
# By what SciPy calls it
NEEDS = {"": "gradient", "hessp": "product", "hess": "hessian"}
DIFFERENCES = ("bfgs", "cg", "l-bfgs-b", "tnc", "slsqp", "trust-constr")
NONE: dict[str, dict[str, Any]] = {
    "nelder-mead": {"maxfev": MANY},
    "powell": {"maxfev": MANY},
    "cobyla": {"tol": GTOL},
    "cobyqa": {"maxfev": MANY},
}
BOUNDS = ("l-bfgs-b", "tnc", "slsqp", "trust-constr", "nelder-mead", "powell", "cobyla", "cobyqa")
CONSTRAINTS = ("slsqp", "trust-constr", "cobyla", "cobyqa")
DENSE = ("bfgs", "slsqp", "trust-exact", "dogleg", "nelder-mead", "powell", "cobyla", "cobyqa")

# Above this they take longer than anybody would wait
LARGEST_DENSE, LARGEST_DIFFERENCED = 2000, 200


def prepare_exact(method: str, task: Task) -> Solve:
    """Give SciPy the exact derivatives that it takes."""
    curvature, options = EXACT[method]
    evaluations = task.evaluations.compiled(NEEDS[curvature])
    derivatives: dict[str, Any] = {"jac": evaluations.gradient}
    if curvature == "hess":
        derivatives["hess"] = evaluations.hessian
    elif curvature == "hessp":
        derivatives["hessp"] = evaluations.product
    constraints = [part.scipy(method == "trust-constr") for part in counted(task)]
    return _prepared(method, task, {**derivatives, "constraints": constraints}, options)


def prepare_differences(method: str, task: Task) -> Solve:
    """Give SciPy functions alone."""
    from scipy.optimize import NonlinearConstraint

    options = {**EXACT[method][1]} if method in EXACT else NONE[method]
    constraints = [
        NonlinearConstraint(part.value, part.lower, part.upper) for part in counted(task)
    ]
    return _prepared(method, task, {"constraints": constraints}, options)


def counted(task: Task) -> list[Any]:
    """Return the parts of the constraints, counted where SciPy calls them one by one.

    They are counted as one set: SciPy calls all parts at each point, and the first of them counts.
    """
    evaluations = task.evaluations
    whole = evaluations.constraints
    if whole is None:
        return []
    first: Any = evaluations.parts[0]
    value, jacobian, curvature = first.value, first.jacobian, first.curvature

    def counted_value(x: Any) -> Any:
        whole.nfev += 1
        return value(x)

    def counted_jacobian(x: Any) -> Any:
        whole.njev += 1
        return jacobian(x)

    def counted_curvature(x: Any, u: Any) -> Any:
        product = curvature(x, u)

        def counted_product(v: Any) -> Any:
            whole.nhev += 1
            return product(v)

        return counted_product

    first.value, first.jacobian, first.curvature = (
        counted_value,
        counted_jacobian,
        counted_curvature,
    )
    return evaluations.parts


def _prepared(method: str, task: Task, given: dict[str, Any], options: dict[str, Any]) -> Solve:
    from scipy.optimize import minimize

    bounds = task.restrictions.get("bounds")
    start, fun = task.start.copy(), task.evaluations.value
    if not given["constraints"]:
        del given["constraints"]
    if "maxfun" not in options:
        options = {"maxiter": MANY, **options}

    def solve() -> Answer:
        with np.errstate(all="ignore"):
            result = minimize(fun, start, method=method, bounds=bounds, options=options, **given)
        return Answer.of(result)

    return solve


def prepare_least_squares(jac: str, method: str, task: Task) -> Solve:
    """Fit the residuals by SciPy."""
    from scipy.optimize import least_squares

    oracle = task.residuals
    given: Any = jac if jac != "exact" else (lambda x: oracle.dense(x, _regression(task).y))
    tolerances = dict.fromkeys(("ftol", "xtol", "gtol"), 1e-15)
    scale: Any = "jac"

    def solve() -> Answer:
        with np.errstate(all="ignore"):
            result = least_squares(
                oracle.value, task.start, given, method=method, x_scale=scale, **tolerances
            )
        return Answer.of(result)

    return solve


def prepare_curve_fit(task: Task) -> Solve:
    """Fit the model by SciPy, as it is called everywhere."""
    from scipy.optimize import curve_fit

    problem = _regression(task)

    def model(x: Any, *beta: Any) -> Any:
        return task.predictions.value(np.array(beta))

    def solve() -> Answer:
        with np.errstate(all="ignore"):
            return Answer(curve_fit(model, problem.x, problem.y, p0=task.start)[0])

    return solve


def _regression(task: Task) -> problems.RegressionProblem:
    assert isinstance(task.problem, problems.RegressionProblem)
    return task.problem


def _kinds(method: str) -> tuple[str, ...]:
    kinds = ["free"]
    kinds += ["bounds"] * (method in BOUNDS) + ["constraints"] * (method in CONSTRAINTS)
    return tuple(kinds)


SOLVERS = [
    *(
        Solver(
            f"scipy:{name}",
            partial(prepare_exact, name),
            _kinds(name),
            largest=LARGEST_DENSE if name in DENSE else np.inf,
        )
        for name in EXACT
    ),
    *(
        Solver(
            f"scipy-differences:{name}",
            partial(prepare_differences, name),
            _kinds(name),
            largest=LARGEST_DIFFERENCED,
        )
        for name in (*DIFFERENCES, *NONE)
    ),
    *(
        Solver(
            f"scipy:least_squares-{method}",
            partial(prepare_least_squares, "exact", method),
            ("fit",),
        )
        for method in ("lm", "trf")
    ),
    *(
        Solver(
            f"scipy-differences:least_squares-{method}",
            partial(prepare_least_squares, "2-point", method),
            ("fit",),
        )
        for method in ("lm", "trf")
    ),
    Solver("scipy-differences:curve_fit", prepare_curve_fit, ("fit",)),
]
