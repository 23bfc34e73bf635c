"""Run a function on Variables and pull adjoints back to its arguments.

Every transform is made of these two steps. Transforms nest: an argument that is itself a Variable,
or a Variable that the function takes from its surroundings, makes the result a Variable connected
to it, so no derivative is lost at any level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff import backprop
from hessopt.autodiff.config import recording, using_config
from hessopt.autodiff.data import check_data
from hessopt.autodiff.function import alias
from hessopt.autodiff.node import Node
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.tracing import active
from hessopt.autodiff.variable import Variable, leaf
from hessopt.transforms.trees import is_container, is_tree, leaves, rebuild

Argnums = int | Sequence[int]


def positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    """Return `argnums` as a tuple of valid positions."""
    if type(argnums) is int and 0 <= argnums < count:
        return (argnums,)
    numbers = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    if isinstance(argnums, str) or not all(isinstance(n, (int, np.integer)) for n in numbers):
        raise ValueError(f"argnums={argnums!r} must be a whole number, or several")
    for number in numbers:
        if not -count <= number < count:
            raise ValueError(
                f"argnums={argnums!r}: the function was called with {count} positional "
                f"argument{'' if count == 1 else 's'}, counted from 0"
            )
    if len({n % count for n in numbers}) != len(numbers) or not numbers:
        raise ValueError(f"argnums={argnums!r} must name each argument once")
    return tuple(int(n) % count for n in numbers)


def as_input(x: Any, name: str) -> Variable:
    """Make the Variable that a function is differentiated with respect to."""
    if type(x) is np.ndarray and x.dtype.kind == "f":
        return leaf(x)
    if isinstance(x, Variable):
        return alias(x) if x._node.tracked and recording() else leaf(x.data)
    try:
        return leaf(check_data(x))
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


class Recording:
    """One run of a function: the inputs to differentiate by, and the output.

    Attributes
    ----------
    inputs : tuple of Node
    output : Variable, or a constant
    nested : bool
        Whether an input is connected to a graph outside, so that results must be too.
    arguments : list
        The differentiated arguments as they were given.
    """

    __slots__ = ("arguments", "inputs", "nested", "output")

    def __init__(
        self, inputs: tuple[Node, ...], output: Any, nested: bool, arguments: list[Any]
    ) -> None:
        self.inputs = inputs
        self.output = output
        self.nested = nested
        self.arguments = arguments

    @classmethod
    def of(
        cls, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Argnums
    ) -> Recording:
        """Call ``f(*args, **kwargs)`` with the arguments at `argnums` as Variables."""
        if not callable(f):
            raise TypeError(f"f must be a function, not {type(f).__name__}")
        arguments = list(args)
        given = []
        inputs = []
        for i in positions(argnums, len(args)):
            given.append(args[i])
            if is_tree(args[i]):
                handles = [as_input(x, path) for path, x in leaves(args[i], f"argument {i}")]
                arguments[i] = rebuild(args[i], iter(handles))
                inputs.extend(x._node for x in handles)
            else:
                arguments[i] = as_input(args[i], f"argument {i}")
                inputs.append(arguments[i]._node)
        if not inputs:
            raise ValueError("the argument to differentiate by holds no array")
        nested = False
        for x in inputs:
            nested = nested or x.primitive is not None
        if recording():
            output = _result(f, arguments, kwargs)
        else:
            with using_config("enable_backprop", True):
                output = _result(f, arguments, kwargs)
        return cls(tuple(inputs), output, nested, given)

    def pack(self, adjoints: Sequence[Any]) -> list[Any]:
        """Bring one value for each input into the form of the arguments."""
        if len(self.arguments) == 1 and type(self.arguments[0]) is np.ndarray:
            return list(adjoints)
        values = iter(adjoints)
        return [rebuild(given, values) for given in self.arguments]

    def aux(self) -> Any:
        """Split a pair ``(value, aux)`` that the function returned; return what is auxiliary."""
        output = self.output
        if not isinstance(output, tuple) or len(output) != 2:
            raise TypeError(
                f"has_aux=True: f must return a pair (value, aux), not {_describe(output)}"
            )
        self.output, aux = output
        return aux

    def single_input(self) -> np.ndarray:
        """Return the array differentiated by, where a tree of them has no meaning."""
        if len(self.arguments) != 1 or is_tree(self.arguments[0]):
            raise TypeError(
                "this derivative is a matrix or one number for each entry, so it takes one array, "
                "not a container of them; hessopt.ravel gives a vector and back"
            )
        return self.inputs[0].data

    def of_output(self, output: Any) -> Recording:
        """Return the recording of another output of the same run, such as a derivative."""
        return Recording(self.inputs, output, self.nested, self.arguments)

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
        """Prepare to pull adjoints of the output back to the inputs.

        The results are plain arrays unless `graph` asks for Variables or an outer derivative
        needs them.
        """
        return Pullback(self.output, self.inputs, graph, self.nested)


def _result(f: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    try:
        return f(*args, **kwargs)
    except ValueError as error:
        # Of `a[0] = x[0]` NumPy says "setting an array element with a sequence" instead of what
        # the Variable said
        if isinstance(error.__cause__, NoDerivativeError):
            raise error.__cause__.with_traceback(error.__traceback__) from None
        raise
    except TypeError as error:
        if any(is_tree(x) and not is_container(x) for x in args):
            error.add_note(
                "hessopt: a list of numbers comes to f as a list of Variables; where f needs a "
                "vector, pass np.array([...])"
            )
        raise


class Pullback:
    """The linear map from an adjoint of an output to adjoints of inputs.

    Where `isolated`, `nested` says all there is to say about outer derivatives: what else the
    output depends on belongs to the same transform.

    Attributes
    ----------
    records : bool
        Whether the results are Variables.
    connected : bool
        Whether the output depends on tracked values other than the inputs.
    """

    __slots__ = ("_inputs", "_nodes", "_output", "_outside", "connected", "records")

    def __init__(
        self,
        output: Any,
        inputs: tuple[Node, ...],
        graph: bool,
        nested: bool,
        *,
        isolated: bool = False,
    ) -> None:
        self._output = output
        self._inputs = inputs
        self._nodes: list[Node] = []
        self._outside = False
        if isinstance(output, Variable):
            self._nodes, self._outside = backprop.collect((output._node,), inputs)
        self.connected = (
            nested or (self._outside and not isolated and recording()) or _is_traced(output)
        )
        self.records = graph or self.connected

    def elementwise(self) -> bool:
        """Whether each element of the output depends on its own element of each input alone."""
        between = backprop.depending_on(frozenset(self._inputs), self._nodes)
        return not between or backprop.is_elementwise(self._output._node, between)

    def value(self) -> Any:
        """Return the output: connected where an outer derivative needs it, else plain."""
        output = self._output
        if self.connected or not isinstance(output, Variable):
            return output
        return output._node.data[()]

    def __call__(self, seed: Any, *, release: bool = False) -> tuple[Any, ...]:
        """Return the inputs' adjoints: Variables where `records`, else new arrays.

        With `release`, arrays of the recording are let go on the way, and the pullback cannot be
        called again.
        """
        inputs = self._inputs
        output = self._output
        graph = self.records
        if isinstance(seed, Variable) and not graph:
            graph = seed._node.tracked and recording()
            if not graph:
                seed = seed.data
        adjoints: Any = {}
        if isinstance(output, Variable) and (self._nodes or output._node in inputs):
            adjoints = backprop.walk(
                self._nodes,
                inputs,
                ((output._node, seed),),
                graph=graph,
                release=release and not graph,
                inputs=frozenset(inputs) if self._outside else None,
            )
        return tuple([adjoints[x] if x in adjoints else np.zeros_like(x.data) for x in inputs])


def _is_traced(output: Any) -> bool:
    tracer = active()
    return tracer is not None and isinstance(output, Variable) and tracer.follows(output._node)


def check_scalar(value: Any) -> None:
    """Refuse what is not one real number."""
    if isinstance(value, Variable):
        data = value._node.data
        if data.ndim == 0 and data.dtype.kind == "f":
            return
    if value is None:
        raise TypeError("f returned None; it must return a scalar (is a return missing?)")
    if is_tree(value):
        raise TypeError(
            f"f returned a {type(value).__name__}; it must return a scalar (with has_aux=True, a "
            "scalar and what else is to be handed on)"
        )
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
