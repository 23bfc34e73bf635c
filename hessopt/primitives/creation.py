"""New arrays in the likeness of a Variable: Variables too, so that they can be assigned to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.data import check_data
from hessopt.autodiff.node import Handle, raw
from hessopt.autodiff.registry import derived
from hessopt.autodiff.variable import Variable, constant


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


def zeros(shape: Any, dtype: Any = float) -> Variable:
    """Return a Variable of zeros, into which Variables can be assigned.

    A plain array cannot receive a Variable: it stores numbers alone, and the derivative would be
    lost. ``np.zeros_like(x, shape=...)`` gives the same inside an objective.

    Parameters
    ----------
    shape : int or tuple of int
    dtype : dtype
        Floating-point or complex.

    Returns
    -------
    Variable

    Raises
    ------
    TypeError
        If `dtype` is not floating-point or complex.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> def f(x):
    ...     out = hessopt.zeros(3)
    ...     out[0] = x[0] ** 2
    ...     out[1:] = x[1]
    ...     return np.sum(out)
    >>> hessopt.grad(f)(np.array([3.0, 1.0]))
    array([6., 2.])
    """
    return constant(check_data(np.zeros(shape, dtype)))


def array(values: Any) -> Any:
    """Return an array from nested lists that hold Variables, as ``np.array`` does from numbers.

    NumPy asks nobody when it builds an array from a list, so ``np.array([x[0], x[1]])`` of
    Variables can only refuse; this is what to write instead.

    Parameters
    ----------
    values : nested sequences of Variables, arrays and numbers

    Returns
    -------
    Variable, or ndarray where no Variable is among the values

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> f = lambda x: np.linalg.det(hessopt.array([[x[0], 1.0], [2.0, x[1]]]))
    >>> hessopt.grad(f)(np.array([3.0, 5.0])).round(12)
    array([5., 3.])
    """
    if isinstance(values, (list, tuple)) and values:
        return np.stack([array(value) for value in values])
    return values if isinstance(values, Variable) else np.asarray(values)
