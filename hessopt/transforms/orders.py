"""Derivatives of any order of a function applied to each element, and Taylor coefficients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable
from hessopt.transforms.recording import Recording


def derivatives_up_to(
    f: Callable[..., Any],
    n: int,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    argnums: int = 0,
) -> list[Any]:
    """Return ``[f(x), f'(x), ..., f^(n)(x)]`` elementwise, by walking back n times."""
    run = Recording.of(f, args, kwargs, argnums).array()
    x_in, y = run.single_input(), run.output
    shape = y.shape
    if shape != x_in.shape:
        raise ValueError(
            f"f returned shape {shape} for an argument of shape {x_in.shape}; a derivative of each "
            "element needs a function that keeps the shape (hessopt.grad, hessopt.jacobian and "
            "hessopt.hvp differentiate others)"
        )
    found = [y]
    for order in range(1, n + 1):
        last = run.of_output(found[-1]).pullback(graph=order < n)
        if order == 1 and shape != () and not last.elementwise():
            raise ValueError(
                "f mixes the elements of its argument, so there is no derivative of each element; "
                "use hessopt.grad, hessopt.jacobian or hessopt.hvp"
            )
        found.append(last(np.ones(shape, x_in.dtype))[0])
    connected = run.pullback().connected
    return [d.data if isinstance(d, Variable) and not connected else d for d in found]


def derivative(f: Callable[..., Any], n: int = 1, argnums: int = 0) -> Callable[..., Any]:
    """Return a function that gives the n-th derivative of `f` at each element.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, acting on each element of x by itself.
    n : int
        The order, 0 or more.
    argnums : int
        Which positional argument of `f` is the x to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; returns an array of x's shape.

    Raises
    ------
    ValueError
        If `n` is negative; from the returned function, if `f` does not keep the shape of x or
        mixes its elements.

    Notes
    -----
    The graph of the n-th derivative grows with n as the expression does: for ``tanh`` by about
    2.5 times an order.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.derivative(np.sin, 2)(np.array([0.0, np.pi / 2]))
    array([-0., -1.])
    """
    if not isinstance(n, int) or n < 0:
        raise ValueError(f"n={n!r} must be a whole number, 0 or more")

    def nth(*args: Any, **kwargs: Any) -> Any:
        last = derivatives_up_to(f, n, args, kwargs, argnums)[n]
        if n == 0 and isinstance(last, np.ndarray):
            last = last.copy()  # f may have returned its argument
        return last[()] if isinstance(last, np.ndarray) and last.ndim == 0 else last

    return nth


def taylor(f: Callable[..., Any], x: Any, n: int, *args: Any, **kwargs: Any) -> Any:
    """Return the Taylor coefficients of `f` about `x`: ``f^(k)(x) / k!`` for k = 0, ..., n.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, acting on each element of x by itself.
    x : array_like
        Where to expand.
    n : int
        The highest power.

    Returns
    -------
    ndarray
        Of shape ``(n + 1, *x.shape)``, in the order `numpy.polynomial.Polynomial` takes.

    Raises
    ------
    ValueError
        As `derivative`.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3*, step 27.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.taylor(np.exp, 0.0, 3)
    array([1.        , 1.        , 0.5       , 0.16666667])
    """
    if not isinstance(n, int) or n < 0:
        raise ValueError(f"n={n!r} must be a whole number, 0 or more")
    orders = derivatives_up_to(f, n, (x, *args), kwargs)
    return np.stack([d / float(math.factorial(k)) for k, d in enumerate(orders)])
