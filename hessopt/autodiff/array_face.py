"""The face of an array: operators and methods, by the rules of the NumPy callables they stand for.

Every one of them asks the registry, so no primitive is imported here and nothing is patched in
afterwards.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.flat import Flat
from hessopt.autodiff.registry import RULES


def _arithmetic(function: np.ufunc) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """Return the method of an operator and its reflected form, where the rule is a primitive."""

    def forward(self: Any, other: Any) -> Any:
        return RULES[function].of(self, other)  # pyright: ignore - a primitive

    def reflected(self: Any, other: Any) -> Any:
        return RULES[function].of(other, self)  # pyright: ignore - a primitive

    return forward, reflected


def _operator(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def forward(self: Any, other: Any) -> Any:
        return RULES[function](self, other)

    return forward


def _reflected(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def forward(self: Any, other: Any) -> Any:
        return RULES[function](other, self)

    return forward


def _array_method(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = f"Same as `numpy.{name}` of this Variable."
    return method


def _number_method(name: str) -> Callable[..., Any]:
    """Return a method that works on plain numbers, refused where a derivative would be lost."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._convert(f"{name}()"), name)(*args, **kwargs)

    method.__name__ = name
    method.__doc__ = f"Same as `numpy.ndarray.{name}`; refused where that drops a derivative."
    return method


class ArrayFace:
    """Operators, properties and methods that an ndarray has."""

    __slots__ = ()

    # Operators

    __add__, __radd__ = _arithmetic(np.add)
    __sub__, __rsub__ = _arithmetic(np.subtract)
    __mul__, __rmul__ = _arithmetic(np.multiply)
    __truediv__, __rtruediv__ = _arithmetic(np.true_divide)
    __pow__, __rpow__ = _arithmetic(np.power)
    __matmul__ = _operator(np.matmul)
    __rmatmul__ = _reflected(np.matmul)
    __mod__ = _operator(np.remainder)
    __rmod__ = _reflected(np.remainder)
    __floordiv__ = _operator(np.floor_divide)
    __rfloordiv__ = _reflected(np.floor_divide)
    __divmod__ = _operator(np.divmod)
    __rdivmod__ = _reflected(np.divmod)
    __lt__ = _operator(np.less)
    __le__ = _operator(np.less_equal)
    __gt__ = _operator(np.greater)
    __ge__ = _operator(np.greater_equal)
    __eq__ = _operator(np.equal)
    __ne__ = _operator(np.not_equal)
    __and__ = _operator(np.bitwise_and)
    __rand__ = _reflected(np.bitwise_and)
    __or__ = _operator(np.bitwise_or)
    __ror__ = _reflected(np.bitwise_or)
    __xor__ = _operator(np.bitwise_xor)
    __rxor__ = _reflected(np.bitwise_xor)
    __hash__ = object.__hash__

    def __invert__(self) -> Any:
        return RULES[np.invert](self)

    def __neg__(self) -> Any:
        return RULES[np.negative](self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return RULES[np.absolute](self)

    def __round__(self, ndigits: int = 0) -> Any:
        return RULES[np.round](self, ndigits)

    def __contains__(self, value: Any) -> bool:
        return bool(RULES[np.any](RULES[np.equal](self, value)))

    def __getitem__(self, index: Any) -> Any:
        return RULES[operator.getitem].of(self, index)  # pyright: ignore - a primitive

    def __setitem__(self, index: Any, value: Any) -> None:
        RULES[operator.setitem](self, index, value)

    __iadd__ = _operator(operator.iadd)
    __isub__ = _operator(operator.isub)
    __imul__ = _operator(operator.imul)
    __itruediv__ = _operator(operator.itruediv)
    __ipow__ = _operator(operator.ipow)
    __imod__ = _operator(operator.imod)
    __ifloordiv__ = _operator(operator.ifloordiv)
    __imatmul__ = _operator(operator.imatmul)

    # Methods of an array

    @property
    def T(self) -> Any:
        """The transpose."""
        return RULES[np.transpose](self)

    @property
    def mT(self) -> Any:
        """The transpose of each matrix in a stack."""
        return RULES[np.swapaxes](self, -1, -2)

    @property
    def flat(self) -> Flat:
        """The elements in C order; see `numpy.ndarray.flat`."""
        return Flat(self)

    @property
    def real(self) -> Any:
        """The real part."""
        return RULES[np.real](self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return RULES[np.imag](self)

    def reshape(self, *shape: Any, order: Any = "C") -> Any:
        """Return the same elements in another shape; see `numpy.ndarray.reshape`."""
        if len(shape) == 1:
            shape = shape[0]
        return RULES[np.reshape](self, shape, order=order)

    def transpose(self, *axes: Any) -> Any:
        """Permute the axes; see `numpy.ndarray.transpose`."""
        if not axes or axes == (None,):
            return RULES[np.transpose](self)
        return RULES[np.transpose](self, axes[0] if not isinstance(axes[0], int) else axes)

    def astype(self, dtype: Any, **kwargs: Any) -> Any:
        """Cast to another floating-point or complex type; see `numpy.ndarray.astype`."""
        return RULES[np.astype](self, dtype, **kwargs)

    def copy(self, order: Any = "C") -> Any:
        """Return a new Variable of the same value, connected to this one."""
        return RULES[np.copy](self, order=order)

    def flatten(self, order: Any = "C") -> Any:
        """Return the elements in one dimension; see `numpy.ndarray.flatten`."""
        return RULES[np.copy](RULES[np.ravel](self, order))

    sum = _array_method("sum")
    mean = _array_method("mean")
    prod = _array_method("prod")
    max = _array_method("max")
    min = _array_method("min")
    var = _array_method("var")
    std = _array_method("std")
    cumsum = _array_method("cumsum")
    cumprod = _array_method("cumprod")
    squeeze = _array_method("squeeze")
    swapaxes = _array_method("swapaxes")
    ravel = _array_method("ravel")
    clip = _array_method("clip")
    diagonal = _array_method("diagonal")
    trace = _array_method("trace")
    repeat = _array_method("repeat")
    take = _array_method("take")
    round = _array_method("round")
    argmax = _array_method("argmax")
    argmin = _array_method("argmin")
    argsort = _array_method("argsort")
    all = _array_method("all")
    any = _array_method("any")
    argpartition = _array_method("argpartition")
    nonzero = _array_method("nonzero")
    searchsorted = _array_method("searchsorted")
    conj = _array_method("conj")
    conjugate = _array_method("conjugate")
    dot = _array_method("dot")

    def compress(self, condition: Any, axis: Any = None) -> Any:
        """Return the slices along an axis where a condition holds."""
        return RULES[np.compress](condition, self, axis)

    # Methods that write

    def sort(self, *args: Any, **kwargs: Any) -> None:
        """Sort in place; see `numpy.ndarray.sort`."""
        self[...] = RULES[np.sort](self, *args, **kwargs)

    def partition(self, *args: Any, **kwargs: Any) -> None:
        """Partition in place; see `numpy.ndarray.partition`."""
        self[...] = RULES[np.partition](self, *args, **kwargs)

    def fill(self, value: Any) -> None:
        """Assign one value to every element."""
        self[...] = value

    def put(self, indices: Any, values: Any, mode: str = "raise") -> None:
        """Assign at positions of the flattened array; see `numpy.put`."""
        RULES[np.put](self, indices, values, mode)

    # What an array says of its memory

    @property
    def itemsize(self: Any) -> int:
        """Bytes of one element."""
        return self.dtype.itemsize

    @property
    def nbytes(self: Any) -> int:
        """Bytes of all elements."""
        return self.size * self.dtype.itemsize

    @property
    def strides(self: Any) -> tuple[int, ...]:
        """Bytes from one element to the next, along each axis."""
        return self.data.strides

    @property
    def flags(self: Any) -> Any:
        """How the elements lie in memory."""
        return self.data.flags

    view = _number_method("view")
    byteswap = _number_method("byteswap")
    tobytes = _number_method("tobytes")
    tofile = _number_method("tofile")
    dump = _number_method("dump")
    dumps = _number_method("dumps")
