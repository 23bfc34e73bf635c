"""What a solver is to a profile."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import problems
from hessopt.optimize.lsq.oracle import VectorOracle
from hessopt.profiles.evaluations import Evaluations, Ledger
from hessopt.profiles.restrictions import restrictions

Array = NDArray[np.float64]

# What every solver is asked for that has such a tolerance; hessopt's default
GTOL = 1e-6

# Iterations are not what ends a run of others, the clock is
MANY = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What a solver returns.

    Attributes
    ----------
    x : ndarray
        The point.
    success : bool
        Whether the solver believes that it solved the problem. The profile judges for itself.
    message : str
        Its own words.
    nit : int, optional
        Iterations, where it counts them.
    status : int, optional
        Its own number.
    """

    x: Array
    success: bool = True
    message: str = ""
    nit: int | None = None
    status: int | None = None

    @classmethod
    def of(cls, result: Any) -> Answer:
        """Read an `OptimizeResult`, or one that has its names."""
        nit = result.get("nit")
        return cls(
            np.array(result["x"], dtype=np.float64).ravel(),
            bool(result.get("success", False)),
            str(result.get("message", "")),
            None if nit is None else int(nit),
            int(result.get("status", 0)),
        )


Solve = Callable[[], Answer]


@dataclass(frozen=True)
class Task:
    """A problem and a start; the functions that solvers of others call are made on demand.

    Attributes
    ----------
    problem : Problem
        The record.
    start : ndarray
        One of its starts.
    """

    problem: problems.Problem
    start: Array

    @property
    def n(self) -> int:
        """The number of variables."""
        return self.start.size

    @property
    def kind(self) -> str:
        """``"free"``, ``"bounds"``, ``"constraints"`` or ``"fit"``."""
        if isinstance(self.problem, problems.RegressionProblem):
            return "fit"
        limits = self.restrictions
        return "constraints" if "constraints" in limits else "bounds" if limits else "free"

    @cached_property
    def restrictions(self) -> dict[str, Any]:
        """`bounds` and `constraints` as SciPy and hessopt take them."""
        return restrictions(self.problem)

    @cached_property
    def evaluations(self) -> Evaluations:
        """The objective, its exact derivatives, and the constraints: counted."""
        return Evaluations(self.problem, self.start)

    @cached_property
    def residuals(self) -> VectorOracle:
        """The residuals of a fit, and their exact Jacobian: counted."""
        assert isinstance(self.problem, problems.RegressionProblem)
        return VectorOracle(self.problem.residual, self.start.shape)

    @cached_property
    def predictions(self) -> VectorOracle:
        """The model of a fit as a function of its parameters: counted."""
        problem = self.problem
        assert isinstance(problem, problems.RegressionProblem)
        return VectorOracle(lambda beta: problem.model(beta, problem.x), self.start.shape)

    def ledger(self) -> Ledger:
        """Return what the functions above have counted."""
        ledger = Ledger()
        made = vars(self)
        if "evaluations" in made:
            ledger.oracles += self.evaluations.ledger.oracles
        ledger.vectors += [made[name] for name in ("residuals", "predictions") if name in made]
        return ledger


@dataclass(frozen=True)
class Solver:
    """A solver under a name.

    Attributes
    ----------
    name : str
        ``library:method``.
    prepare : callable
        ``prepare(task)`` does what a user does once, imports and compiling, and returns a function
        without arguments that solves, by the clock, and returns an `Answer`.
    kinds : tuple of str
        The kinds of `Task` that it can handle.
    needs : tuple of str
        The packages that must be installed.
    largest : float
        The number of variables up to which it is tried: dense methods have their limits.

    Examples
    --------
    >>> import problems
    >>> from hessopt.profiles.solvers.solver import Task
    >>> from hessopt.profiles.solvers.registry import solver
    >>> beale = problems.get("beale")
    >>> answer = solver("scipy:bfgs").prepare(Task(beale, beale.start))()
    >>> answer.x.round(4)
    array([3. , 0.5])
    """

    name: str
    prepare: Callable[[Task], Solve]
    kinds: tuple[str, ...] = ("free",)
    needs: tuple[str, ...] = field(default=())
    largest: float = np.inf

    @property
    def installed(self) -> bool:
        """Whether the packages are there; they are not imported."""
        return all(importlib.util.find_spec(package) is not None for package in self.needs)
