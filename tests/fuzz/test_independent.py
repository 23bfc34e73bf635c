"""Random programs: value, gradient and Hessian product against HIPS autograd and JAX."""

from collections import Counter

import numpy as np
import pytest

from tests.fuzz.generator import random_program
from tests.fuzz.independent import Library, compare, google_jax, hips_autograd

FAST = 100
SLOW = 10_000
BATCHES = 20


def check_many(seeds: range, library: Library, fewest: int = 10, most: int = 60) -> None:
    """Check the programs of many seeds; that enough of them could be compared is checked, too."""
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        with np.errstate(all="ignore"):
            outcomes[compare(random_program(seed, fewest, most), library)] += 1
    assert [outcome for outcome in outcomes if outcome.startswith("wrong")] == []
    assert sum(outcomes.values()) == len(seeds)
    assert outcomes["agree"] > 0.9 * len(seeds), outcomes


def test_a_hundred_programs_in_autograd():
    check_many(range(FAST), hips_autograd())


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_ten_thousand_programs_in_autograd(batch):
    size = SLOW // BATCHES
    check_many(range(FAST + batch * size, FAST + (batch + 1) * size), hips_autograd())
