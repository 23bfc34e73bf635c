"""Where residuals and their derivatives come from: the engine, the user, or differences.

The twin of `hessopt.optimize.oracle` for functions that return an array. Every call that is really
made is counted here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import differences
from hessopt.optimize.differences import is_scheme
from hessopt.optimize.lsq import checks
from hessopt.optimize.oracle import Curvature
from hessopt.transforms.first_order import pushforward
from hessopt.transforms.recording import Recording
from hessopt.transforms.second_order import value_grad_hvp

Array = NDArray[np.float64]


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

    Attributes
    ----------
    nfev : int
        Values.
    njev : int
        Jacobians; each of the engine's own calls fun once more.
    nhev : int
        Recordings of second derivatives; each calls fun once more.
    nproduct : int
        Products with a Jacobian that was not formed, or with a second derivative.
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
        self._before_call = before_call
        self.n = int(np.prod(shape))
        self.nfev = self.njev = self.nhev = self.nproduct = 0

    @property
    def exact(self) -> bool:
        """Whether the engine makes the Jacobian."""
        return self._jac is None

    def value(self, x: Array) -> Array:
        """Evaluate fun, as a flat array."""
        self._before_call()
        self.nfev += 1
        out = self._fun(x.reshape(self._shape).copy(), *self._args, **self._kwargs)
        return checks.residuals(out, self._name)

    def dense(self, x: Array, r: Array) -> Array:
        """Return the Jacobian at `x`, where the value is `r`, as an array."""
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
        self.njev += 1
        if callable(self._jac):
            given = self._jac(x.reshape(self._shape).copy(), *self._args, **self._kwargs)
            return checks.jacobian(given, r.size, self.n)
        if is_scheme(self._jac):
            return differences.jacobian(self._differenced, x, r, self._jac)
        return self._linearized(x)

    def _differenced(self, x: Array) -> Any:
        self._before_call()
        out = self._fun(x.reshape(self._shape), *self._args, **self._kwargs)
        return checks.residuals(out, self._name, complex_allowed=self._jac == "cs")

    def _recorded(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        self._before_call()
        out = self._fun(x, *args, **kwargs)
        return np.stack(out) if isinstance(out, list | tuple) else out

    def _linearized(self, x: Array) -> Any:
        """Record fun once; products with J and J' are walks through the recording."""
        from scipy.sparse.linalg import LinearOperator

        arguments = (x.reshape(self._shape).copy(), *self._args)
        run = Recording.of(self._recorded, arguments, self._kwargs, 0).array()
        shape = np.shape(run.output.data if hasattr(run.output, "data") else run.output)
        pull = run.pullback()
        found: list[Any] = []  # forward mode needs a graph of its own; made when asked for

        def matvec(v: Array) -> Array:
            self.nproduct += 1
            if not found:
                found.append(pushforward(run))
            tangent = found[0](np.asarray(v, dtype=np.float64).reshape(self._shape))
            return np.asarray(tangent, dtype=np.float64).ravel()

        def rmatvec(u: Array) -> Array:
            self.nproduct += 1
            adjoint = pull(np.asarray(u, dtype=np.float64).reshape(shape))[0]
            return np.asarray(adjoint, dtype=np.float64).ravel()

        make: Any = LinearOperator  # its constructor is `__new__`, which type checkers misread
        size = (int(np.prod(shape)), self.n)
        return make(shape=size, matvec=matvec, rmatvec=rmatvec, dtype=np.dtype(np.float64))

    def second(self, x: Array, u: Array) -> Curvature:
        """Return ``sum of u_i H_i``, where H_i is the Hessian of entry i of fun."""
        self.nhev += 1

        def weighted(z: Any, *args: Any, **kwargs: Any) -> Any:
            out = self._recorded(z, *args, **kwargs)
            return np.sum(np.reshape(out, -1) * u)

        at = value_grad_hvp(weighted)
        product = at(x.reshape(self._shape), *self._args, **self._kwargs)[2]

        def counted(p: Array) -> Array:
            self.nproduct += 1
            return np.asarray(product(p.reshape(self._shape)), dtype=np.float64).ravel()

        return Curvature(self.n, counted)
