"""``hessopt compare``: methods side by side on one problem."""

from __future__ import annotations

from argparse import Namespace

from hessopt.cli.errors import Exit, UsageError
from hessopt.cli.jsonable import print_json
from hessopt.cli.minimize_command import method_name, run_options
from hessopt.cli.targets import resolve
from hessopt.cli.terminal import LiveLine, is_terminal, show
from hessopt.comparison.comparison import Run
from hessopt.comparison.curves import check
from hessopt.comparison.side_by_side import compare
from hessopt.optimize.stopping import Status


def run(arguments: Namespace) -> Exit:
    """Compare; return whether any method solved the problem."""
    methods = None
    if arguments.methods is not None:
        methods = [method_name(name) for name in arguments.methods.split(",")]
        if len(set(methods)) < len(methods):
            raise UsageError(f"--methods lists a method twice: {', '.join(methods)}")
    target = resolve(arguments)
    if target.restrictions:
        raise UsageError(
            f"{target.name} has {' and '.join(target.restrictions)}, and compare runs methods that "
            "know of none; try 'hessopt minimize'"
        )
    if arguments.plot is not None:
        try:
            check(arguments.plot)
        except ValueError as error:
            raise UsageError(f"--plot {error}") from error

    options = run_options(arguments)
    line = LiveLine()
    ended: list[str] = []

    def tell(run: Run) -> None:
        ended.append(run.method)
        line.write(f"{target.name}: {', '.join(ended)} done ...")

    try:
        comparison = compare(
            target.value,
            target.x0,
            methods,
            gtol=options.pop("gtol", 1e-6),
            options=options,
            callback=tell if is_terminal() and not arguments.json else None,
        )
    finally:
        line.clear()
    if arguments.json:
        record = {"problem": target.name, "n": target.x0.size, "verdict": comparison.verdict}
        print_json({**record, "runs": comparison.rows})
    else:
        show(comparison.__rich__, str(comparison))
    if arguments.plot is not None:
        comparison.plot(arguments.plot)
    if any(
        run.result is not None and run.result.status == Status.INTERRUPTED for run in comparison
    ):
        return Exit.INTERRUPTED
    return Exit.SOLVED if comparison.solved else Exit.NOT_SOLVED
