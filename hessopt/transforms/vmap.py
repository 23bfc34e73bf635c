"""A function of one example as a function of many: `vmap`."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hessopt.autodiff.node import Handle, Node, raw
from hessopt.autodiff.tracing import Tracer, Untraceable, active
from hessopt.autodiff.variable import handle
from hessopt.program.batch import Diverged, run_batched
from hessopt.program.simplify import dead_code
from hessopt.program.trace import trace
from hessopt.transforms.examples import Examples, check_axes
from hessopt.transforms.signature import Form, is_array
from hessopt.transforms.trees import leaves, rebuild
from hessopt.transforms.user_line import place_of, place_of_frame
from hessopt.transforms.verification import agree

_NUMBERS = (bool, int, float, complex)


class Vmapped:
    """A function of many examples; made by `vmap`.

    Attributes
    ----------
    function : callable
        The function of one example.
    """

    def __init__(self, function: Callable[..., Any], in_axes: Any, out_axes: int) -> None:
        self.function = function
        self.in_axes = in_axes
        self.out_axes = out_axes
        self.__name__ = getattr(function, "__name__", "vmapped")
        self.__doc__ = function.__doc__
        self._looked = False  # whether a second example was compared with a plain call
        self._apart = ""  # why examples are never computed together
        self._warned = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute all examples."""
        examples = Examples.of(args, self.in_axes)
        reason = self._apart
        if not reason:
            try:
                return self._together(examples, kwargs)
            except Untraceable as error:
                reason = f"{error}{place_of(error, self.function)}"
            except Exception as error:
                reason = f"{type(error).__name__}: {error}{place_of(error, self.function)}"
        result = self._one_by_one(examples, kwargs)  # which raises what the function raises
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"vmap: {self.__name__} is called once for each example, because {reason}",
                RuntimeWarning,
                stacklevel=2,
            )
        return result

    def _together(self, examples: Examples, kwargs: dict[str, Any]) -> Any:
        """Trace one example, and run what was traced on all of them."""
        forms: list[Form] = []

        def flat(*inputs: Any) -> list[Any]:
            result = _as_arrays(self.function(*examples.filled(inputs), **kwargs))
            forms.append(Form(result))
            return [x for _, x in leaves(result, "result") if is_array(x)]

        captured: list[Node] = []
        program = dead_code(trace(flat, examples.arrays_of(0), captured)[0])
        inputs = [*examples.mapped, *map(handle, captured)]
        leads = [True] * len(examples.mapped) + [False] * len(captured)
        try:
            outputs = run_batched(program, inputs, leads, examples.size)
        except Diverged as error:
            place = _place_of_guard(flat, examples, error.guard)
            tracer = active()
            if tracer is not None and error.guard is not None:
                tracer.refuse(f"in vmap {error}{place}")
            raise Untraceable(f"{error}{place}") from None
        found = [_whole(y, has, examples.size) for y, has in outputs]
        if not self._looked and examples.size > 1 and active() is None:
            self._compare(examples, kwargs, forms[0], found)
        return forms[0].fill(self._results(found, inputs))

    def _compare(
        self, examples: Examples, kwargs: dict[str, Any], form: Form, found: Sequence[Any]
    ) -> None:
        """Call the function for another example, which shows randomness and hidden state."""
        self._looked = True
        k = examples.size - 1
        given = examples.filled(x[()] for x in examples.arrays_of(k))
        expected = form.arrays_of(_as_arrays(self.function(*given, **kwargs)))
        if expected is None or not agree(
            [np.asarray(raw(y)[k]) for y in found], list(map(raw, expected))
        ):
            self._apart = (
                "a plain call for one example gave another result: it depends on something besides "
                "its arguments, such as random numbers, or on how often it was called"
            )
            raise Untraceable(self._apart)

    def _one_by_one(self, examples: Examples, kwargs: dict[str, Any]) -> Any:
        results = [
            _as_arrays(self.function(*examples.one(k), **kwargs)) for k in range(examples.size)
        ]
        columns = [list(leaves(result, "the result")) for result in results]
        paths = [[path for path, _ in column] for column in columns]
        if any(path != paths[0] for path in paths):
            raise ValueError(
                f"vmap: {self.__name__} returns results of different forms for different examples"
            )
        stacked = [
            self._stack(path, [column[i][1] for column in columns])
            for i, path in enumerate(paths[0])
        ]
        return rebuild(results[0], iter(stacked))

    def _stack(self, path: str, values: list[Any]) -> Any:
        """Return one part of the results of all examples as an array, or what they have alike."""
        if not all(map(is_array, values)):
            if any(x is not values[0] and x != values[0] for x in values):
                raise ValueError(
                    f"vmap: {path} of {self.__name__} is not an array and differs from example to "
                    "example"
                )
            return values[0]
        shapes = list(dict.fromkeys(np.shape(x) for x in values))
        if len(shapes) > 1:
            raise ValueError(
                f"vmap: {path} of {self.__name__} has shape {shapes[0]} for one example and "
                f"{shapes[1]} for another; they cannot be stacked"
            )
        return self._placed(np.stack(values))

    def _results(self, found: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
        """Return the outputs as arrays of their own, with the axis of examples where it belongs."""
        given = {id(x) for x in inputs}
        results = []
        for y in found:
            if isinstance(y, np.ndarray) and (y.base is not None or id(y) in given):
                y = y.copy()
            given.add(id(y))
            results.append(self._placed(y))
        return results

    def _placed(self, y: Any) -> Any:
        if not -y.ndim <= self.out_axes < y.ndim:
            raise ValueError(
                f"vmap: out_axes={self.out_axes}, but {self.__name__} returns an array of "
                f"{y.ndim - 1} axes, which has {y.ndim} with that of the examples"
            )
        return y if self.out_axes == 0 else np.moveaxis(y, 0, self.out_axes)


class _Locator(Tracer):
    """Notes where in the user's code each guard came from."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def guard(self, node: Node, outcome: bool) -> None:
        super().guard(node, outcome)
        if len(self.guards) > len(self.places):
            self.places.append(place_of_frame(sys._getframe()))


def _place_of_guard(flat: Callable[..., Any], examples: Examples, guard: int | None) -> str:
    """Trace once more, to say on which line the examples went different ways."""
    if guard is None:
        return ""
    locator = _Locator()
    trace(flat, examples.arrays_of(0), [], locator)
    return locator.places[guard]


def _as_arrays(result: Any) -> Any:
    """Return a result with arrays for Python's numbers, which are results of each example too."""
    values = (np.asarray(x) if isinstance(x, _NUMBERS) else x for _, x in leaves(result, ""))
    return rebuild(result, values)


def _whole(y: Any, leads: bool, size: int) -> Any:
    """Return an output with the axis of examples, which it has not if it depends on none."""
    if leads:
        return y
    y = np.broadcast_to(y, (size, *np.shape(y)))
    return y if isinstance(y, Handle) else np.array(y)


def vmap(f: Callable[..., Any], in_axes: Any = 0, out_axes: int = 0) -> Vmapped:
    """Return a function that applies `f` to many examples at once.

    `f` is written for one example. It is traced on the first one, and each of its operations is
    then carried out on all examples by NumPy, instead of calling `f` in a loop. The result is that
    of the loop, to rounding; so are derivatives, on either side: ``vmap(grad(f))`` has a gradient
    for each example, ``grad(lambda w: np.sum(vmap(f, (None, 0))(w, X)))`` differentiates through.

    Each call traces afresh, so what `f` reads from its surroundings may change between calls.
    ``jit(vmap(f))`` traces once and replays.

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
        Once, if `f` has to be called once for each example: where an ``if`` goes different ways
        for different examples, or `f` looks at numbers in a way that no trace can follow. The
        result is the same.

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
    return Vmapped(f, in_axes, out_axes)
