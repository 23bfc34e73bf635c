"""The book's functions under the book's names, in plain NumPy.

``import hessopt.functions as F`` stands where *Deep Learning from Scratch 3* imports its own;
NumPy's functions themselves work on Variables as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import (
    broadcast_to,
    cos,
    exp,
    expand_dims,
    log,
    matmul,
    max,
    mean,
    min,
    reshape,
    sin,
    sum,
    tanh,
    transpose,
)
from numpy import power as pow

from hessopt.autodiff.adjoints import sum_to
from hessopt.autodiff.constants import detached
from hessopt.autodiff.data import strip

average = mean


def get_item(x: Any, slices: Any) -> Any:
    """Return ``x[slices]``.

    Parameters
    ----------
    x : Variable or ndarray
    slices : index
        Anything that indexes an array.

    Returns
    -------
    Variable or ndarray

    Examples
    --------
    >>> import numpy as np, hessopt, hessopt.functions as F
    >>> x = hessopt.Variable(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    >>> F.get_item(x, 1)
    variable([4. 5. 6.])
    """
    return x[slices]


def flatten(x: Any) -> Any:
    """Keep the first axis and flatten the others.

    Parameters
    ----------
    x : Variable or ndarray
        Of shape (N, ...).

    Returns
    -------
    Variable or ndarray
        Of shape (N, size / N).

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.flatten(np.zeros((2, 3, 4))).shape
    (2, 12)
    """
    return reshape(x, (np.shape(x)[0], -1))


def clip(x: Any, x_min: float, x_max: float) -> Any:
    """Limit to the interval from `x_min` to `x_max`.

    Parameters
    ----------
    x : Variable or ndarray
    x_min, x_max : float
        The bounds.

    Returns
    -------
    Variable or ndarray
        Of x's shape.

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.clip(np.array([-2.0, 0.5, 2.0]), -1, 1)
    array([-1. ,  0.5,  1. ])
    """
    return np.clip(x, x_min, x_max)


def linear(x: Any, W: Any, b: Any = None) -> Any:
    """Return ``x @ W + b``.

    Parameters
    ----------
    x : Variable or ndarray
        Of shape (N, I).
    W : Variable or ndarray
        Of shape (I, O).
    b : Variable or ndarray, optional
        Of shape (O,).

    Returns
    -------
    Variable or ndarray
        Of shape (N, O).

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.linear(np.ones((1, 2)), np.eye(2), np.array([1.0, 2.0]))
    array([[2., 3.]])
    """
    y = x @ W
    return y if b is None else y + b


def sigmoid(x: Any) -> Any:
    """Return the logistic function ``1 / (1 + exp(-x))``, which does not overflow here.

    Parameters
    ----------
    x : Variable or ndarray

    Returns
    -------
    Variable or ndarray
        Of x's shape.

    Examples
    --------
    >>> import hessopt.functions as F
    >>> float(F.sigmoid(0.0))
    0.5
    """
    return 0.5 * tanh(0.5 * x) + 0.5


def relu(x: Any) -> Any:
    """Return x where it is positive, else 0; the derivative at 0 is 0, as in the book.

    Parameters
    ----------
    x : Variable or ndarray

    Returns
    -------
    Variable or ndarray
        Of x's shape.

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return leaky_relu(x, 0.0)


def leaky_relu(x: Any, slope: float = 0.2) -> Any:
    """Return x where it is positive, else ``slope * x``.

    Parameters
    ----------
    x : Variable or ndarray
    slope : float
        Of the negative side.

    Returns
    -------
    Variable or ndarray
        Of x's shape.

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.leaky_relu(np.array([-1.0, 2.0]))
    array([-0.2,  2. ])
    """
    return np.where(np.greater(x, 0), x, slope * x if slope else 0.0)


def softmax(x: Any, axis: int = 1) -> Any:
    """Return ``exp(x)`` normalised along an axis; large entries do not overflow.

    Parameters
    ----------
    x : Variable or ndarray
    axis : int
        Along which the result sums to 1.

    Returns
    -------
    Variable or ndarray
        Of x's shape.

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.softmax(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """
    y = exp(x - np.max(detached(x), axis=axis, keepdims=True))
    return y / sum(y, axis=axis, keepdims=True)


def log_softmax(x: Any, axis: int = 1) -> Any:
    """Return the logarithm of `softmax`, computed without taking it.

    Parameters
    ----------
    x : Variable or ndarray
    axis : int
        Along which the exponentials sum to 1.

    Returns
    -------
    Variable or ndarray
        Of x's shape.

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> F.log_softmax(np.array([[0.0, 1000.0]]))
    array([[-1000.,     0.]])
    """
    shifted = x - np.max(detached(x), axis=axis, keepdims=True)
    return shifted - log(sum(exp(shifted), axis=axis, keepdims=True))


def mean_squared_error(x0: Any, x1: Any) -> Any:
    """Return the sum of squared differences over the number of rows.

    Parameters
    ----------
    x0, x1 : Variable or ndarray
        Of one shape.

    Returns
    -------
    Variable or scalar

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> float(F.mean_squared_error(np.array([1.0, 2.0]), np.array([0.0, 0.0])))
    2.5
    """
    difference = x0 - x1
    return sum(difference**2) / len(difference)


def softmax_cross_entropy(x: Any, t: Any) -> Any:
    """Return the mean of ``-log softmax(x)`` at the true classes.

    Parameters
    ----------
    x : Variable or ndarray
        Scores, of shape (N, classes).
    t : ndarray of int
        The true class of each row.

    Returns
    -------
    Variable or scalar

    Raises
    ------
    ValueError
        If `t` is not one class for each row.

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> float(round(F.softmax_cross_entropy(np.zeros((3, 2)), np.array([0, 1, 0])), 6))
    0.693147
    """
    classes = _classes(t, np.shape(x)[:1])
    log_p = log_softmax(x, axis=1)
    return -sum(log_p[np.arange(len(classes)), classes]) / len(classes)


def sigmoid_cross_entropy(x: Any, t: Any) -> Any:
    """Return the mean of the cross entropy of ``sigmoid(x)`` against 0 or 1.

    Parameters
    ----------
    x : Variable or ndarray
        Scores.
    t : ndarray
        The truth, 0 or 1, of x's shape.

    Returns
    -------
    Variable or scalar

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> float(round(F.sigmoid_cross_entropy(np.zeros(3), np.array([0, 1, 1])), 6))
    0.693147
    """
    return sum(np.logaddexp(0.0, x) - x * np.asarray(t, dtype=float)) / len(x)


def binary_cross_entropy(p: Any, t: Any) -> Any:
    """Return the mean of the cross entropy of probabilities `p` against 0 or 1.

    Parameters
    ----------
    p : Variable or ndarray
        Probabilities; held within 1e-15 of 0 and 1.
    t : ndarray
        The truth, 0 or 1, of p's shape.

    Returns
    -------
    Variable or scalar

    Examples
    --------
    >>> import numpy as np, hessopt.functions as F
    >>> float(round(F.binary_cross_entropy(np.array([0.5, 0.5]), np.array([0, 1])), 6))
    0.693147
    """
    t = np.asarray(t, dtype=float)
    p = clip(p, 1e-15, 1 - 1e-15)
    return -sum(t * log(p) + (1 - t) * log(1 - p)) / len(p)


def _classes(t: Any, shape: tuple[int, ...]) -> np.ndarray:
    classes = np.asarray(strip(t))
    if classes.dtype.kind not in "iu" or classes.shape != shape:
        raise ValueError(
            f"t must hold one integer class for each of the {shape[0]} rows, not "
            f"{classes.dtype} of shape {classes.shape}"
        )
    return classes


__all__ = [
    "average",
    "binary_cross_entropy",
    "broadcast_to",
    "clip",
    "cos",
    "exp",
    "expand_dims",
    "flatten",
    "get_item",
    "leaky_relu",
    "linear",
    "log",
    "log_softmax",
    "matmul",
    "max",
    "mean",
    "mean_squared_error",
    "min",
    "pow",
    "relu",
    "reshape",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sin",
    "softmax",
    "softmax_cross_entropy",
    "sum",
    "sum_to",
    "tanh",
    "transpose",
]
