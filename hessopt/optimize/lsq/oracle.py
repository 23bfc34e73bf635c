"""Where residuals and their derivatives come from: the engine, the user, or differences.

The twin of `hessopt.optimize.oracle` for functions that return an array. What is evaluated is
counted here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import differences
from hessopt.optimize.compiled import COMPILES, LONG
from hessopt.optimize.compiled_vector import CompiledVector, programs_of, stacked
from hessopt.optimize.differences import is_scheme
from hessopt.optimize.lsq import checks
from hessopt.optimize.oracle import Curvature, Product
from hessopt.transforms.first_order import pushforward
from hessopt.transforms.recording import Recording
from hessopt.transforms.second_order import value_grad_hvp

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

Array = NDArray[np.float64]

# So many second-order terms are recorded before they are traced. That costs as much as some five of
# them, and few fits need more
RECORDED = 10
# With more rows and more columns than this a recorded Jacobian costs more than a trace. With fewer,
# but long ones, a replay saves but half of the work, so that so many pay for a trace
FEW, LONG_ONES = 10, 12


class VectorOracle:
    """Values, Jacobians and second derivatives of `fun` at flat points.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args, **kwargs)``, an array (or a list of numbers) of any shape.
    shape : tuple of int
        The shape that the user's functions see.
    args, kwargs
        Further arguments of `fun` and `jac`.
    jac : callable, {"2-point", "3-point", "cs"}, optional
        The Jacobian: an array, a sparse matrix or a LinearOperator; or differences.
    before_call : callable
        Called before every call of fun; it may raise to forbid the call.
    name : str
        What errors call the function.
    jit : bool or str
        Whether exact derivatives come from programs, or the backend that runs these. Traces and
        comparisons are then all that fun is called for beside values, and for values too if there
        are many.
    recorded : int
        How many Jacobians of few rows or columns are recorded before they are traced, which costs
        as much as some five of them.
    guarded : callable
        Calls a product, which evaluates fun where it comes from a program: ``guarded(kind, product,
        vector)``.

    Attributes
    ----------
    nfev : int
        Values.
    njev : int
        Jacobians; each of the engine's own evaluates fun once more.
    nhev : int
        Second derivatives; each evaluates fun once more.
    nproduct : int
        Products with a Jacobian that was not formed, or with a second derivative.
    compiled : CompiledVector or None
        The programs, once there are any.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        shape: tuple[int, ...],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        jac: Any = None,
        before_call: Callable[[], None] = lambda: None,
        name: str = "fun",
        jit: bool | str = False,
        recorded: int = 0,
        guarded: Callable[..., Any] = lambda kind, product, vector: product(vector),
    ) -> None:
        if not callable(fun):
            raise TypeError(f"{name} must be callable, not {type(fun).__name__}")
        if not (jac is None or callable(jac) or is_scheme(jac)):
            raise ValueError(
                f"jac must be a callable, None or one of {differences.SCHEMES}, not {jac!r}"
            )
        self._fun, self._shape, self._name = fun, shape, name
        self._args, self._kwargs = args, kwargs or {}
        self._jac: Any = jac
        self._before_call, self._guarded = before_call, guarded
        self.n = int(np.prod(shape))
        self.nfev = self.njev = self.nhev = self.nproduct = 0
        self.njev_before = self.nhev_before = 0  # in the run that is resumed
        self.compiled: CompiledVector | None = None
        self._jit = jit if self.exact else False
        self._recordings = recorded

    @property
    def exact(self) -> bool:
        """Whether the engine makes the Jacobian."""
        return self._jac is None

    @property
    def given(self) -> bool:
        """Whether the user has written the Jacobian."""
        return callable(self._jac)

    def value(self, x: Array) -> Array:
        """Evaluate fun, as a flat array."""
        self._before_call()
        self.nfev += 1
        compiled = self.compiled
        if compiled is None or not long(compiled):  # a short program saves nothing
            r = self._called(x)
            compiled = self._programs(r.size)
            if compiled is None or not long(compiled):
                return r
        return checks.residuals(compiled.value(x), self._name)

    def _called(self, x: Array) -> Array:
        out = self._fun(x.reshape(self._shape).copy(), *self._args, **self._kwargs)
        return checks.residuals(out, self._name)

    def _programs(self, m: int) -> CompiledVector | None:
        """Return the programs for m values, or None if there are to be none."""
        if self._jit and self.compiled is None:
            further = self._args or self._kwargs
            self.compiled = programs_of(self._fun, further, self._bare, self._shape, m, self._jit)
        return self.compiled

    def _tracing(self, m: int) -> CompiledVector | None:
        """Return the programs if the next Jacobian is to come from them."""
        compiled = self._programs(m)
        if compiled is None or compiled.note:
            return None
        if min(m, self.n) > FEW or compiled.kept:
            return compiled
        recorded = self._recordings if max(m, self.n) < LONG else LONG_ONES
        return compiled if self.njev + self.njev_before >= recorded else None

    def _bare(self, x: Any) -> Any:
        """Evaluate fun for a program, whose runs are counted instead."""
        return self._fun(x, *self._args, **self._kwargs)

    def dense(self, x: Array, r: Array) -> Array:
        """Return the Jacobian at `x`, where the value is `r`, as an array."""
        compiled = self._tracing(r.size)
        if compiled is not None:
            self._before_call()
            self.njev += 1
            return compiled.jacobian(x)
        J = self.operator(x, r)
        if isinstance(J, np.ndarray):
            return J
        if hasattr(J, "toarray"):
            return np.asarray(J.toarray(), dtype=np.float64)
        m, n = J.shape
        # Rows by reverse mode or columns by forward mode, whichever are fewer
        if m < n:
            rows = [J.rmatvec(e) for e in np.eye(m)]
            return np.stack(rows)
        return np.stack([J.matvec(e) for e in np.eye(n)], axis=-1)

    def operator(self, x: Array, r: Array) -> Any:
        """Return the Jacobian at `x`: an operator of the engine's, or what the user's jac gives."""
        compiled = self._tracing(r.size)
        self.njev += 1
        if callable(self._jac):
            given = self._jac(x.reshape(self._shape).copy(), *self._args, **self._kwargs)
            return checks.jacobian(given, r.size, self.n)
        if is_scheme(self._jac):
            return differences.jacobian(self._differenced, x, r, self._jac)
        if compiled is not None:
            self._before_call()
            return self._operator(r.size, compiled.tangent(x), compiled.adjoint(x))
        return self._linearized(x)

    def _differenced(self, x: Array) -> Any:
        self._before_call()
        out = self._fun(x.reshape(self._shape), *self._args, **self._kwargs)
        return checks.residuals(out, self._name, complex_allowed=self._jac == "cs")

    def _recorded(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        self._before_call()
        return stacked(self._fun(x, *args, **kwargs))

    def _linearized(self, x: Array) -> LinearOperator:
        """Record fun once; products with J and J' are walks through the recording."""
        arguments = (x.reshape(self._shape).copy(), *self._args)
        run = Recording.of(self._recorded, arguments, self._kwargs, 0).array()
        pull = run.pullback()
        forth = cache(lambda: pushforward(run))  # needs a graph of its own

        def tangent(v: Array) -> Any:
            return forth()(v.reshape(self._shape))

        return self._operator(run.output.size, tangent, lambda u: pull(u)[0])

    def _operator(self, m: int, tangent: Product, adjoint: Product) -> LinearOperator:
        """Return products with J and J' as SciPy's operator, counted."""
        from scipy.sparse.linalg import LinearOperator

        def counted(product: Product) -> Product:
            def multiply(v: Array) -> Array:
                self.nproduct += 1
                v = np.asarray(v, dtype=np.float64).ravel()
                result = self._guarded("product", product, v)
                return np.asarray(result, dtype=np.float64).ravel()

            return multiply

        make: Any = LinearOperator  # its constructor is `__new__`, which type checkers misread
        return make(
            shape=(m, self.n),
            matvec=counted(tangent),
            rmatvec=counted(adjoint),
            dtype=np.dtype(np.float64),
        )

    def second(self, x: Array, u: Array) -> Curvature:
        """Return ``sum of u_i H_i``, where H_i is the Hessian of entry i of fun."""
        self.nhev += 1
        compiled = self._programs(u.size)
        many = self.nhev + self.nhev_before > RECORDED
        traced = many or (compiled and (compiled.kept or long(compiled)))
        if compiled is not None and not compiled.note and traced:
            self._before_call()
            product = compiled.curvature(x, u)
        else:
            product = self._recorded_second(x, u)

        def counted(p: Array) -> Array:
            self.nproduct += 1
            found = self._guarded("second", product, p)
            return np.asarray(found, dtype=np.float64).ravel()

        return Curvature(self.n, counted)

    def _recorded_second(self, x: Array, u: Array) -> Product:
        def weighted(z: Any, *args: Any, **kwargs: Any) -> Any:
            return np.sum(self._recorded(z, *args, **kwargs) * u)

        at = value_grad_hvp(weighted)
        product = at(x.reshape(self._shape), *self._args, **self._kwargs)[2]
        return lambda p: product(p.reshape(self._shape))


def long(compiled: CompiledVector) -> bool:
    """Whether arrays are so long that a program saves more than the cost of a trace at once."""
    return max(compiled.m, compiled.n) >= COMPILES
