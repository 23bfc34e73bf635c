"""A function of one example as a function of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hessopt.transforms.examples import check_axes

if TYPE_CHECKING:
    from hessopt.transforms.vmapped import Vmapped


def vmap(f: Callable[..., Any], in_axes: Any = 0, out_axes: int = 0) -> Vmapped:
    """Return a function that applies `f` to many examples at once.

    `f` is written for one example. It is traced on the first one, and each of its operations is
    then carried out on all examples by NumPy, instead of calling `f` in a loop. The result is that
    of the loop, to rounding; so are derivatives, on either side: ``vmap(grad(f))`` has a gradient
    for each example, ``grad(lambda w: np.sum(vmap(f, (None, 0))(w, X)))`` differentiates through.

    Where an ``if`` goes different ways for different examples, those that go the same way are
    computed together. Each call traces afresh, so what `f` reads from its surroundings may change
    between calls; ``jit(vmap(f))`` traces once and replays.

    Parameters
    ----------
    f : callable
        A function of arrays, or of containers of arrays, as for `grad`.
    in_axes : int, None, or tuple of these
        Which axis of each positional argument counts the examples; None where an argument is
        shared by all. One for all arguments, or a tuple with one for each; for an argument that is
        a container, one for all its arrays or a container of the same form.
        Keyword arguments are shared.
    out_axes : int
        Where the axis of examples goes in each array of the result.

    Returns
    -------
    callable
        With the arguments of `f`. What `f` returns, with a further axis in each array; numbers
        become arrays. Called on Variables, it is differentiable.

    Raises
    ------
    TypeError
        If `f` is no function, an axis is no integer; from the returned function, if a number
        is to have an axis.
    ValueError
        From the returned function: if the arguments do not have the axes, differ in the number
        of examples, or there is none.

    Warns
    -----
    RuntimeWarning
        Once, if `f` has to be called once for each example, because it looks at numbers in a way
        that no trace can follow, or goes more than 8 different ways. The result is the same.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> def loss(w, x, y):
    ...     return (np.tanh(w @ x) - y) ** 2
    >>> w, X, y = np.array([0.5, -1.0]), np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0])
    >>> hessopt.vmap(loss, in_axes=(None, 0, 0))(w, X, y).round(4)
    array([0.2136, 2.1378])
    >>> hessopt.vmap(hessopt.grad(loss), in_axes=(None, 0, 0))(w, X, y).round(4)
    array([[ 0.7269,  0.    ],
           [-2.2998, -2.2998]])
    """
    if not callable(f):
        raise TypeError(f"vmap: f must be a function, not {type(f).__name__}")
    check_axes(in_axes, out_axes)
    from hessopt.transforms.vmapped import Vmapped  # `import hessopt` need not pay for it

    return Vmapped(f, in_axes, out_axes)
