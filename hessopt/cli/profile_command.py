"""``hessopt profile``: solvers, ours and others', over a set of problems."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from hessopt.cli.errors import Exit, UsageError
from hessopt.cli.jsonable import print_json
from hessopt.cli.terminal import LiveLine, is_terminal, show
from hessopt.comparison.curves import check
from hessopt.profiles.outcome import Outcome
from hessopt.profiles.profile import Profile
from hessopt.profiles.running import profile


def run(arguments: Namespace) -> Exit:
    """Run what is missing; print the table, draw the picture."""
    solvers = None if arguments.solvers is None else arguments.solvers.split(",")
    if arguments.plot is not None:
        try:
            check(arguments.plot)
        except ValueError as error:
            raise UsageError(f"--plot {error}") from error
    with _progress(shown=is_terminal() and not arguments.json) as tell:
        try:
            found = profile(
                arguments.set,
                solvers,
                measure=arguments.measure,
                timeout=arguments.timeout,
                jobs=arguments.jobs,
                out=arguments.out,
                max_n=arguments.max_n,
                perturb=arguments.perturb,
                starts=arguments.starts,
                tau=arguments.tau,
                local=arguments.local,
                callback=tell,
            )
        except ValueError as error:
            raise UsageError(str(error)) from error
    unsolved = _asked(found, arguments.unsolved)
    if arguments.json:
        print_json(_record(found, arguments, unsolved))
    else:
        show(found.__rich__, str(found))
        for name in unsolved:
            print(f"\nNot solved by {name}:\n{found.report(name) or 'nothing'}")
    if arguments.plot is not None:
        found.plot(arguments.plot)
    return Exit.SOLVED if found.by_any else Exit.NOT_SOLVED


def _asked(found: Profile, names: str | None) -> list[str]:
    asked = [] if names is None else names.split(",")
    for name in asked:
        if name not in found.solvers:
            raise UsageError(
                f"--unsolved {name}: it was not run; there are {', '.join(found.solvers)}"
            )
    return asked


def _record(found: Profile, arguments: Namespace, unsolved: list[str]) -> dict[str, Any]:
    return {
        "set": arguments.set,
        "measure": found.measure,
        "tau": found.tau,
        "local": found.local,
        "problems": len(found.instances),
        "solved_by_any": found.by_any,
        "solvers": [asdict(row) for row in found.rows],
        "unsolved": {name: [asdict(o) for o in found.unsolved(name)] for name in unsolved},
    }


@contextmanager
def _progress(shown: bool) -> Iterator[Callable[[Outcome, int, int], None] | None]:
    """Give a callback that shows how far the runs are, on a terminal alone."""
    if not shown:
        yield None
        return
    try:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining
    except ImportError:
        line = LiveLine()
        try:
            yield lambda outcome, done, of: line.write(f"{done} of {of}: {_what(outcome)}")
        finally:
            line.clear()
        return
    columns = (BarColumn(), MofNCompleteColumn(), Remaining(), TextColumn("{task.description}"))
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda outcome, done, of: bar.update(
            task, completed=done, total=of, description=_what(outcome)
        )


def _what(outcome: Outcome) -> str:
    failure = f" ({outcome.failure})" if outcome.failure else ""
    return f"{outcome.solver} on {outcome.instance.label}{failure}"
