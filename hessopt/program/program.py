"""A program: what a function computed, as numbered lines in static single assignment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hessopt.autodiff.function import Primitive

if TYPE_CHECKING:
    from graphviz import Source


@cache
def _is_own(kind: type) -> bool:
    return kind.__module__.startswith(("hessopt.autodiff.", "hessopt.primitives."))


@dataclass(frozen=True, slots=True)
class Ref:
    """The value that line `number` of a program computes; inputs come first."""

    number: int


class Instruction(NamedTuple):
    """One line.

    Attributes
    ----------
    primitive : Primitive
    operands : tuple of Ref and constants
    params : dict
        The primitive's static parameters.
    shape, dtype
        Of the result; `shape` is None for a tuple of several outputs.
    """

    primitive: Primitive
    operands: tuple[Any, ...]
    params: dict[str, Any]
    shape: tuple[int, ...] | None
    dtype: np.dtype | None

    @property
    def op(self) -> str:
        """The primitive's name if it is one of hessopt's own; a user's may be called the same."""
        primitive = self.primitive
        return primitive.name if _is_own(type(primitive)) else ""

    def references(self) -> Iterator[int]:
        """Yield the numbers of the values it uses."""
        return (x.number for x in self.operands if isinstance(x, Ref))

    def renumbered(self, numbers: dict[int, Any]) -> Instruction:
        """Return the instruction with its references replaced."""
        if not numbers:
            return self
        return self.with_operands(
            [numbers.get(x.number, x) if isinstance(x, Ref) else x for x in self.operands]
        )

    def with_operands(self, operands: list[Any]) -> Instruction:
        """Return the instruction with other operands; itself if they are the same objects."""
        if all(map(is_, operands, self.operands)):
            return self
        return Instruction(self.primitive, tuple(operands), self.params, self.shape, self.dtype)


@dataclass(frozen=True)
class Guard:
    """A condition that must come out as it did in the trace, else the program does not hold."""

    value: Any
    outcome: bool


@dataclass(frozen=True)
class Cost:
    """An estimate of the work of one run.

    Attributes
    ----------
    flops : int
        Elements computed by arithmetic; a product of matrices counts its multiplications twice.
    bytes : int
        Read and written by instructions that compute or copy.
    """

    flops: int
    bytes: int


@dataclass(frozen=True)
class Program:
    """Inputs, instructions, outputs; a pure value that passes take and return.

    Attributes
    ----------
    inputs : tuple of (shape, dtype)
        Values 0, 1, ... are the inputs.
    instructions : tuple of Instruction
        Value ``len(inputs) + k`` is what line k computes.
    outputs : tuple of Ref and constants
    guards : tuple of Guard
    passes : tuple of (name, instructions before, instructions after)
    """

    inputs: tuple[tuple[tuple[int, ...], np.dtype], ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[Any, ...]
    guards: tuple[Guard, ...] = ()
    passes: tuple[tuple[str, int, int], ...] = field(default=(), compare=False)

    def numbered(self) -> Iterator[tuple[int, Instruction]]:
        """Yield each instruction with the number of its value."""
        return enumerate(self.instructions, len(self.inputs))

    def roots(self) -> Iterator[Any]:
        """Yield what must be computed: the outputs and the guards' conditions."""
        yield from self.outputs
        yield from (guard.value for guard in self.guards)

    def rebuilt(self, kept: list[tuple[int, Instruction]], numbers: dict[int, Any]) -> Program:
        """Return a program of the `kept` lines, given under their old numbers.

        `numbers` maps old values to the Ref or constant that takes their place, in old numbers.
        Where nothing changed, it is this program.
        """
        olds, lines = ([old for old, _ in kept], tuple([line for _, line in kept]))
        if len(lines) == len(self.instructions) and all(map(is_, lines, self.instructions)):
            return self
        # what is not in here keeps its number
        final: dict[int, Any] = {
            old: Ref(new) for new, old in enumerate(olds, len(self.inputs)) if new != old
        }

        def resolve(x: Any) -> Any:
            while type(x) is Ref and x.number in numbers:
                x = numbers[x.number]
            return final.get(x.number, x) if type(x) is Ref else x

        if final or numbers:
            lines = tuple([line.with_operands(list(map(resolve, line.operands))) for line in lines])
        return replace(
            self,
            instructions=lines,
            outputs=tuple(map(resolve, self.outputs)),
            guards=tuple(Guard(resolve(g.value), g.outcome) for g in self.guards),
        )

    def cost(self) -> Cost:
        """Estimate the work of one run; moving entries costs bytes, not flops.

        Returns
        -------
        Cost

        Examples
        --------
        >>> import numpy as np, hessopt
        >>> norm = hessopt.jit(lambda a, x: np.sum((a @ x) ** 2))
        >>> norm.program(np.ones((100, 50)), np.ones(50)).cost()
        Cost(flops=10200, bytes=43608)
        """
        flops = moved = 0
        kinds: list[Any] = list(self.inputs)
        for line in self.instructions:
            kinds.append((line.shape, line.dtype))
            if line.shape is None or line.op in _VIEWS:
                continue
            operands = [kinds[x.number] if isinstance(x, Ref) else _kind(x) for x in line.operands]
            names = [x.number if isinstance(x, Ref) else (id(x),) for x in line.operands]
            once = dict(zip(names, operands, strict=True))
            moved += sum(math.prod(s) * np.dtype(d).itemsize for s, d in once.values() if s)
            moved += math.prod(line.shape) * np.dtype(line.dtype).itemsize
            if line.op not in _MOVES:
                flops += _flops(line, [shape or () for shape, _ in operands])
        return Cost(flops, moved)

    def to_dot(self, verbose: bool = True, **options: Any) -> str:
        """Return the program in the DOT language; its values have the names they have in the text.

        Parameters
        ----------
        verbose, **options
            As in `hessopt.get_dot_graph`.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If the program is too large for `max_nodes`.

        Examples
        --------
        >>> import numpy as np, hessopt
        >>> print(hessopt.jit(np.exp).program(np.ones(3)).to_dot(verbose=False))
        digraph g {
        1 [label="v1 (output)", color=orange, style=filled]
        2 [label="Exp", color=lightblue, style=filled, shape=box]
        3 [label="v0", color=orange, style=filled]
        3 -> 2
        2 -> 1
        }
        """
        from hessopt.pictures.dot import get_dot_graph  # not above: it reads programs itself

        return get_dot_graph(self, verbose, **options)

    def plot(self, to_file: Any = None, verbose: bool = True, **options: Any) -> Source:
        """Draw the program into a notebook, or a file.

        Parameters
        ----------
        to_file : path or None, optional
            Where to write; None writes nothing.
        verbose, **options
            As in `hessopt.plot_dot_graph`.

        Returns
        -------
        graphviz.Source
            A notebook shows it.

        Raises
        ------
        ValueError
            If the program is too large for `max_nodes`, or the file is none that can be drawn.
        RuntimeError
            If a file is wanted and Graphviz's program ``dot`` is not installed.

        Examples
        --------
        >>> import numpy as np, hessopt
        >>> picture = hessopt.jit(np.exp).program(np.ones(3)).plot()
        >>> picture.source.splitlines()[0]
        'digraph g {'
        """
        from hessopt.pictures.draw import plot_dot_graph

        return plot_dot_graph(self, verbose, to_file, **options)

    def __str__(self) -> str:
        lines = [f"v{k}: {_type(s, d)}" for k, (s, d) in enumerate(self.inputs)]
        text = [f"inputs {', '.join(lines)}"]
        for number, line in self.numbered():
            arguments = [_spell(x) for x in line.operands]
            arguments += [f"{k}={_spell(v)}" for k, v in line.params.items()]
            kind = "" if line.shape is None else f": {_type(line.shape, line.dtype)}"
            text.append(f"  v{number}{kind} = {line.primitive.name}({', '.join(arguments)})")
        for guard in self.guards:
            text.append(f"  holds only if {_spell(guard.value)} is {guard.outcome}")
        text.append(f"outputs {', '.join(map(_spell, self.outputs))}")
        return "\n".join(text)


_VIEWS = frozenset(("GetItem", "Reshape", "Transpose", "BroadcastTo", "Identity", "Item"))
_MOVES = frozenset(("Copy", "Cast", "Concatenate", "SetItem"))


def _kind(constant: Any) -> tuple[tuple[int, ...], Any]:
    x = np.asarray(constant)
    return x.shape, x.dtype


def _flops(line: Instruction, shapes: list[tuple[int, ...]]) -> int:
    """Count the elements that are computed, or the products and sums of a contraction."""
    if line.op in ("MatMul", "Dot"):
        summed = shapes[0][-1] if shapes[0] and shapes[1] else 1
        return 2 * math.prod(line.shape or ()) * summed
    if line.op == "Einsum":
        letters = dict(zip("".join(line.params["inputs"]), sum(shapes, ()), strict=True))
        return len(shapes) * math.prod(letters.values())
    return max(math.prod(line.shape or ()), *map(math.prod, shapes), 0)


def _type(shape: tuple[int, ...], dtype: Any) -> str:
    return f"{np.dtype(dtype).name}[{','.join(map(str, shape))}]"


def _spell(x: Any) -> str:
    if isinstance(x, Ref):
        return f"v{x.number}"
    if isinstance(x, slice):
        parts = ["" if p is None else str(p) for p in (x.start, x.stop, x.step)]
        return ":".join(parts if parts[2] else parts[:2])
    if isinstance(x, np.ndarray) and x.ndim:
        if x.size and not any(x.strides):  # one number stands for all
            return f"<{_type(x.shape, x.dtype)}: all {x[(0,) * x.ndim].item()!r}>"
        return f"<{_type(x.shape, x.dtype)}>"
    if isinstance(x, (np.ndarray, np.generic)):
        return repr(x.item())
    if isinstance(x, tuple):
        return f"({', '.join(map(_spell, x))}{',' if len(x) == 1 else ''})"
    return repr(x)
