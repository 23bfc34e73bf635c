"""Derivatives of a function of several values by programs: of residuals, and of constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize.compiled import BATCH, Programs, kept
from hessopt.transforms.first_order import jvp, vjp
from hessopt.transforms.jit import Jitted
from hessopt.transforms.matrices import jacobian
from hessopt.transforms.second_order import hvp

Array = NDArray[np.float64]

# A Jacobian is asked for once a step, a product with it a hundred times: by so much longer arrays
# have to be until compiling pays
SELDOM = 100
# Up to so many rows or columns are traced sooner one by one
FEW = 3


class CompiledVector(Programs):
    """A function of one array that has several values: these, its Jacobian, products.

    What is multiplied is flat, and so is what results.

    Parameters
    ----------
    function : callable
        ``function(x)``, an array or a list of numbers; called for traces and comparisons alone.
    shape : tuple of int
        Of x, as the function sees it.
    m : int
        How many values there are.
    backend
        As for `Programs`.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.compiled_vector import CompiledVector
    >>> compiled = CompiledVector(lambda x: [x[0] * x[1], x[0] ** 2, x[1]], (2,), 3)
    >>> x = np.array([2.0, 3.0])
    >>> compiled.jacobian(x)
    array([[3., 2.],
           [4., 0.],
           [0., 1.]])
    >>> compiled.tangent(x)(np.array([1.0, 0.0])), compiled.adjoint(x)(np.array([0.0, 1.0, 0.0]))
    (array([3., 4., 0.]), array([4., 0.]))
    >>> compiled.curvature(x, np.array([1.0, 0.0, 0.0]))(np.array([1.0, 0.0]))
    array([0., 1.])
    """

    def __init__(
        self, function: Callable[[Any], Any], shape: tuple[int, ...], m: int, backend: Any = True
    ) -> None:
        super().__init__(backend)

        def flat(x: Any) -> Any:
            return stacked(function(x))

        def weighted(x: Any, u: Any) -> Any:
            return np.sum(flat(x) * u)

        self.shape, self.m, self.n = shape, m, int(np.prod(shape))
        size = max(self.m, self.n)
        self._flat, self._jvp, self._vjp = flat, jvp(flat), vjp(flat)
        self._second = hvp(weighted)
        self._jacobian = jacobian(flat)
        self._value = self.jitted(flat, size // SELDOM)
        whole = self._reshaped if min(self.m, self.n) <= FEW else self._whole_by_batch
        self._whole = self.jitted(whole, size // SELDOM, self._reshaped)
        self._lines = self.jitted(self._lines_by_batch, size // SELDOM, self._lines_one_by_one)
        self._tangent = self.jitted(self._jvp, size)
        self._adjoint = self.jitted(self._vjp, size)
        self._curvature = self.jitted(lambda x, u, v: self._second(x, v, u), size)

    def value(self, x: Array) -> Any:
        """Return the values."""
        z = self._shaped(x)
        return self.tried(lambda: self._value(z), lambda: self._flat(z))

    def jacobian(self, x: Array) -> Array:
        """Return the Jacobian as an array: all its rows or columns, whichever are fewer, at once.

        Where that would be too much at once, some after the other.
        """
        z = self._shaped(x)
        if self.m * self.n <= BATCH:
            J = self.tried(lambda: self._whole(z), lambda: self._reshaped(z))
            return np.array(J, dtype=np.float64, order="C")
        count = min(self.m, self.n)
        batches = -(-count // max(1, BATCH // max(self.m, self.n)))
        size = -(-count // batches)
        lines = np.empty((count, max(self.m, self.n)))
        for first in range(0, count, size):
            first = min(first, count - size)  # all of one size: they are one program
            vs = np.zeros((size, count))
            vs[np.arange(size), np.arange(first, first + size)] = 1.0
            lines[first : first + size] = self.tried(
                lambda vs=vs: self._lines(z, vs), lambda vs=vs: self._lines_one_by_one(z, vs)
            )
        return lines if self.m < self.n else np.ascontiguousarray(lines.T)

    def tangent(self, x: Array) -> Callable[[Array], Any]:
        """Return the product with the Jacobian at `x`."""
        z = self._shaped(x)
        at = self._tangent.partial(z)

        def product(v: Array) -> Any:
            v = self._shaped(v)
            return self.tried(lambda: at(v), lambda: self._jvp(z, v))

        return product

    def adjoint(self, x: Array) -> Callable[[Array], Any]:
        """Return the product with the transposed Jacobian at `x`."""
        z = self._shaped(x)
        at = self._adjoint.partial(z)

        def product(u: Array) -> Any:
            u = np.asarray(u, dtype=np.float64)
            return np.reshape(self.tried(lambda: at(u), lambda: self._vjp(z, u)), -1)

        return product

    def curvature(self, x: Array, u: Array) -> Callable[[Array], Any]:
        """Return the product with the sum of ``u_i H_i``, where H_i is the Hessian of value i."""
        z, u = self._shaped(x), np.array(u, dtype=np.float64)
        at = self._curvature.partial(z, u)

        def product(v: Array) -> Any:
            v = self._shaped(v)
            return np.reshape(self.tried(lambda: at(v), lambda: self._second(z, v, u)), -1)

        return product

    def _shaped(self, x: Array) -> Array:
        return np.array(x, dtype=np.float64).reshape(self.shape)

    def _reshaped(self, z: Any) -> Any:
        return np.reshape(self._jacobian(z), (self.m, self.n))

    def _whole_by_batch(self, z: Any) -> Any:
        lines = self._lines_by_batch(z, np.eye(min(self.m, self.n)))
        return lines if self.m < self.n else np.transpose(lines)

    def _lines_by_batch(self, z: Any, vs: Any) -> Any:
        """Return rows, combined by `vs`, or columns, where these are fewer."""
        from hessopt.transforms.vmapped import Vmapped  # `import hessopt` need not pay for it

        product, shape = (self._vjp, (self.m,)) if self.m < self.n else (self._jvp, self.shape)
        lines = Vmapped(product, (None, 0), 0, warns=False)(z, np.reshape(vs, (-1, *shape)))
        return np.reshape(lines, (np.shape(vs)[0], -1))

    def _lines_one_by_one(self, z: Any, vs: Any) -> Any:
        product = self._vjp if self.m < self.n else self._jvp
        shape = (self.m,) if self.m < self.n else self.shape
        return np.stack([np.reshape(product(z, np.reshape(v, shape)), -1) for v in vs])


def stacked(out: Any) -> Any:
    """Return what a function of several values returned, an array or a list, as a flat array."""
    return np.reshape(np.stack(out) if isinstance(out, list | tuple) else out, -1)


def programs_of(
    fun: Any,
    args: Any,
    function: Callable[[Any], Any],
    shape: tuple[int, ...],
    m: int,
    wanted: bool | str,
) -> CompiledVector:
    """Return programs of a function, those that a jitted `fun` keeps if it takes x alone.

    Parameters
    ----------
    fun, args
        What the user gives, and its further arguments.
    function : callable
        ``function(x)``, which calls it with them.
    shape, m
        As `CompiledVector` takes them.
    wanted : bool or str
        What the option `jit` of the run says; a backend goes before that of `fun`.
    """
    if not isinstance(fun, Jitted) or args:
        return CompiledVector(function, shape, m, wanted)
    backend = fun.backend if wanted is True else wanted
    key = "vector", shape, m, backend
    return kept(fun, key, lambda: CompiledVector(fun, shape, m, backend))
