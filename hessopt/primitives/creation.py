"""New arrays in the likeness of a Variable: Variables too, so that they can be assigned to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.node import Handle, raw
from hessopt.autodiff.registry import derived
from hessopt.autodiff.variable import constant


def _filled(create: Callable[..., Any]) -> Callable[..., Any]:
    def rule(prototype: Any, *args: Any, **kwargs: Any) -> Any:
        new = create(raw(prototype), *args, **kwargs)
        return constant(new) if new.dtype.kind in "fc" else new

    return rule


for _create in (np.zeros_like, np.ones_like, np.empty_like):
    derived(_create)(_filled(_create))


@derived(np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: bool = True,
    shape: Any = None,
) -> Any:
    """Return an array of `a`'s shape and type filled with a value, which carries a derivative."""
    if not isinstance(fill_value, Handle):
        return _filled(np.full_like)(a, fill_value, dtype, order, subok, shape)
    value = np.astype(fill_value, a.dtype if dtype is None else dtype)  # pyright: ignore
    return np.copy(np.broadcast_to(value, a.shape if shape is None else shape))
