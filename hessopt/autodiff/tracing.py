"""What a trace needs to know while a function runs: every place where a value leaves the graph.

A recorded computation may be replayed for other inputs only if nothing in it was decided by the
values of this run without the record saying so. ``bool()`` of a traced value becomes a guard; any
other look at the numbers makes the function untraceable.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType

from hessopt.autodiff.node import Handle, Node, next_index


class Untraceable(Exception):
    """A function looked at the numbers it was traced with."""


class Tracer:
    """A trace under way; a context manager, within which `active` returns it.

    Attributes
    ----------
    guards : list of (Node, bool)
        Conditions the run depended on, and what they were.
    """

    def __init__(self) -> None:
        self.guards: list[tuple[Node, bool]] = []
        self._floor = next_index()
        self._inputs: frozenset[int] = frozenset()
        self._token: Token[Tracer | None]

    def start(self, inputs: list[Node]) -> None:
        """Say which nodes stand for the inputs."""
        self._inputs = frozenset(node.index for node in inputs)

    def follows(self, node: Node) -> bool:
        """Whether the value of `node` may differ at replay."""
        return node.index in self._inputs or (
            node.index > self._floor and node.primitive is not None
        )

    def guard(self, node: Node, outcome: bool) -> None:
        """Note that the run went on as `outcome` said."""
        if self.follows(node):
            self.guards.append((node, outcome))

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

active = _ACTIVE.get


def peek(value: Handle, purpose: str) -> None:
    """Let a running trace know that the numbers of `value` are about to be looked at."""
    tracer = active()
    if tracer is not None and tracer.follows(value._node):
        raise Untraceable(f"{purpose} looks at the value of a Variable")
