"""What a result says where there was no program to replay, with a warning."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from hessopt.optimize.watch import Watcher
from hessopt.transforms.user_line import levels_to_user

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


class Fallback(Watcher):
    """Says in the message of a result why fun was differentiated eagerly, if it was, and warns."""

    def attached(self, objective: Any) -> None:
        """Keep the objective or the residuals, which know."""
        self.objective = objective

    def finished(self, result: OptimizeResult) -> None:
        """Add a sentence to the message."""
        compiled, constraints = self.objective.oracle.compiled, self.objective.constraints
        if compiled is not None and compiled.note:
            told(result, "fun", compiled.note)
        for i, part in enumerate(() if constraints is None else constraints.parts):
            if part.compiled is not None and part.compiled.note:
                told(result, f"constraint {i}", part.compiled.note)


def told(result: OptimizeResult, what: str, why: str) -> None:
    """Add a sentence on `what` to the message of a result, and warn."""
    sentence = f"{what} was differentiated anew at each evaluation, because {why}"
    result.message = f"{result.get('message', '')} ({sentence})".lstrip()
    warnings.warn(
        f"{sentence}. That is right but slow; jit=False does it without this warning",
        RuntimeWarning,
        stacklevel=levels_to_user(),
    )
