"""Products with the Hessian, by double backprop: no matrix is formed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.transforms.first_order import direction, unit_seed
from hessopt.transforms.recording import Pullback, Recording


def recorded_gradient(run: Recording) -> tuple[Pullback, Pullback]:
    """Return the gradient's recording and the pullback from it: the product with the Hessian."""
    pullback = run.pullback(graph=True)
    (gradient,) = pullback(unit_seed(run.output))
    return pullback, Recording(run.inputs, gradient, pullback.connected).pullback()


def hvp(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return ``(x, v, *args) -> H(x) v``, the product of the Hessian of `f` with a vector.

    The gradient is recorded as it is computed, and pulled back along v: the gradient of
    ``v . grad f``. A few gradients' time and memory of the order of x, whatever its size.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar.
    argnums : int
        Which positional argument of `f` to differentiate by.

    Returns
    -------
    callable
        Takes x, then v of the argument's shape, then the further arguments of `f`.

    Raises
    ------
    ValueError
        From the returned function: if v is not of the argument's shape.
    TypeError
        As `value_and_grad`.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3*, column "double backprop";
    B. A. Pearlmutter, *Fast exact multiplication by the Hessian* (1994).

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """

    def product(x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        run = Recording.of(f, (x, *args), kwargs, argnums).scalar()
        v = direction(v, run.inputs[0].data, "v", "x")
        _, multiply = recorded_gradient(run)
        return multiply(v)[0]

    return product


def value_grad_hvp(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return ``(x, *args) -> (value, gradient, product)`` with ``product(v) = H(x) v``.

    The gradient's graph is recorded once; each product is one walk through it. This is what a
    Newton method with an inner conjugate-gradient iteration needs at a point.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar.
    argnums : int
        Which positional argument of `f` to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; returns the value, the gradient, and the function that
        multiplies a vector by the Hessian at this point.

    Raises
    ------
    TypeError
        As `value_and_grad`.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> at = hessopt.value_grad_hvp(lambda x: np.sum(x**3))
    >>> value, gradient, product = at(np.array([1.0, 2.0]))
    >>> float(value), gradient, product(np.array([1.0, 0.0]))
    (9.0, array([ 3., 12.]), array([6., 0.]))
    """

    def at(*args: Any, **kwargs: Any) -> tuple[Any, Any, Callable[[Any], Any]]:
        run = Recording.of(f, args, kwargs, argnums).scalar()
        first, multiply = recorded_gradient(run)
        x = run.inputs[0].data
        gradient = np.array(multiply.value()) if not multiply.connected else multiply.value()
        return first.value(), gradient, lambda v: multiply(direction(v, x, "v", "x"))[0]

    return at
