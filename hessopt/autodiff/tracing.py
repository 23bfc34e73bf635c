"""What a trace needs to know while a function runs: every place where a value leaves the graph.

A recorded computation may be replayed for other inputs only if nothing in it was decided by the
values of this run without the record saying so. ``bool()`` of a traced value becomes a guard, and
so do positions, orders and masks that the run goes by; any other look at the numbers makes the
function untraceable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, NoReturn
from zlib import crc32

import numpy as np

from hessopt.autodiff.node import Handle, Node, next_index
from hessopt.autodiff.registry import RULES


class Untraceable(Exception):
    """A function did something that a replay could not repeat."""


SMALL = 1 << 16  # bytes; larger constants are looked at twice, not at each use


class Tracer:
    """A trace under way; a context manager, within which `active` returns it.

    Attributes
    ----------
    guards : list of (Node, bool)
        Conditions the run depended on, and what they were.
    failing : list of Node
        Operations that raise an error for some values, whether or not the result needs them.
    refusal : Untraceable or None
        Why the run cannot be replayed. It counts even if the function catches the exception.
    """

    def __init__(self) -> None:
        self.guards: list[tuple[Node, bool]] = []
        self._guarded: set[int] = set()
        self.failing: list[Node] = []
        self.refusal: Untraceable | None = None
        self._floor = next_index()
        self._depends: dict[int, bool] = {}
        self._constants: dict[int, tuple[np.ndarray, int]] = {}
        self._token: Token[Tracer | None]

    def start(self, inputs: list[Node]) -> None:
        """Say which nodes stand for the inputs."""
        self._depends = dict.fromkeys((node.index for node in inputs), True)

    def is_outside(self, node: Node) -> bool:
        """Whether `node` was made before the run: it belongs to somebody else."""
        return node.index <= self._floor

    def is_computed(self, node: Node) -> bool:
        """Whether the run computed `node`, from inputs or constants."""
        return node.index > self._floor and node.primitive is not None

    def follows(self, node: Node) -> bool:
        """Whether the value of `node` may differ at replay: it depends on an input.

        What was made before the run counts too, for the run does not know where it came from.
        """
        known = self._depends
        stack = [] if node.index in known else [node]
        while stack:
            y = stack[-1]
            if self.is_outside(y) or y.primitive is None or y.operands is None:
                known[y.index] = self.is_outside(y) or y.primitive is not None
            else:
                below = [x.index for x in y.operands if isinstance(x, Node)]
                if any(known.get(k, False) for k in below):
                    known[y.index] = True
                else:
                    unknown = [
                        x for x in y.operands if isinstance(x, Node) and x.index not in known
                    ]
                    if unknown:
                        stack += unknown
                        continue
                    known[y.index] = False
            stack.pop()
        return known[node.index]

    def guard(self, node: Node, outcome: bool) -> None:
        """Note that the run went on as `outcome` said."""
        if self.is_outside(node):
            self.refuse("a Variable from outside the function decides how it goes on")
        if self.follows(node):
            self.guards.append((node, outcome))

    def guard_all(self, value: Handle) -> None:
        """Note that the run went on with these very numbers, none of which may change."""
        if self.is_outside(value._node):
            self.refuse("a Variable from outside the function decides how it goes on")
        if value._node.index not in self._guarded:
            self._guarded.add(value._node.index)
            same = RULES[np.array_equal](value, value._node.data.copy())  # pyright: ignore
            self.guards.append((same._node, True))

    def keep(self, constant: Any) -> None:
        """Remember what a constant holds, which must not change while the function runs.

        The program refers to the array, so it would see the last of its contents everywhere.
        """
        if isinstance(constant, np.ndarray):
            known = self._constants.get(id(constant))
            if known is None:
                self._constants[id(constant)] = (constant, _fingerprint(constant))
            elif constant.nbytes <= SMALL and _fingerprint(constant) != known[1]:
                self._refuse_changed()
        elif isinstance(constant, (tuple, list)):
            for part in constant:
                self.keep(part)

    def check_constants(self) -> None:
        """Refuse the run if a constant that it used was written into later."""
        if any(_fingerprint(array) != seen for array, seen in self._constants.values()):
            self._refuse_changed()

    def _refuse_changed(self) -> NoReturn:
        self.refuse(
            "it writes into an array that it has used already (write `a = a + b`, not `a += b`)"
        )

    def refuse(self, reason: str) -> NoReturn:
        """Give the trace up."""
        self.refusal = Untraceable(reason)
        raise self.refusal

    def __enter__(self) -> Tracer:
        self._token = _ACTIVE.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _ACTIVE.reset(self._token)


_ACTIVE: ContextVar[Tracer | None] = ContextVar("tracer", default=None)

_ACTIVE.set(None)  # Python remembers where a variable's value is, but not that it has none
active = _ACTIVE.get


@contextmanager
def untraced() -> Iterator[None]:
    """Compute beside a running trace: what happens within an operation is no part of the program.

    The operation answers for it that nothing but its operands decides the result.
    """
    token = _ACTIVE.set(None)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def peek(value: Handle, purpose: str) -> None:
    """Let a running trace know that the numbers of `value` are about to be looked at.

    Whole numbers and truth values (an order, a position, a mask) become a guard: the program holds
    as long as they come out the same.
    """
    tracer = active()
    if tracer is None or not tracer.follows(value._node):
        return
    if value._node.data.dtype.kind not in "iub":
        tracer.refuse(f"{purpose} looks at the value of a Variable")
    tracer.guard_all(value)


def _fingerprint(array: np.ndarray) -> int:
    return crc32(array.tobytes()) if array.dtype.kind != "O" else id(array)
