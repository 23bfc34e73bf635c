"""Arrays as sets: the values found among the operands' entries carry those entries' derivatives.

Where a value occurs more than once, its derivative goes to the first entry that has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.data import as_array, strip
from hessopt.autodiff.registry import derived


def entries(pool: Any, values: np.ndarray) -> Any:
    """Return plain `values`, each of which is an entry of the vector `pool`, as those entries."""
    plain = strip(pool)
    order = np.argsort(plain, kind="stable")
    return pool[order[np.searchsorted(plain[order], values)]]


def _pooled(arrays: Any) -> Any:
    flat = [np.ravel(as_array(a)) for a in arrays]
    return flat[0] if len(flat) == 1 else np.concatenate(flat)


def _values_of(function: Callable[..., Any], operands: int) -> Callable[..., Any]:
    """Return the rule of a set function whose result, or first result, is made of entries."""

    def rule(*args: Any, **kwargs: Any) -> Any:
        result = function(*strip(args), **strip(kwargs))
        named = [kwargs[k] for k in ("x", "ar", "ar1", "ar2") if k in kwargs]
        pool = _pooled([*args, *named][:operands])
        if isinstance(result, np.ndarray):
            return entries(pool, result)
        first = entries(pool, result[0])
        return (
            type(result)(first, *result[1:]) if hasattr(result, "_fields") else (first, *result[1:])
        )

    return rule


for _function, _operands in {
    np.unique_all: 1,
    np.unique_counts: 1,
    np.unique_inverse: 1,
    np.unique_values: 1,
    np.union1d: 2,
    np.intersect1d: 2,
    np.setxor1d: 2,
    np.setdiff1d: 1,
}.items():
    derived(_function)(_values_of(_function, _operands))


@derived(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **kwargs: Any,
) -> Any:
    """Sorted distinct entries, or distinct slices along an axis."""
    _, index, *rest = np.unique(strip(ar), True, return_inverse, return_counts, axis, **kwargs)
    chosen = np.ravel(ar)[index] if axis is None else np.take(ar, index, axis)
    more = ([index] if return_index else []) + rest
    return (chosen, *more) if more else chosen
