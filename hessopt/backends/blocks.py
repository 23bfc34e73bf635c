"""Fused loops as calls of NumPy on one block of entries after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from hessopt.backends.code import indented
from hessopt.backends.driver import Driver
from hessopt.backends.shifts import Part, merged
from hessopt.program.collapse import collapsed
from hessopt.program.nest import (
    Check,
    Compute,
    Define,
    Fold,
    Load,
    Nest,
    Scalar,
    Segment,
    Statement,
    Store,
    Temp,
    Zero,
)
from hessopt.program.places import Place
from hessopt.program.program import Instruction

BLOCK = 1 << 14  # entries of a block: eight blocks of doubles fit into the cache of a core

UFUNCS = frozenset(
    x for x in vars(np).values() if isinstance(x, np.ufunc) and x.nout == 1 and not x.signature
) | {np.where}

_STARTS = {"Sum": "0.0", "Max": "-np.inf", "Min": "np.inf"}
REDUCTIONS = {"Sum": "np.add", "Max": "np.maximum", "Min": "np.minimum"}


def strided(flat: np.ndarray, start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> Any:
    """Return a view of a raveled array: entry (i, j, ...) is at ``start + i * steps[0] + ...``."""
    size = flat.itemsize
    strides = tuple(size * step for step in steps)
    return np.ndarray(shape, flat.dtype, flat, start * size, strides)


@dataclass(frozen=True)
class Cut:
    """A segment to be run in blocks of `rows` along the first of its counters.

    Attributes
    ----------
    nest : Nest
        Where it belongs.
    counts : tuple of int
        How far each counter runs.
    rows : int
    body : list of Statement
    spans : dict of int to int
        By how many entries a term is longer than a block, where it is.
    views : dict
        Names of views of arrays, by what is read or written there.
    """

    nest: Nest
    counts: tuple[int, ...]
    rows: int
    body: list[Statement]
    spans: dict[int, int]
    views: dict[Any, str]

    @property
    def whole(self) -> bool:
        """Whether it is one block."""
        return self.counts[0] <= self.rows


class BlockDriver(Driver):
    """Runs of loops are written out as ufuncs with ``out=`` on blocks."""

    def loops(self, steps: list[Any], later: list[Any]) -> None:
        """Write a run of loops."""
        self.names["strided"] = strided
        for step in steps:
            if isinstance(step, Zero):
                self.lines.append(f"{self.array(step.number)}.fill({step.value!r})")
            elif isinstance(step, Check):
                self.check(step)
            elif step.depth == 0:
                for segment in step.segments:
                    self.numbers(segment)
            else:
                nest = collapsed(step)
                self.nest(nest)

    def numbers(self, segment: Segment) -> None:
        """Write the computation of single numbers."""
        terms: dict[int, str] = {}
        for s in segment.body:
            if isinstance(s, Load):
                terms[s.target] = f"{self.array(s.array)}[{s.place.const}]"
            elif isinstance(s, Compute):
                operands = ", ".join(self.term(x, terms) for x in s.arguments)
                function: Any = np.power if s.line.op == "Pow" else s.line.primitive.forward
                kind = self.number_of(s.line.dtype)
                call = (
                    operands if s.line.op == "Cast" else f"{self.writer.name(function)}({operands})"
                )
                terms[s.target] = f"t{s.target}"
                self.lines.append(f"t{s.target} = {kind}({call})")
            elif isinstance(s, Store):
                sign = "+=" if s.adds else "="
                target = f"{self.array(s.number)}[{s.place.const}]"
                self.lines.append(f"{target} {sign} {self.term(s.term, terms)}")
            elif isinstance(s, Define):
                kind = self.number_of(self.kinds[s.number][1])
                self.lines.append(f"v{s.number} = {kind}({self.term(s.term, terms)})")

    def operand(self, term: Any, line: Instruction, terms: dict[int, str]) -> str:
        """Return the code of an operand of an operation on blocks."""
        constant = not isinstance(term, (Temp, Part, Scalar))
        if constant and isinstance(line.primitive.forward, np.ufunc) and line.op != "Pow":
            return self.writer.number(term, line)
        return self.term(term, terms)

    def term(self, term: Any, terms: dict[int, str]) -> str:
        """Return the code of a term."""
        if isinstance(term, Temp):
            return terms[term.number]
        if isinstance(term, Part):
            return f"{terms[term.number]}[{term.lead or ''}:{-term.lack or ''}]"
        return f"v{term.number}" if isinstance(term, Scalar) else self.writer.spell(term)

    def nest(self, nest: Nest) -> None:
        """Write a nest: its segments block by block along the first counter."""
        folds = {s.number: s for g in nest.segments for s in g.body if isinstance(s, Fold)}
        totals = [fold for fold in folds.values() if fold.place is None]
        self.lines += [f"v{fold.number} = {_STARTS[fold.kind]}" for fold in totals]
        for segment in nest.segments:
            if segment.body:
                self.segment(nest, segment)
        self.lines += [
            f"v{fold.number} = {self.number_of(self.kinds[fold.number][1])}(v{fold.number})"
            for fold in totals
        ]

    def segment(self, nest: Nest, segment: Segment) -> None:
        """Write one segment."""
        counts = tuple(high - low for low, high in segment.ranges)
        lows = [low for low, _ in segment.ranges]
        inner = counts[1:]
        rows = max(1, BLOCK // max(1, prod(inner)))
        body, spans = merged(segment.body, min(rows, counts[0]) // 4)
        views: dict[Any, str] = {}

        def view(
            key: Any, place: Place, axes: Sequence[int] = range(nest.depth), span: int = 0
        ) -> None:
            if (key, place, span) not in views:
                name = views[key, place, span] = f"w{len(views)}"
                start = place.const + sum(c * low for c, low in zip(place.coefs, lows, strict=True))
                longer = (counts[0] + span, *inner)
                shape, steps = (tuple(x[a] for a in axes) for x in (longer, place.coefs))
                of = f"strided({self.array(key)}, {start}, {shape!r}, {steps!r})"
                self.lines.append(f"{name} = {of}")

        for s in body:
            if isinstance(s, Load):
                view(s.array, s.place, span=spans.get(s.target, 0))
            elif isinstance(s, Store):
                view(s.number, s.place, moving(s.place) if s.adds else range(nest.depth))
            elif isinstance(s, Fold) and s.place is not None:
                view(s.number, s.place, range(nest.rows))
        self.blocks(Cut(nest, counts, rows, body, spans, views))

    def blocks(self, cut: Cut) -> None:
        """Write a segment whose views are there: it is one block, or a loop over blocks."""
        counts, rows = cut.counts, cut.rows
        buffers, chosen = assigned(cut.body, cut.spans)
        for number, (dtype, span) in enumerate(buffers):
            kind = "" if dtype == np.float64 else f", {self.writer.name(dtype)}"
            shape = (min(rows, counts[0]) + span, *counts[1:])
            self.lines.append(f"q{number} = empty({shape!r}{kind})")
        text = self.body(cut, chosen)
        done = ", ".join([*cut.views.values(), *(f"q{k}" for k in range(len(buffers)))])
        if cut.whole:
            self.lines += [*text, f"del {done}"]
            return
        full, rest = divmod(counts[0], rows)
        self.lines += [
            f"for low in range(0, {full * rows}, {rows}):",
            f"    high = low + {rows}",
            *indented(text),
        ]
        if rest:
            ends = [f"q{k} = q{k}[:{rest + span}]" for k, (_, span) in enumerate(buffers)]
            self.lines += [*ends, f"low, high = {full * rows}, {counts[0]}", *text]
        self.lines.append(f"del {done}")

    def body(self, cut: Cut, chosen: dict[int, Any]) -> list[str]:
        """Write the statements for one block."""
        nest, spans, views, whole = cut.nest, cut.spans, cut.views, cut.whole
        part = "" if whole else "[low:high]"
        terms: dict[int, str] = {}

        text: list[str] = []
        for s in cut.body:
            if isinstance(s, Load):
                span = spans.get(s.target, 0)
                longer = f"[low:high + {span}]" if span and not whole else part
                terms[s.target] = f"{views[s.array, s.place, span]}{longer}"
            elif isinstance(s, Compute):
                place = chosen[s.target]
                out = (
                    f"{views[place.number, place.place, 0]}{part}"
                    if isinstance(place, Store)
                    else f"q{place}"
                )
                operands = [self.operand(x, s.line, terms) for x in s.arguments]
                text += self.operation(s.line, operands, out)
                terms[s.target] = out
            elif isinstance(s, Store):
                target = f"{views[s.number, s.place, 0]}{part}"
                if s.adds:
                    text += self.adding(s, self.term(s.term, terms), views, nest, part)
                elif self.term(s.term, terms) != target:
                    name = views[s.number, s.place, 0]
                    text.append(
                        f"{name}[{'...' if whole else 'low:high'}] = {self.term(s.term, terms)}"
                    )
            elif isinstance(s, Fold):
                text.append(self.fold(s, self.term(s.term, terms), views, nest, whole))
        return text

    def adding(
        self, store: Store, term: str, views: dict[Any, str], nest: Nest, part: str
    ) -> list[str]:
        """Write a sum into an array: first over the counters that do not move in it."""
        kept = moving(store.place)
        summed = tuple(axis for axis in range(nest.depth) if axis not in kept)
        target = views[store.number, store.place, 0]
        if summed:
            term = f"np.add.reduce({term}, {summed!r})"
        return [f"t = {target}{part if 0 in kept else ''}", f"t += {term}"]

    def fold(self, fold: Fold, term: str, views: dict[Any, str], nest: Nest, whole: bool) -> str:
        """Write a reduction of one block."""
        ufunc = REDUCTIONS[fold.kind]
        if fold.place is None:
            return self.total(fold, term)
        axes = tuple(range(nest.rows, nest.depth))
        target = f"{views[fold.number, fold.place, 0]}[{'...' if whole else 'low:high'}]"
        return f"{target} = {ufunc}.reduce({term}, {axes!r})"

    def total(self, fold: Fold, term: str) -> str:
        """Write a reduction of one block to a single number, which goes over all blocks."""
        ufunc, total = REDUCTIONS[fold.kind], f"v{fold.number}"
        return f"{total} = {ufunc}({total}, {ufunc}.reduce({term}, None))"

    def operation(self, line: Instruction, operands: list[str], out: str) -> list[str]:
        """Write an elementwise operation into a buffer."""
        if line.op == "Pow" and operands[1] in ("(2)", "(2.0)"):
            return [f"np.square({operands[0]}, out={out})"]
        if line.op == "Cast":
            return [f"np.copyto({out}, {operands[0]}, 'unsafe')"]
        function: Any = line.primitive.forward if line.op != "Pow" else np.power
        if function is np.where:
            condition, a, b = operands
            if a == out:
                return [f"np.copyto({out}, {b}, where=np.logical_not({condition}))"]
            start = [] if b == out else [f"np.copyto({out}, {b})"]
            return [*start, f"np.copyto({out}, {a}, where={condition})"]
        return [f"{self.writer.name(function)}({', '.join(operands)}, out={out})"]


def moving(place: Place) -> list[int]:
    """Return the counters on which a place depends."""
    return [axis for axis, coef in enumerate(place.coefs) if coef]


def assigned(
    body: Sequence[Statement], spans: dict[int, int]
) -> tuple[list[tuple[Any, int]], dict[int, Any]]:
    """Choose for each computed term a buffer, or the store that it is meant for.

    Returns the buffers' types and by how much each is longer than a block, and the choice by the
    term's number.
    """
    last: dict[int, int] = {}
    for at, s in enumerate(body):
        for x in terms_of(s):
            if isinstance(x, (Temp, Part)):
                last[x.number] = at
    stores = {
        s.term.number: s
        for s in body
        if isinstance(s, Store) and not s.adds and isinstance(s.term, Temp)
    }
    buffers: list[Any] = []
    free: dict[Any, list[int]] = defaultdict(list)
    chosen: dict[int, Any] = {}
    ending: dict[int, list[int]] = defaultdict(list)
    for number, at in last.items():
        ending[at].append(number)
    kinds: dict[int, Any] = {}
    for at, s in enumerate(body):
        # an operand that ends here may be overwritten, element by element; not one of a choice
        early = isinstance(s, Compute) and s.line.primitive.forward is not np.where
        if early:
            _release(ending[at], chosen, kinds, free)
        if isinstance(s, Compute):
            kind = s.line.dtype, spans.get(s.target, 0)
            if s.target in stores:
                chosen[s.target] = stores[s.target]
            elif free[kind]:
                chosen[s.target] = free[kind].pop()
            else:
                chosen[s.target] = len(buffers)
                buffers.append(kind)
            kinds[s.target] = kind
        if not early:
            _release(ending[at], chosen, kinds, free)
    return buffers, chosen


def _release(ended: list[int], chosen: Any, kinds: Any, free: Any) -> None:
    for number in ended:
        if isinstance(chosen.get(number), int):
            free[kinds[number]].append(chosen[number])


def terms_of(statement: Any) -> tuple[Any, ...]:
    """Return the terms that a statement reads."""
    if isinstance(statement, Compute):
        return statement.arguments
    return () if isinstance(statement, Load) else (statement.term,)
