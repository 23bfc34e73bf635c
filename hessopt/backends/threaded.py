"""Blocks for several threads: the code of a loop as a function of a range of its entries.

Results have the same digits for any number of threads. What an entry is computed from does not
depend on who computes it, and sums are taken of the same blocks as by one thread, and added in the
order of the blocks.

Between two calls of NumPy a thread holds the interpreter's lock, for which the others wait. So here
the operations run on wide blocks, several of the usual ones at a time.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from hessopt.backends.blocks import REDUCTIONS, BlockDriver, Cut, assigned
from hessopt.backends.code import indented
from hessopt.backends.ownership import blocks_are_independent
from hessopt.backends.shifts import Part
from hessopt.backends.workers import Scratch, in_threads
from hessopt.program.fuse import price
from hessopt.program.nest import Compute, Fold, Plan, Temp
from hessopt.program.program import Program

WIDE = 4  # usual blocks in a wide one
WORTH = 1 << 20  # additions of entries; fewer do not take much longer than to wake a thread up
LINE = 64  # bytes of a line of the cache


class ThreadedDriver(BlockDriver):
    """Writes loops over several blocks, which write entries of their own, for several threads."""

    def __init__(self, program: Program, plan: Plan, threads: int) -> None:
        super().__init__(program, plan)
        self.threads = threads
        self.scratch = Scratch()
        self.apart = 0  # rows of the blocks whose sums are being kept apart, if they are

    def blocks(self, cut: Cut) -> None:
        """Write a segment whose views are there."""
        if not self.worth(cut):
            super().blocks(cut)
            return
        size, rows = cut.counts[0], cut.rows
        buffers, chosen = assigned(cut.body, cut.spans)
        self.apart = rows
        text = self.body(cut, chosen)
        self.apart = 0
        blocks = -(-size // rows)
        wide = min(WIDE, -(-blocks // self.threads)) * rows
        lines = [f"for low in range(first, last, {wide}):"]
        lines.append(f"    high = min(low + {wide}, last)")
        lines += [
            f"    q{k} = b{k}[:high - low{f' + {span}' if span else ''}]"
            for k, (_, span) in enumerate(buffers)
        ]
        lines += indented(text)
        if buffers:
            memory = self.memory(buffers, (wide, *cut.counts[1:]))
            lines = ["memory = scratch.take()", *memory, *lines, "scratch.put(memory)"]
        totals = [s for s in cut.body if isinstance(s, Fold) and s.place is None]
        self.names["in_threads"] = in_threads
        self.lines += [f"p{s.number} = [None] * {blocks}" for s in totals]
        self.lines += ["def blocks(first, last):", *indented(lines)]
        self.lines.append(f"in_threads(blocks, {size}, {rows}, {self.threads})")
        for s in totals:
            total, ufunc = f"v{s.number}", REDUCTIONS[s.kind]
            self.lines.append(f"for part in p{s.number}: {total} = {ufunc}({total}, part)")
        self.lines.append(f"del blocks, {', '.join(cut.views.values())}")

    def worth(self, cut: Cut) -> bool:
        """Whether a segment may, and should, be run by several threads."""
        prices = sum(price(s.line) for s in cut.body if isinstance(s, Compute))
        return (
            cut.counts[0] >= 2 * cut.rows
            and prices * prod(cut.counts) >= WORTH
            and blocks_are_independent(cut.body, cut.counts)
        )

    def memory(self, buffers: list[tuple[Any, int]], shape: tuple[int, ...]) -> list[str]:
        """Write the buffers of a thread as parts of one piece of memory."""
        self.names["scratch"] = self.scratch
        lines = []
        start = 0
        for number, (dtype, span) in enumerate(buffers):
            longer = (shape[0] + span, *shape[1:])
            kind = "float" if dtype == np.float64 else self.writer.name(dtype)
            lines.append(f"b{number} = np.ndarray({longer!r}, {kind}, memory, {start})")
            start += -(-prod(longer) * dtype.itemsize // LINE) * LINE
        self.scratch.size = max(self.scratch.size, start)
        return lines

    def total(self, fold: Fold, term: str) -> str:
        """Write the reductions of blocks to single numbers, each kept where its block says."""
        if not self.apart:
            return super().total(fold, term)
        rows = self.apart
        part = f"[at - low:min(at + {rows}, high) - low]"
        block = f"{term}{part if isinstance(fold.term, (Temp, Part)) else ''}"
        return (
            f"for at in range(low, high, {rows}): "
            f"p{fold.number}[at // {rows}] = {REDUCTIONS[fold.kind]}.reduce({block}, None)"
        )
