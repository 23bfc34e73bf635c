"""SciPy's `OptimizeResult`, without the quarter of a second that `scipy.optimize` takes to import.

A process that minimises one function spends more time on that import than on the solve.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult
else:

    class OptimizeResult(dict):
        """A dictionary whose entries are attributes too; to `isinstance` it is SciPy's class.

        Examples
        --------
        >>> from hessopt.optimize.outcome import OptimizeResult
        >>> result = OptimizeResult(x=1.0)
        >>> result.x, result["x"]
        (1.0, 1.0)
        >>> import scipy.optimize
        >>> isinstance(result, scipy.optimize.OptimizeResult)
        True
        """

        @property
        def __class__(self) -> type:
            # Who asks whether this is SciPy's class has imported SciPy's class
            loaded = sys.modules.get("scipy.optimize")
            return getattr(loaded, "OptimizeResult", OptimizeResult)

        def __getattr__(self, name: str) -> Any:
            try:
                return self[name]
            except KeyError:
                raise AttributeError(name) from None

        __setattr__ = dict.__setitem__
        __delattr__ = dict.__delitem__

        def __dir__(self) -> list[str]:
            return list(self)

        def __reduce__(self) -> tuple[Any, ...]:
            return OptimizeResult, (dict(self),)

        def __repr__(self) -> str:
            from scipy import optimize

            return repr(optimize.OptimizeResult(self))
