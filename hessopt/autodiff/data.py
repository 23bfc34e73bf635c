"""What may become a Variable, and getting the plain data back out of arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.config import recording
from hessopt.autodiff.node import Handle
from hessopt.autodiff.tracing import peek

NUMERIC = "biufc"  # kinds of dtype


def check_data(data: Any) -> np.ndarray:
    """Return `data` as an array that can carry derivatives, or refuse it."""
    if isinstance(data, Handle):
        raise TypeError("Variable: data is a Variable already; pass x.data for an unconnected copy")
    if type(data) is not np.ndarray and isinstance(data, (np.matrix, np.ma.MaskedArray)):
        raise TypeError(
            f"Variable: data is a {type(data).__name__}; pass an ndarray "
            "(np.asarray(x) for a matrix, x.filled(...) for a masked array)"
        )
    array = np.asarray(data)
    if array.dtype.kind not in "fc":
        raise TypeError(
            f"Variable: data has dtype {array.dtype}; derivatives need floating-point numbers, "
            "so pass x.astype(float) or write 2.0 in place of 2"
        )
    return array


def as_operand(value: Any, name: str) -> Any:
    """Return a constant operand of the function `name` as a number or an array, or refuse it."""
    if isinstance(value, (np.matrix, np.ma.MaskedArray)):
        raise TypeError(
            f"{name}: an operand is a {type(value).__name__}; pass an ndarray "
            "(np.asarray(x) for a matrix, x.filled(...) for a masked array)"
        )
    array = value if isinstance(value, (np.ndarray, np.generic)) else np.asarray(value)
    if array.dtype.kind not in NUMERIC:
        raise TypeError(
            f"{name}: an operand is a {type(value).__name__} of dtype {array.dtype}; pass numbers"
        )
    return array


def as_array(value: Any) -> Any:
    """Return a Variable or an array as it is, anything else as an array."""
    return value if isinstance(value, (Handle, np.ndarray)) else np.asarray(value)


def any_tracked(values: Any) -> bool:
    """Whether a Variable that carries a derivative is among (nested) arguments."""
    if isinstance(values, Handle):
        return values._node.tracked and recording()
    if isinstance(values, dict):
        values = values.values()
    elif not isinstance(values, (list, tuple)):
        return False
    return any(any_tracked(value) for value in values)


def fixed(index: Any) -> Any:
    """Strip an index, and copy its arrays: what is recorded must not change with the caller's."""
    if isinstance(index, (Handle, np.ndarray)):
        return np.array(strip(index))
    if type(index) in (list, tuple):
        return type(index)(fixed(part) for part in index)
    return index


def strip(value: Any, *, look: bool = True) -> Any:
    """Replace the Variables in (nested) arguments by their arrays.

    Where the numbers in them are going to be looked at, not the shapes alone, a running trace is
    told.
    """
    if isinstance(value, Handle):
        if look:
            peek(value, "an index, a parameter or a function without a rule")
        return value._node.data
    if type(value) in (list, tuple):
        return type(value)(strip(v, look=look) for v in value)
    if type(value) is dict:
        return {k: strip(v, look=look) for k, v in value.items()}
    return value
