"""The models of the NIST nonlinear regressions, with NIST's letters.

A model is a function of the predictors and the parameters, each an array that broadcasts against
the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

Model = Callable[..., Any]


def bennett5(x, b1, b2, b3):
    """Shifted power law."""
    return b1 * (b2 + x) ** (-1 / b3)


def chwirut(x, b1, b2, b3):
    """Exponential over a straight line."""
    return np.exp(-b1 * x) / (b2 + b3 * x)


def cubic_over_cubic(x, b1, b2, b3, b4, b5, b6, b7):
    """Rational function, cubic over cubic."""
    return (b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)


def danwood(x, b1, b2):
    """Power law."""
    return b1 * x**b2


def eckerle4(x, b1, b2, b3):
    """Gaussian peak of given area."""
    return (b1 / b2) * np.exp(-0.5 * ((x - b3) / b2) ** 2)


def enso(x, b1, b2, b3, b4, b5, b6, b7, b8, b9):
    """Three cycles: one of twelve months, two of unknown length."""
    turns = 2 * np.pi * x
    return (
        b1
        + b2 * np.cos(turns / 12)
        + b3 * np.sin(turns / 12)
        + b5 * np.cos(turns / b4)
        + b6 * np.sin(turns / b4)
        + b8 * np.cos(turns / b7)
        + b9 * np.sin(turns / b7)
    )


def gauss(x, b1, b2, b3, b4, b5, b6, b7, b8):
    """Two Gaussian peaks on a decaying exponential."""
    return (
        b1 * np.exp(-b2 * x)
        + b3 * np.exp(-((x - b4) ** 2) / b5**2)
        + b6 * np.exp(-((x - b7) ** 2) / b8**2)
    )


def kirby2(x, b1, b2, b3, b4, b5):
    """Rational function, quadratic over quadratic."""
    return (b1 + b2 * x + b3 * x**2) / (1 + b4 * x + b5 * x**2)


def lanczos(x, b1, b2, b3, b4, b5, b6):
    """Sum of three decaying exponentials."""
    return b1 * np.exp(-b2 * x) + b3 * np.exp(-b4 * x) + b5 * np.exp(-b6 * x)


def mgh09(x, b1, b2, b3, b4):
    """Rational function of Kowalik and Osborne."""
    return b1 * (x**2 + x * b2) / (x**2 + x * b3 + b4)


def mgh10(x, b1, b2, b3):
    """Meyer's exponential of a hyperbola."""
    return b1 * np.exp(b2 / (x + b3))


def mgh17(x, b1, b2, b3, b4, b5):
    """Osborne's two exponentials on a constant."""
    return b1 + b2 * np.exp(-x * b4) + b3 * np.exp(-x * b5)


def misra1b(x, b1, b2):
    """Saturation with an inverse square."""
    return b1 * (1 - (1 + b2 * x / 2) ** (-2))


def misra1c(x, b1, b2):
    """Saturation with an inverse square root."""
    return b1 * (1 - (1 + 2 * b2 * x) ** (-0.5))


def misra1d(x, b1, b2):
    """Hyperbolic saturation."""
    return b1 * b2 * x * ((1 + b2 * x) ** (-1))


def nelson(x, b1, b2, b3):
    """Logarithm of the breakdown strength, by time and temperature."""
    x1, x2 = x
    return b1 - b2 * x1 * np.exp(-b3 * x2)


def rat42(x, b1, b2, b3):
    """Sigmoidal growth."""
    return b1 / (1 + np.exp(b2 - b3 * x))


def rat43(x, b1, b2, b3, b4):
    """Sigmoidal growth with a free shape."""
    return b1 / (1 + np.exp(b2 - b3 * x)) ** (1 / b4)


def roszman1(x, b1, b2, b3, b4):
    """Straight line and an arc tangent."""
    return b1 - b2 * x - np.arctan(b3 / (x - b4)) / np.pi


def saturation(x, b1, b2):
    """Exponential saturation."""
    return b1 * (1 - np.exp(-b2 * x))


#: The model of each data set, by NIST's name.
MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "Bennett5": bennett5,
        "BoxBOD": saturation,
        "Chwirut1": chwirut,
        "Chwirut2": chwirut,
        "DanWood": danwood,
        "ENSO": enso,
        "Eckerle4": eckerle4,
        "Gauss1": gauss,
        "Gauss2": gauss,
        "Gauss3": gauss,
        "Hahn1": cubic_over_cubic,
        "Kirby2": kirby2,
        "Lanczos1": lanczos,
        "Lanczos2": lanczos,
        "Lanczos3": lanczos,
        "MGH09": mgh09,
        "MGH10": mgh10,
        "MGH17": mgh17,
        "Misra1a": saturation,
        "Misra1b": misra1b,
        "Misra1c": misra1c,
        "Misra1d": misra1d,
        "Nelson": nelson,
        "Rat42": rat42,
        "Rat43": rat43,
        "Roszman1": roszman1,
        "Thurber": cubic_over_cubic,
    }
)
