"""How `vmap` computes: examples that go the same way together, the others one by one."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from hessopt.autodiff.node import Node
from hessopt.autodiff.tracing import Tracer, Untraceable, active
from hessopt.autodiff.variable import handle
from hessopt.program.batch import Diverged, run_batched
from hessopt.program.simplify import dead_code
from hessopt.program.trace import trace
from hessopt.transforms.examples import Examples, Results, arrays_in, with_arrays
from hessopt.transforms.signature import check_form
from hessopt.transforms.user_line import place_of, place_of_frame

MOST_PATHS = 8  # ways through a function, for each of which it is traced


class Vmapped:
    """A function of many examples; made by `vmap`.

    Attributes
    ----------
    function : callable
        The function of one example.
    """

    def __init__(
        self, function: Callable[..., Any], in_axes: Any, out_axes: int, warns: bool = True
    ) -> None:
        self.function = function
        self.in_axes = in_axes
        self.out_axes = out_axes
        self.__name__ = getattr(function, "__name__", "vmapped")
        self.__doc__ = function.__doc__
        self._looked = False  # whether a second example was compared with a plain call
        self._apart = ""  # why examples are never computed together
        self._warned = not warns

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute all examples."""
        examples = Examples.of(args, self.in_axes)
        found = self._computed(examples, kwargs, paths=iter(range(1, MOST_PATHS)))
        return found.placed(self.out_axes, examples.mapped, f"{self.__name__} returns")

    def _computed(self, examples: Examples, kwargs: dict[str, Any], paths: Any) -> Results:
        """Compute examples together if that can be, else those together that go the same way."""
        reason = self._apart
        apart = None
        if not reason:
            try:
                return self._together(examples, kwargs)
            except Diverged as error:
                apart = error
            except Untraceable as error:
                reason = f"{error}{place_of(error, self.function)}"
            except Exception as error:
                reason = f"{type(error).__name__}: {error}{place_of(error, self.function)}"
        if apart is not None:
            tracer, holds = active(), apart.holds
            own = holds is not None and holds[0]  # else rounding decides
            if own and tracer is None and next(paths, None) is not None:
                return self._by_ways(examples, kwargs, holds, paths)
            reason = f"{apart}{self._place(examples, kwargs, apart.guard)}"
            if tracer is not None and apart.guard is not None:
                tracer.refuse(f"in vmap {reason}")  # a replay can go one way alone
        singles = [  # and what the function raises is raised here
            Results.of_one(self.function(*examples.one(k), **kwargs)) for k in range(examples.size)
        ]
        found = Results.joined(singles, self.__name__)
        self._warn(reason)
        return found

    def _warn(self, reason: str) -> None:
        if self._warned:
            return
        self._warned = True
        warnings.warn(
            f"vmap: {self.__name__} is called once for each example, because {reason}",
            RuntimeWarning,
            stacklevel=4,
        )

    def _together(self, examples: Examples, kwargs: dict[str, Any]) -> Results:
        """Trace one example, and run what was traced on all of them."""
        forms: list[Any] = []
        captured: list[Node] = []
        flat = self._flat(examples, kwargs, forms)
        program = dead_code(trace(flat, examples.arrays_of(0), captured)[0])
        inputs = [*examples.mapped, *map(handle, captured)]
        leads = [True] * len(examples.mapped) + [False] * len(captured)
        outputs = run_batched(program, inputs, leads, examples.size)
        found = Results(forms[0], [_whole(y, has, examples.size) for y, has in outputs])
        if not self._looked and examples.size > 1 and active() is None:
            self._look(examples, kwargs, found)
        return found

    def _flat(self, examples: Examples, kwargs: dict[str, Any], forms: list[Any]) -> Any:
        """Return the function as one of arrays; the forms of its results go into a list."""

        def flat(*inputs: Any) -> list[Any]:
            result = self.function(*examples.filled(inputs), **kwargs)
            check_form(result)
            forms.append(with_arrays(result))
            return arrays_in(forms[-1])

        return flat

    def _place(self, examples: Examples, kwargs: dict[str, Any], guard: int | None) -> str:
        """Trace once more, to say on which line the examples went different ways."""
        if guard is None:
            return ""
        locator = _Locator()
        trace(self._flat(examples, kwargs, []), examples.arrays_of(0), [], locator)
        return locator.places[guard]

    def _look(self, examples: Examples, kwargs: dict[str, Any], found: Results) -> None:
        """Call the function for another example, which shows randomness and hidden state."""
        self._looked = True
        k = examples.size - 1
        given = examples.filled(x[()] for x in examples.arrays_of(k))
        if not found.agree(k, Results.of_one(self.function(*given, **kwargs))):
            self._apart = (
                "a plain call for one example gave another result: it depends on something besides "
                "its arguments, such as random numbers, or on how often it was called"
            )
            raise Diverged(self._apart)

    def _by_ways(
        self, examples: Examples, kwargs: dict[str, Any], holds: Any, paths: Any
    ) -> Results:
        """Compute the examples for which a condition holds, then the others."""
        numbers = [np.flatnonzero(holds), np.flatnonzero(~holds)]
        parts = [self._computed(examples.part(chosen), kwargs, paths) for chosen in numbers]
        joined = Results.joined(parts, self.__name__)
        order = np.argsort(np.concatenate(numbers))
        return Results(joined.tree, [y[order] for y in joined.arrays])


class _Locator(Tracer):
    """Notes where in the user's code each guard came from."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def guard(self, node: Node, outcome: bool) -> None:
        super().guard(node, outcome)
        if len(self.guards) > len(self.places):
            self.places.append(place_of_frame(sys._getframe()))


def _whole(y: Any, leads: bool, size: int) -> Any:
    """Return an output with the axis of examples, which it has not if it depends on none."""
    return y if leads else np.broadcast_to(y, (size, *np.shape(y)))
