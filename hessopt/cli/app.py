"""The command line: its arguments, and one way out for every error.

Nothing but argparse is imported before it is known what to do, so that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import importlib
import math
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from hessopt.cli.errors import Exit, UsageError

EPILOG = """\
A problem is the name of one (see 'hessopt problems') or FILE.py:function, a
function of your own of one array. It returns 0 if solved, 1 if not, 2 for
wrong usage.

  hessopt minimize rosenbrock
  hessopt minimize chained-rosenbrock --n 1000 --method trust-ncg
  hessopt compare model.py:loss --x0 1,1,0.5 --plot curves.png
  hessopt graph goldstein-price -o graph.svg
  hessopt profile --set mgh --solvers hessopt,'scipy:*' --plot profile.png
"""

PROFILE = "run solvers, ours and others', over a set of problems"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 solved, 1 not solved, 2 usage.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process unless given.

    Returns
    -------
    int

    Raises
    ------
    SystemExit
        After ``--help`` and ``--version``, and for arguments that do not parse.

    Examples
    --------
    >>> from hessopt.cli.app import main
    >>> main(["graph", "sphere"])
    digraph g {
    1 [label="f", color=orange, style=filled]
    2 [label="Sum", color=lightblue, style=filled, shape=box]
    3 [label="", color=orange, style=filled]
    3 -> 2
    2 -> 1
    4 [label="Pow", color=lightblue, style=filled, shape=box]
    5 [label="x", color=orange, style=filled]
    6 [label="2", color=orange, style=filled]
    5 -> 4
    6 -> 4
    4 -> 3
    }
    0
    """
    arguments = _parser().parse_args(_joined(sys.argv[1:] if argv is None else argv))
    return int(_run(arguments))


def _run(arguments: argparse.Namespace) -> Exit:
    try:
        code = importlib.import_module(f"hessopt.cli.{arguments.command}_command").run(arguments)
        sys.stdout.flush()  # a closed pipe shows here, not while Python shuts down
        return code
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.NOT_SOLVED
    except KeyboardInterrupt:
        return _complain("interrupted", Exit.INTERRUPTED)
    except Exception as error:
        if arguments.debug:
            raise
        if isinstance(error, UsageError):
            return _complain(str(error), Exit.USAGE)
        return _complain(_sentence(error, _user_file(arguments)), Exit.NOT_SOLVED)


def _complain(sentence: str, code: Exit) -> Exit:
    print(f"hessopt: {sentence}", file=sys.stderr)
    return code


def _sentence(error: Exception, user_file: str) -> str:
    """Say what went wrong, and in which line of the user's file if it was there."""
    text = " ".join(str(error).split())
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}"
    elif not Path(frames[-1].filename).is_relative_to(Path(__file__).parents[1]):
        # What hessopt refuses itself is a sentence; the messages of others need their names
        text = f"{type(error).__name__}: {text}".removesuffix(": ")
    lines = [frame.lineno for frame in frames if user_file and _same(frame.filename, user_file)]
    return f"{text} ({user_file}, line {lines[-1]})" if lines else text


def _user_file(arguments: argparse.Namespace) -> str:
    return getattr(arguments, "problem", "").rpartition(":")[0]


def _same(one: str, other: str) -> bool:
    return Path(one).resolve() == Path(other).resolve()


def _joined(argv: Sequence[str]) -> list[str]:
    """Attach the value of --x0, which argparse takes for an option where it begins with a minus."""
    joined: list[str] = []
    for argument in argv:
        if joined and joined[-1] == "--x0":
            joined[-1] = f"--x0={argument}"
        else:
            joined.append(argument)
    return joined


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"hessopt {version('hessopt')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hessopt",
        description="Minimise functions by second-order methods on exact derivatives.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON")
    problem = _problem_arguments()
    run = _run_arguments()

    def add(name: str, does: str, parents: list[argparse.ArgumentParser]):
        return commands.add_parser(
            name,
            help=does,
            description=f"{does.capitalize()}.",
            parents=parents,
            allow_abbrev=False,
        )

    add("problems", "list the problems that come with it", [common, as_json])
    minimize = add("minimize", "minimise one problem", [problem, run, common, as_json])
    minimize.add_argument("--method", metavar="M", default="auto", help="default: auto")
    compare = add("compare", "compare methods on one problem", [problem, run, common, as_json])
    compare.add_argument("--methods", metavar="A,B", help="default: a telling set")
    compare.add_argument("--plot", metavar="FILE", help="draw |g| against iterations and time")
    graph = add("graph", "draw the graph of a problem", [problem, common])
    graph.add_argument(
        "-o", "--output", metavar="FILE", help=".png, .svg, .pdf or .dot; default: print DOT"
    )
    graph.add_argument(
        "--order",
        type=int,
        choices=(0, 1, 2),
        default=0,
        help="of f (0, default), its gradient (1), or the product of its Hessian with v (2)",
    )
    graph.add_argument("--verbose", action="store_true", help="with shapes and types")
    graph.add_argument(
        "--program", action="store_true", help="the program that hessopt.jit makes of it"
    )
    _profile_arguments(add("profile", PROFILE, [common, as_json]))
    return parser


def _profile_arguments(profile: argparse.ArgumentParser) -> None:
    profile.add_argument(
        "--set",
        metavar="S",
        default="mgh",
        help="mgh (default), cutest, bounds, hs, nist, or problems: beale,wood",
    )
    profile.add_argument(
        "--solvers",
        metavar="A,B",
        help="names and patterns, such as hessopt,'scipy:*'; default: all that are installed",
    )
    profile.add_argument(
        "--measure",
        choices=("evaluations", "time", "total", "iterations"),
        default="evaluations",
        help="what a run costs; default: values + gradients + products with the Hessian",
    )
    profile.add_argument(
        "--timeout", metavar="S", type=_positive, default=30.0, help="seconds a run; default: 30"
    )
    profile.add_argument(
        "--jobs", metavar="N", type=_whole(1), default=1, help="processes at a time; default: 1"
    )
    profile.add_argument(
        "--out", metavar="FILE.jsonl", help="keep the runs there, and go on with those it lacks"
    )
    profile.add_argument("--max-n", metavar="N", type=_whole(1), help="leave out larger problems")
    profile.add_argument(
        "--perturb", metavar="E", type=_positive, default=0.0, help="start so far off, relatively"
    )
    profile.add_argument(
        "--starts", metavar="K", type=_whole(1), default=1, help="with --perturb: from K points"
    )
    profile.add_argument(
        "--tau", metavar="T", type=_positive, default=1e-6, help="by how much f may miss the least"
    )
    profile.add_argument(
        "--local", action="store_true", help="another stationary point solves a problem, too"
    )
    profile.add_argument("--plot", metavar="FILE", help="draw performance and data profiles")
    profile.add_argument(
        "--unsolved", metavar="A,B", help="list what these solvers left unsolved, and why"
    )


def _problem_arguments() -> argparse.ArgumentParser:
    group = argparse.ArgumentParser(add_help=False)
    group.add_argument("problem", metavar="PROBLEM|FILE.py:function")
    group.add_argument(
        "--x0",
        metavar="1,2,3",
        type=_numbers,
        help="where to start; one number stands for all variables (default: the problem's start)",
    )
    group.add_argument(
        "--n",
        metavar="N",
        type=_whole(1),
        help="the size of the problem; a function of your own starts at zero unless --x0 is given",
    )
    group.add_argument(
        "--param",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="another parameter of the problem, such as condition=1e4 (repeatable)",
    )
    return group


def _run_arguments() -> argparse.ArgumentParser:
    group = argparse.ArgumentParser(add_help=False)
    group.add_argument("--maxiter", metavar="K", type=_whole(0), help="iterations at most")
    group.add_argument("--gtol", metavar="T", type=_positive, help="for max|g|; default: 1e-6")
    group.add_argument("--max-time", metavar="S", type=_positive, help="seconds (for each method)")
    return group


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = [math.nan]
    if not all(map(math.isfinite, numbers)):
        raise argparse.ArgumentTypeError(f"{text!r} is not numbers like 1,2,3")
    return numbers


def _whole(least: int):
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {least}")
        return int(text)

    return parse


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return number
