"""Derivatives of the objective by programs, and eagerly where there can be none.

A run evaluates the same function a hundred times: it is traced once, and replayed. The values of
all evaluations come from the program, those of the first too, and the backend is chosen by the
size, not by the clock, so that runs are repeated to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.transforms.engine import has_numba
from hessopt.transforms.first_order import value_and_grad
from hessopt.transforms.jit import Jitted, ReplayError
from hessopt.transforms.second_order import hvp, value_grad_hvp

Array = NDArray[np.float64]

BATCH = 1 << 18  # entries of the vectors that are multiplied at once
COMPILES = 50_000  # variables; for so many a second of compiling is soon won back


class Programs:
    """Programs of one function's derivatives, until one of them is refused.

    Parameters
    ----------
    backend : {True, "auto", "numpy", "numba"}
        As for `hessopt.jit`, but that `True` and ``"auto"`` choose by the size.

    Attributes
    ----------
    note : str
        Why the function is differentiated eagerly; empty where it is not.
    """

    def __init__(self, backend: Any = True) -> None:
        self._backend = backend
        self._made: list[Jitted] = []
        self.note = ""

    def jitted(
        self,
        function: Callable[..., Any],
        size: int,
        reference: Callable[..., Any] | None = None,
    ) -> Jitted:
        """Return a function as a program for arrays of this size."""
        backend = self._backend
        if backend is True or backend == "auto":
            backend = "numba" if size >= COMPILES and has_numba() else "numpy"
        made = Jitted(function, backend, verify=True, warns=False, reference=reference)
        self._made.append(made)
        return made

    def tried(self, program: Callable[[], Any], eager: Callable[[], Any]) -> Any:
        """Run a program, or what it stands for once one was refused."""
        if not self.note:
            try:
                result = program()
            except ReplayError as error:
                self.note = str(error)
            else:
                self.note = next((made.refusal for made in self._made if made.refusal), "")
                return result
        return eager()


class Compiled(Programs):
    """Value, gradient and products with the Hessian of a function of one array.

    Parameters
    ----------
    function : callable
        ``function(x)``, a scalar; called for traces and comparisons alone.
    size : int
        How many variables there are.
    backend
        As for `Programs`.
    """

    def __init__(self, function: Callable[[Any], Any], size: int, backend: Any = True) -> None:
        super().__init__(backend)
        self._multiply = hvp(function)
        self._eager = value_and_grad(function)
        self._both = self.jitted(self._eager, size)
        self._product = self.jitted(self._multiply, size)
        self._recorded = value_grad_hvp(function)
        self._rows = self.jitted(self._multiply_rows, size, self._rows_one_by_one)

    def _multiply_rows(self, x: Any, vs: Any) -> Any:
        from hessopt.transforms.vmapped import Vmapped  # `import hessopt` need not pay for it

        rows = np.reshape(vs, (-1, *np.shape(x)))
        return Vmapped(self._multiply, (None, 0), 0, warns=False)(x, rows)

    def _rows_one_by_one(self, x: Any, vs: Any) -> Any:
        product = self._recorded(x)[2]
        return np.stack([product(np.reshape(v, np.shape(x))) for v in vs])

    def value_and_grad(self, x: Array) -> tuple[Any, Any]:
        """Return the value and the gradient."""
        return self.tried(lambda: self._both(x), lambda: self._eager(x))

    def product(self, x: Array) -> Callable[[Array], Any]:
        """Return the product with the Hessian at `x`, which must not change afterwards."""
        at = self._product.partial(x, multiply_out=False)  # a resumed run repeats every digit
        return lambda v: self.tried(lambda: at(v), lambda: self._multiply(x, v))

    def hessian(self, x: Array) -> Any:
        """Return the Hessian at `x` as an array: products with all unit vectors, in batches."""
        n = x.size
        units = np.eye(n)
        size = max(1, BATCH // n)
        parts = []
        for k in range(0, n, size):
            vs = units[k : k + size]
            part = self.tried(
                lambda vs=vs: self._rows(x, vs), lambda vs=vs: self._rows_one_by_one(x, vs)
            )
            parts.append(np.reshape(part, (-1, n)))
        return np.concatenate(parts)
