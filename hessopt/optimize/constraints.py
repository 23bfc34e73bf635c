"""Constraints in one form, ``lower <= c(x) <= upper`` on the flat x, with exact derivatives.

A constraint sees x in the shape that fun sees. Derivatives that the user gives take the place of
ours; ``jac="2-point"`` is what a NonlinearConstraint has if nothing is said, so it counts as
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.autodiff.variable import Variable
from hessopt.optimize import differences
from hessopt.optimize.compiled import LONG
from hessopt.optimize.compiled_vector import CompiledVector, programs_of
from hessopt.optimize.differences import is_scheme
from hessopt.optimize.linearisation import Linearisation, Multiplied, Recorded
from hessopt.optimize.objective import DENSE, quiet, symmetric_operator
from hessopt.transforms.matrices import jacobian
from hessopt.transforms.recording import Recording
from hessopt.transforms.second_order import value_grad_hvp

Array = NDArray[np.float64]
Product = Callable[[Array], Array]

# Derivatives of each kind that are computed eagerly before they are traced, which costs as much as
# some twenty of them
RECORDED = 20

# A Jacobian is sparse if of so many entries at most one may be nonzero
SPARSE = 4

ADVICE = (
    "hessopt could not differentiate a constraint; write it in NumPy calls, give its 'jac', or "
    "ask for differences with jac='3-point' in a NonlinearConstraint"
)


class Constraint:
    """One of the user's constraints.

    Attributes
    ----------
    lower, upper : array_like
        As given: numbers, or one for each entry of c.
    given : object
        What the user gave.
    compiled : CompiledVector or None
        The programs of its derivatives.
    """

    lower: Any
    upper: Any
    given: Any
    compiled: CompiledVector | None = None

    def value(self, x: Array) -> Array:
        """Return c alone."""
        raise NotImplementedError

    def at(self, x: Array) -> Linearisation:
        """Return c and its Jacobian."""
        raise NotImplementedError

    def jacobian(self, x: Array) -> Any:
        """Return the Jacobian as a matrix."""
        raise NotImplementedError

    def curvature(self, x: Array, u: Array) -> Product:
        """Return the product with ``sum u_i H_i``, H_i being the Hessian of ``c_i``."""
        raise NotImplementedError

    def scipy(self, second: bool) -> Any:
        """Return SciPy's object, with second derivatives if wanted."""
        raise NotImplementedError


class Linear(Constraint):
    """``lower <= A x <= upper``."""

    def __init__(self, given: Any) -> None:
        from scipy.sparse import issparse

        self.given, self.lower, self.upper = given, given.lb, given.ub
        A = given.A
        self.A: Any = A if issparse(A) else np.atleast_2d(np.asarray(A, dtype=np.float64))

    def value(self, x: Array) -> Array:
        """Return A x."""
        if self.A.shape[1] != x.size:
            raise ValueError(
                f"constraints: the matrix of a LinearConstraint has {self.A.shape[1]} columns, but "
                f"x0 has {x.size} entries"
            )
        return np.asarray(self.A @ x)

    def at(self, x: Array) -> Linearisation:
        """Return A x and A."""
        return Linearisation(self.value(x), lambda: self.A)

    def jacobian(self, x: Array) -> Any:
        """Return A."""
        return self.A

    def curvature(self, x: Array, u: Array) -> Product:
        """Return zero."""
        return np.zeros_like

    def scipy(self, second: bool) -> Any:
        """Return what was given."""
        return self.given


class Nonlinear(Constraint):
    """``lower <= fun(x) <= upper``, from a dict or a NonlinearConstraint.

    Parameters
    ----------
    given : dict or NonlinearConstraint
        What the user gave.
    shape : tuple of int
        The shape of x0.
    jit : bool or str
        Whether exact derivatives come from programs, or the backend that runs these.
    """

    def __init__(self, given: Any, shape: tuple[int, ...], jit: bool | str = False) -> None:
        self.given, self.shape = given, shape
        if isinstance(given, dict):
            self.fun, jac, hess, args = _read_dict(given)
            self.lower, self.upper = 0.0, 0.0 if given["type"].lower() == "eq" else np.inf
        else:
            self.fun, jac, hess, args = given.fun, given.jac, given.hess, ()
            self.lower, self.upper = given.lb, given.ub
        self.args = args if isinstance(args, tuple) else (args,)
        self.jac: Any = None if isinstance(jac, str) and jac == "2-point" else jac
        self.hess: Any = hess
        self._jit = jit if self.jac is None else False
        self._asked: Counter[str] = Counter()
        self.is_sparse = False

    def traced(self, x: Any) -> Any:
        """Evaluate fun, as a flat array, at an x of the user's shape; for the engine to record."""
        out = self.fun(x, *self.args)
        if isinstance(out, list | tuple):  # SciPy takes these too
            out = np.stack(out)
        return out if isinstance(out, Variable) else np.asarray(out, dtype=np.float64)

    def value(self, x: Array) -> Array:
        """Return c."""
        with quiet():  # a trial may lie where c is not defined
            c = self.fun(np.array(x).reshape(self.shape), *self.args)
        c = np.array(c, dtype=np.float64).ravel()
        if self._jit and self.compiled is None:
            self.compiled = programs_of(
                self.fun, self.args, self.traced, self.shape, c.size, self._jit
            )
        return c

    def _tracing(self, kind: str) -> CompiledVector | None:
        """Return the programs if the next derivative of this kind is to come from them."""
        self._asked[kind] += 1
        compiled = self.compiled
        if compiled is None or compiled.note:
            return None
        many = self._asked[kind] > RECORDED or max(compiled.m, compiled.n) >= LONG or compiled.kept
        return compiled if many else None

    def at(self, x: Array) -> Linearisation:
        """Return c and its Jacobian: recorded, given, or by differences."""
        if self.jac is not None:
            return Linearisation(self.value(x), lambda: self.jacobian(x))
        compiled = self._tracing("products")
        if compiled is not None:
            x = np.array(x)
            with quiet():
                products = compiled.tangent(x), compiled.adjoint(x)
            return Multiplied(self.value(x), lambda: self.jacobian(x), *products)
        shaped = np.array(x).reshape(self.shape)
        with quiet():
            run = _advised(lambda: Recording.of(self.traced, (shaped,), {}, 0).array())
        return Recorded(run, self.shape, lambda: self.jacobian(x))

    @property
    def exact(self) -> bool:
        """Whether first and second derivatives are ours."""
        from scipy.optimize import BFGS

        return self.jac is None and (self.hess is None or isinstance(self.hess, BFGS))

    @cached_property
    def _sparse(self) -> Any:
        from hessopt.transforms.sparse import SparseJacobian

        return SparseJacobian(self.traced, warns=False)

    def structure(self, x: Array) -> Any:
        """Return which entries of the Jacobian may be nonzero, None where that is not known.

        From then on the Jacobian is a sparse matrix.
        """
        from hessopt.program.sparsity import TooDense

        if self.jac is None and x.size > DENSE:
            try:
                found = self._sparse.structure(np.array(x).reshape(self.shape))
            except (TooDense, TypeError):
                return None
            self.is_sparse = SPARSE * found.nnz <= found.shape[0] * found.shape[1]
            return found if self.is_sparse else None
        return None

    def jacobian(self, x: Array) -> Any:
        """Return the Jacobian as a matrix."""
        from scipy.sparse import issparse

        shaped = np.array(x).reshape(self.shape)
        if self.is_sparse:
            with quiet():
                return self._sparse(shaped)
        if self.jac is None:
            compiled = self._tracing("matrix")
            with quiet():
                if compiled is not None:
                    return _advised(lambda: compiled.jacobian(x))
                return _advised(lambda: jacobian(self.traced)(shaped)).reshape(-1, x.size)
        if is_scheme(self.jac):
            return differences.jacobian(self._complex_value, x, self.value(x), self.jac)
        J = self.jac(shaped, *self.args)
        return J if issparse(J) else np.asarray(J, dtype=np.float64).reshape(-1, x.size)

    def _complex_value(self, x: Array) -> Any:
        return np.ravel(self.fun(x.reshape(self.shape), *self.args))

    def curvature(self, x: Array, u: Array) -> Product:
        """Return the product with ``sum u_i H_i``: given, exact, or differences of given rows."""
        shaped = np.array(x).reshape(self.shape)
        if callable(self.hess):
            B: Any = self.hess(shaped, u)
            return lambda v: np.asarray(B @ v).ravel()
        compiled = self._tracing("curvature")
        if compiled is not None:
            return compiled.curvature(x, u)
        if not is_scheme(self.jac):
            try:
                weighted = value_grad_hvp(lambda z: np.sum(np.ravel(self.traced(z)) * u))
                product = weighted(shaped)[2]
            except TypeError:
                if self.jac is None:
                    raise
            else:
                return lambda v: np.asarray(product(v.reshape(self.shape))).ravel()
        return lambda v: differences.hessian_product(lambda z: self.at(z).pullback(u), x, v)

    def scipy(self, second: bool) -> Any:
        """Return the constraint with exact derivatives where the user gave none."""
        from scipy.optimize import BFGS, NonlinearConstraint

        jac: Any = self.jac if is_scheme(self.jac) else self.jacobian
        if not second and isinstance(self.given, dict):
            # With its arguments bound
            kept = {key: what for key, what in self.given.items() if key != "args"}
            return {**kept, "fun": self.value, "jac": jac}
        given = self.given if isinstance(self.given, NonlinearConstraint) else None
        hess = self.hess
        unsaid = hess is None or (isinstance(hess, BFGS) and self.jac is None)
        if callable(hess) or (second and unsaid):
            hess = self._operator
        return NonlinearConstraint(
            self.value,
            self.lower,
            self.upper,
            jac=jac,
            hess=hess,
            keep_feasible=False if given is None else given.keep_feasible,
            finite_diff_rel_step=None if given is None else given.finite_diff_rel_step,
            finite_diff_jac_sparsity=None if given is None else given.finite_diff_jac_sparsity,
        )

    def _operator(self, x: Array, u: Array) -> Any:
        return symmetric_operator(x.size, self.curvature(x, np.asarray(u)))


def parse_constraints(
    constraints: Any, shape: tuple[int, ...], jit: Any = False
) -> list[Constraint]:
    """Return the constraints that the user means, one or several, dicts or SciPy's objects.

    Raises
    ------
    TypeError, ValueError
        If one is something else, or a dict lacks its 'fun' or 'type'.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.constraints import parse_constraints
    >>> (disc,) = parse_constraints({"type": "ineq", "fun": lambda x: 1 - x @ x}, (2,))
    >>> at = disc.at(np.array([1.0, 2.0]))
    >>> at.value, at.matrix()
    (array([-4.]), array([[-2., -4.]]))
    """
    if constraints is None or constraints in ((), []):
        return []
    from scipy.optimize import LinearConstraint, NonlinearConstraint

    if isinstance(constraints, dict | LinearConstraint | NonlinearConstraint):
        constraints = [constraints]
    parsed: list[Constraint] = []
    for given in constraints:
        if isinstance(given, LinearConstraint):
            parsed.append(Linear(given))
        elif isinstance(given, dict | NonlinearConstraint):
            parsed.append(Nonlinear(given, shape, jit))
        else:
            raise TypeError(
                "constraints must be dicts, LinearConstraint or NonlinearConstraint, not "
                f"{type(given).__name__}"
            )
    return parsed


def _read_dict(given: dict[str, Any]) -> tuple[Callable[..., Any], Any, Any, Any]:
    if not callable(given.get("fun")):
        raise TypeError("constraints: every dict needs a callable 'fun'")
    kind = given.get("type")
    if not isinstance(kind, str) or kind.lower() not in ("eq", "ineq"):
        raise ValueError(f"constraints: the 'type' of a dict must be 'eq' or 'ineq', not {kind!r}")
    jac = given.get("jac")
    return given["fun"], jac if callable(jac) else None, None, given.get("args", ())


def _advised(differentiate: Callable[[], Any]) -> Any:
    try:
        return differentiate()
    except TypeError as error:
        error.add_note(ADVICE)
        raise
