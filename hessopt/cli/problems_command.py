"""``hessopt problems``: what there is to try methods on."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import problems
from hessopt.cli.errors import Exit
from hessopt.cli.jsonable import print_json
from hessopt.cli.terminal import columns, show

HEADS = ("name", "n", "least f", "what it is")


def run(arguments: Namespace) -> Exit:
    """List the problems."""
    found = problems.all()
    if arguments.json:
        print_json([_record(problem) for problem in found])
        return Exit.SOLVED
    rows = [
        (
            problem.name,
            f"{problem.dimension}{'*' if problem.scalable else ''}",
            "" if problem.least_value is None else f"{problem.least_value:.6g}",
            problem.description.replace("``", ""),
        )
        for problem in found
    ]
    show(lambda: _pretty(rows), _plain(rows))
    print("* of any size: --n N")
    return Exit.SOLVED


def _record(problem: problems.Problem) -> dict[str, Any]:
    return {
        "name": problem.name,
        "dimension": problem.dimension,
        "parameters": dict(problem.parameters),
        "start": problem.start,
        "least_value": problem.least_value,
        "description": problem.description,
        "source": problem.source,
    }


def _plain(rows: list[tuple[str, ...]]) -> str:
    table = [HEADS, *rows]
    widths = [max(len(row[k]) for row in table) for k in range(3)]
    lines = (
        f"{name:<{widths[0]}}  {n:>{widths[1]}}  {least:>{widths[2]}}  {description}"
        for name, n, least, description in table
    )
    return "\n".join(line[: columns()] for line in lines)


def _pretty(rows: list[tuple[str, ...]]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1), expand=True)
    for k, head in enumerate(HEADS):
        side = "right" if k in (1, 2) else "left"
        # the last column has what the others leave, and gives way on a narrow terminal
        table.add_column(head, justify=side, no_wrap=True, ratio=1 if k == 3 else None)
    for row in rows:
        table.add_row(*map(Text, row))
    return table
