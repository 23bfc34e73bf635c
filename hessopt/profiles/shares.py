"""The mathematics of performance and data profiles: from costs to shares of problems."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def performance_ratios(costs: ArrayLike) -> Array:
    """Return each cost over the least that any solver needed for the same problem.

    Parameters
    ----------
    costs : array_like
        One row a problem, one column a solver; ``inf`` where it was not solved.

    Returns
    -------
    ndarray
        Dolan and Moré's r, at least 1; ``inf`` where it was not solved.

    References
    ----------
    E. D. Dolan and J. J. Moré, *Benchmarking optimization software with performance profiles*,
    Math. Program. 91 (2002) 201-213.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.profiles.shares import performance_ratios
    >>> performance_ratios([[2.0, 4.0], [np.inf, 3.0], [np.inf, np.inf]])
    array([[ 1.,  2.],
           [inf,  1.],
           [inf, inf]])
    """
    t = np.asarray(costs, dtype=float)
    least = t.min(axis=1, keepdims=True, initial=np.inf)
    # What costs nothing, such as no iteration, is once the least cost; anything more is not
    t, least = np.where(least == 0, t + 1, t), np.where(least == 0, 1.0, least)
    solved = np.isfinite(t)
    return np.divide(t, least, out=np.full_like(t, np.inf), where=solved)


def data_costs(costs: ArrayLike, n: ArrayLike) -> Array:
    """Return costs in units of ``n + 1``, the evaluations of one gradient by differences.

    References
    ----------
    J. J. Moré and S. M. Wild, *Benchmarking derivative-free optimization algorithms*, SIAM J.
    Optim. 20 (2009) 172-191.

    Examples
    --------
    >>> from hessopt.profiles.shares import data_costs
    >>> data_costs([[6.0, 12.0]], [2])
    array([[2., 4.]])
    """
    return np.asarray(costs, dtype=float) / (np.asarray(n, dtype=float)[:, None] + 1)


def share(values: ArrayLike, at: ArrayLike) -> Array:
    """Return the share of `values` that are at most each of `at`; ``inf`` is never.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt.profiles.shares import share
    >>> share([1.0, 3.0, np.inf, np.inf], [1, 2, 3])
    array([0.25, 0.25, 0.5 ])
    """
    reached = np.sort(np.asarray(values, dtype=float))
    return np.searchsorted(reached[np.isfinite(reached)], at, side="right") / reached.size
