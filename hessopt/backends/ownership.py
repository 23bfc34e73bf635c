"""Whether the blocks of a loop can run in any order, or at once: each writes entries of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import gcd

from hessopt.program.nest import Fold, Load, Statement, Store
from hessopt.program.places import Place


def blocks_are_independent(body: Sequence[Statement], counts: Sequence[int]) -> bool:
    """Whether no block writes what another one reads or writes.

    Sums and extremes over all counters do not count: each block can keep its own.

    Parameters
    ----------
    body : sequence of Statement
    counts : sequence of int
        How far each counter runs. Blocks are cut along the first.

    Returns
    -------
    bool
        False also where it cannot be told from the coefficients of places.

    Examples
    --------
    >>> from hessopt.program.nest import Store
    >>> from hessopt.program.places import Place
    >>> first, next_one = Place(0, (1,)), Place(1, (1,))
    >>> blocks_are_independent([Store(7, first, 0.5, adds=True)], [100])
    True
    >>> both = [Store(7, first, 0.5, adds=True), Store(7, next_one, 0.5, adds=True)]
    >>> blocks_are_independent(both, [100])
    False
    """
    totals = [s.number for s in body if isinstance(s, Fold) and s.place is None]
    written: dict[int, set[Place]] = defaultdict(set)
    for s in body:
        if isinstance(s, (Store, Fold)) and s.place is not None:
            written[s.number].add(s.place)
    return (
        len(set(totals)) == len(totals)
        and not any(isinstance(s, Load) and s.array in written for s in body)
        and all(_tells_the_first_counter(p, counts) for places in written.values() for p in places)
        and all(_are_apart(places) for places in written.values())
    )


def _tells_the_first_counter(place: Place, counts: Sequence[int]) -> bool:
    """Whether entries that differ in the first counter lie at different places.

    They do where places are numbers in mixed radix: each step is longer than all shorter ones reach
    together.
    """
    if place.looked_up or not place.coefs[0]:
        return False
    reach = 0
    steps = zip(map(abs, place.coefs), counts, strict=True)
    for step, count in sorted((step, count) for step, count in steps if step and count > 1):
        if step <= reach:
            return False
        reach += step * (count - 1)
    return True


def _are_apart(places: set[Place]) -> bool:
    """Whether no two of the places ever meet: they differ by no multiple of what they step by."""
    step = gcd(*(coef for place in places for coef in place.coefs))
    return len({place.const % step for place in places}) == len(places)
