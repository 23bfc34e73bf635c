"""What each family of primitives knows for all its members.

Rules are plain NumPy: given arrays they compute, given Variables they are recorded, so one rule
serves first and higher derivatives.

Adjoints follow the convention g = dL/d(Re) - i dL/d(Im), under which the rule of a holomorphic
function is multiplication by its derivative, without conjugates; the adjoint of a real operand is
the real part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from inspect import signature
from operator import ge
from typing import Any, ClassVar

import numpy as np
from numpy import ndarray

from hessopt.autodiff.accumulate import Bundle, scatter_add
from hessopt.autodiff.adjoints import fit, positions_read, values_of
from hessopt.autodiff.assignment import view
from hessopt.autodiff.batching import Batch, behind, entries, gathered
from hessopt.autodiff.data import any_tracked, strip
from hessopt.autodiff.function import (
    NOTHING,
    OUTPUT,
    Primitive,
    apply,
    compute,
    item_of,
    unsupported,
)
from hessopt.autodiff.node import NO_PARAMS, Handle, Node
from hessopt.autodiff.registry import RULES, NoDerivativeError
from hessopt.autodiff.structure import Link, Local, Shape, contraction, joins, takes
from hessopt.autodiff.variable import Variable, handle

Partial = int | Callable[..., Any] | None


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

    def links(self, at: Local, **params: Any) -> list[Link]:
        return at.each(lambda i: self._link(at, i))

    def _link(self, at: Local, i: int) -> Link:
        """Leave out where the derivative is zero, if constants alone say so."""
        partial = self.partials[i]
        if isinstance(partial, int):
            return at.broadcast(i) if partial else None
        read = NOTHING if partial is None else positions_read(partial, skip=1)
        if not read or OUTPUT in read or any(at.operands[k] is None for k in read):
            return at.broadcast(i)
        with np.errstate(all="ignore"):
            slope = np.not_equal(partial(None, *at.operands), 0)  # pyright: ignore
        if np.all(slope):
            return at.broadcast(i)
        return takes(*np.broadcast_arrays(at.numbers(i), slope, np.empty(at.shape))[:2])

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

    def links(self, at: Local, **params: Any) -> list[Link]:
        if self.elementwise:
            return super().links(at, **params)
        return [takes(*entries(self, at.shapes[0], params))]

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

    def links(self, at: Local, axis: Any, where: Any = True, **params: Any) -> list[Link]:
        (shape,) = at.shapes
        groups = np.arange(at.size).reshape(kept_shape(shape, axis))
        groups, numbers, chosen = np.broadcast_arrays(groups, at.numbers(0), where)
        return [(joins(groups[chosen], numbers[chosen], (at.size, numbers.size)),)]

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

    def subscripts(self, *ndims: int) -> tuple[Sequence[str], str] | None:
        """Return the inputs and the output of an einsum that is the same, if there is one."""
        return None

    def links(self, at: Local, **params: Any) -> list[Link]:
        same = None if self.elementwise else self.subscripts(*map(len, at.shapes))
        return super().links(at, **params) if same is None else contraction(at, *same)

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

    def links(self, at: Local, **params: Any) -> list[Link]:
        if not self._is_stack(at.shapes):
            return super().links(at, **params)
        lead = max(len(s) - n for s, n in zip(at.shapes, self.core, strict=True))
        return at.each(lambda i: at.stacked(i, self.core[i], lead))

    def shared(self, shapes: Sequence[Shape]) -> Shape:
        if not self._is_stack(shapes):
            return ()
        leads = (s[: len(s) - n] for s, n in zip(shapes, self.core, strict=True))
        return np.broadcast_shapes(*leads)

    def _is_stack(self, shapes: Sequence[Shape]) -> bool:
        core = self.core
        return len(core) == len(shapes) and all(map(ge, map(len, shapes), core))

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
