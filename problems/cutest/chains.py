"""Each variable tied to one or two neighbours, by powers, cosines, exponentials."""

from __future__ import annotations

import numpy as np

from problems._parameters import whole_number
from problems._problem import Problem
from problems._registry import register
from problems.cutest._least import LEAST
from problems.cutest._sources import LI, TOINT, cutest
from problems.mgh._paper import paper


@register
def cragglvy(n: int = 100) -> Problem:
    """Fourth, sixth and eighth powers: nearly singular at the solution.

    Parameters
    ----------
    n : int
        Number of variables, even, at least 4.
    """
    n = whole_number("n", n, least=4, multiple_of=2)

    def value(x):
        x1, x2, x3, x4 = x[..., 0:-3:2], x[..., 1:-2:2], x[..., 2:-1:2], x[..., 3::2]
        return np.sum(
            (np.exp(x1) - x2) ** 4
            + 100 * (x2 - x3) ** 6
            + (np.tan(x3 - x4) + x3 - x4) ** 4
            + x1**8
            + (x4 - 1) ** 2,
            axis=-1,
        )

    start = np.full(n, 2.0)
    start[0] = 1
    return Problem(
        "cragglvy",
        value,
        start=start,
        least_value=LEAST["cragglvy"].get(n),
        source=cutest("CRAGGLVY", f"{TOINT}, problem 32"),
        note="Published to 5 digits: 1.886566 (n = 10), 15.372 (50), 32.270 (100), 167.45 (500), "
        "336.42 (1000), 1688.2 (5000).",
        tags=frozenset({"cutest"}),
    )


@register
def edensch(n: int = 1000) -> Problem:
    """Quartics and products of neighbours: well behaved at any size.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        head, tail = x[..., :-1], x[..., 1:]
        return 16 + np.sum(
            (head - 2) ** 4 + (head * tail - 2 * tail) ** 2 + (tail + 1) ** 2, axis=-1
        )

    return Problem(
        "edensch",
        value,
        start=np.full(n, 8.0),
        least_value=LEAST["edensch"].get(n),
        source=cutest("EDENSCH", LI),
        note="Published as 219.28 (n = 36) and 12003.2 (n = 2000).",
        tags=frozenset({"cutest"}),
    )


@register
def engval1(n: int = 1000) -> Problem:
    """Quartics of neighbours less a slope: convex, quickly solved.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        head, tail = x[..., :-1], x[..., 1:]
        return np.sum((head**2 + tail**2) ** 2 - 4 * head + 3, axis=-1)

    return Problem(
        "engval1",
        value,
        start=np.full(n, 2.0),
        least_value=LEAST["engval1"].get(n),
        source=cutest("ENGVAL1", f"{TOINT}, problem 31"),
        note="The least value 0 that CUTEst's file prints is that of n = 2.",
        tags=frozenset({"convex", "cutest"}),
    )


@register
def freuroth(n: int = 1000) -> Problem:
    """Freudenstein and Roth's equations of each variable and the next.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    n = whole_number("n", n, least=2)

    def value(x):
        x1, x2 = x[..., :-1], x[..., 1:]
        first = -13 + x1 + ((5 - x2) * x2 - 2) * x2
        second = -29 + x1 + ((x2 + 1) * x2 - 14) * x2
        return np.sum(first**2 + second**2, axis=-1)

    start = np.zeros(n)
    start[:2] = 0.5, -2
    return Problem(
        "freuroth",
        value,
        start=start,
        solution=np.array([5.0, 4.0]) if n == 2 else None,
        least_value=0.0 if n == 2 else LEAST["freuroth"].get(n),
        source=cutest("FREUROTH", f"{TOINT}, problem 33; {paper(2)}"),
        note="Published to 5 digits: 1014.1 (n = 10), 5881.0 (50), 11965 (100), 60634 (500), "
        "121470 (1000), 608160 (5000): what methods reach from the start, and not known to be "
        "the least for n > 2, where it is 0.",
        tags=frozenset({"cutest", "multimodal", "sum-of-squares"}),
    )


@register
def cosine(n: int = 1000) -> Problem:
    """Cosines of a square less half the next variable: minimisers everywhere.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    return _cosine("cosine", whole_number("n", n, least=2), 0.0)


@register
def scosine(n: int = 100) -> Problem:
    """COSINE with variables scaled over five powers of ten, and more.

    Parameters
    ----------
    n : int
        Number of variables, at least 2.
    """
    return _cosine("scosine", whole_number("n", n, least=2), 12.0)


def _cosine(name: str, n: int, span: float) -> Problem:
    scale = np.exp(span * np.arange(n) / (n - 1))

    def value(x):
        y = scale * x
        return np.sum(np.cos(y[..., :-1] ** 2 - y[..., 1:] / 2), axis=-1)

    # Every cosine is -1 where the next variable is 2 (x^2 - pi): a fixed point of that map
    fixed = (1 - np.sqrt(1 + 16 * np.pi)) / 4
    return Problem(
        name,
        value,
        start=1 / scale,
        solution=fixed / scale,
        least_value=1.0 - n,
        source=cutest(name.upper(), "N. I. M. Gould, unpublished"),
        note="One equation less than variables: the minimisers are curves, and the Hessian there "
        "is singular. All cosines can be -1 at once, so that the least value is 1 - n.",
        tags=frozenset({"cutest", "multimodal", "singular"}),
    )


@register
def schmvett(n: int = 1000) -> Problem:
    """Rational, sine and exponential of three neighbours.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    """
    n = whole_number("n", n, least=3)

    def value(x):
        x1, x2, x3 = x[..., :-2], x[..., 1:-1], x[..., 2:]
        return np.sum(
            -1 / (1 + (x1 - x2) ** 2)
            - np.sin((np.pi * x2 + x3) / 2)
            - np.exp(-(((x1 + x3) / x2 - 2) ** 2)),
            axis=-1,
        )

    # Equal variables, and the sine at its top
    return Problem(
        "schmvett",
        value,
        start=np.full(n, 0.5),
        solution=np.full(n, np.pi / (np.pi + 1)),
        least_value=-3.0 * (n - 2),
        source=cutest(
            "SCHMVETT",
            "J. W. Schmidt and K. Vetters (1970), Ableitungsfreie Verfahren für nichtlineare "
            "Optimierungsprobleme, Numerische Mathematik 15, 263-282",
        ),
        tags=frozenset({"cutest", "multimodal"}),
    )


@register
def tointgss(n: int = 1000) -> Problem:
    """Gaussians of differences, whose width is a third variable.

    Parameters
    ----------
    n : int
        Number of variables, at least 3.
    """
    n = whole_number("n", n, least=3)

    def value(x):
        x1, x2, x3 = x[..., :-2], x[..., 1:-1], x[..., 2:]
        bell = np.exp(-((x1 - x2) ** 2) / (0.1 + x3**2))
        return np.sum((10 / (n - 2) + x3**2) * (2 - bell), axis=-1)

    return Problem(
        "tointgss",
        value,
        start=np.full(n, 3.0),
        solution=np.zeros(n),
        least_value=10.0,
        source=cutest("TOINTGSS", f"{TOINT}, problem 21"),
        note="From the usual start methods end on a plateau of the value 10 + 10 / (n - 2), where "
        "the first two variables are equal and far from 0.",
        tags=frozenset({"cutest"}),
    )
