"""What a fused program is made of: loops over entries, calls, and single numbers.

This is the form between a `Program` and its code. A backend spells it; it decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hessopt.program.places import Place
from hessopt.program.program import Instruction


class Temp(NamedTuple):
    """What an earlier statement of the same body computed."""

    number: int


class Scalar(NamedTuple):
    """A value of the program that is a single number."""

    number: int


# A Temp, a Scalar, or a number of Python's or NumPy's.
Term = Any


class Load(NamedTuple):
    """Read one entry of an array: value `array` of the program, or a constant, raveled."""

    target: int
    array: Any
    place: Place


class Compute(NamedTuple):
    """Apply an elementwise line of the program to terms."""

    target: int
    line: Instruction
    arguments: tuple[Term, ...]


class Store(NamedTuple):
    """Write one entry of value `number`, raveled, or add to it."""

    number: int
    place: Place
    term: Term
    adds: bool = False


class Fold(NamedTuple):
    """Take a term into a sum or an extreme over the inner counters of the loop.

    The result goes to `place` of value `number`; to the single number where that is None.
    """

    number: int
    term: Term
    kind: str
    place: Place | None


class Define(NamedTuple):
    """Give a value of the program that is a single number its term."""

    number: int
    term: Term


Statement = Load | Compute | Store | Fold | Define


@dataclass(frozen=True)
class Segment:
    """A box of the counters in which the same statements apply."""

    ranges: tuple[tuple[int, int], ...]
    body: tuple[Statement, ...]


@dataclass
class Nest:
    """Loops over boxes of counters; those from `rows` on are folded over.

    With no counters it is straight-line code on single numbers.
    """

    depth: int
    rows: int
    segments: list[Segment] = field(default_factory=list)

    def arrays(self) -> set[int]:
        """Return the values whose entries are read or written."""
        found: set[int] = set()
        for segment in self.segments:
            for s in segment.body:
                if isinstance(s, Load) and isinstance(s.array, int):
                    found.add(s.array)
                elif isinstance(s, (Store, Fold)):
                    found.add(s.number)
        return found

    def scalars(self) -> set[int]:
        """Return the single numbers that are read."""
        found: set[int] = set()
        for segment in self.segments:
            for statement in segment.body:
                if isinstance(statement, Compute):
                    terms = statement.arguments
                else:
                    terms = (getattr(statement, "term", None),)
                found.update(x.number for x in terms if isinstance(x, Scalar))
        return found


class Zero(NamedTuple):
    """Fill an array with one number, to be added to."""

    number: int
    value: float = 0.0


class View(NamedTuple):
    """Take the array of value `of` in the shape of value `number`."""

    number: int
    of: int


class Call(NamedTuple):
    """Run a line of the program as it is."""

    number: int


class Check(NamedTuple):
    """Leave where a condition of the trace does not hold."""

    number: int
    outcome: bool


@dataclass(frozen=True)
class Plan:
    """The steps of a fused program, in order.

    Attributes
    ----------
    steps : list of Nest, Zero, View, Call and Check
    stored : list of int
        Values that are arrays which the nests fill; results of calls are not among them.
    arrays : dict
        Constant arrays by the keys that loads use; index arrays are among them.
    """

    steps: list[Any]
    stored: list[int]
    arrays: dict[Any, Any]
