"""``hessopt minimize``: one problem, one method, and how it went."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.cli.errors import Exit, UsageError
from hessopt.cli.jsonable import print_json
from hessopt.cli.targets import Target, resolve
from hessopt.cli.terminal import LiveLine, filled, is_terminal
from hessopt.optimize.methods import METHODS
from hessopt.optimize.minimize import OTHERS, minimize
from hessopt.optimize.options import canonical
from hessopt.optimize.stopping import Status

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

# Up to here all entries of x are printed
FEW = 10


def run(arguments: Namespace) -> Exit:
    """Minimise, telling of the progress; return whether it was solved."""
    method = method_name(arguments.method)
    options = run_options(arguments)
    if arguments.gtol is not None and method in OTHERS and "gtol" not in options_of(method):
        raise UsageError(f"method {method!r} has no tolerance for gradients; leave --gtol out")
    target = resolve(arguments)
    progress = None if arguments.json else _Live() if is_terminal() else _Lines()
    if progress is not None:
        head = f"{target.name}, {_variables(target.x0.size)}, from {_vector(target.x0)}"
        print(filled(head, indent=2))
    try:
        result = minimize(
            target.value,
            target.x0,
            method=method,
            options=options,
            **target.restrictions,
            callback=None if progress is None else progress.stepped,
        )
    finally:
        if progress is not None:
            progress.finished()
    if arguments.json:
        print_json(_record(target, result))
    else:
        print(_summary(target, result))
    if result.status == Status.INTERRUPTED:
        return Exit.INTERRUPTED
    return Exit.SOLVED if result.success else Exit.NOT_SOLVED


def method_name(text: str) -> str:
    """Return the method that is meant, or raise a UsageError."""
    try:
        name = canonical(text, [*METHODS, *OTHERS])
    except ValueError as error:
        raise UsageError(str(error)) from error
    if name in OTHERS:
        options_of(name)  # so that what is not installed is said before anything is run
    return name


def options_of(method: str) -> frozenset[str]:
    """Return the options of a method that is not ours, under the names that we give them."""
    row = OTHERS[method]
    try:
        takes = row.takes()
    except ImportError as error:  # an extra is not installed
        raise UsageError(str(error)) from error
    return takes | {name for name, theirs in row.translated.items() if theirs in takes}


def run_options(arguments: Namespace) -> dict[str, Any]:
    """Return --maxiter, --gtol and --max-time as options of `minimize`."""
    given = {
        "maxiter": arguments.maxiter,
        "gtol": arguments.gtol,
        "maxtime": arguments.max_time,
    }
    return {name: value for name, value in given.items() if value is not None}


class _Live:
    """Progress on a terminal."""

    def __init__(self) -> None:
        self.line = LiveLine()
        self.started = time.perf_counter()

    def stepped(self, intermediate_result: OptimizeResult) -> None:
        """Renew the line, not more often than can be read."""
        if self.line.due():
            self.line.write(
                f"iteration {intermediate_result.nit}   f {intermediate_result.fun:.6g}   "
                f"max|g| {_grad_norm(intermediate_result):.1e}   "
                f"{time.perf_counter() - self.started:.1f} s"
            )

    def finished(self) -> None:
        """Make room for the result."""
        self.line.clear()


class _Lines:
    """Progress in a pipe: every iteration at first, then every tenth, every hundredth, ..."""

    def __init__(self) -> None:
        self.head: str | None = f"{'nit':>8} {'f':>15} {'max|g|':>9} {'nfev':>8}"

    def stepped(self, intermediate_result: OptimizeResult) -> None:
        """Print a line, or not."""
        nit = intermediate_result.nit
        if nit % 10 ** max(0, len(str(nit)) - 2) == 0:
            if self.head is not None:
                print(self.head)
                self.head = None
            print(
                f"{nit:8d} {intermediate_result.fun:15.8g} "
                f"{_grad_norm(intermediate_result):9.1e} {intermediate_result.nfev:8d}",
                flush=True,
            )

    def finished(self) -> None:
        """Nothing is left to do."""


def _grad_norm(result: OptimizeResult) -> float:
    jac = result.get("jac")
    if not isinstance(jac, np.ndarray) or jac.size != np.size(result.x):
        return float("nan")
    return float(np.max(np.abs(jac)))


def _summary(target: Target, result: OptimizeResult) -> str:
    lines = [
        f"{'Solved' if result.success else 'Not solved'} by {result.method}: {result.message}",
        f"  x        {_vector(np.ravel(result.x))}",
        f"  f        {result.fun:.10g}",
    ]
    if target.least_value is not None:
        lines.append(f"  least f  {target.least_value:.10g}, as far as is known")
    grad_norm = _grad_norm(result)
    if not np.isnan(grad_norm):
        lines.append(f"  max|g|   {grad_norm:.2g}")
    lines.append(
        f"  work     {result.nit} iterations, {result.nfev} values, {result.njev} gradients, "
        f"{result.nhev} Hessians or products, {result.history.time[-1]:.2g} s"
    )
    return "\n".join(filled(line, indent=11 if line[0] == " " else 2) for line in lines)


def _record(target: Target, result: OptimizeResult) -> dict[str, Any]:
    counts = {name: result.get(name, 0) for name in ("nit", "nfev", "njev", "nhev")}
    return {
        "problem": target.name,
        "n": target.x0.size,
        "method": result.method,
        "success": bool(result.success),
        "status": int(result.status),
        "message": result.message,
        "fun": result.fun,
        "grad_norm": _grad_norm(result),
        **counts,
        "time": float(result.history.time[-1]),
        "x": np.ravel(result.x),
    }


def _variables(n: int) -> str:
    return "1 variable" if n == 1 else f"{n} variables"


def _vector(x: np.ndarray) -> str:
    entries = [f"{entry:.6g}" for entry in (x if x.size <= FEW else (*x[:3], *x[-1:]))]
    if x.size > FEW:
        entries.insert(3, "...")
    return f"({', '.join(entries)})"
