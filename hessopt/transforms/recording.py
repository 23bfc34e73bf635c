"""Run a function on Variables and pull adjoints back to its arguments.

Every transform is made of these two steps. Transforms nest: an argument that is itself a Variable,
or a Variable that the function takes from its surroundings, makes the result a Variable connected
to it, so no derivative is lost at any level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hessopt.autodiff import backprop
from hessopt.autodiff.config import recording, using_config
from hessopt.autodiff.data import check_data
from hessopt.autodiff.function import alias
from hessopt.autodiff.node import Node
from hessopt.autodiff.variable import Variable, leaf

Argnums = int | Sequence[int]


def positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    """Return `argnums` as a tuple of valid positions."""
    numbers = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    for number in numbers:
        if not isinstance(number, (int, np.integer)) or not -count <= number < count:
            raise ValueError(
                f"argnums={argnums!r}: the function was called with {count} positional "
                f"argument{'' if count == 1 else 's'}, counted from 0"
            )
    if len({n % count for n in numbers}) != len(numbers) or not numbers:
        raise ValueError(f"argnums={argnums!r} must name each argument once")
    return tuple(int(n) % count for n in numbers)


def as_input(x: Any, name: str) -> Variable:
    """Make the Variable that a function is differentiated with respect to."""
    if isinstance(x, Variable):
        return alias(x) if x.tracked and recording() else leaf(x._data)
    try:
        return leaf(check_data(x))
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


@dataclass
class Recording:
    """One run of a function: the inputs to differentiate by, and the output."""

    inputs: tuple[Variable, ...]
    output: Any
    nested: bool

    @classmethod
    def of(
        cls, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Argnums
    ) -> Recording:
        """Call ``f(*args, **kwargs)`` with the arguments at `argnums` as Variables."""
        if not callable(f):
            raise TypeError(f"f must be a function, not {type(f).__name__}")
        chosen = positions(argnums, len(args))
        inputs = tuple(as_input(args[i], f"argument {i}") for i in chosen)
        arguments = list(args)
        for i, x in zip(chosen, inputs, strict=True):
            arguments[i] = x
        nested = recording() and any(x.primitive is not None for x in inputs)
        with using_config("enable_backprop", True):
            output = f(*arguments, **kwargs)
        return cls(inputs, output, nested)

    def scalar(self) -> Recording:
        """Insist that the output is one real number."""
        check_scalar(self.output)
        return self

    def array(self) -> Recording:
        """Insist that the output is a real or complex array."""
        output = self.output
        if not isinstance(output, Variable):
            array = np.asarray(output) if output is not None else None
            if array is None or array.dtype.kind not in "fciub":
                raise TypeError(f"f returned {_describe(output)}; it must return an array")
            self.output = array
        return self

    def pullback(self, *, graph: bool = False) -> Pullback:
        """Prepare to pull adjoints of the output back to the inputs."""
        return Pullback(self.output, self.inputs, graph, self.nested)

    def value(self) -> Any:
        """Return the output: connected where an outer derivative needs it, else plain."""
        output = self.output
        if not isinstance(output, Variable):
            return output
        return output if self.pullback().records else output._data[()]


@dataclass
class Pullback:
    """The linear map from an adjoint of `output` to adjoints of `inputs`."""

    output: Any
    inputs: tuple[Variable, ...]
    graph: bool
    nested: bool
    isolated: bool = False  # whether `nested` says all about outer derivatives

    @cached_property
    def _nodes(self) -> list[Node]:
        if not isinstance(self.output, Variable):
            return []
        return backprop.collect([self.output], frozenset(self.inputs))

    @cached_property
    def _outside(self) -> bool:
        return backprop.reaches_outside(self._nodes, frozenset(self.inputs))

    @property
    def records(self) -> bool:
        """Whether results are Variables: asked for, or needed by an outer derivative."""
        if self.graph or self.nested:
            return True
        return not self.isolated and self._outside and recording()

    def elementwise(self) -> bool:
        """Whether each element of the output depends on its own element of each input alone."""
        return not isinstance(self.output, Variable) or backprop.is_elementwise(
            [self.output], self._nodes
        )

    def __call__(self, seed: Any) -> tuple[Any, ...]:
        """Return the inputs' adjoints: Variables where `records`, else new arrays."""
        graph = self.records or (isinstance(seed, Variable) and seed.tracked)
        if isinstance(seed, Variable) and not graph:
            seed = seed._data
        adjoints: Any = {}
        if isinstance(self.output, Variable) and (
            self._nodes or any(self.output is x for x in self.inputs)
        ):
            inputs = frozenset(self.inputs) if self._outside else None
            adjoints = backprop.walk(self._nodes, [(self.output, seed)], graph=graph, inputs=inputs)
        reached = [x for x in self.inputs if x in adjoints]
        if not graph:
            backprop.settle(adjoints, reached, [seed])
        return tuple(adjoints[x] if x in adjoints else np.zeros_like(x._data) for x in self.inputs)


def check_scalar(value: Any) -> None:
    """Refuse what is not one real number."""
    if value is None:
        raise TypeError("f returned None; it must return a scalar (is a return missing?)")
    shape = np.shape(value) if not isinstance(value, Variable) else value.shape
    if shape != ():
        raise TypeError(
            f"f returned an array of shape {shape}; it must return a scalar: reduce it, e.g. with "
            "np.sum, or use hessopt.jacobian"
        )
    kind = (value if isinstance(value, Variable) else np.asarray(value)).dtype.kind
    if kind == "c":
        raise TypeError("f returned a complex number; it must return a real one, e.g. np.real(y)")
    if kind not in "fiub":
        raise TypeError(f"f returned {_describe(value)}; it must return a real number")


def _describe(value: Any) -> str:
    return "None" if value is None else f"{type(value).__name__} {value!r:.60}"
