"""What a result says where there was no program to replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hessopt.optimize.objective import Objective
from hessopt.optimize.watch import Watcher

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


class Fallback(Watcher):
    """Says in the message of a result why fun was differentiated eagerly, if it was."""

    def attached(self, objective: Objective) -> None:
        """Keep the objective, which knows."""
        self.objective = objective

    def finished(self, result: OptimizeResult) -> None:
        """Add a sentence to the message."""
        compiled = self.objective.oracle.compiled
        if compiled is not None and compiled.note:
            result.message = (
                f"{result.message} (fun was differentiated anew at each evaluation, because "
                f"{compiled.note})"
            )
