"""What each family of primitives knows for all its members.

Rules are plain NumPy: given arrays they compute, given Variables they are recorded, so one rule
serves first and higher derivatives.

Adjoints follow the convention g = dL/d(Re) - i dL/d(Im), under which the rule of a holomorphic
function is multiplication by its derivative, without conjugates; the adjoint of a real operand is
the real part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dis import get_instructions
from functools import cache, cached_property
from inspect import CO_VARARGS, signature
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from hessopt.autodiff.accumulate import Bundle, scatter_add
from hessopt.autodiff.assignment import view
from hessopt.autodiff.batching import Batch, behind, gathered
from hessopt.autodiff.data import any_tracked, strip
from hessopt.autodiff.function import (
    EVERYTHING,
    NOTHING,
    Primitive,
    apply,
    compute,
    item_of,
    unsupported,
)
from hessopt.autodiff.node import NO_PARAMS, Handle, Node, Shadow
from hessopt.autodiff.registry import RULES, NoDerivativeError
from hessopt.autodiff.variable import Variable, handle

Partial = int | Callable[..., Any] | None


def sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which an array of `shape` was broadcast to the shape of `x`."""
    lead = len(x.shape) - len(shape)
    stretched = [
        i
        for i, (size, n) in enumerate(zip(shape, x.shape[lead:], strict=True), lead)
        if size == 1 and n != 1
    ]
    x = np.sum(x, axis=(*range(lead), *stretched))
    return x.reshape(shape)


def fit(g: Any, x: Any, shape: tuple[int, ...] | None = None) -> Any:
    """Bring an adjoint to the shape and type of the operand it belongs to.

    Where `shape`, that of the operation's output, is given, `g` may be smaller: it is uniform
    along what is missing, and stays one number where the operand has the output's shape. Where
    the operand was stretched, even a `g` of the operand's shape has entries to add up.
    """
    if g.shape != () or x.shape != shape:
        if shape is not None and g.shape != shape:
            g = np.broadcast_to(g, shape)
        if g.shape != x.shape:
            g = sum_to(g, x.shape)
    if g.dtype != x.dtype:
        if g.dtype.kind == "c" and x.dtype.kind != "c":
            g = np.real(g)
        if g.dtype != x.dtype:
            g = g.astype(x.dtype)
    return g


def values_of(y: Node, graph: bool) -> tuple[Any, Sequence[Any]]:
    """Return a node's output and operands as its rule wants them: recorded, or plain arrays."""
    if graph:
        return handle(y), [handle(x) if isinstance(x, Node) else x for x in y.operands]
    operands = []
    for x in y.operands:  # a comprehension would be a call more, at every step of the walk
        operands.append(x.data if type(x) is Node or type(x) is Shadow else x)
    return y.data, operands


@cache
def positions_read(rule: Callable[..., Any], skip: int) -> frozenset[int]:
    """Return which operands a rule reads, and `OUTPUT`, by the names that occur in its code.

    Its parameters are, after ``skip - 1`` others, the output and the operands.
    """
    code = getattr(rule, "__code__", None)
    if code is None or code.co_flags & CO_VARARGS:
        return EVERYTHING
    parameters = code.co_varnames[: code.co_argcount]
    names: set[Any] = set(code.co_cellvars)
    for instruction in get_instructions(rule):
        loaded = instruction.argval
        names.update(loaded if isinstance(loaded, tuple) else (loaded,))
    return frozenset(k - skip for k, name in enumerate(parameters) if name in names)


class Elementwise(Primitive):
    """A ufunc: ``partials`` holds, for each operand, the derivative with respect to it.

    A partial is a number, or a function of the output and the operands, or None where the
    derivative is not known. Where the product of an adjoint and a partial has a better form than
    multiplying the two, ``pulls[i]``, a function of the adjoint, the output and the operands,
    gives it.
    """

    elementwise = True
    uniform = True
    stacks = True
    partials: ClassVar[tuple[Partial, ...]] = ()
    pulls: ClassVar[dict[int, Callable[..., Any]]] = {}

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        found = NOTHING
        for i in wanted:
            if i in self.pulls:
                found |= positions_read(self.pulls[i], skip=2)
            elif callable(self.partials[i]):
                found |= positions_read(self.partials[i], skip=1)
        return found

    def __call__(self, *operands: Any, **kwargs: Any) -> Any:
        if kwargs:
            operands, kwargs = self.bind(*operands, **kwargs)
        return apply(self, operands, NO_PARAMS)

    def bind(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        dtype = kwargs.pop("dtype", None)
        if kwargs:
            raise unsupported(self, kwargs)
        if dtype is not None:
            args = tuple(np.astype(a, dtype) if np.ndim(a) else a for a in args)
        return args, NO_PARAMS

    @cached_property
    def _rules(self) -> tuple[tuple[str, Any], ...]:
        """How the adjoint of each operand comes about, and by what number or function."""
        return tuple(
            ("pull", self.pulls[i])
            if i in self.pulls
            else ("number" if isinstance(partial, int) else "partial", partial)
            for i, partial in enumerate(self.partials)
        )

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        rules = self._rules
        out = operands = None
        contributions = []
        for i in wanted:
            how, rule = rules[i]
            if how == "number":
                gx = g if rule == 1 else -g if rule == -1 else g * rule
            else:
                if operands is None:
                    out, operands = values_of(y, graph)
                if how == "pull":
                    gx = rule(g, out, *operands)
                elif rule is None:
                    raise NoDerivativeError(
                        f"{self.name}: the derivative with respect to argument {i} is not known; "
                        "pass that argument as a constant"
                    )
                else:
                    factor = rule(out, *operands)
                    # a Variable on the left is asked at once; on the right, by way of NumPy
                    gx = factor * g if type(factor) is Variable else g * factor
            x = y.operands[i].data
            found = gx._node.data if graph and isinstance(gx, Variable) else gx
            shape = y.data.shape
            if found.dtype is not x.dtype or (
                x.shape != shape or (found.shape != shape and found.ndim)
            ):
                gx = fit(gx, x, shape)
            contributions.append(gx)
        return contributions


def twice(g: Any) -> Any:
    """Return ``2 * g``; NumPy needs a third of the time for the sum of two small arrays."""
    return g + g if type(g) is ndarray else 2 * g


class Linear(Primitive):
    """Linear in its single operand: ``adjoint(g, x, **params)`` is the transposed map.

    The operand is given for its shape and type alone.
    """

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING

    def adjoint(self, g: Any, x: Any, **params: Any) -> Any:
        """Return the transposed map applied to `g`."""
        raise NotImplementedError(f"{self.name}: define adjoint")

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        x = y.operands[0]
        gx = self.adjoint(g, handle(x) if graph else x.data, **y.params)
        return (gx,)


class Rearrange(Linear):
    """Entries only move, are repeated, dropped, or padded with constants; nothing is computed.

    So the adjoint follows from running the function itself on the entries' numbers; a member
    writes its own where there is a quicker one. Where NumPy returns a view, the result is one.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        operands, params = self.bind(*args, **kwargs)
        x = operands[0]
        y = compute(self, operands, params)
        if isinstance(x, Handle) and y.data.ndim and np.may_share_memory(y.data, x._node.data):
            return view(y, x, self, params)
        return handle(y)

    def bind(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if kwargs.get("out") is not None:
            raise unsupported(self, {"out": kwargs["out"]})
        bound = signature_of(self.forward).bind(*args, **kwargs).arguments
        first = next(iter(bound))
        x = bound.pop(first)
        params = {}
        for name, value in bound.items():
            params.update(value if isinstance(value, dict) else {name: value})
        for name, value in params.items():
            if any_tracked(value):
                raise NoDerivativeError(
                    f"{self.name}: the derivative with respect to {name}= is not known; pass "
                    "its .data where none is wanted"
                )
        return (x,), strip(params)

    def batch(self, b: Batch, **params: Any) -> Any:
        if self.elementwise:
            return self.replay(b.operands, params)
        return gathered(self, b, **params)

    def adjoint(self, g: Any, x: Any, **params: Any) -> Any:
        size = int(np.prod(x.shape))
        numbers = self.forward(np.arange(1.0, size + 1).reshape(x.shape), **params)
        flat = scatter(np.zeros(size + 1, x.dtype), (np.astype(numbers, np.intp), g))
        return flat[1:].reshape(x.shape)  # entry 0 gathers what was padding


def scatter(base: Any, *patches: tuple[Any, Any]) -> Any:
    """Return `base` with each (index, value) added, recorded where a value is a Variable."""
    indices = tuple(index for index, _ in patches)
    values = [value for _, value in patches]
    recorded = any(isinstance(value, Handle) for value in (base, *values))
    add = RULES[scatter_add] if recorded else scatter_add
    return add(base, *values, indices=indices)


signature_of = cache(signature)


class Reduce(Primitive):
    """A reduction over axes, which are stored negative so that leading axes may be added.

    ``partial(y, x, axis)`` is the derivative of the output, already with the reduced axes kept as
    1, with respect to each entry of `x`; None stands for 1.
    """

    uniform = True
    partial: ClassVar[Callable[..., Any] | None] = None

    def reads(self, wanted: Sequence[int]) -> frozenset[int]:
        return NOTHING if self.partial is None else super().reads(wanted)

    def bind(
        self,
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        **kwargs: Any,
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if out is not None:
            raise unsupported(self, {"out": out})
        if kwargs:
            raise unsupported(self, kwargs)
        if dtype is not None:
            a = np.astype(a, dtype)
        return (a,), {"axis": negative_axes(axis, a.ndim), "keepdims": bool(keepdims)}

    def batch(self, b: Batch, axis: Any, **params: Any) -> Any:
        return self.replay(b.operands, {"axis": behind(axis, b.ndim(0)), **params})

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        out, (x,) = values_of(y, graph)
        if self.partial is None and g.shape == ():
            return (g,)
        axis = y.params["axis"]
        kept = kept_shape(x.shape, axis)
        if g.shape != ():
            g = g.reshape(kept)
        if self.partial is None:
            return (np.broadcast_to(g, x.shape),)
        return (g * self.partial(out.reshape(kept), x, axis),)


def negative_axes(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """Return axes in their normal form: a sorted tuple of negative numbers, or None for all."""
    if axis is None:
        return None
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    if ndim == 0 and axes in ((0,), (-1,)):
        return ()  # NumPy lets a single number pass for one along an axis
    normal = sorted(negative_axis(a, ndim) for a in axes)
    if len(set(normal)) != len(normal):
        raise ValueError(f"axis {axis} names an axis twice")
    return tuple(normal)


def negative_axis(axis: Any, ndim: int) -> int:
    """Return one axis as a negative number; NumPy's AxisError where it is out of range."""
    return np.lib.array_utils.normalize_axis_index(axis, ndim) - ndim


def kept_shape(shape: tuple[int, ...], axis: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return `shape` with the reduced axes as 1."""
    if axis is None:
        return (1,) * len(shape)
    kept = list(shape)
    for a in axis:
        kept[a] = 1
    return tuple(kept)


class Multilinear(Primitive):
    """Linear in each operand: ``adjoints[i](g, *operands, **params)`` for operand `i`."""

    adjoints: ClassVar[tuple[Callable[..., Any], ...]] = ()

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        _, operands = values_of(y, graph)
        return [fit(self.adjoints[i](g, *operands, **y.params), operands[i]) for i in wanted]


class Opaque(Primitive):
    """Everything else: ``backward(g, y, *operands, **params)`` written out.

    It returns, for each operand, its adjoint, or a function of no arguments that computes it
    where it is wanted, or None for zero. For a function of several outputs `g` and `y` are
    tuples, and an adjoint that did not arrive is zeros.
    """

    may_fail = True

    def backward(self, g: Any, y: Any, *operands: Any, **params: Any) -> Sequence[Any]:
        """Return the operands' adjoints."""
        raise NotImplementedError(f"{self.name}: define backward")

    def pull(self, y: Node, g: Any, wanted: Sequence[int], graph: bool) -> Sequence[Any]:
        out, operands = values_of(y, graph)
        if isinstance(g, Bundle):
            g = tuple(
                np.zeros_like(d) if gy is None else gy for d, gy in zip(y.data, g, strict=True)
            )
            out = tuple(item_of(y, k) for k in range(len(y.data))) if graph else y.data
        adjoints = self.backward(g, out, *operands, **y.params)
        contributions = []
        for i in wanted:
            gx = adjoints[i]
            gx = gx() if callable(gx) else gx
            contributions.append(None if gx is None else fit(gx, operands[i]))
        return contributions
