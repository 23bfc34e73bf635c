"""Operations whose derivative the user gives: by a rule, elementwise, or from other code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.constants import detached
from hessopt.autodiff.data import any_tracked, strip
from hessopt.autodiff.families import Elementwise, Opaque
from hessopt.autodiff.function import apply
from hessopt.autodiff.node import NO_PARAMS, Handle, raw
from hessopt.autodiff.registry import NoDerivativeError
from hessopt.autodiff.variable import Variable, constant
from hessopt.transforms.first_order import vjp


class primitive(Opaque):
    """Make a function of arrays an operation with a derivative rule of your own.

    The function is called with plain arrays, so it may use whatever it likes. Give the rule with
    the decorator ``@name.vjp``; write it in NumPy, so that it can be differentiated again.

    Parameters
    ----------
    function : callable
        ``function(*arrays, **options)``, returning an array. Positional arguments may be
        Variables; keyword arguments are options.

    Raises
    ------
    hessopt.NoDerivativeError
        When a derivative is asked for and no rule was given.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> @hessopt.primitive
    ... def log_sum_exp(x):
    ...     top = x.max()
    ...     return top + np.log(np.exp(x - top).sum())
    >>> @log_sum_exp.vjp
    ... def _(g, y, x):
    ...     return (g * np.exp(x - y),)
    >>> hessopt.grad(log_sum_exp)(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """

    name: str

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        self.__doc__ = function.__doc__
        self.__name__ = self.name
        self._rule: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute, and record where a Variable is among the arguments."""
        if not any(isinstance(x, Handle) for x in args):
            return self.function(*args, **kwargs)
        return apply(self, args, kwargs)

    def forward(self, *arrays: Any, **options: Any) -> Any:
        """Compute; what the function returns must not depend on Variables it found elsewhere."""
        y = self.function(*arrays, **options)
        if any_tracked(y):
            raise NoDerivativeError(
                f"{self.name} uses a Variable from its surroundings, by which it could not be "
                "differentiated; pass it as an argument"
            )
        return tuple(map(np.asarray, y)) if isinstance(y, tuple) else np.asarray(strip(y))

    def vjp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Give the rule: ``rule(g, y, *args, **options)`` returns an adjoint for each argument.

        An adjoint may be None for zero, or a function of no arguments that computes it, which is
        called only where it is wanted. For a function of several outputs g and y are tuples.
        """
        self._rule = rule
        return rule

    def backward(self, g: Any, y: Any, *operands: Any, **params: Any) -> Sequence[Any]:
        """Apply the rule."""
        if self._rule is None:
            raise NoDerivativeError(
                f"{self.name} has no derivative rule; give one with @{self.name}.vjp"
            )
        adjoints = self._rule(g, y, *operands, **params)
        adjoints = adjoints if isinstance(adjoints, (tuple, list)) else (adjoints,)
        if len(adjoints) != len(operands):
            raise ValueError(
                f"the rule of {self.name} returned {len(adjoints)} adjoints for "
                f"{len(operands)} arguments"
            )
        for k, (gx, x) in enumerate(zip(adjoints, operands, strict=True)):
            if gx is not None and not callable(gx) and np.shape(gx) != np.shape(x):
                raise ValueError(
                    f"the rule of {self.name} returned an adjoint of shape {np.shape(gx)} for "
                    f"argument {k}, which has shape {np.shape(x)}"
                )
        return adjoints


class _Elementwise(Elementwise):
    may_fail = True

    def __init__(self, function: Callable[..., Any], derivatives: Sequence[Any]) -> None:
        self.name = getattr(function, "__name__", type(function).__name__)
        self.forward = lambda *arrays: np.asarray(function(*arrays))
        self.partials = tuple(  # pyright: ignore - one for each instance
            None if d is None else lambda y, *xs, d=d: d(*xs) for d in derivatives
        )


def custom_derivative(
    f: Callable[..., Any], *derivatives: Callable[..., Any] | None
) -> Callable[..., Any]:
    """Return `f`, a function of each element, with derivatives given by you.

    Parameters
    ----------
    f : callable
        ``f(*arrays)``, acting on each element by itself.
    *derivatives : callable or None
        For each argument the derivative by it, a function of all arguments in NumPy, so that it
        can be differentiated again. None where there is none.

    Returns
    -------
    callable
        The function; on plain arrays it is `f`.

    Raises
    ------
    ValueError
        If no derivative is given.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> smooth_step = hessopt.custom_derivative(np.sign, lambda x: 1 / np.cosh(x) ** 2)
    >>> float(hessopt.grad(smooth_step)(0.0))
    1.0
    """
    if not derivatives:
        raise ValueError("custom_derivative: give a derivative for each argument of f")
    operation = _Elementwise(f, derivatives)

    def wrapped(*args: Any) -> Any:
        if len(args) != len(derivatives):
            raise TypeError(
                f"{operation.name} has derivatives for {len(derivatives)} arguments and was "
                f"called with {len(args)}"
            )
        if not any(isinstance(x, Handle) for x in args):
            return f(*args)
        return apply(operation, args, NO_PARAMS)

    wrapped.__name__ = operation.name
    wrapped.__doc__ = f.__doc__
    return wrapped


def external(
    f: Callable[..., Any], *derivatives: Callable[..., Any], name: str | None = None
) -> Callable[..., Any]:
    """Make code that hessopt cannot look into part of an objective.

    Parameters
    ----------
    f : callable
        ``f(x)`` of one array, returning an array of any shape.
    *derivatives : callable
        ``jac(x)``, of shape ``f(x).shape + x.shape``; then, for second derivatives,
        ``hess(x)``, of shape ``f(x).shape + x.shape + x.shape``; and so on.
    name : str, optional
        Shown in pictures and errors; the function's own name if None.

    Returns
    -------
    callable
        The function of one array or Variable.

    Raises
    ------
    hessopt.NoDerivativeError
        When a derivative of higher order is asked for than was given.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> simulator = hessopt.external(lambda x: x @ x, lambda x: 2 * x)
    >>> hessopt.grad(lambda x: np.exp(simulator(x)))(np.array([0.5, 0.0])).round(6)
    array([1.284025, 0.      ])
    """
    label: str = name or getattr(f, "__name__", "external")
    operation = primitive(f)
    operation.name = label
    if not derivatives:
        return operation
    slope = external(*derivatives, name=f"derivative of {label}")

    @operation.vjp
    def _(g: Any, y: Any, x: Any) -> Any:
        jacobian = slope(x)
        expected = np.shape(y) + np.shape(x)
        if np.shape(jacobian) != expected:
            raise ValueError(
                f"the derivative of {label} has shape {np.shape(jacobian)}; it must have the shape "
                f"of the output and then that of the argument, {expected}"
            )
        return (np.tensordot(g, jacobian, np.ndim(y)),)

    return operation


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return `f` with its graph computed again when it is needed, not kept.

    Less memory for one more evaluation of `f` in each backward pass; exact at every order.

    Parameters
    ----------
    f : callable
        ``f(*arrays, **options)`` in plain NumPy, returning an array. It must not use Variables
        from its surroundings.

    Returns
    -------
    callable
        With the arguments of `f`.

    Raises
    ------
    hessopt.NoDerivativeError
        When called, if `f` uses a Variable from its surroundings.

    References
    ----------
    A. Griewank and A. Walther, *Evaluating Derivatives* (2008), chapter 12.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> layer = hessopt.checkpoint(lambda x: np.tanh(x) ** 2)
    >>> hessopt.grad(lambda x: np.sum(layer(x)))(np.array([0.0, 1.0])).round(6)
    array([0.    , 0.6397])
    """
    operation = primitive(f)

    @operation.vjp
    def _(g: Any, y: Any, *args: Any, **options: Any) -> Any:
        varying = [k for k, x in enumerate(args) if np.result_type(raw(x)).kind in "fc"]
        pulled = iter(vjp(f, argnums=varying)(args[0], g, *args[1:], **options))
        return [next(pulled) if k in varying else None for k in range(len(args))]

    return operation


def stop_gradient(x: Any) -> Any:
    """Return the value of `x` with no derivative.

    Parameters
    ----------
    x : Variable or array_like

    Returns
    -------
    Variable or array_like
        A constant of the same value; anything but a Variable is returned as it is.

    Examples
    --------
    >>> import hessopt
    >>> float(hessopt.grad(lambda x: x * hessopt.stop_gradient(x))(3.0))
    3.0
    """
    if not isinstance(x, Variable):
        return x
    value = detached(x)  # in a trace a Variable still
    return value if isinstance(value, Variable) else constant(value)
