"""Runs IPOPT on our objective: exact gradient, Jacobian and Hessian of the Lagrangian.

IPOPT comes from PyPI as `ipyopt`, whose wheels bring it along, compiled; `cyipopt` would need
IPOPT's headers and a compiler on the user's machine. It is the extra ``hessopt[ipopt]``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hessopt.optimize.differences import is_scheme
from hessopt.optimize.methods.ipopt import ipyopt
from hessopt.optimize.objective import quiet
from hessopt.optimize.penalty import KKTPoint
from hessopt.optimize.result import assemble
from hessopt.optimize.scipy_driver import SciPyRun
from hessopt.optimize.sparse_lagrangian import (
    StructureChanged,
    entries,
    jacobian_pattern,
    lagrangian,
    places,
)
from hessopt.optimize.stopping import Status, Stop

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Array = NDArray[np.float64]

# Beyond this a dense Hessian of the Lagrangian costs more than IPOPT's own approximation
LARGEST_HESSIAN = 1000

ENDINGS: dict[int, tuple[int, str]] = {
    0: (Status.GRADIENT_CONVERGED, "Optimal solution found."),
    1: (Status.GRADIENT_CONVERGED, "Solved to IPOPT's acceptable level."),
    2: (
        Status.INFEASIBLE,
        "The constraints seem to be infeasible: IPOPT converged to a point of locally least "
        "violation. Check them, or start elsewhere.",
    ),
    3: (3, "The search direction became too small."),
    4: (Status.UNBOUNDED, "fun seems to be unbounded below: the iterates diverge. Add bounds."),
    6: (Status.GRADIENT_CONVERGED, "Feasible point for a square problem found."),
    -1: (Status.ITERATION_LIMIT, "The iteration limit maxiter was reached."),
    -2: (-2, "The restoration phase failed: no point with less violation was found."),
    -3: (-3, "A step could not be computed."),
    -10: (-10, "There are more equations than variables; IPOPT cannot handle that."),
    -13: (Status.NOT_FINITE, "A derivative is not finite at an iterate."),
}


SUCCESSES = (0, 1, 6)
DEFAULTS = {"print_level": 0, "sb": "yes", "bound_relax_factor": 0.0}


class IpoptRun(SciPyRun):
    """One run of IPOPT.

    References
    ----------
    A. Wächter and L. T. Biegler, *On the implementation of an interior-point filter line-search
    algorithm for large-scale nonlinear programming*, Math. Program. 106 (2006) 25-57.
    """

    gradient_at: Array
    raised: BaseException | None = None
    hessian: Any = None
    lagrangian: Any = None

    def minimize(
        self, fun: Any, x0: Any, args: Any, given: dict[str, Any], tol: float | None
    ) -> OptimizeResult:
        """Run IPOPT, and return a result whatever ended it."""
        unknown = is_scheme(given["jac"]) and given["hess"] is None and given["hessp"] is None
        if not unknown:
            self.lagrangian = lagrangian(fun, x0, args, given)
        if unknown or self.lagrangian or np.size(x0) > LARGEST_HESSIAN:
            self.method = replace(self.method, order=1)
        self.hessian = self.connect(fun, x0, args, **given).get("hess")
        for watcher in self.watchers:
            watcher.attached(self.objective)
        if self.hessian is None and self.lagrangian is None:
            self.options.setdefault("hessian_approximation", "limited-memory")
        if tol is not None:
            self.options.setdefault("tol", tol)
        box = given["box"]
        if box is not None and np.all(box.lower == box.upper):
            return self.nothing_free()

        def solve() -> OptimizeResult:
            self.value(self.objective.x0)  # IPOPT begins a little inside the bounds
            return self.finished(*self.solve())

        return self.told(self.outcome(solve))

    def solve(self) -> tuple[Array, Array, int]:
        """Return where IPOPT ended, with the multipliers and its status.

        Structures are those of the way the functions go at the start. Where they go another way
        that has other entries, these are added, and the run begins again.
        """
        objective, constraints = self.objective, self.objective.constraints
        n, m = objective.n, 0 if constraints is None else constraints.m
        self.jacobian_of = jacobian_pattern(constraints, objective.x0)
        self.hessian_of = sparse.csr_array(np.ones((n, n) if self.hessian else (0, 0), bool))
        if self.lagrangian is not None:
            self.hessian_of = self.lagrangian.plan(objective.x0, 1.0, np.ones(m)).pattern
        while True:
            try:
                return self.attempt()
            except StructureChanged as change:
                self.raised = None
                if self.in_hessian:
                    self.hessian_of = self.hessian_of + change.pattern
                else:
                    self.jacobian_of = self.jacobian_of + change.pattern

    def attempt(self) -> tuple[Array, Array, int]:
        """Run IPOPT with these structures."""
        objective, constraints = self.objective, self.objective.constraints
        n, box = objective.n, objective.box
        unlimited = np.full(n, np.inf)
        limits = (-unlimited, unlimited) if box is None else (box.lower, box.upper)
        m, rows = (
            (0, (np.zeros(0),) * 2)
            if constraints is None
            else (constraints.m, (constraints.lower, constraints.upper))
        )
        self.structure = places(self.jacobian_of)
        self.triangle = places(self.hessian_of, lower=True)
        second = self.hessian is not None or self.lagrangian is not None
        problem = ipyopt().Problem(
            n,
            *limits,
            m,
            *rows,
            self.structure,
            self.triangle,
            self.shielded(objective.value),
            self.shielded(self.eval_grad_f),
            self.shielded(self.eval_g),
            self.shielded(self.eval_jac_g),
            self.shielded(self.eval_h) if second else None,
            self.iterated,
        )
        for name, value in {**DEFAULTS, **self.options}.items():
            set_option(problem, name, value)
        x, lam = objective.x0.copy(), np.zeros(m)
        x, _, status = problem.solve(x, mult_g=lam)
        if self.raised is not None:
            raise self.raised
        return x, lam, int(status)

    def shielded(self, evaluate: Callable[..., Any]) -> Callable[..., Any]:
        """Return an evaluation that compiled code may call: what it raises is kept for later.

        Until IPOPT asks whether to go on, it is told NaN, and the user's functions are left alone.
        """

        def shielding(*args: Any) -> Any:
            if self.raised is None:
                try:
                    return evaluate(*args)
                except BaseException as error:
                    self.raised = error
            if len(args) > 1:
                args[-1][:] = np.nan
            return np.nan

        return shielding

    def eval_grad_f(self, x: Array, out: Array) -> None:
        """Evaluate the gradient of f."""
        self.gradient_at = x.copy()
        out[:] = self.objective.gradient(x)

    def eval_g(self, x: Array, out: Array) -> None:
        """Evaluate the constraints."""
        if self.objective.constraints is not None:
            out[:] = self.objective.guarded("constraint", self.objective.constraints.value, x)

    def eval_jac_g(self, x: Array, out: Array) -> None:
        """Evaluate the Jacobian of the constraints in its structure."""
        if self.objective.constraints is not None:
            J = self.objective.guarded("Jacobian", self.objective.constraints.at(x).matrix)
            self.in_hessian = False
            out[:] = entries(J, self.structure)

    def eval_h(self, x: Array, lam: Array, factor: float, out: Array) -> None:
        """Evaluate the lower triangle of the Hessian of ``factor f + lam'c``."""
        self.in_hessian = True
        if self.lagrangian is not None:
            out[:] = entries(sparse.tril(self.sparse_hessian(x, lam, factor)), self.triangle)
            return
        B = factor * self.hessian(x)
        constraints = self.objective.constraints
        if constraints is not None and lam.any():
            product = self.objective.guarded("curvature", constraints.curvature, x, lam.copy())
            B = B + np.stack([product(e) for e in np.eye(x.size)], axis=-1)
        out[:] = B[self.triangle]

    def sparse_hessian(self, x: Array, lam: Array, factor: float) -> Any:
        """Return the Hessian of ``factor f + lam'c`` from few products, which are counted."""
        self.objective.check_limits()
        arguments = (x.copy(), float(factor), lam.copy())
        plan = self.lagrangian.plan(*arguments)
        self.objective.oracle.nhev += plan.coloring.count + (not plan.checked)
        with quiet():
            return self.objective.guarded("product", self.lagrangian, *arguments)

    def iterated(self, mode: int, iteration: int, *_: Any) -> bool:
        """Take note of an iterate; what is raised here would be lost in the compiled code."""
        try:
            if iteration > 0 and mode == 0:  # 1 is the restoration of feasibility
                self.stepped(self.gradient_at)
        except BaseException as error:
            self.raised = error
        return self.raised is None

    def finished(self, x: Array, lam: Array, status: int) -> OptimizeResult:
        """Return IPOPT's result, as our own methods do."""
        objective = self.objective
        point = objective(x)
        success = status in SUCCESSES
        if not success:
            point = self.better(point)
        if objective.constraints is not None:
            at = objective.constraints.at(point.x)
            point = KKTPoint(
                point.x,
                point.f,
                point.g,
                point.box,
                lagrangian=point.g + at.pullback(lam),
                multipliers=lam,
                constr=at.value,
            )
        number, message = ENDINGS.get(status, (status, "IPOPT ended with this status."))
        end: Any = number
        message = f"IPOPT: {message} {point.measure} = {point.grad_norm:.3g}."
        stop = Stop(end, message, success=success)
        return assemble(objective, point, stop, self.progress(), self.method.name)


def set_option(problem: Any, name: str, value: Any) -> None:
    """Set an option of IPOPT's, whose numbers must be of the type that it expects."""
    forms: list[Any] = [value]
    if isinstance(value, bool):
        forms = ["yes" if value else "no"]
    elif isinstance(value, int):
        forms = [value, float(value)]
    elif isinstance(value, float) and value.is_integer():
        forms = [value, int(value)]
    for form in forms:
        try:
            problem.set(**{name: form})
        except (TypeError, RuntimeError, ValueError):
            continue
        return
    raise ValueError(f"IPOPT does not take {value!r} for its option {name!r}")
