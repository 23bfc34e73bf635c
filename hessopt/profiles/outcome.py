"""One run of one solver, as it is written to a file: facts, no judgement."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import problems
from hessopt.profiles.evaluations import Counts
from hessopt.profiles.instances import Instance
from hessopt.profiles.solvers.solver import Answer, Task


@dataclass(frozen=True)
class Outcome:
    """One run of one solver.

    Attributes
    ----------
    problem : str
        The name of the problem.
    start : int
        Which of its starts.
    solver : str
        The name of the solver.
    n : int
        The number of variables.
    kind : str
        As of `Task`.
    f0, f : float
        The plain function at the start (moved into the bounds) and at the point returned.
    violation : float
        By how much bounds and constraints are missed there.
    grad_norm : float
        ``max |gradient|`` there, of the projected gradient with bounds; NaN with constraints.
    least_value : float or None
        The least value by the record of the problem.
    digits : float or None
        Of a fit: in how many digits all parameters agree with the certified ones.
    nfev, njev, nhev : int
        What was evaluated, see `Counts`.
    nit : int or None
        Iterations.
    time : float
        Seconds.
    preparation : float
        Seconds before that, for imports and to compile.
    success : bool
        What the solver says.
    status : int or None
        Its number.
    message : str
        Its words, or the exception.
    failure : str
        ``"timeout"``, ``"crash"`` (the process died), ``"error"`` (an exception), or nothing.
    perturb, trial : float, int
        How far from that start, and which of the points there, see `Instance`.
    """

    problem: str
    start: int
    solver: str
    n: int
    kind: str
    f0: float = math.nan
    f: float = math.nan
    violation: float = math.nan
    grad_norm: float = math.nan
    least_value: float | None = None
    digits: float | None = None
    nfev: int = 0
    njev: int = 0
    nhev: int = 0
    nit: int | None = None
    time: float = math.nan
    preparation: float = math.nan
    success: bool = False
    status: int | None = None
    message: str = ""
    failure: str = ""
    perturb: float = 0.0
    trial: int = 0

    @property
    def instance(self) -> Instance:
        """The problem and the start."""
        return Instance(self.problem, self.start, self.perturb, self.trial)

    @property
    def evaluations(self) -> int:
        """Gradient-equivalents: values, gradients, and products with the Hessian."""
        return self.nfev + self.njev + self.nhev

    def line(self) -> str:
        """Return one line of JSON; what is not finite is null."""
        record = {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }
        return json.dumps(record, allow_nan=False)

    @classmethod
    def of_line(cls, line: str) -> Outcome:
        """Read what `line` wrote."""
        record = json.loads(line)
        for name in ("f0", "f", "violation", "grad_norm", "time", "preparation"):
            if record[name] is None:
                record[name] = math.nan
        return cls(**record)


def outcome_of(instance: Instance, solver: str, task: Task, **facts: Any) -> Outcome:
    """Return the outcome of a run that has these facts besides those that are known before."""
    with np.errstate(all="ignore"):
        before = at_start(task)
    known = {"solver": solver, "n": task.n, "kind": task.kind}
    return Outcome(**asdict(instance), **known, **before, **facts)


def observed(
    instance: Instance, solver: str, task: Task, answer: Answer, counts: Counts, time: float
) -> Outcome:
    """Judge nothing, but look at the point with the plain function."""
    x = answer.x
    facts: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        facts["f"] = float(task.problem.value(x))
        facts["violation"] = _violation(task.problem, x)
        facts["grad_norm"] = _grad_norm(task, x)
    return outcome_of(
        instance,
        solver,
        task,
        **facts,
        digits=_digits(task.problem, x),
        nfev=counts.nfev,
        njev=counts.njev,
        nhev=counts.nhev,
        nit=answer.nit,
        time=time,
        success=answer.success,
        status=answer.status,
        message=" ".join(answer.message.split())[:500],
    )


def at_start(task: Task) -> dict[str, Any]:
    """Return what is known of the problem alone."""
    bounds = task.restrictions.get("bounds")
    x0 = task.start if bounds is None else np.clip(task.start, bounds.lb, bounds.ub)
    with np.errstate(all="ignore"):
        return {"f0": float(task.problem.value(x0)), "least_value": task.problem.least_value}


def _violation(problem: problems.Problem, x: np.ndarray) -> float:
    return float(problem.violation(x)) if isinstance(problem, problems.ConstrainedProblem) else 0.0


def _grad_norm(task: Task, x: np.ndarray) -> float:
    from hessopt.transforms.first_order import grad

    if task.kind not in ("free", "bounds") or not np.isfinite(x).all():
        return math.nan
    g = np.asarray(grad(task.problem.value)(x))
    bounds = task.restrictions.get("bounds")
    if bounds is not None:
        g = x - np.clip(x - g, bounds.lb, bounds.ub)
    return float(np.max(np.abs(g)))


def _digits(problem: problems.Problem, x: np.ndarray) -> float | None:
    """NIST's measure: the digits in which all parameters agree; eleven are certified."""
    if not isinstance(problem, problems.RegressionProblem):
        return None
    certified = problem.certified_parameters
    error = float(np.max(np.abs(x - certified) / np.abs(certified)))
    return min(11.0, max(0.0, -math.log10(max(error, 1e-300)))) if math.isfinite(error) else 0.0
