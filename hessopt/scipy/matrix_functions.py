"""Functions of matrices: exponential, logarithm, square root, trigonometric and hyperbolic.

N. J. Higham, *Functions of Matrices* (SIAM, 2008), theorem 3.6 (Mathias): the derivative of f at A
in direction E is the upper right block of f([[A, E], [0, A]]). So the rule of a function is the
function itself, of twice the size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg as sl

from hessopt.autodiff.families import Opaque
from hessopt.scipy.mirror import applied, mirrors


class MatrixFunction(Opaque):
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.forward = lambda a: np.asarray(function(a))
        self.name = function.__name__

    def backward(self, g: Any, y: Any, a: Any) -> Any:
        # the transpose of the derivative at A is the derivative at the transpose of A
        at = np.swapaxes(a, -1, -2)
        n = at.shape[-1]
        upper = np.concatenate([at, g], axis=-1)
        lower = np.concatenate([np.zeros_like(at), at], axis=-1)
        doubled = np.concatenate([upper, lower], axis=-2)
        return (applied(self, doubled)[..., :n, n:],)


def _function(original: Callable[..., Any], what: str) -> Any:
    rule = MatrixFunction(original)

    def function(A: Any) -> Any:
        return applied(rule, A)

    function.__name__ = function.__qualname__ = original.__name__
    function.__doc__ = f"Return the {what} of a square matrix."
    return mirrors(original)(function)


expm = _function(sl.expm, "exponential")
logm = _function(sl.logm, "principal logarithm")
sqrtm = _function(sl.sqrtm, "principal square root")
sinm = _function(sl.sinm, "sine")
cosm = _function(sl.cosm, "cosine")
tanm = _function(sl.tanm, "tangent")
sinhm = _function(sl.sinhm, "hyperbolic sine")
coshm = _function(sl.coshm, "hyperbolic cosine")
tanhm = _function(sl.tanhm, "hyperbolic tangent")

__all__ = ["coshm", "cosm", "expm", "logm", "sinhm", "sinm", "sqrtm", "tanhm", "tanm"]
