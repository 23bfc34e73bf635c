"""What a terminal gets and a pipe does not: a line that renews itself, and rich's tables."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from typing import Any

# A person reads no faster, and writing to a terminal is slow
INTERVAL = 0.1


def is_terminal() -> bool:
    """Whether somebody looks at standard output."""
    return sys.stdout.isatty()


def columns() -> int | None:
    """Return the width of the terminal; None for a pipe, where a line may be of any length."""
    return shutil.get_terminal_size().columns if is_terminal() else None


def filled(text: str, indent: int = 0) -> str:
    """Break `text` at spaces where the terminal ends, and indent what follows."""
    width = columns()
    if width is None:
        return text
    return textwrap.fill(
        text,
        width,
        subsequent_indent=" " * indent,
        replace_whitespace=False,
        break_on_hyphens=False,
    )


class LiveLine:
    """One line at the bottom of a terminal, written over again and cleared in the end."""

    def __init__(self) -> None:
        self.shown = time.monotonic()
        self.length = 0

    def due(self) -> bool:
        """Whether the line is old enough to be renewed."""
        return time.monotonic() - self.shown >= INTERVAL

    def write(self, text: str) -> None:
        """Write over the line."""
        text = text[: shutil.get_terminal_size().columns - 1]
        sys.stdout.write("\r" + text.ljust(self.length))
        sys.stdout.flush()
        self.shown, self.length = time.monotonic(), len(text)

    def clear(self) -> None:
        """Leave nothing of it."""
        if self.length:
            sys.stdout.write("\r" + " " * self.length + "\r")
            sys.stdout.flush()
            self.length = 0


def show(pretty: Any, plain: str) -> None:
    """Print `pretty()` by rich on a terminal, if it is installed; `plain` elsewhere."""
    if is_terminal():
        try:
            from rich.console import Console
        except ImportError:
            pass
        else:
            Console(highlight=False).print(pretty())
            return
    print(plain)
