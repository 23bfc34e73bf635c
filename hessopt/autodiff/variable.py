"""The Variable: an array that remembers how it was computed."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from hessopt.autodiff import backprop
from hessopt.autodiff.array_face import ArrayFace
from hessopt.autodiff.conversion import Conversions
from hessopt.autodiff.data import any_tracked, check_data, strip
from hessopt.autodiff.node import NO_PARAMS, Node, new_node, raw, untracked
from hessopt.autodiff.registry import RULES, find, no_rule
from hessopt.autodiff.tracing import peek


class Creator(NamedTuple):
    """How a Variable was computed: the function's name, what went in, what came out."""

    name: str
    inputs: tuple[Any, ...]
    output: Variable
    params: dict[str, Any]


class Variable(ArrayFace, Conversions):
    """An array of floating-point (or complex) numbers in a computation graph.

    Operators, NumPy functions and methods on a Variable compute at once and record what they did;
    :meth:`backward` follows the record back and leaves derivatives in ``grad``.

    Parameters
    ----------
    data : array_like
        The value, of any shape; floating-point or complex.
    name : str, optional
        Shown in pictures of the graph.

    Attributes
    ----------
    data : ndarray
        The value. Assigning to it changes this Variable alone, not what was computed from it.
    grad : Variable or None
        The derivative left by `backward`.
    name : str or None
        Shown in pictures of the graph.
    creator : Creator or None
        How it was computed; None for a leaf.

    Raises
    ------
    TypeError
        If `data` is of an integer, boolean, object or other non-floating dtype.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3* (O'Reilly Japan, 2020), steps 1 to 36.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import Variable
    >>> x = Variable(np.array(2.0), name="x")
    >>> y = x**4 - 2 * x**2
    >>> y.backward(create_graph=True)
    >>> x.grad
    variable(24.0)
    >>> gx = x.grad
    >>> x.cleargrad()
    >>> gx.backward()
    >>> x.grad
    variable(44.0)
    """

    __slots__ = ()

    def __init__(self, data: Any, name: str | None = None) -> None:
        self._node = leaf(check_data(data))._node
        self._node.home = weakref.ref(self)
        self._node.name = name

    # What a Variable is

    @property
    def data(self) -> np.ndarray:
        """The value."""
        peek(self, "x.data")
        return self._node.data

    @data.setter
    def data(self, value: Any) -> None:
        peek(self, "x.data = ...")
        self._node.data = check_data(value)

    @property
    def grad(self) -> Variable | None:
        """The derivative left by `backward`, or None."""
        return getattr(_keeper(self._node), "_grad", None)

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None and not isinstance(value, Variable):
            value = constant(check_data(value))
        if value is not None and value.shape != self.shape:
            raise ValueError(
                f"grad has shape {value.shape}, but the Variable has shape {self.shape}"
            )
        keeper = _keeper(self._node)
        if keeper is not None:
            keeper._grad = value

    @property
    def name(self) -> str | None:
        """The name shown in pictures, or None."""
        return getattr(self._node, "name", None)

    @name.setter
    def name(self, value: str | None) -> None:
        self._node.name = value

    @property
    def creator(self) -> Creator | None:
        """How this Variable was computed, or None for a leaf."""
        node = self._node
        if node.primitive is None:
            return None
        operands = node.operands or ()
        inputs = tuple(handle(x.origin()) if isinstance(x, Node) else x for x in operands)
        return Creator(node.primitive.name, inputs, self, node.params)

    @property
    def shape(self) -> tuple[int, ...]:
        """Tuple of dimensions."""
        return self._node.data.shape

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return self._node.data.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._node.data.size

    @property
    def dtype(self) -> np.dtype:
        """Type of the elements."""
        return self._node.data.dtype

    def __len__(self) -> int:
        return len(self._node.data)

    def __iter__(self) -> Iterator[Variable]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d Variable")
        return (self[i] for i in range(len(self._node.data)))

    def __repr__(self) -> str:
        peek(self, "print")
        return f"variable({str(self._node.data).replace(chr(10), chr(10) + ' ' * 9)})"

    def __format__(self, spec: str) -> str:
        peek(self, "a formatted string")
        return (
            format(self._node.data, spec)
            if spec and self.ndim
            else format(self._node.data[()], spec)
        )

    # Backward

    def backward(
        self,
        retain_grad: bool = False,
        create_graph: bool = False,
        *,
        seed: Any = None,
        release: bool = False,
    ) -> None:
        """Differentiate this value with respect to every leaf it was computed from.

        Derivatives are added to the leaves' ``grad``; clear them with `cleargrad` in between.

        Parameters
        ----------
        retain_grad : bool
            Leave ``grad`` on computed Variables too, not only on leaves.
        create_graph : bool
            Record the backward pass itself, so that ``grad`` can be differentiated again.
        seed : array_like, optional
            The adjoint to start from, of this Variable's shape; ``self.grad`` where it is set,
            else 1. A value of several elements needs one, unless every operation below it is
            elementwise, where ones give the derivative of each element.
        release : bool
            Free the graph on the way. A second walk through it then raises an error.

        Raises
        ------
        ValueError
            If a seed is missing or of the wrong shape.
        hessopt.GraphReleasedError
            If the graph was released before.

        Examples
        --------
        >>> import numpy as np
        >>> from hessopt import Variable
        >>> x = Variable(np.array([1.0, 2.0]))
        >>> np.sum(x**3).backward()
        >>> x.grad
        variable([ 3. 12.])
        """
        output = self._node
        nodes, _ = backprop.collect([output])
        start = self._seed(seed, nodes)
        if not create_graph:
            start = raw(start)
        adjoints = backprop.walk(
            nodes,
            _leaves(output, nodes),
            [(output, start)],
            graph=create_graph,
            retain=retain_grad,
            release=release,
        )
        for x, g in adjoints.items():
            if type(x.data) is tuple:
                continue  # inside a function of several outputs
            g = g if isinstance(g, Variable) else constant(g)
            keeper = _keeper(x)
            if keeper is None:
                continue  # nobody could read it
            present = None if x is output else getattr(keeper, "_grad", None)
            keeper._grad = g if present is None else present + g
        if not retain_grad and output.primitive is not None:
            output._grad = None

    def _seed(self, seed: Any, nodes: list[Node]) -> Any:
        if seed is None:
            seed = self.grad
        if seed is None:
            if self.size != 1 and not backprop.is_elementwise(
                self._node, {y: y.wanted for y in nodes}
            ):
                raise ValueError(
                    f"backward: the value has shape {self.shape}, so it needs a seed of that "
                    "shape (the adjoint to start from); call .backward(seed=np.ones_like(y.data)), "
                    "or reduce it to a scalar first, e.g. with np.sum"
                )
            return np.ones_like(self._node.data)
        if not isinstance(seed, Variable):
            seed = np.asarray(seed, dtype=self.dtype)
        if seed.shape != self.shape:
            raise ValueError(
                f"backward: seed has shape {seed.shape}, but the value has shape {self.shape}"
            )
        return seed

    def cleargrad(self) -> None:
        """Forget the derivative."""
        self.grad = None

    def unchain(self) -> None:
        """Cut this Variable off from what it was computed from; it becomes a leaf."""
        _cut(self._node)

    def unchain_backward(self) -> None:
        """Cut every connection below this Variable."""
        for node in backprop.collect([self._node])[0]:
            _cut(node)

    # Copies

    def __copy__(self) -> Variable:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        peek(self, "copy.deepcopy()")
        return Variable(self._node.data.copy(), self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        peek(self, "pickling")
        return Variable, (self._node.data, self.name)

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        rule = find(function)
        if rule is not None and not ("out" in kwargs and not any_tracked(inputs)):
            return rule(*inputs, **kwargs)
        return _call_on_data(function, inputs, kwargs)

    def __array_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        rule = RULES.get(func)
        if rule is None:
            return _call_on_data(func, args, kwargs)
        return rule(*args, **kwargs)


def constant(data: Any) -> Variable:
    """Wrap an array that carries no derivative."""
    return handle(untracked(data))


def leaf(data: np.ndarray) -> Variable:
    """Wrap an array in a new leaf."""
    x = record(data, None, (), NO_PARAMS, ())
    x._node.tracked = True
    x._node.home = weakref.ref(x)
    return x


def record(
    data: Any, primitive: Any, operands: Any, params: dict[str, Any], wanted: Any
) -> Variable:
    """Make the Variable of a computed value; `operands` are nodes and constants."""
    y = _new(Variable)
    y._node = new_node(data, primitive, operands, params, wanted)
    return y


def handle(node: Node) -> Variable:
    """Return a Variable that holds `node`."""
    x = _new(Variable)
    x._node = node
    return x


_new = object.__new__


def _keeper(node: Node) -> Any:
    """Return what keeps a node's grad: for a leaf its Variable, None if that is gone."""
    home = getattr(node, "home", None)
    if home is None:
        return node
    x = home()
    return x if x is not None and x._node is node else None


def _cut(node: Node) -> None:
    peek(handle(node), "unchain")
    if isinstance(node.wanted, list):
        node.wanted.clear()  # a stand-in in the graph above holds the same list
    node.primitive = None
    node.operands = ()
    node.wanted = ()


def _leaves(output: Node, nodes: list[Node]) -> list[Node]:
    operands = (y.operands[i].origin() for y in nodes for i in y.wanted)
    found = {x: None for x in operands if x.primitive is None}
    if output.primitive is None:
        found[output] = None
    return list(found)


def _call_on_data(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call a function that has no rule, which loses nothing where nothing is tracked."""
    if any_tracked(args) or any_tracked(kwargs):
        raise no_rule(function)
    return function(*strip(args), **strip(kwargs))
