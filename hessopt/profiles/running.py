"""Profiling: all solvers on all problems of a set, resumable."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hessopt.profiles.instances import instances
from hessopt.profiles.measure import checked
from hessopt.profiles.outcome import Outcome
from hessopt.profiles.pool import Pair, running
from hessopt.profiles.profile import Profile, read
from hessopt.profiles.solvers.registry import chosen

Callback = Callable[[Outcome, int, int], Any]


def profile(
    set: str | Iterable[str] = "mgh",
    solvers: str | Iterable[str] | None = None,
    *,
    measure: str = "evaluations",
    timeout: float = 30.0,
    jobs: int = 1,
    out: str | os.PathLike[str] | None = None,
    max_n: int | None = None,
    perturb: float = 0.0,
    starts: int = 1,
    tau: float = 1e-6,
    local: bool = False,
    callback: Callback | None = None,
) -> Profile:
    """Run solvers, ours and those of others, over a set of problems under one rule of success.

    Each run is made in another process with a limit by the clock, so that one that hangs or crashes
    is a row of the table, too. All see the same function and the same derivatives, and their
    evaluations are counted in one place. The page *Profiles* of the documentation says what is
    measured, and how to read it.

    Parameters
    ----------
    set : {"mgh", "cutest", "bounds", "hs", "nist"} or iterable of str
        The set, or names of problems.
    solvers : iterable of str, optional
        Their names, such as ``"hessopt"`` (``method="auto"``), ``"hessopt:trust-ncg"``,
        ``"scipy:bfgs"`` (with our exact derivatives), or patterns such as ``"scipy:*"``; all that
        are installed unless given. ``"module:NAME"`` is a `Solver` of your own.
    measure : {"evaluations", "time", "total", "iterations"}
        What a run costs: values, gradients and products with the Hessian, seconds, or iterations.
    timeout : float
        Seconds for each run.
    jobs : int
        How many processes run at a time. Time is measured fairly only if each has a core.
    out : path, optional
        A file to which each outcome is appended as a line of JSON. What it has already is not run
        again, so an interrupted profile goes on where it was.
    max_n : int, optional
        Leave out problems of more variables.
    perturb : float
        Start near the start of a problem instead: each entry is changed by normal noise of this
        size, relative to its own. Where solvers end at different minima one start is one draw.
    starts : int
        From so many points near it, the same for all solvers and each time.
    tau : float
        The tolerance of the rule, see `Profile`.
    local : bool
        Whether any stationary point counts as a solution, see `Profile`.
    callback : callable, optional
        Called as ``callback(outcome, done, of)`` after each run.

    Returns
    -------
    Profile
        It prints as a table; `Profile.plot` draws performance and data profiles.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.
    ImportError
        If a solver that was named is not installed.

    References
    ----------
    E. D. Dolan and J. J. Moré, Math. Program. 91 (2002) 201-213; J. J. Moré and S. M. Wild, SIAM J.
    Optim. 20 (2009) 172-191.

    Examples
    --------
    >>> import hessopt
    >>> profile = hessopt.profile(["beale", "wood"], ["hessopt", "scipy:bfgs"], max_n=3)
    >>> [instance.problem for instance in profile.instances]
    ['beale']
    >>> profile.by_any
    1
    """
    checked(measure)
    for name, value in (("timeout", timeout), ("tau", tau)):
        if not (isinstance(value, (int, float)) and value > 0):
            raise ValueError(f"{name} must be a positive number, got {value!r}")
    if not isinstance(jobs, int) or jobs < 1:
        raise ValueError(f"jobs must be a whole number of at least 1, got {jobs!r}")
    if not (isinstance(perturb, (int, float)) and 0 <= perturb < math.inf):
        raise ValueError(f"perturb must be a number of at least 0, got {perturb!r}")
    if not isinstance(starts, int) or starts < 1:
        raise ValueError(f"starts must be a whole number of at least 1, got {starts!r}")
    if starts > 1 and not perturb:
        raise ValueError(f"starts = {starts} are all the same; give perturb, such as 0.01")
    names = [solvers] if isinstance(solvers, str) else solvers
    wanted = pairs(set, names, max_n, perturb, starts)
    known = [] if out is None or not Path(out).exists() else read(out)
    have = {(o.instance, o.solver): o for o in known}
    missing = [pair for pair in wanted if pair not in have]
    with ExitStack() as stack:
        file = None
        if out is not None:
            _mend(Path(out))
            file = stack.enter_context(open(out, "a", encoding="utf-8"))
        if missing:
            ended = stack.enter_context(running(missing, jobs, timeout))
            for outcome in ended:
                have[outcome.instance, outcome.solver] = outcome
                if file is not None:
                    print(outcome.line(), file=file, flush=True)
                if callback is not None:
                    done = len(wanted) - len(missing) + sum(pair in have for pair in missing)
                    callback(outcome, done, len(wanted))
    return Profile([have[pair] for pair in wanted], measure, tau, local)


def pairs(
    set: str | Iterable[str],
    solvers: Iterable[str] | None,
    max_n: int | None,
    perturb: float = 0.0,
    starts: int = 1,
) -> list[Pair]:
    """Return what is to be run: problem by problem, so that an early end leaves whole rows."""
    names = None if solvers is None else list(solvers)
    found: list[Pair] = []
    refused: ValueError | None = None
    by_kind: dict[str, list[str]] = {}
    for instance in instances(set, max_n, perturb, starts):
        kind = instance.task().kind
        if kind not in by_kind:
            try:
                by_kind[kind] = chosen(names, kind)
            except ValueError as error:
                by_kind[kind], refused = [], error
        found += [(instance, name) for name in by_kind[kind]]
    if refused is not None and not found:
        raise refused
    return found


def _mend(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    if path.exists():
        text = path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if whole != text:
            path.write_bytes(whole)
