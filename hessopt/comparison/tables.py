"""The table of a comparison: plain text, HTML, and rich's."""

from __future__ import annotations

import html as markup
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hessopt.comparison.run import Run

WIDTH = 80
HEADS = ("method", "solved", "nit", "nfev", "njev", "nhev", "time [s]", "f", "max|g|")


def _cells(run: Run) -> tuple[str, ...]:
    if run.result is None:
        return run.method, "no", *["-"] * (len(HEADS) - 2)
    counts = (str(getattr(run, name)) for name in ("nit", "nfev", "njev", "nhev"))
    numbers = (
        f"{run.time:.2g}" if run.time < 99.5 else f"{run.time:.0f}",
        f"{run.fun:.5g}",
        f"{run.grad_norm:.1e}",
    )
    return run.method, "yes" if run.solved else "no", *counts, *numbers


def _remarks(runs: list[Run]) -> list[tuple[str, str]]:
    """Return why those that did not solve the problem ended; who shares a reason, shares a line."""
    methods: dict[str, list[str]] = {}
    for run in runs:
        if not run.solved:
            methods.setdefault(_reason(run), []).append(run.method)
    return [(", ".join(names), reason) for reason, names in methods.items()]


def _reason(run: Run) -> str:
    if run.result is not None and run.result.success:
        return f"stopped by a tolerance of its own ({run.message.rstrip('.')})"
    return run.message


def plain(runs: list[Run], verdict: str) -> str:
    """Return the table with aligned columns."""
    table = [HEADS, *map(_cells, runs)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join([first, *rest]))
    lines.insert(1, "-" * len(lines[0]))
    for methods, reason in _remarks(runs):
        lines += _wrapped(f"{methods}: {reason}", subsequent_indent="  ")
    return "\n".join([*lines, *_wrapped(verdict)])


def _wrapped(text: str, **layout: Any) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False, **layout)


def html(runs: list[Run], verdict: str) -> str:
    """Return the table for a notebook."""

    def row(tag: str, cells: tuple[str, ...]) -> str:
        sides = ("left", *["right"] * (len(cells) - 1))
        aligned = (
            f'<{tag} style="text-align: {side}">{markup.escape(cell)}</{tag}>'
            for side, cell in zip(sides, cells, strict=True)
        )
        return f"<tr>{''.join(aligned)}</tr>"

    body = "".join(row("td", _cells(run)) for run in runs)
    remarks = "".join(
        f"<li>{markup.escape(methods)}: {markup.escape(reason)}</li>"
        for methods, reason in _remarks(runs)
    )
    return (
        f"<table><thead>{row('th', HEADS)}</thead><tbody>{body}</tbody></table>"
        + (f"<ul>{remarks}</ul>" if remarks else "")
        + f"<p><b>{markup.escape(verdict)}</b></p>"
    )


def rich_table(runs: list[Run], verdict: str) -> Any:
    """Return the table as rich prints it on a terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1))
    for k, head in enumerate(HEADS):
        table.add_column(head, justify="left" if k == 0 else "right", no_wrap=k > 0)
    for run in runs:
        cells = [Text(cell) for cell in _cells(run)]
        cells[1].stylize("green" if run.solved else "red")
        table.add_row(*cells)
    remarks = [Text(f"{methods}: {reason}") for methods, reason in _remarks(runs)]
    return Group(table, *remarks, Text(verdict, style="bold"))
