"""One computation for values that are computed alike some entries apart.

Where entry i needs ``t[i]`` and ``t[i - 1]`` of something computed, a loop computes it twice. Block
by block it is computed once, for a few entries more than a block has, and read at two places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hessopt.program.nest import Compute, Load, Statement, Temp


class Part(NamedTuple):
    """A computed term without its first `lead` entries and its last `lack`."""

    number: int
    lead: int
    lack: int


class Reach(NamedTuple):
    """From where to where, along the first counter, a term is computed for the entry 0."""

    low: int
    high: int


class _Kind(NamedTuple):
    """What a term computes up to a shift, and by how much it is shifted."""

    what: Any
    shift: int


def merged(body: Sequence[Statement], most: int) -> tuple[list[Statement], dict[int, int]]:
    """Compute once what is computed at places that are at most so many entries apart.

    Parameters
    ----------
    body : sequence of Statement
    most : int
        Places further apart are computed by themselves.

    Returns
    -------
    body : list of Statement
        Its terms may be of the kind `Part`.
    spans : dict of int to int
        By how many entries a term is longer than a block, where it is.
    """
    return _Merger(body, most).result()


class _Merger:
    def __init__(self, body: Sequence[Statement], most: int) -> None:
        self.body = body
        self.loads = {s.target: s for s in body if isinstance(s, Load)}
        self.numbers: dict[Any, int] = {}
        self.kinds: dict[int, _Kind | None] = {}
        for s in body:
            if isinstance(s, Load):
                self.kinds[s.target] = self.of_load(s)
            elif isinstance(s, Compute):
                self.kinds[s.target] = self.of_compute(s)
        self.reaches = self.joined(most)
        self.written: dict[Any, int] = {}
        self.spans: dict[int, int] = {}
        self.fresh = max(self.kinds, default=0)

    def of_load(self, load: Load) -> _Kind | None:
        place, step = load.place, load.place.coefs[0]
        if step <= 0 or place.looked_up:
            return None
        shift, rest = divmod(place.const, step)
        return _Kind(self.number((load.array, place.coefs, rest)), shift)

    def of_compute(self, s: Compute) -> _Kind | None:
        kinds = [self.kinds[x.number] for x in s.arguments if isinstance(x, Temp)]
        if not kinds or any(kind is None for kind in kinds):
            return None
        shift = kinds[0].shift  # pyright: ignore - none is None
        operands = []
        for x in s.arguments:
            kind = self.kinds[x.number] if isinstance(x, Temp) else None
            operands.append((type(x), repr(x)) if kind is None else (kind.what, kind.shift - shift))
        params = repr(sorted(s.line.params.items()))
        return _Kind(self.number((id(s.line.primitive), params, s.line.dtype, *operands)), shift)

    def number(self, key: Any) -> int:
        """Return a small number that stands for a key."""
        return self.numbers.setdefault(key, len(self.numbers))

    def joined(self, most: int) -> dict[_Kind, Reach]:
        """Return how far to compute what several shifts need."""
        shifts: dict[Any, set[int]] = defaultdict(set)
        for s in self.body:
            kind = self.kinds[s.target] if isinstance(s, Compute) else None
            if kind is not None:
                shifts[kind.what].add(kind.shift)
        reaches: dict[_Kind, Reach] = {}
        for what, found in shifts.items():
            for group in _close_together(sorted(found), most):
                for shift in group:
                    reaches[_Kind(what, shift)] = Reach(group[0], group[-1])
        return reaches

    def reach(self, number: int) -> Reach:
        kind = self.kinds[number]
        if kind is None:
            return Reach(0, 0)
        return self.reaches.get(kind, Reach(kind.shift, kind.shift))

    def result(self) -> tuple[list[Statement], dict[int, int]]:
        text: list[Statement] = []
        for s in self.body:
            if isinstance(s, Load):
                continue  # written where it is read, as long as it is read there
            if not isinstance(s, Compute):
                text.extend(self.loaded(s.term, 0, 0))
                text.append(s._replace(term=self.read(s.term, 0, 0)))
                continue
            kind, reach = self.kinds[s.target], self.reach(s.target)
            key = s.target if kind is None else (kind.what, reach)
            if key in self.written:
                continue
            self.written[key] = s.target
            span = reach.high - reach.low
            if span:
                self.spans[s.target] = span
            shift = 0 if kind is None else reach.low - kind.shift
            for x in s.arguments:
                text.extend(self.loaded(x, shift, span))
            arguments = tuple(self.read(x, shift, span) for x in s.arguments)
            text.append(s._replace(arguments=arguments))
        return text, self.spans

    def loaded(self, x: Any, shift: int, span: int) -> Iterator[Load]:
        """Write the load of a term, unless it is written or none."""
        if not isinstance(x, Temp) or x.number not in self.loads:
            return
        load = self.moved(x.number, shift)
        key = load.array, load.place, span
        if key not in self.written:
            self.fresh += 1
            self.written[key] = self.fresh
            if span:
                self.spans[self.fresh] = span
            yield load._replace(target=self.fresh)

    def moved(self, number: int, shift: int) -> Load:
        load = self.loads[number]
        place = load.place
        return load._replace(place=place._replace(const=place.const + shift * place.coefs[0]))

    def read(self, x: Any, shift: int, span: int) -> Any:
        """Return the term for `x`, so many entries further on, for so many more than a block."""
        if not isinstance(x, Temp):
            return x
        if x.number in self.loads:
            load = self.moved(x.number, shift)
            return Temp(self.written[load.array, load.place, span])
        kind, reach = self.kinds[x.number], self.reach(x.number)
        if kind is None:
            return x
        number = self.written[kind.what, reach]
        lead = kind.shift + shift - reach.low
        lack = reach.high - reach.low - span - lead
        return Part(number, lead, lack) if lead or lack else Temp(number)


def _close_together(numbers: list[int], most: int) -> Iterator[list[int]]:
    """Yield runs of sorted numbers in which neighbours are at most so far apart."""
    group = numbers[:1]
    for number in numbers[1:]:
        if number - group[-1] > most:
            yield group
            group = []
        group.append(number)
    yield group
