"""Gradients and products with the Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable, leaf
from hessopt.transforms.recording import Argnums, Pullback, Recording
from hessopt.transforms.trees import as_sequence, is_tree, matching, plain


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that gives a scalar function's value and gradient in one pass.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar.
    argnums : int or sequence of int
        Which positional arguments to differentiate by. An argument may be a dict, list, tuple,
        named tuple or dataclass of arrays.
    has_aux : bool
        Whether `f` returns a pair, the scalar and anything else, which is handed through.

    Returns
    -------
    callable
        With the arguments of `f`; returns ``(value, gradient)``, or ``((value, aux), gradient)``.
        The gradient has the form, shape and type of the argument; for several `argnums` it is a
        tuple.

    Raises
    ------
    TypeError
        From the returned function: if `f` returns None, an array, a complex number, or the
        argument is not of a floating-point or complex type.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> value, gradient = hessopt.value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    >>> float(value), gradient
    (5.0, array([2., 4.]))
    """
    single = not isinstance(argnums, Sequence)

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        run = Recording.of(f, args, kwargs, argnums)
        aux = run.aux() if has_aux else None
        pullback = run.scalar().pullback()
        gradients = run.pack(pullback(unit_seed(run.output), release=not has_aux))
        value = pullback.value()
        if has_aux:
            value = (value, plain(aux, pullback.connected))
        return value, as_sequence(gradients, single)

    return value_and_gradient


def grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that gives the gradient of a scalar function.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning a real scalar.
    argnums : int or sequence of int
        Which positional arguments to differentiate by, as for `value_and_grad`.
    has_aux : bool
        Whether `f` returns a pair, the scalar and anything else, which is handed through.

    Returns
    -------
    callable
        With the arguments of `f`; returns the gradient, of the argument's form, or a tuple of
        gradients for several `argnums`; with `has_aux` the pair ``(gradient, aux)``. Called on
        Variables, it is itself differentiable.

    Raises
    ------
    TypeError
        As `value_and_grad`.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.grad(np.prod)(np.array([2.0, 3.0, 4.0]))
    array([12.,  8.,  6.])
    >>> third = hessopt.grad(hessopt.grad(hessopt.grad(lambda x: x**4)))
    >>> float(third(2.0))
    48.0
    """
    both = value_and_grad(f, argnums, has_aux=has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def vjp(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return ``(x, u, *args) -> J(x).T u``: reverse mode, one pass for any number of inputs.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning an array of any shape.
    argnums : int or sequence of int
        Which positional arguments of `f` to differentiate by.

    Returns
    -------
    callable
        Takes x, then u of the shape of ``f(x)``, then the further arguments of `f`.

    Raises
    ------
    ValueError
        From the returned function: if u is not of the output's shape.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.vjp(np.sin)(np.array([0.0, np.pi]), np.array([1.0, 1.0]))
    array([ 1., -1.])
    """

    def product(x: Any, u: Any, *args: Any, **kwargs: Any) -> Any:
        run = Recording.of(f, (x, *args), kwargs, argnums).array()
        results = run.pack(run.pullback()(direction(u, run.output, "u", "f(x)")))
        return as_sequence(results, not isinstance(argnums, Sequence))

    return product


def jvp(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return ``(x, v, *args) -> J(x) v``: the directional derivative.

    Computed by double backprop: ``J(x).T u`` is linear in u, and its derivative by u along v is
    ``J(x) v``; so no forward-mode rules exist that could disagree with the others.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning an array of any shape.
    argnums : int
        Which positional argument of `f` to differentiate by.

    Returns
    -------
    callable
        Takes x, then v of the shape of the differentiated argument, then further arguments.

    Raises
    ------
    ValueError
        From the returned function: if v is not of the argument's shape.

    References
    ----------
    J. Townsend, *A new trick for calculating Jacobian vector products* (2017).

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> hessopt.jvp(np.cumsum)(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 0.0]))
    array([1., 1., 1.])
    """

    def product(x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        run = Recording.of(f, (x, *args), kwargs, argnums).array()
        push = pushforward(run)
        return push(*directions(v, run))

    return product


def pushforward(run: Recording) -> Callable[..., Any]:
    """Return the map from tangents of the inputs to the tangent of the output."""
    output = run.output
    u = leaf(np.zeros(np.shape(output), output.dtype if output.dtype.kind in "fc" else float))
    forth = run.pullback(graph=True)
    # J.T u depends on x as well, but x is no outer variable here.
    backs = [
        Pullback(jtu, (u._node,), graph=False, nested=forth.connected, isolated=True)
        for jtu in forth(u)
    ]
    return lambda *vs: sum(
        (back(v)[0] for back, v in zip(backs[1:], vs[1:], strict=True)), start=backs[0](vs[0])[0]
    )


def directions(v: Any, run: Recording) -> list[Any]:
    """Return the parts of a vector to multiply with, one for each input."""
    (given,) = run.arguments
    if not is_tree(given):
        return [direction(v, run.inputs[0].data, "v", "x")]
    parts = matching(v, given, "v", "x")
    return [direction(part, x.data, "v", "x") for part, x in zip(parts, run.inputs, strict=True)]


def direction(v: Any, like: Any, name: str, of: str) -> Any:
    """Return a vector to multiply with, checked against the shape it must have."""
    if not isinstance(v, Variable):
        v = np.asarray(v)
        if v.dtype.kind not in "fciu":
            raise TypeError(f"{name} has dtype {v.dtype}; it must be an array of numbers")
        if v.dtype.kind == "c" and like.dtype.kind != "c":
            raise TypeError(f"{name} is complex, but {of} is real")
        if v.dtype is not like.dtype:
            v = v.astype(np.result_type(like.dtype, np.float32), copy=False)
    if v.shape != np.shape(like):
        raise ValueError(f"{name} has shape {v.shape}, but {of} has shape {np.shape(like)}")
    return v


def unit_seed(output: Any) -> np.generic:
    """Return the 1 that the backward pass of a scalar starts from.

    It is a scalar of NumPy's, with which arithmetic is much quicker than with an array of one.
    """
    return output.dtype.type(1) if isinstance(output, Variable) else np.float64(1)
