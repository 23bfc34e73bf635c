"""Derivatives by differences, for functions that the engine cannot follow.

Exact derivatives are the rule; these take their place where the user asks for them by SciPy's
names ``jac="2-point"``, ``"3-point"`` or ``"cs"``.

References
----------
J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer 2006, section 8.1;
W. Squire and G. Trapp, SIAM Review 40 (1998) 110-112, for the complex step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.stopping import EPS

Array = NDArray[np.float64]

SCHEMES = ("2-point", "3-point", "cs")


def is_scheme(derivative: Any) -> bool:
    """Whether a derivative argument asks for differences."""
    return isinstance(derivative, str) and derivative in SCHEMES


def gradient(fun: Callable[[Any], Any], x: Array, f: float, scheme: str) -> Array:
    """Difference `fun` along every axis at the flat `x`, where its value is `f`.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.differences import gradient
    >>> gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]), 5.0, "cs")
    array([2., 4.])
    """
    g = np.empty(x.size)
    for i, difference in enumerate(_along_axes(fun, x, f, scheme)):
        g[i] = np.real(difference)
    return g


def jacobian(fun: Callable[[Any], Any], x: Array, r: Array, scheme: str) -> Array:
    """Difference an array function along every axis at the flat `x`, where its value is `r`.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.differences import jacobian
    >>> x = np.array([1.0, 2.0])
    >>> jacobian(lambda x: x**2, x, x**2, "cs")
    array([[2., 0.],
           [0., 4.]])
    """
    return np.stack(list(_along_axes(fun, x, r, scheme)), axis=-1)


def _along_axes(fun: Callable[[Any], Any], x: Array, value: Any, scheme: str) -> Iterator[Any]:
    for i, e in enumerate(np.eye(x.size)):
        if scheme == "cs":
            yield np.imag(fun(x + 1e-100j * e)) / 1e-100
            continue
        size = EPS ** (1 / 2 if scheme == "2-point" else 1 / 3) * max(1.0, abs(x[i]))
        h = (x[i] + size) - x[i]  # the step that is really made
        if scheme == "2-point":
            yield (fun(x + h * e) - value) / h
        else:
            yield (fun(x + h * e) - fun(x - h * e)) / (2 * h)


def hessian_product(grad: Callable[[Array], Array], x: Array, v: Array) -> Array:
    """Difference the gradient along `v`: two gradients, error of the order of ``EPS**(2/3)``."""
    length = float(np.linalg.norm(v))
    if length == 0.0:
        return np.zeros_like(x)
    h = EPS ** (1 / 3) * max(1.0, float(np.linalg.norm(x))) / length
    return (grad(x + h * v) - grad(x - h * v)) / (2 * h)
