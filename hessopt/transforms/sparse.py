"""Sparse Hessians and Jacobians, exact, from few products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from hessopt.autodiff.data import check_data
from hessopt.autodiff.node import Handle
from hessopt.transforms.compressed import (
    Plan,
    Plans,
    dense_plan,
    hessian_plan,
    jacobian_plan,
)
from hessopt.transforms.first_order import grad, jvp, vjp
from hessopt.transforms.jit import Jitted
from hessopt.transforms.recording import positions
from hessopt.transforms.second_order import hvp
from hessopt.transforms.trees import is_tree
from hessopt.transforms.vmapped import Vmapped


def sparse_hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., csr_array]:
    """Return a function that gives the Hessian of a scalar function as a sparse matrix.

    Which entries can be other than zero is read off the program of the gradient. The variables are
    coloured so that a few products with the Hessian hold all entries: three for a chain of
    neighbours, of whatever length. Program, structure and colours are found at the first call and
    used again; where a value-dependent ``if`` goes another way, they are found again.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar. It must depend on its
        arguments alone, as for `jit`.
    argnums : int
        Which positional argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; returns a `scipy.sparse.csr_array` of shape ``(x.size, x.size)``,
        the entries of x in their order. It is symmetric, and holds an entry wherever there may be
        one, be it zero or not.

    Raises
    ------
    ValueError
        From the returned function: if the structure has more than 2**25 entries.
    TypeError
        From the returned function: if the argument is not one real array, or a Variable.

    Warns
    -----
    RuntimeWarning
        If `f` cannot be traced. Every entry then counts as one that can be other than zero.

    References
    ----------
    A. H. Gebremedhin, F. Manne and A. Pothen, *What color is your Jacobian? Graph coloring for
    computing derivatives*, SIAM Review 47 (2005) 629-705.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> H = hessopt.sparse_hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]))
    >>> H(np.array([1.0, 2.0, 3.0])).toarray()
    array([[0., 4., 0.],
           [4., 2., 6.],
           [0., 6., 4.]])
    >>> H(np.ones(10**5)).nnz
    299997
    """
    _check_function(f, "sparse_hessian")
    return SparseHessian(f, argnums)


class SparseHessian:
    """What `sparse_hessian` returns."""

    def __init__(self, f: Callable[..., Any], argnums: int = 0, *, warns: bool = True) -> None:
        (self._argnum,) = positions(argnums, argnums + 1)
        own = _first(f, self._argnum)
        self._plans = Plans(Jitted(grad(own), "auto", verify=True, warns=warns), hessian_plan)
        self._rows = _rows(hvp(own))

    def plan(self, *args: Any, **kwargs: Any) -> Plan:
        """Return how the matrix is put together for these arguments."""
        x, rest = _split(args, self._argnum, "sparse_hessian")
        plan = self._plans.at(x, *rest, **kwargs)
        return plan or dense_plan(x.size, x.size, "the Hessian")

    def __call__(self, *args: Any, **kwargs: Any) -> csr_array:
        """Return the matrix."""
        plan = self.plan(*args, **kwargs)
        x, rest = _split(args, self._argnum, "sparse_hessian")

        def multiply(vs: Any) -> Any:
            return self._rows(x, _shaped(vs, x.shape), *rest, **kwargs)

        return plan.matrix(multiply, x.dtype)


def sparse_jacobian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., csr_array]:
    """Return a function that gives the Jacobian of an array function as a sparse matrix.

    As `sparse_hessian`: the structure is read off the program of `f`. Columns that share no row
    are computed together by forward mode, or rows that share no column by reverse mode, whichever
    takes fewer passes.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real array of any shape.
    argnums : int
        Which positional argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; returns a `scipy.sparse.csr_array` with a row for each entry of
        ``f(x)`` and a column for each of x.

    Raises
    ------
    ValueError, TypeError
        As `sparse_hessian`.

    Warns
    -----
    RuntimeWarning
        As `sparse_hessian`.

    References
    ----------
    A. R. Curtis, M. J. D. Powell and J. K. Reid, *On the estimation of sparse Jacobian matrices*,
    J. Inst. Math. Appl. 13 (1974) 117-119.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> J = hessopt.sparse_jacobian(lambda x: x[1:] * x[:-1])
    >>> J(np.array([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    _check_function(f, "sparse_jacobian")
    return SparseJacobian(f, argnums)


class SparseJacobian:
    """What `sparse_jacobian` returns."""

    def __init__(self, f: Callable[..., Any], argnums: int = 0, *, warns: bool = True) -> None:
        (self._argnum,) = positions(argnums, argnums + 1)
        own = _first(f, self._argnum)

        def real(x: Any, *args: Any, **kwargs: Any) -> Any:
            y: Any = own(x, *args, **kwargs)
            y = y if isinstance(y, Handle) else np.asarray(y)
            if y.dtype.kind not in "fiub":
                raise TypeError(f"sparse_jacobian: f must return a real array, not {y.dtype}")
            return y

        self._function = Jitted(real, "auto", verify=True, warns=warns)
        self._plans = Plans(self._function, jacobian_plan)
        self._forward, self._backward = _rows(jvp(real)), _rows(vjp(real))

    def plan(self, *args: Any, **kwargs: Any) -> Plan:
        """Return how the matrix is put together for these arguments."""
        x, rest = _split(args, self._argnum, "sparse_jacobian")
        plan = self._plans.at(x, *rest, **kwargs)
        if plan is None:
            y = self._function(x, *rest, **kwargs)
            plan = dense_plan(np.size(y), x.size, "the Jacobian")
        return plan

    def structure(self, *args: Any, **kwargs: Any) -> csr_array:
        """Return which entries can be other than zero."""
        plan = self.plan(*args, **kwargs)
        return plan.pattern.T.tocsr() if plan.transposed else plan.pattern

    def __call__(self, *args: Any, **kwargs: Any) -> csr_array:
        """Return the matrix."""
        plan = self.plan(*args, **kwargs)
        x, rest = _split(args, self._argnum, "sparse_jacobian")
        shape, product = x.shape, self._forward
        if plan.transposed:
            shape, product = np.shape(self._function(x, *rest, **kwargs)), self._backward
        return plan.matrix(lambda vs: product(x, _shaped(vs, shape), *rest, **kwargs), x.dtype)


def hessian_sparsity(f: Callable[..., Any], x: Any, *args: Any, **kwargs: Any) -> csr_array:
    """Return which entries of the Hessian of `f` can be other than zero.

    It holds on the path that `f` takes at `x`, whatever the values.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar.
    x, *args, **kwargs
        What `f` is called with.

    Returns
    -------
    csr_array of bool
        Symmetric, of shape ``(x.size, x.size)``.

    Raises
    ------
    ValueError
        If it has more than 2**25 entries.
    TypeError
        If `f` cannot be traced.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.hessian_sparsity(lambda x: x[0] * x[1] + x[2], np.ones(3)).toarray()
    array([[False,  True, False],
           [ True, False, False],
           [False, False, False]])
    """
    return _known(grad(f), hessian_plan, (x, *args), kwargs, "hessian_sparsity").pattern


def jacobian_sparsity(f: Callable[..., Any], x: Any, *args: Any, **kwargs: Any) -> csr_array:
    """Return which entries of the Jacobian of `f` can be other than zero.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning an array.
    x, *args, **kwargs
        What `f` is called with.

    Returns
    -------
    csr_array of bool
        A row for each entry of ``f(x)``, a column for each of x.

    Raises
    ------
    ValueError, TypeError
        As `hessian_sparsity`.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.jacobian_sparsity(lambda x: x[1:] * x[:-1], np.ones(3)).toarray().astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    """
    plan = _known(f, jacobian_plan, (x, *args), kwargs, "jacobian_sparsity")
    return plan.pattern.T.tocsr() if plan.transposed else plan.pattern


def _known(function: Any, make: Any, args: Any, kwargs: Any, name: str) -> Plan:
    x, rest = _split(args, 0, name)
    jitted = Jitted(function, "numpy", verify=False, warns=False)
    plan = Plans(jitted, make).at(x, *rest, **kwargs)
    if plan is None:
        raise TypeError(
            f"{name}: f cannot be traced, so its structure is not known: {jitted.refusal}"
        )
    return plan


def _check_function(f: Any, name: str) -> None:
    if not callable(f):
        raise TypeError(f"{name}: f must be a function, not {type(f).__name__}")


def _first(f: Callable[..., Any], i: int) -> Callable[..., Any]:
    """Return `f` with its argument `i` in front."""
    return f if i == 0 else lambda x, *rest, **kw: f(*rest[:i], x, *rest[i:], **kw)


def _split(args: tuple[Any, ...], i: int, name: str) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Return the argument to differentiate by, and the others."""
    if i >= len(args):
        raise ValueError(f"{name}: argnums={i}, but there are {len(args)} positional arguments")
    x = args[i]
    if any(isinstance(a, Handle) for a in args):
        raise TypeError(
            f"{name} returns a sparse array, which carries no derivative: pass x.data instead of a "
            "Variable, or use hessopt.hvp"
        )
    if is_tree(x):
        raise TypeError(f"{name} takes one array, not a container; hessopt.ravel gives a vector")
    x = check_data(x)
    if x.dtype.kind != "f":
        raise TypeError(f"{name}: the argument is of type {x.dtype}; it must be real numbers")
    return x, (*args[:i], *args[i + 1 :])


def _shaped(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return rows.reshape((len(rows), *shape))


def _rows(product: Callable[..., Any]) -> Jitted:
    """Return a product ``(x, v, *args)`` as one with several vectors v at once, jitted."""

    def rows(x: Any, vs: Any, *args: Any, **kwargs: Any) -> Any:
        axes = (None, 0, *(None,) * len(args))
        return Vmapped(product, axes, 0, warns=False)(x, vs, *args, **kwargs)

    return Jitted(rows, "auto", verify=True, warns=False)
