"""Derivatives of the objective by programs, and eagerly where there can be none.

A run evaluates the same function a hundred times: it is traced once, and replayed. A trace of a
small function costs as much as some 25 of its gradients, so that short runs do without. When to
trace, and by which backend to run, is decided by counting and by the size, not by the clock, so
that runs are repeated to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks
from hessopt.transforms.engine import has_numba
from hessopt.transforms.first_order import value_and_grad
from hessopt.transforms.jit import Jitted, ReplayError
from hessopt.transforms.second_order import hvp, value_grad_hvp

if TYPE_CHECKING:
    from hessopt.program.program import Program
    from hessopt.transforms.compressed import Plan, Plans
    from hessopt.transforms.partial import Partial

Array = NDArray[np.float64]

BATCH = 1 << 18  # entries of the vectors that are multiplied at once
ENTRIES = 200  # of a sparse Hessian, in the mean row; with more, products are better
FEW = 16  # products; so many are made one by one, without a program of their own for rows
SAVES = 4  # at least so many times fewer products than for a dense one
COMPILES = 50_000  # variables; for so many a second of compiling is soon won back
LONG = 10_000  # variables; from here on a trace costs hardly more than an evaluation
SHORT = 25  # iterations; a trace costs about as much as so many of a small function eagerly
MANY = 100  # variables; for fewer, cutting a program in two costs more than products at a point


def untraced(n: int, order: int) -> int:
    """Return how many iterations of a method are made before its derivatives are traced.

    Those that are left cost as much as the traces: with dense Hessians the more, the more columns
    they have, each a walk through a recorded gradient.

    Examples
    --------
    >>> from hessopt.optimize.compiled import untraced
    >>> untraced(2, order=2), untraced(40, order=2), untraced(40, order=1), untraced(10**6, order=1)
    (30, 3, 25, 0)
    """
    if n >= (MANY if order == 2 else LONG):
        return 0
    return min(30, 150 // n) if order == 2 else SHORT


def backend_for(size: int, wanted: bool | str) -> str:
    """Return the backend that is wanted, or where that is open the one for arrays of this size."""
    if isinstance(wanted, str) and wanted != "auto":
        return wanted
    return "numba" if size >= COMPILES and has_numba() else "numpy"


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
    kept : bool
        Whether other runs go on with them, so that they are worth a trace from the start.
    """

    def __init__(self, backend: Any = True) -> None:
        self._backend = backend
        self.kept = False
        self._made: list[Jitted] = []
        self.note = ""

    @property
    def begun(self) -> bool:
        """Whether anything was traced."""
        return any(made.traced for made in self._made)

    def jitted(
        self,
        function: Callable[..., Any],
        size: int,
        reference: Callable[..., Any] | None = None,
    ) -> Jitted:
        """Return a function as a program for arrays of this size."""
        backend = backend_for(size, self._backend)
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


P = TypeVar("P", bound=Programs)


class Compiled(Programs):
    """Value, gradient and products with the Hessian of a function of one array.

    Parameters
    ----------
    function : callable
        ``function(x, *args)``, a scalar; called for traces and comparisons alone. The further
        arguments are arrays: inputs of the programs, which hold for others too.
    size : int
        How many variables there are, for those who leave the backend open.
    backend
        As for `Programs`.
    """

    def __init__(self, function: Callable[..., Any], size: int, backend: Any = True) -> None:
        super().__init__(backend)
        self._multiply = hvp(function)
        self._eager = value_and_grad(function)
        self._recorded = value_grad_hvp(function)
        self._both = self.jitted(self._eager, size)
        self._product = self.jitted(self._product_last, size)
        self._last: Partial | None = None
        self._rows = self.jitted(self._multiply_rows, size, self._rows_one_by_one)

    def value_and_grad(self, x: Array, *args: Any) -> tuple[Any, Any]:
        """Return the value and the gradient."""
        return self.tried(lambda: self._both(x, *args), lambda: self._eager(x, *args))

    def product(self, x: Array, *args: Any) -> Callable[[Array], Any]:
        """Return the product with the Hessian at `x`, which must not change afterwards."""
        if x.size < MANY or (self._last is not None and self._last.is_whole):
            return lambda v: self.tried(
                lambda: self._product(x, *args, v), lambda: self._multiply(x, v, *args)
            )
        at = self._last = self._product.partial(x, *args, multiply_out=False)  # repeats each digit
        return lambda v: self.tried(lambda: at(v), lambda: self._multiply(x, v, *args))

    def hessian(self, x: Array, *args: Any) -> Any:
        """Return the Hessian at `x` as an array: products with all unit vectors, in batches."""
        n = x.size
        units = np.eye(n)
        size = max(1, BATCH // n)
        parts = []
        for k in range(0, n, size):
            vs = units[k : k + size]
            part = self.tried(
                lambda vs=vs: self._rows(x, vs, *args),
                lambda vs=vs: self._rows_one_by_one(x, vs, *args),
            )
            parts.append(np.reshape(part, (-1, n)))
        return np.concatenate(parts)

    @cached_property
    def _plans(self) -> Plans:
        from hessopt.transforms.compressed import Plans, hessian_plan

        def plan(program: Program) -> Plan:
            return hessian_plan(program, 1, ENTRIES * prod(program.inputs[0][0]))

        return Plans(self._both, plan)

    def plan(self, x: Array, *args: Any) -> Plan | None:
        """Return how to put a sparse Hessian together at `x`; None where that does not pay."""
        from hessopt.program.sparsity import TooDense

        if self.note:
            return None
        try:
            plan = self._plans.at(x, *args)
        except TooDense:
            return None
        return plan if plan is not None and SAVES * plan.coloring.count <= x.size else None

    def sparse_hessian(self, plan: Plan, x: Array, *args: Any) -> Any:
        """Return the Hessian at `x` as a sparse array; None where there is no program for it."""
        from hessopt.transforms.compressed import WrongStructureError

        if plan.coloring.count <= FEW or 2 * x.size > BATCH:
            one = self._product.partial(x, *args, multiply_out=False)
            multiply = lambda vs: np.array([one(v.reshape(np.shape(x))) for v in vs])  # noqa: E731
        else:
            multiply = lambda vs: self._multiplied(x, vs, plan.coloring.count, *args)  # noqa: E731
        try:
            return self.tried(lambda: plan.matrix(multiply, np.float64), lambda: None)
        except WrongStructureError as error:
            self.note = str(error)
            return None

    def _multiplied(self, x: Array, vs: Array, count: int, *args: Any) -> Any:
        """Multiply some of `count` rows, always by the one program for as many as go at once."""
        most = min(count, max(1, BATCH // x.size))
        rows = np.zeros((most, x.size))
        rows[: len(vs)] = vs
        return np.reshape(self._rows(x, rows, *args), (most, -1))[: len(vs)]

    def _product_last(self, x: Any, *rest: Any) -> Any:
        """Multiply the last argument, so that the others can be held fixed."""
        *args, v = rest
        return self._multiply(x, v, *args)

    def _multiply_rows(self, x: Any, vs: Any, *args: Any) -> Any:
        from hessopt.transforms.vmapped import Vmapped  # `import hessopt` need not pay for it

        rows = np.reshape(vs, (-1, *np.shape(x)))
        axes = (None, 0, *(None for _ in args))
        return Vmapped(self._multiply, axes, 0, warns=False)(x, rows, *args)

    def _rows_one_by_one(self, x: Any, vs: Any, *args: Any) -> Any:
        product = self._recorded(x, *args)[2]
        return np.stack([product(np.reshape(v, np.shape(x))) for v in vs])


def kept_by(
    fun: Any, args: tuple[Any, ...], size: int, wanted: bool | str | Compiled
) -> Compiled | None:
    """Return the derivatives that a jitted `fun` keeps from one run to the next; None for others.

    Parameters
    ----------
    fun : callable
        If it is made by `hessopt.jit`, its derivatives are traced once for all runs.
    args : tuple
        Its further arguments, which are inputs of the programs if they are numbers and arrays.
    size : int
        How many variables there are.
    wanted : bool, str or Compiled
        What the option `jit` of the run says; a backend goes before that of `fun`.
    """
    if not isinstance(fun, Jitted) or not isinstance(wanted, bool | str) or not wanted:
        return None
    if not all(isinstance(x, int | float | np.ndarray) for x in args):
        return None
    backend = backend_for(size, fun.backend if wanted is True else wanted)

    def make() -> Compiled:
        return Compiled(lambda *given: checks.scalar(fun(*given)), size, backend)

    return kept(fun, ("scalar", backend), make)


def kept(fun: Jitted, key: Any, make: Callable[[], P]) -> P:
    """Return the programs that `fun` keeps under this key; make them where there are none yet."""
    programs = fun.keep(key, make)
    programs.kept = True
    return programs
