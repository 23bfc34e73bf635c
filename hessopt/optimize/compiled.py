"""Derivatives of the objective by programs, and eagerly where there can be none.

A run evaluates the same function a hundred times: it is traced once, and replayed. The values of
all evaluations come from the program, those of the first too, and the backend is chosen by the
size, not by the clock, so that runs are repeated to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.transforms.engine import has_numba
from hessopt.transforms.first_order import value_and_grad
from hessopt.transforms.jit import Jitted, ReplayError
from hessopt.transforms.second_order import hvp

if TYPE_CHECKING:
    from hessopt.transforms.compressed import Plan, Plans

Array = NDArray[np.float64]

BATCH = 1 << 18  # entries of the vectors that are multiplied at once
ENTRIES = 200  # of a sparse Hessian, in the mean row; with more, products are better
SAVES = 4  # at least so many times fewer products than for a dense one
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
        self._size = size
        self._multiply = hvp(function)
        self._eager = value_and_grad(function)
        self._both = self._jitted(self._eager, backend)
        self._product = self._jitted(self._multiply, backend)
        self._rows = self._jitted(self._multiply_rows, backend)

    def _jitted(self, function: Callable[..., Any], backend: str) -> Jitted:
        return Jitted(function, backend, verify=True, warns=False)

    def _multiply_rows(self, x: Any, vs: Any) -> Any:
        from hessopt.transforms.vmapped import Vmapped  # `import hessopt` need not pay for it

        rows = np.reshape(vs, (-1, *np.shape(x)))
        return Vmapped(self._multiply, (None, 0), 0, warns=False)(x, rows)

    def value_and_grad(self, x: Array) -> tuple[Any, Any]:
        """Return the value and the gradient."""
        return self._tried(lambda: self._both(x), lambda: self._eager(x))

    def product(self, x: Array) -> Callable[[Array], Any]:
        """Return the product with the Hessian at `x`, which must not change afterwards."""
        at = self._product.partial(x)
        return lambda v: self._tried(lambda: at(v), lambda: self._multiply(x, v))

    def hessian(self, x: Array) -> Any:
        """Return the Hessian at `x` as an array: products with all unit vectors, in batches."""
        n = x.size
        units = np.eye(n)
        size = max(1, BATCH // n)
        parts = []
        for k in range(0, n, size):
            vs = units[k : k + size]
            part = self._tried(
                lambda vs=vs: self._rows(x, vs), lambda vs=vs: self._multiply_rows(x, vs)
            )
            parts.append(np.reshape(part, (-1, n)))
        return np.concatenate(parts)

    @cached_property
    def _plans(self) -> Plans:
        from hessopt.transforms.compressed import Plans, hessian_plan

        return Plans(self._both, lambda program: hessian_plan(program, 1, ENTRIES * self._size))

    def plan(self, x: Array) -> Plan | None:
        """Return how to put a sparse Hessian together at `x`; None where that does not pay."""
        from hessopt.program.sparsity import TooDense

        if self.note:
            return None
        try:
            plan = self._plans.at(x)
        except TooDense:
            return None
        return plan if plan is not None and SAVES * plan.coloring.count <= x.size else None

    def sparse_hessian(self, x: Array, plan: Plan) -> Any:
        """Return the Hessian at `x` as a sparse array; None where there is no program for it."""
        from hessopt.transforms.compressed import WrongStructureError

        if 2 * x.size > BATCH:
            one = self._product.partial(x)
            multiply = lambda vs: one(vs.reshape(np.shape(x)))  # noqa: E731 - one of two
        else:
            multiply = self._rows.partial(x)
        try:
            found = plan.matrix(multiply, np.float64)
        except (ReplayError, WrongStructureError) as error:
            self.note = str(error)
            return None
        self.note = self._product.refusal or self._rows.refusal
        return found

    def _tried(self, program: Callable[[], Any], eager: Callable[[], Any]) -> Any:
        """Run a program, or what it stands for once one was refused."""
        if not self.note:
            try:
                result = program()
            except ReplayError as error:
                self.note = str(error)
            else:
                self.note = self._both.refusal or self._product.refusal or self._rows.refusal
                return result
        return eager()
