"""Names and options as users write them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from hessopt.optimize import checks
from hessopt.optimize.compiled import Compiled
from hessopt.optimize.result import State
from hessopt.optimize.stopping import (
    Diverged,
    GradientTolerance,
    IterationLimit,
    Stalled,
    StepTolerance,
    StoppingTest,
    Unbounded,
    ValueTolerance,
    limits,
)


def canonical(name: str, known: Iterable[str]) -> str:
    """Return the known method that is meant, whatever its case, ``_`` or ``-``."""
    names = ["auto", *known]
    plain = name.strip().lower().replace("_", "-")
    if plain in names:
        return plain
    raise ValueError(f"unknown method {name!r}; {_advice(plain, names)}")


def refuse_unknown(given: Iterable[str], known: Iterable[str], method: str) -> None:
    """Raise for the first option that `method` does not have."""
    known = list(known)
    for name in given:
        if name not in known:
            raise ValueError(
                f"unknown option {name!r} for method {method!r}; {_advice(name, known)}"
            )


def _advice(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(str(name), known, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(repr(match) for match in close) + "?"
    return "known are " + ", ".join(sorted(known))


@dataclass(frozen=True)
class RunOptions:
    """The options that every method has; None leaves a test out.

    Parameters
    ----------
    gtol, ftol, xtol : float, optional
        Tolerances of the gradient, the change of f, and the step.
    maxiter, maxfun : int, optional
        Limits of iterations and of calls of fun.
    maxtime : float, optional
        A limit in seconds.
    disp, return_all : bool
        Print lines; keep all iterates.
    resume : OptimizeResult, optional
        Go on from the result of an earlier run.
    certify : bool
        Look at the least eigenvalue of the Hessian at the end.
    check_derivatives : bool
        Compare the derivatives with differences before the run.
    jit : bool or {"auto", "numpy", "numba"}
        Trace fun once and replay its derivatives; False calls and differentiates it each time.
    """

    gtol: float | None = None
    ftol: float | None = None
    xtol: float | None = None
    maxiter: int | None = None
    maxfun: int | None = None
    maxtime: float | None = None
    disp: bool = False
    return_all: bool = False
    resume: Any = None
    certify: bool = False
    check_derivatives: bool = False
    jit: bool | str | Compiled = True

    def __post_init__(self) -> None:
        for name in ("gtol", "ftol", "xtol", "maxtime"):
            checks.number(getattr(self, name), name, least=0.0, optional=True)
        checks.number(self.maxiter, "maxiter", least=0, whole=True, optional=True)
        checks.number(self.maxfun, "maxfun", least=1, whole=True, optional=True)
        for name in ("disp", "return_all", "certify", "check_derivatives"):
            checks.flag(getattr(self, name), name)
        if not isinstance(self.jit, Compiled):  # which `argmin` hands on
            checks.jit(self.jit, "options['jit']")

    def limits(self) -> StoppingTest | None:
        """Return what the objective is to ask before each evaluation."""
        return limits(self.maxfun, self.maxtime)

    def tests(
        self, maxiter: int, descends: bool, norm: float = np.inf, window: int = 10
    ) -> StoppingTest:
        """Return what the driver is to ask after each iteration."""
        gtol = 1e-6 if self.gtol is None else self.gtol
        tests: list[StoppingTest] = [GradientTolerance(gtol, norm)]
        if self.ftol is not None:
            tests.append(ValueTolerance(self.ftol))
        if self.xtol is not None:
            tests.append(StepTolerance(self.xtol))
        tests.append(Unbounded())
        tests.append(Stalled(window) if descends else Diverged())
        tests.append(IterationLimit(maxiter if self.maxiter is None else self.maxiter))
        return joined(tests)

    def state(self, shape: tuple[int, ...]) -> State | None:
        """Return where the run to be resumed had come to."""
        if self.resume is None:
            return None
        state = (
            self.resume if isinstance(self.resume, State) else getattr(self.resume, "state", None)
        )
        if not isinstance(state, State):
            raise ValueError(
                "options['resume'] must be the result of a method of hessopt's own; methods run by "
                "SciPy keep no state: start again from res.x"
            )
        if state.shape != shape:
            raise ValueError(
                f"options['resume'] is of a run with x of shape {state.shape}, but x0 has shape "
                f"{shape}"
            )
        return state


GENERAL = tuple(field.name for field in fields(RunOptions))


def split(options: Mapping[str, Any] | None) -> tuple[RunOptions, dict[str, Any]]:
    """Return the options that every method has, and the others."""
    if options is None:
        options = {}
    if not isinstance(options, Mapping):
        raise TypeError(f"options must be a dict, not {type(options).__name__}")
    general = {name: value for name, value in options.items() if name in GENERAL}
    others = {name: value for name, value in options.items() if name not in GENERAL}
    return RunOptions(**general), others


def joined(tests: list[StoppingTest]) -> StoppingTest:
    """Join tests by ``|``."""
    test = tests[0]
    for other in tests[1:]:
        test = test | other
    return test
