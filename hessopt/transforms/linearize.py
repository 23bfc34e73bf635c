"""A function replaced by its tangent at a point: `linearize`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hessopt.autodiff.families import Opaque
from hessopt.autodiff.function import apply
from hessopt.autodiff.node import NO_PARAMS, Handle
from hessopt.autodiff.tracing import untraced
from hessopt.transforms.first_order import direction, pushforward
from hessopt.transforms.recording import Argnums, Recording
from hessopt.transforms.trees import is_tree, matching


def linearize(
    f: Callable[..., Any], x: Any, *args: Any, argnums: Argnums = 0, **kwargs: Any
) -> tuple[Any, Callable[..., Any]]:
    """Return ``f(x)`` and the linear map ``v -> J(x) v``.

    `f` runs once. Each product with the Jacobian is then one pass over what was recorded, however
    many there are; the recording is kept as long as the map is.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)`` in plain NumPy, returning an array of any shape.
    x, *args, **kwargs
        What `f` is called with.
    argnums : int or sequence of int
        Which positional arguments to differentiate by; each may be a container of arrays.

    Returns
    -------
    value : ndarray or scalar
        ``f(x, *args, **kwargs)``; a Variable where an outer derivative needs it.
    jvp : callable
        Takes v of the form of `x`, or for several `argnums` one v for each, and returns ``J(x) v``,
        of the shape of the value. It is differentiable by v if that is a Variable, and by x if
        that was one.

    Raises
    ------
    TypeError
        If `f` does not return an array, or an argument is not of a floating-point type; from the
        map, if it is not called with one v for each argument.
    ValueError
        From the map, if v is not of the form of x.

    References
    ----------
    J. Townsend, *A new trick for calculating Jacobian vector products* (2017): as `hessopt.jvp`.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> value, tangent = hessopt.linearize(lambda x: [2.0, 3.0] * x**2, np.array([1.0, 2.0]))
    >>> value
    array([ 2., 12.])
    >>> tangent(np.array([1.0, 0.0])), tangent(np.array([0.0, 1.0]))
    (array([4., 0.]), array([ 0., 12.]))
    """
    run = Recording.of(f, (x, *args), kwargs, argnums).array()
    pull = run.pullback()
    push = pushforward(run)
    if not pull.connected:
        push = _Linear(push, pull)
    return pull.value(), lambda *vs: push(*_parts(vs, run))


class _Linear(Opaque):
    """A linear map as one operation, whose adjoint is the transposed map as one operation.

    To record what it does would connect its results to the variables of the recording within.
    """

    name = "Linear"

    def __init__(self, map: Callable[..., Any], transposed: Callable[..., Any]) -> None:
        self.map, self.transposed = map, transposed

    def __call__(self, *args: Any) -> Any:
        recorded = any(isinstance(v, Handle) for v in args)
        return apply(self, args, NO_PARAMS) if recorded else self.forward(*args)

    def forward(self, *vs: Any) -> Any:
        """Apply the map to arrays."""
        with untraced():
            y = self.map(*vs)
        return y[0] if isinstance(y, tuple) and len(y) == 1 else y

    def backward(self, g: Any, y: Any, *vs: Any) -> Sequence[Any]:
        """Apply the transposed map."""
        back = _Linear(self.transposed, self.map)  # kept by nobody, so there is no cycle
        gs = back(*(g if isinstance(g, tuple) else (g,)))
        return gs if isinstance(gs, tuple) else (gs,)


def _parts(vs: Sequence[Any], run: Recording) -> list[Any]:
    """Return the arrays of the vectors to multiply with, one for each input."""
    given = run.arguments
    if len(vs) != len(given):
        raise TypeError(
            f"linearize: the map was called with {len(vs)} vectors; it takes one for each of the "
            f"{len(given)} arguments it differentiates by"
        )
    parts = []
    for k, (v, x) in enumerate(zip(vs, given, strict=True)):
        name, of = ("v", "x") if len(given) == 1 else (f"v[{k}]", f"differentiated argument {k}")
        parts += matching(v, x, name, of) if is_tree(x) else [v]
    return [
        direction(part, node.data, "v", "x") for part, node in zip(parts, run.inputs, strict=True)
    ]
