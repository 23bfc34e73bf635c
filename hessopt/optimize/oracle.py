"""Where values and derivatives come from: the engine, the user, or differences.

What the user gives takes the place of ours. Every call that is really made is counted here, and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hessopt.optimize import checks, differences
from hessopt.optimize.compiled import LONG, Compiled
from hessopt.optimize.differences import is_scheme
from hessopt.transforms.first_order import value_and_grad
from hessopt.transforms.second_order import value_grad_hvp

Array = NDArray[np.float64]
Product = Callable[[Array], Array]

LARGEST_DENSE = 20_000


@dataclass(frozen=True)
class Curvature:
    """The Hessian at one point: a product with it and, from the user, perhaps the matrix.

    Where `products` is given, it makes all products with the unit vectors at once; where `sparse`
    is, it returns a sparse matrix, or None if that does not pay, and `price` says beforehand how
    many products it takes.
    """

    n: int
    product: Product
    matrix: Callable[[], Any] | None = None
    products: Callable[[], Array] | None = None
    sparse: Callable[[], Any] | None = None
    price: Callable[[], int | None] | None = None

    def structured(self, most: int | None = None) -> Any:
        """Return the Hessian as a symmetric sparse array, or None where its structure is not known.

        That of the user is one if it is given as one. Ours may be limited to a number of products.
        """
        form = self.matrix or self.sparse
        if self.matrix is None and self.price is not None and most is not None:
            price = self.price()
            form = form if price is not None and price <= most else None
        B = None if form is None else form()
        if B is None or not hasattr(B, "tocsr"):
            return None
        from scipy.sparse import csr_array

        B = csr_array(B, dtype=np.float64)
        return csr_array((B + B.T) / 2) if self.matrix else B

    def dense(self) -> Array:
        """Return the Hessian as a symmetric array."""
        if self.n > LARGEST_DENSE:
            raise ValueError(
                f"a dense Hessian of {self.n} variables needs {8e-9 * self.n**2:.3g} GB; use a "
                "method that needs only products with it: 'trust-ncg' or 'newton-cg'"
            )
        form: Callable[[], Any] | None = self.matrix or self.products
        B = None if form is None else form()
        if B is None or hasattr(B, "matvec"):
            product = self.product if B is None else B.matvec
            B = np.stack([product(e) for e in np.eye(self.n)], axis=-1)
        elif hasattr(B, "toarray"):
            B = B.toarray()
        B = np.asarray(B, dtype=np.float64)
        return (B + B.T) / 2

    def diagonal(self, most: int = 0) -> Array | None:
        """Return the diagonal if the user gives a matrix, or a sparse one costs few products.

        Parameters
        ----------
        most : int
            How many products the diagonal is worth; for none, only what costs none is returned.
        """
        B = self.structured(most) if self.matrix is None else self.matrix()
        return None if B is None or hasattr(B, "matvec") else np.asarray(B.diagonal(), float)


class Oracle:
    """Values and derivatives of `fun` at flat points, with the counts of what was evaluated.

    Parameters
    ----------
    fun, args, jac, hess, hessp
        As `hessopt.minimize` takes them.
    shape : tuple of int
        The shape that the user's functions see.
    before_call : callable
        Called before every evaluation of fun; it may raise to forbid it.
    jit : bool, str or Compiled
        Whether exact derivatives come from programs, or the backend that runs these. fun is then
        called for traces alone, and `nfev` counts how often its value was computed. Or the programs
        themselves, which have `args` for inputs.
    recorded : float
        How many gradients of short vectors are computed eagerly before they are traced, which costs
        as much as some 25 of them: for methods that often need no more.
    """

    def __init__(
        self,
        fun: Callable[..., Any],
        shape: tuple[int, ...],
        args: tuple[Any, ...] = (),
        jac: Any = None,
        hess: Any = None,
        hessp: Any = None,
        before_call: Callable[[], None] = lambda: None,
        jit: bool | str | Compiled = False,
        recorded: float = 0,
    ) -> None:
        if not callable(fun):
            raise TypeError(f"fun must be callable, not {type(fun).__name__}")
        if not (jac is None or isinstance(jac, bool) or callable(jac) or is_scheme(jac)):
            raise ValueError(
                f"jac must be a callable, True, None or one of {differences.SCHEMES}, not {jac!r}"
            )
        if hessp is not None and not callable(hessp):
            raise TypeError(f"hessp must be callable as hessp(x, p), not {type(hessp).__name__}")
        hess = None if hess is False else hess
        if not (hess is None or callable(hess) or is_scheme(hess)):
            raise ValueError(
                f"hess must be a callable, None or one of {differences.SCHEMES}, not {hess!r}"
            )
        self._fun, self._shape, self._args = fun, shape, args
        self._jac: Any = jac if jac is not False else None
        self._hess: Any = hess
        self._hessp = hessp
        self._before_call = before_call
        self._n = int(np.prod(shape))
        self.nfev = self.njev = self.nhev = 0
        self.compiled: Compiled | None = None
        self._recordings = recorded if self._n < LONG else 0
        self._inputs: tuple[Any, ...] = ()
        if not isinstance(jit, bool | str):
            self.compiled, self._inputs = jit, args
        elif jit and self._jac is None:
            self.compiled = Compiled(self._bare, self._n, jit)

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the derivatives that the user computes."""
        jac = self._jac is True or callable(self._jac)
        rows = (("jac", jac), ("hess", callable(self._hess)), ("hessp", self._hessp is not None))
        return tuple(name for name, is_given in rows if is_given)

    def _tracing(self) -> Compiled | None:
        """Return the programs if derivatives are to come from them now.

        That is decided by counting: by the clock, no two runs would be the same.
        """
        compiled = self.compiled
        ready = compiled is not None and not compiled.note and self.njev >= self._recordings
        return compiled if ready else None

    def trace(self) -> None:
        """Take derivatives from programs from now on."""
        self._recordings = 0

    def retraced(self, x: Array, curvature: Curvature) -> Curvature:
        """Return the Hessian at `x` by programs, if there are any."""
        return self._by_programs(x) if self._exact and self._tracing() else curvature

    @property
    def _exact(self) -> bool:
        """Whether the engine makes all derivatives."""
        return self._jac is None and self._hess is None and self._hessp is None

    def _call(self, x: Any, *args: Any) -> Any:
        """Call fun once; `x` is an array or a Variable of the shape that the user sees."""
        self._before_call()
        self.nfev += 1
        return self._fun(x, *args)

    def _recorded(self, x: Any, *args: Any) -> Any:
        """Evaluate fun for the engine to differentiate."""
        out = self._call(x, *args)
        return checks.scalar(out[0] if self._jac is True else out)

    def _bare(self, x: Any) -> Any:
        """Evaluate fun for a program, whose runs are counted instead."""
        return checks.scalar(self._fun(x, *self._args))

    def _shaped(self, x: Array) -> Array:
        return np.array(x).reshape(self._shape)

    def value(self, x: Array) -> float:
        """Evaluate fun alone."""
        return float(self._recorded(self._shaped(x), *self._args))

    def first(self, x: Array, args: tuple[Any, ...] | None = None) -> tuple[float, Array]:
        """Value and gradient, with `args` in the place of those of the objective if given."""
        compiled = self._tracing() if args is None else None
        args = self._args if args is None else args
        if compiled is not None:
            self._before_call()
            self.nfev += 1
            f, g = compiled.value_and_grad(self._shaped(x), *self._inputs)
        elif self._jac is None:
            f, g = value_and_grad(self._recorded)(self._shaped(x), *args)
        elif self._jac is True:
            pair = self._call(self._shaped(x), *args)
            if not (isinstance(pair, tuple | list) and len(pair) == 2):
                raise TypeError("with jac=True, fun must return the pair (value, gradient)")
            f, g = checks.scalar(pair[0]), pair[1]
        elif callable(self._jac):
            f, g = self._recorded(self._shaped(x), *args), self._jac(self._shaped(x), *args)
        else:
            f = float(self._recorded(self._shaped(x), *args))
            g = differences.gradient(lambda z: self._differenced(z, args), x, f, self._jac)
        self.njev += 1
        return float(f), checks.vector(g, self._n, "jac")

    def _differenced(self, x: Array, args: tuple[Any, ...]) -> Any:
        out = self._call(x.reshape(self._shape), *args)
        return checks.scalar(out, complex_allowed=self._jac == "cs")

    def second(self, x: Array) -> tuple[float, Array, Curvature]:
        """Value, gradient and the Hessian at `x`; what the latter needs is evaluated on demand."""
        if self._exact and not self._tracing():
            f, g, product = value_grad_hvp(self._recorded)(self._shaped(x), *self._args)
            self.njev += 1
            curvature = Curvature(self._n, self._counted(product, "the Hessian product"))
            return float(f), checks.vector(g, self._n, "jac"), curvature
        f, g = self.first(x)
        return f, g, self._by_programs(x) if self._exact else self._curvature(x)

    def curvature(self, x: Array) -> Curvature | None:
        """Return the Hessian at `x`; None if that takes an evaluation, so that `second` is to."""
        if not self._exact:
            return self._curvature(x)
        return self._by_programs(x) if self._tracing() else None

    def _by_programs(self, x: Array) -> Curvature:
        assert self.compiled is not None
        held = self._shaped(x)
        product = self.compiled.product(held, *self._inputs)
        return Curvature(
            self._n,
            self._counted(product, "the Hessian product"),
            None,
            lambda: self._products(held),
            cache(lambda: self._sparse(held)),
            lambda: self._price(held),
        )

    def _curvature(self, x: Array) -> Curvature:
        if callable(self._hess):
            matrix = cache(lambda: self._matrix(x))
            return Curvature(self._n, lambda v: np.asarray(matrix() @ v).ravel(), matrix)
        if self._hessp is not None:
            hessp, shaped = self._hessp, self._shaped(x)
            product = self._counted(lambda v: hessp(shaped.copy(), v, *self._args), "hessp")
        elif is_scheme(self._jac):
            raise ValueError(
                f"with jac={self._jac!r} there are no second derivatives: give hess or hessp, "
                "leave jac out for exact ones, or use a method without them such as 'l-bfgs'"
            )
        elif is_scheme(self._hess):
            product = self._differenced_gradient(x)
        else:
            product = self._engine_product(x)
        return Curvature(self._n, product)

    def _products(self, x: Array) -> Array:
        assert self.compiled is not None
        self.nhev += self._n
        return self.compiled.hessian(x, *self._inputs)

    def _price(self, x: Array) -> int | None:
        assert self.compiled is not None
        plan = self.compiled.plan(x, *self._inputs)
        return None if plan is None else plan.coloring.count

    def _sparse(self, x: Array) -> Any:
        assert self.compiled is not None
        plan = self.compiled.plan(x, *self._inputs)
        if plan is None:
            return None
        self.nhev += plan.coloring.count + (not plan.checked)
        return self.compiled.sparse_hessian(plan, x, *self._inputs)

    def _matrix(self, x: Array) -> Any:
        self.nhev += 1
        return checks.square(self._hess(self._shaped(x), *self._args), self._n)

    def _counted(self, product: Callable[[Array], Any], name: str) -> Product:
        def counted(v: Array) -> Array:
            self.nhev += 1
            return checks.vector(product(self._shaped(v)), self._n, name)

        return counted

    def _differenced_gradient(self, x: Array) -> Product:
        def product(v: Array) -> Array:
            self.nhev += 1
            return differences.hessian_product(lambda z: self.first(z)[1], x, v)

        return product

    def _engine_product(self, x: Array) -> Product:
        """Differentiate fun twice although jac was given; difference jac if that cannot be."""

        @cache
        def product() -> Product:
            try:
                second = value_grad_hvp(self._recorded)(self._shaped(x), *self._args)[2]
            except TypeError:  # fun is not made of NumPy calls: SciPy's way out
                return self._differenced_gradient(x)
            return self._counted(second, "the Hessian product")

        return lambda v: product()(v)
