"""What a jitted function keeps: its traces, by the signature of the arguments they hold for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hessopt.transforms.engine import Engine
from hessopt.transforms.partial import Split
from hessopt.transforms.signature import Form
from hessopt.transforms.verification import Witness


@dataclass
class Trace:
    """One program and what is needed to call it."""

    engine: Engine
    form: Form
    witness: Witness | None  # None once there is nothing left to compare
    splits: dict[tuple[int, bool], Split] = field(default_factory=dict)
    short: Callable[..., Any] | None = None  # written once the engine is settled

    def split(self, known: int, multiply_out: bool) -> Split:
        """Return the program in two parts, by what the first `known` inputs decide."""
        key = known, multiply_out
        if key not in self.splits:
            self.splits[key] = Split(self.engine, known, multiply_out)
        return self.splits[key]


class Signature:
    """The traces of a function for arguments of one signature; none where it runs eagerly."""

    def __init__(self) -> None:
        self.traces: list[Trace] = []
        self.eager = ""  # why the function runs eagerly
        self.used = 0
        self.lock = threading.RLock()  # one thread traces, the others wait for it
