"""What a primitive is, and applying one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray  # each time, np.ndarray would be looked up: Python keeps no note of it

from hessopt.autodiff.accumulate import Bundle
from hessopt.autodiff.batching import Batch
from hessopt.autodiff.config import recording
from hessopt.autodiff.data import NUMERIC, as_operand
from hessopt.autodiff.node import (
    BOTH,
    FIRST,
    NO_PARAMS,
    SECOND,
    Handle,
    Node,
    new_node,
    next_index,
    shadow,
    untracked,
)
from hessopt.autodiff.registry import register
from hessopt.autodiff.structure import SAME, Link, Local, Shape, takes
from hessopt.autodiff.tracing import Tracer, Untraceable, active
from hessopt.autodiff.variable import Variable, handle, record

_new = object.__new__

OUTPUT = -1  # beside operand positions, the output's

LARGE = 1 << 16  # bytes; below, an array is not worth a second object

EVERYTHING = frozenset(range(OUTPUT, 64))
NOTHING: frozenset[int] = frozenset()

_NUMBERS = frozenset({float, int, complex, bool, np.float64, np.float32, np.int64})


class Primitive:
    """An operation with a derivative rule; a subclass declares one, a family knows the rest.

    A subclass of a family that names the callable it stands for, ``numpy = np.exp``, is
    instantiated once and registered.

    Attributes
    ----------
    numpy : callable, or tuple of callables
        What it answers for; the first one computes it.
    symbol : str
        Its sign in formulas and pictures, where it has one.
    name : str
        Its label in pictures: the class's name.
    elementwise : bool
        Whether output elements depend on the input elements at the same place alone.
    permutes : bool
        Whether every entry of its operand moves to one place, so that the adjoint is the inverse.
    uniform : bool
        Whether `pull` takes a single number for an adjoint of equal entries.
    may_fail : bool
        Whether it raises an error for some values, which a program must go on to do.
    stacks : bool
        Whether it takes any leading axes more, its axes being counted from the end, or none.
    core : tuple of int
        Where it does: for each operand, how many last axes are not broadcast; empty for none.
    """

    numpy: ClassVar[Any] = None
    symbol: ClassVar[str] = ""
    elementwise: ClassVar[bool] = False
    uniform: ClassVar[bool] = False
    permutes: ClassVar[bool] = False
    may_fail: ClassVar[bool] = False
    stacks: ClassVar[bool] = False
    core: ClassVar[tuple[int, ...]] = ()
    name: str
    forward: Callable[..., Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = cls.__name__
        if "pull" in cls.__dict__ and "reads" not in cls.__dict__:
            cls.reads = Primitive.reads  # what a family knows of its own rule says nothing here
        targets = cls.__dict__.get("numpy")
        if targets is None:
            return
        primitive = cls()
        if "forward" not in cls.__dict__:
            primitive.forward = targets[0] if isinstance(targets, tuple) else targets
        PRIMITIVES.append(primitive)
        register(targets, primitive, "primitive")

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        operands, params = self.bind(*args, **kwargs)
        return apply(self, operands, params)

    def of(self, a: Any, b: Any) -> Any:
        """Do the same as ``self(a, b)``, for the operators of arithmetic.

        They are most of what runs, and half of the time of `compute` would go into lists of two.
        """
        if active() is not None or not recording():
            return self(a, b)
        wanted = ()
        if isinstance(a, Variable):
            x = a._node
            p = x.data
            if x.tracked:
                wanted = FIRST
        else:
            x = p = a if type(a) in _NUMBERS else _held(a, self, None)
        if isinstance(b, Variable):
            y = b._node
            q = y.data
            if y.tracked:
                wanted = BOTH if wanted else SECOND
        else:
            y = q = b if type(b) in _NUMBERS else _held(b, self, None)
        data = self.forward(p, q)
        if not wanted:
            return handle(untracked(data))
        result = _new(Variable)
        result._node = recorded(data, self, (x, y), NO_PARAMS, wanted)
        return result

    def bind(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Split a call's arguments into operands and static parameters in one normal form."""
        if kwargs:
            raise unsupported(self, kwargs)
        return args, NO_PARAMS

    def replay(self, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        """Compute again what a program has noted, recorded where a Variable is among operands."""
        if any(isinstance(x, Handle) for x in operands):
            return apply(self, tuple(operands), params)
        y = self.forward(*operands, **params)
        return y if isinstance(y, tuple) else np.asarray(y)

    def batch(self, b: Batch, **params: Any) -> Any:
        """Return the results of all examples of a batch, with a leading axis."""
        if self.stacks:
            return self.replay(b.aligned(self.core), params)
        return b.one_by_one(lambda operands: self.replay(operands, params))

    def links(self, at: Local, **params: Any) -> list[Link]:
        """Return for each operand which of its entries each entry of the result depends on."""
        return at.each(at.broadcast if self.elementwise else at.everything)

    def shared(self, shapes: Sequence[Shape]) -> Shape:
        """Return the leading axes of several results along which examples are independent."""
        return ()

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        """Return which operands' values, and `OUTPUT`, the rule for the `wanted` ones reads."""
        return EVERYTHING

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        """Return the contributions of output adjoint `g` to the `wanted` operands of node `y`."""
        raise NotImplementedError(f"{self.name}: a family defines pull")


PRIMITIVES: list[Primitive] = []


def unsupported(rule: Any, kwargs: dict[str, Any]) -> TypeError:
    """Build the error for keyword arguments that a rule does not take."""
    names = ", ".join(f"{key}=" for key in kwargs)
    name = getattr(rule, "name", None) or rule.__name__
    advice = (
        "a Variable is never written into; use the returned value"
        if "out" in kwargs
        else "leave it out or write it in terms of other functions"
    )
    return TypeError(f"{name} on a Variable does not take {names}: {advice}")


def apply(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Compute a primitive at once and record it where a derivative may be asked for."""
    y = compute(primitive, operands, params)
    return tuple(map(handle, y)) if type(y) is tuple else handle(y)


def compute(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Do the work of `apply`; return a node, or a tuple of nodes."""
    tracer = active()
    if tracer is None and len(operands) == 1 and isinstance(operands[0], Variable):
        node = operands[0]._node
        if node.tracked and recording():  # the commonest case, which needs no lists of one
            data = (
                primitive.forward(node.data, **params) if params else primitive.forward(node.data)
            )
            y = recorded(data, primitive, (node,), params, FIRST)
            return y if type(data) is not tuple else _items(y)
    arrays = []
    nodes = []
    wanted = []
    for operand in operands:
        if isinstance(operand, Variable):
            node = operand._node
            if node.tracked:
                wanted.append(len(nodes))
            nodes.append(node)
            arrays.append(node.data)
            continue
        if type(operand) not in _NUMBERS:
            operand = _held(operand, primitive, tracer)
        nodes.append(operand)
        arrays.append(operand)
    try:
        data = primitive.forward(*arrays, **params) if params else primitive.forward(*arrays)
    except Exception as error:
        if tracer is not None:  # it may be caught, and another way be taken
            tracer.refusal = Untraceable(f"{primitive.name} failed: {error}")
        raise
    if tracer is not None:
        for value in params.values():
            tracer.keep(value)
    if not wanted or not recording():
        if tracer is None or not any(isinstance(x, Node) and tracer.follows(x) for x in nodes):
            return tuple(map(untracked, data)) if type(data) is tuple else untracked(data)
        wanted = []
    y = recorded(data, primitive, nodes, params, wanted)
    y.tracked = bool(wanted)
    if tracer is not None and primitive.may_fail:
        tracer.failing.append(y)
    return y if type(data) is not tuple else _items(y)


def recorded(
    data: Any, primitive: Primitive, operands: Any, params: dict[str, Any], wanted: Sequence[int]
) -> Node:
    """Make the node of what was just computed, and carries a derivative.

    It is `new_node` written out: a call less at each operation.
    """
    y = Node()
    if type(data) is ndarray:
        if data.nbytes >= LARGE:
            operands = _lightened(primitive, operands, wanted)
    elif type(data) is not tuple:
        data = np.asarray(data)
    y.data = data
    y.primitive = primitive
    y.operands = operands
    y.params = params
    y.wanted = wanted
    y.index = next_index()
    y.tracked = True
    return y


def _items(y: Node) -> tuple[Node, ...]:
    return tuple(_item(y, k) for k in range(len(y.data)))


def _held(operand: Any, primitive: Primitive, tracer: Tracer | None) -> Any:
    """Return a constant operand in a form that the graph can hold, or refuse it."""
    if type(operand) is not ndarray or operand.dtype.kind not in NUMERIC:
        operand = as_operand(operand, primitive.name)
    if tracer is not None:
        tracer.keep(operand)
    elif operand.flags.writeable and 0 < operand.nbytes < LARGE:
        return _snapshot(operand)
    return operand


def _snapshot(constant: np.ndarray) -> np.ndarray:
    """Copy a constant that its owner may write into before the graph is walked."""
    copied = constant.copy()
    copied.flags.writeable = False
    return copied


def _lightened(primitive: Primitive, nodes: Sequence[Any], wanted: Sequence[int]) -> list[Any]:
    """Let go of large intermediate results that no rule will read again.

    A graph that kept them would need several times the memory of the function itself.
    """
    read = primitive.reads(wanted)
    return [
        shadow(x)
        if i not in read
        and isinstance(x, Node)
        and x.primitive is not None
        and OUTPUT not in x.primitive.reads(x.wanted)
        else x
        for i, x in enumerate(nodes)
    ]


class Item(Primitive):
    """One output of a function that has several."""

    def __init__(self) -> None:
        self.forward = _take_slot

    def replay(self, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        return operands[0][params["slot"]]

    def batch(self, b: Batch, **params: Any) -> Any:
        return self.replay(b.operands, params)

    def links(self, at: Local, **params: Any) -> list[Link]:
        (lead,) = at.shapes
        rows = at.numbers(0).reshape((*lead, *(1,) * (len(at.shape) - len(lead))))
        return [SAME if lead == at.shape else takes(np.broadcast_to(rows, at.shape))]

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        bundle = y.operands[0]
        slot = y.params["slot"]
        return [Bundle(g if k == slot else None for k in range(len(bundle.data)))]


def _take_slot(bundle: tuple[Any, ...], slot: int) -> np.ndarray:
    return np.asarray(bundle[slot])


_ITEM = Item()


def item_of(bundle: Node, slot: int) -> Variable:
    """Return one output of a recorded function of several outputs."""
    return handle(_item(bundle, slot))


def _item(bundle: Node, slot: int) -> Node:
    wanted = FIRST if bundle.tracked else ()
    return new_node(_take_slot(bundle.data, slot), _ITEM, (bundle,), {"slot": slot}, wanted)


class Identity(Primitive):
    """The same value under another name, so that a derivative can be taken through it alone."""

    elementwise = True
    uniform = True
    stacks = True

    def __init__(self) -> None:
        self.forward = np.asarray

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        return (g,)


_IDENTITY = Identity()


def alias(x: Variable) -> Variable:
    """Return a new Variable of the same value whose only use is what follows."""
    return record(x._node.data, _IDENTITY, (x._node,), NO_PARAMS, (0,))
