"""Logistic regression on generated data: the smooth convex workhorse of statistics."""

from __future__ import annotations

import numpy as np

from problems._parameters import real_number, whole_number
from problems._problem import Problem
from problems._registry import register

LARGEST_DATA = 250_000_000  # entries: 2 GB


@register
def logistic_regression(
    n: int = 20, samples: int = 500, l2: float = 1e-3, seed: int = 0
) -> Problem:
    """Mean logistic loss of a linear classifier on generated data, plus ``l2 / 2 |w|^2``.

    Parameters
    ----------
    n : int
        Number of features, which is the number of variables.
    samples : int
        Number of observations.
    l2 : float
        Weight of the penalty, greater than 0, so that there is one minimiser.
    seed : int
        Seed of the data.
    """
    n = whole_number("n", n, least=1)
    samples = whole_number("samples", samples, least=1)
    l2 = real_number("l2", l2, above=0)
    rng = np.random.default_rng(whole_number("seed", seed, least=0))
    if n * samples > LARGEST_DATA:
        raise ValueError(
            f"n times samples must be at most {LARGEST_DATA}, got {n} times {samples}: "
            f"the data would take {8e-9 * n * samples:.0f} GB"
        )

    data = rng.standard_normal((n, samples))
    truth = rng.standard_normal(n) / np.sqrt(n)
    # A logistic variable exceeds -t with the probability 1 / (1 + exp(-t))
    labels = np.where(truth @ data + rng.logistic(size=samples) > 0, 1.0, -1.0)
    # the loss depends on their product alone; a sample's numbers lie side by side, as in most data
    data = np.asfortranarray(data * labels)

    def value(w):
        margins = w @ data
        # log(1 + exp(-margins)), which neither overflows nor loses digits
        return np.mean(np.logaddexp(0.0, -margins), axis=-1) + l2 / 2 * np.sum(w**2, axis=-1)

    return Problem(
        "logistic-regression",
        value,
        start=np.zeros(n),
        source="T. Hastie, R. Tibshirani and J. Friedman (2009), The Elements of Statistical "
        "Learning, 2nd edition, Springer, section 4.4; data generated here",
        note="The minimiser is unique but has no closed form. At the start the value is log 2.",
        tags=frozenset({"convex", "unimodal"}),
    )
