"""Timing several libraries in turns, so that a change of the machine's speed meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

Call = Callable[[], object]


def microseconds(call: Call, seconds: float) -> float:
    """Return the mean time of a call, repeated for so many seconds."""
    start = time.perf_counter()
    count = 0
    while (passed := time.perf_counter() - start) < seconds:
        call()
        count += 1
    return passed / count * 1e6


def medians(calls: Mapping[str, Call], rounds: int, seconds: float) -> dict[str, float]:
    """Return the median time of each call over rounds in which each has its turn."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(microseconds(call, seconds))
    return {name: statistics.median(cells) for name, cells in times.items()}


def geometric_mean(ratios: list[float]) -> float:
    """Return the geometric mean."""
    return statistics.geometric_mean(ratios)
