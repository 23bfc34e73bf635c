"""Products with the Hessian, by double backprop: no matrix is formed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.config import using_config
from hessopt.autodiff.data import strip
from hessopt.transforms.first_order import directions, unit_seed
from hessopt.transforms.recording import Pullback, Recording


class RecordedGradient:
    """The gradient as a graph, through which products with the Hessian are walks.

    Attributes
    ----------
    value : scalar, or Variable where an outer derivative needs it
    parts : list
        The gradient by each input: arrays and Variables.
    connected : bool
        Whether results are Variables, connected to an outer graph.
    """

    def __init__(self, run: Recording) -> None:
        pullback = run.pullback(graph=True)
        self.value = pullback.value()
        self.parts = pullback(unit_seed(run.output))
        self.connected = pullback.connected
        self._inputs = run.inputs
        self._single = self._back(self.parts[0]) if len(self.parts) == 1 else None

    def _back(self, output: Any) -> Pullback:
        return Pullback(output, self._inputs, graph=False, nested=self.connected)

    def gradient(self) -> list[Any]:
        """Return the gradient by each input, as arrays unless connected."""
        if self.connected:
            return list(self.parts)
        return [np.array(strip(part)) for part in self.parts]

    def multiply(self, vs: Sequence[Any]) -> Sequence[Any]:
        """Return the product of the Hessian with a vector in parts, one for each input."""
        if self._single is not None:
            return self._single(vs[0])
        with using_config("enable_backprop", True):
            along = sum(np.sum(g * v) for g, v in zip(self.parts, vs, strict=True))
        return self._back(along)(np.ones(()))


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
        parts = directions(v, run)
        return run.pack(RecordedGradient(run).multiply(parts))[0]

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
        # products may come after the caller has moved on in the same array
        held = tuple(x.copy() if type(x) is np.ndarray else x for x in args)
        run = Recording.of(f, held, kwargs, argnums).scalar()
        recorded = RecordedGradient(run)

        def product(v: Any) -> Any:
            return run.pack(recorded.multiply(directions(v, run)))[0]

        return recorded.value, run.pack(recorded.gradient())[0], product

    return at
