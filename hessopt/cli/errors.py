"""What the command line says and returns when something is wrong."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the command returns to the shell; 130 is what shells return for an interrupt."""

    SOLVED = 0
    NOT_SOLVED = 1
    USAGE = 2
    INTERRUPTED = 130


class UsageError(Exception):
    """The command cannot mean anything as it was written; the message is one sentence."""
