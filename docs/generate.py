"""What the pages show of the running package: pictures and output of the examples, tables.

Everything is written anew into `_build/shown` at each build, so that it cannot lag behind.
"""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import coverage
import failures
import mistakes

import problems
from hessopt.optimize.methods import METHODS

HERE = Path(__file__).parent
SHOWN = HERE / "_build" / "shown"


def everything() -> None:
    SHOWN.mkdir(parents=True, exist_ok=True)
    for script in sorted((HERE / "examples").glob("*.py")):
        run_example(script)
    head = ["name", "n", "what it is", "tags"]
    collections = {
        "nist": "regressions",
        "mgh": "mgh",
        "cutest": "cutest",
        "bounds": "bounded",
        "hs": "constrained",
    }
    for tag, table in collections.items():
        write_table(table, head[:3], (problem_row(problem)[:3] for problem in problems.all(tag)))
    others = (problem for problem in problems.all() if not problem.tags & collections.keys())
    write_table("problems", head, map(problem_row, others))
    write_table("methods", ["method", "derivatives", "what it does"], method_rows())
    for name, head, rows in coverage.tables():
        write_table(name, head, rows)
    shown = "\n".join(mistake_section(title, code) for title, code in mistakes.MISTAKES)
    (SHOWN / "mistakes.md").write_text(shown, encoding="utf-8")
    shown = "\n".join(failure_section(*failure) for failure in failures.FAILURES)
    (SHOWN / "failures.md").write_text(shown, encoding="utf-8")


def run_example(script: Path) -> None:
    """Run a script where its pictures are wanted and keep what it prints; a failure is an error."""
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=SHOWN,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script.name} failed:\n{done.stderr}")
    (SHOWN / f"{script.stem}.txt").write_text(done.stdout, encoding="utf-8")


def write_table(name: str, head: list[str], rows: Iterable[list[str]]) -> None:
    lines = [head, ["---"] * len(head), *rows]
    text = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    (SHOWN / f"{name}.md").write_text(text, encoding="utf-8")


def problem_row(problem: problems.Problem) -> list[str]:
    n = f"{problem.dimension}, any" if problem.scalable else str(problem.dimension)
    tags = ", ".join(sorted(problem.tags - {"scalable"}))
    return [f"`{problem.name}`", n, as_markdown(problem.description), tags]


def method_rows() -> Iterator[list[str]]:
    for name, method in sorted(METHODS.items(), key=lambda item: (item[1].order, item[0])):
        summary = (method.__doc__ or "").strip().partition("\n")[0]
        wants = "gradient" if method.order < 2 else "gradient, Hessian"
        yield [f"`{name}`", wants, as_markdown(summary)]


def mistake_section(title: str, code: str) -> str:
    text = textwrap.fill(mistakes.message(code), 80, break_long_words=False)
    return f"## {title}\n\n```python\n{code}\n```\n\n```text\n{text}\n```\n"


def failure_section(name: str, meaning: str, code: str) -> str:
    text = textwrap.fill(failures.ending(code).message, 80, break_long_words=False)
    return f"## {name}\n\n{meaning}\n\n```python\n{code}\n```\n\n```text\n{text}\n```\n"


def as_markdown(text: str) -> str:
    """Turn reStructuredText's code marks into Markdown's and escape the rest for a table."""
    parts = re.split(r"``?(.+?)``?", text)
    parts[::2] = [re.sub(r"([\\`*_\[\]<|])", r"\\\1", part) for part in parts[::2]]
    parts[1::2] = ["`" + part.replace("|", "\\|") + "`" for part in parts[1::2]]
    return "".join(parts)
