"""Two questions about vectors that every iteration asks, by the shortest way to NumPy's answer.

For a few variables the way into `numpy.linalg.norm` and `numpy.array_equal` takes several times as
long as what they compute, and a solve asks a dozen times an iteration.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def norm(x: Array) -> float:
    """Return the Euclidean length of a vector, to the last digit that of `numpy.linalg.norm`.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.vectors import norm
    >>> norm(np.array([3.0, 4.0]))
    5.0
    """
    return math.sqrt(x.dot(x))


def same(x: Array, y: Array) -> bool:
    """Whether two vectors of one length are equal; NaN is equal to nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.optimize.vectors import same
    >>> same(np.array([0.0, 1.0]), np.array([-0.0, 1.0]))
    True
    """
    return bool((x == y).all())
