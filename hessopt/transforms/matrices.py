"""Whole Jacobians and Hessians, where their size allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable
from hessopt.transforms.first_order import pushforward
from hessopt.transforms.recording import Recording
from hessopt.transforms.second_order import RecordedGradient

LARGEST_BYTES = 2**31


def jacobian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return a function that gives the Jacobian of an array function.

    Rows are computed by reverse mode or columns by forward mode, whichever are fewer.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning an array of any shape.
    argnums : int
        Which positional argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; returns an array of shape ``f(x).shape + x.shape``.

    Raises
    ------
    ValueError
        From the returned function: if the Jacobian would need more than 2 GiB.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.jacobian(lambda x: np.array([[1.0, 2.0], [3.0, 4.0]]) @ x)(np.zeros(2))
    array([[1., 2.],
           [3., 4.]])
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        run = Recording.of(f, args, kwargs, argnums).array()
        x, y = run.single_input(), run.output
        n, m = x.size, int(np.size(y) if not isinstance(y, Variable) else y.size)
        _refuse_absurd(m, n, x.dtype, "the Jacobian", "hessopt.jvp and hessopt.vjp multiply by it")
        shape = np.shape(y) + x.shape if not isinstance(y, Variable) else y.shape + x.shape
        if m <= n:
            pullback = run.pullback()
            dtype = y.dtype
            return _gather([pullback(e)[0] for e in _basis(y.shape, dtype)], 0, shape, x.dtype)
        push = pushforward(run)
        columns = [push(e) for e in _basis(x.shape, x.dtype)]
        return _gather([c.reshape(-1) for c in columns], -1, shape, x.dtype)

    return matrix


def hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return a function that gives the Hessian of a scalar function.

    One recorded gradient and a walk through it for each row.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar.
    argnums : int
        Which positional argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; returns an array of shape ``x.shape + x.shape``.

    Raises
    ------
    ValueError
        From the returned function: if the Hessian would need more than 2 GiB.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        run = Recording.of(f, args, kwargs, argnums)
        x = run.single_input()
        _refuse_absurd(x.size, x.size, x.dtype, "the Hessian", "hessopt.hvp multiplies by it")
        recorded = RecordedGradient(run.scalar())
        rows = [recorded.multiply((e,))[0] for e in _basis(x.shape, x.dtype)]
        return _gather(rows, 0, x.shape + x.shape, x.dtype)

    return matrix


def _refuse_absurd(m: int, n: int, dtype: Any, what: str, instead: str) -> None:
    needed = m * n * np.dtype(dtype).itemsize
    if needed > LARGEST_BYTES:
        raise ValueError(
            f"{what} would be {m} by {n} and need {needed / 2**30:,.1f} GiB; {instead} "
            "without forming it"
        )


def _basis(shape: tuple[int, ...], dtype: Any) -> Iterator[np.ndarray]:
    for k in range(int(np.prod(shape))):
        e = np.zeros(shape, dtype)
        e.reshape(-1)[k] = 1
        yield e


def _gather(parts: list[Any], axis: int, shape: tuple[int, ...], dtype: Any) -> Any:
    if not parts:
        return np.zeros(shape, dtype)
    return np.stack(parts, axis).reshape(shape)
