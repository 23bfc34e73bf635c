"""Random programs: value, gradient and Hessian product against differences."""

import warnings

import numpy as np
import pytest

import hessopt
from tests.backends.ways import check_all_ways, program_of
from tests.fuzz.checking import Tally, check, check_many, check_single
from tests.fuzz.generator import random_program
from tests.fuzz.vocabulary import PLAIN, WIDE
from tests.fuzz.ways import differing

FAST = 200
SLOW = 10_000
BATCHES = 20

both_vocabularies = pytest.mark.parametrize("families", [PLAIN, WIDE], ids=["plain", "wide"])


def none_is_wrong(tally: Tally) -> None:
    assert tally.wrong == []
    assert tally.outcomes["right"] > 0.9 * sum(tally.outcomes.values()), tally.outcomes


@both_vocabularies
def test_two_hundred_programs(families):
    none_is_wrong(check_many(range(FAST // 2), families=families))


@pytest.mark.slow
@both_vocabularies
@pytest.mark.parametrize("batch", range(BATCHES))
def test_ten_thousand_programs(batch, families):
    size = SLOW // BATCHES // 2
    seeds = range(FAST + batch * size, FAST + (batch + 1) * size)
    none_is_wrong(check_many(seeds, families=families))


def replayed(f):
    """Trace at other numbers, then replay: what was baked into the program shows."""
    program = hessopt.jit(f, verify=False)

    def call(*args):
        program(*(0.9 * a for a in args))
        return program(*args)

    return call


def check_replayed(program):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where a program runs eagerly
        return check(program, replayed)


@both_vocabularies
def test_ten_programs_replayed(families):
    none_is_wrong(check_many(range(FAST, FAST + 5), check_replayed, families, most=30))


@pytest.mark.slow
@both_vocabularies
@pytest.mark.parametrize("batch", range(BATCHES))
def test_two_thousand_programs_replayed(batch, families):
    seeds = range(FAST + 50 * batch, FAST + 50 * (batch + 1))
    none_is_wrong(check_many(seeds, check_replayed, families))


@both_vocabularies
def test_fifty_programs_in_single_precision(families):
    none_is_wrong(check_many(range(25), check_single, families))


@pytest.mark.slow
@both_vocabularies
def test_two_thousand_programs_in_single_precision(families):
    none_is_wrong(check_many(range(25, 1025), check_single, families))


def differing_many(seeds: range) -> list[str]:
    found = []
    for seed in seeds:
        with np.errstate(all="ignore"):
            found += differing(random_program(seed, 6, 20, WIDE))
    return found


def test_ten_programs_differentiated_all_ways():
    assert differing_many(range(10)) == []


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_thousand_programs_differentiated_all_ways(batch):
    assert differing_many(range(10 + 50 * batch, 10 + 50 * (batch + 1))) == []


def run_all_ways(seeds: range) -> None:
    """Replay derivatives at other numbers: fused in blocks, as kernels, and line by line."""
    fused = 0
    for seed in seeds:
        one = random_program(seed, 8, 24)  # long ones mostly look at values, and run eagerly
        v = np.random.default_rng(seed).standard_normal(one.x.shape)
        f, at = (hessopt.value_and_grad, (one.x,)) if seed % 2 else (hessopt.hvp, (one.x, v))
        program = program_of(f(one.run), *at)
        if program is not None:
            with np.errstate(all="ignore"):
                fused += check_all_ways(program, [0.999 * a for a in at])
    assert fused > len(seeds) / 5, fused


def test_twenty_programs_all_ways():
    run_all_ways(range(20))


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_two_thousand_programs_all_ways(batch):
    run_all_ways(range(20 + 100 * batch, 20 + 100 * (batch + 1)))


def test_ten_programs_on_batches():
    """Of four starts at once, against one at a time; on both sides of the derivative."""
    apart = []
    for seed in range(10):
        program = random_program(seed)
        random = np.random.default_rng(seed)
        z = program.x + 0.05 * random.standard_normal((4, *program.x.shape))
        v = random.standard_normal(z.shape)
        f = program.run

        def total(z, f=f):
            return np.sum(np.sin(hessopt.vmap(f)(z)))

        def looped(z, f=f):
            return np.sum(np.sin(np.stack([f(x) for x in z])))

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pairs = [
                (hessopt.vmap(f)(z), [f(x) for x in z]),
                (hessopt.vmap(hessopt.hvp(f))(z, v), list(map(hessopt.hvp(f), z, v))),
                (hessopt.grad(total)(z), hessopt.grad(looped)(z)),
            ]
        apart += [seed] if any("vmap" in str(w.message) for w in caught) else []
        for found, expected in pairs:
            scale = 1 + np.max(np.abs(expected))
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10 * scale)
    assert len(apart) < 9, apart  # programs that sort or index by values are called one by one


def test_the_check_finds_a_wrong_derivative(monkeypatch):
    wrong = hessopt.custom_derivative(np.sin, lambda x: 1.001 * np.cos(x))
    program = next(p for p in map(random_program, range(50)) if "sin" in p.names)
    monkeypatch.setattr(np, "sin", wrong)
    assert check(program).startswith("wrong: gradient")


def test_every_word_is_used():
    said = {name for seed in range(160) for name in random_program(seed, 60, 60, WIDE).names}
    assert said == {name for family in WIDE for name in family.words}


def test_no_two_words_have_one_name():
    names = [name for family in WIDE for name in family.words]
    assert len(names) == len(set(names))


def test_a_program_is_the_same_each_time():
    assert random_program(7).names == random_program(7).names
    assert 10 <= len(random_program(7).steps) <= 60
