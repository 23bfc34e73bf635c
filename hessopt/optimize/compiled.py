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
from hessopt.transforms.second_order import hvp

Array = NDArray[np.float64]

COMPILES = 50_000  # variables; for so many a second of compiling is soon won back


class Compiled:
    """Value, gradient and products with the Hessian of a function of one array.

    Parameters
    ----------
    function : callable
        ``function(x)``, a scalar; called for traces and comparisons alone.
    size : int
        How many variables there are.
    backend : {True, "auto", "numpy", "numba"}
        As for `hessopt.jit`, but that `True` and ``"auto"`` choose by the size.

    Attributes
    ----------
    note : str
        Why the function is differentiated eagerly; empty where it is not.
    """

    def __init__(self, function: Callable[[Any], Any], size: int, backend: Any = True) -> None:
        if backend is True or backend == "auto":
            backend = "numba" if size >= COMPILES and has_numba() else "numpy"
        self.note = ""
        self._eager = value_and_grad(function), hvp(function)
        self._both = Jitted(self._eager[0], backend, verify=True, warns=False)
        self._product = Jitted(self._eager[1], backend, verify=True, warns=False)

    def value_and_grad(self, x: Array) -> tuple[Any, Any]:
        """Return the value and the gradient."""
        return self._run(self._both, 0, x)

    def product(self, x: Array) -> Callable[[Array], Any]:
        """Return the product with the Hessian at `x`, which must not change afterwards."""
        partial = self._product.partial(x)

        def multiply(v: Array) -> Any:
            return self._run(partial, 1, v, x)

        return multiply

    def _run(self, program: Callable[..., Any], order: int, *args: Any) -> Any:
        if not self.note:
            try:
                result = program(args[0])
            except ReplayError as error:
                self.note = str(error)
            else:
                self.note = self._both.refusal or self._product.refusal
                return result
        return self._eager[order](*reversed(args))
