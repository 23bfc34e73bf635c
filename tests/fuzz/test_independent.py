"""Random programs: value, gradient and Hessian product against HIPS autograd and JAX."""

from collections import Counter

import numpy as np
import pytest

import hessopt
from tests.fuzz.generator import random_program
from tests.fuzz.independent import Library, compare, gap, google_jax, hips_autograd
from tests.fuzz.vocabulary import PLAIN, WIDE, without

FAST = 25
SLOW = 10_000
BATCHES = 20

AUTOGRAD = hips_autograd()
# Of its words all can be said in autograd, so every program must be compared
SAYABLE = without(WIDE, AUTOGRAD.unspelled)


def all_agree(seeds: range, library: Library, families=PLAIN, fewest=10, most=60) -> None:
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        with np.errstate(all="ignore"):
            outcomes[compare(random_program(seed, fewest, most, families), library)] += 1
    assert outcomes["agree"] + outcomes["kink"] == len(seeds), outcomes
    assert outcomes["kink"] <= 0.02 * len(seeds)


@pytest.mark.parametrize("families", [PLAIN, SAYABLE], ids=["plain", "wide"])
def test_fifty_programs_in_autograd(families):
    all_agree(range(FAST), AUTOGRAD, families)


@pytest.mark.slow
@pytest.mark.parametrize("families", [PLAIN, SAYABLE], ids=["plain", "wide"])
@pytest.mark.parametrize("batch", range(BATCHES))
def test_ten_thousand_programs_in_autograd(batch, families):
    size = SLOW // BATCHES // 2
    all_agree(range(FAST + batch * size, FAST + (batch + 1) * size), AUTOGRAD, families)


@pytest.mark.slow
def test_five_programs_in_jax():
    """Few and short: it compiles each operation for each shape."""
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        all_agree(range(5), google_jax(), fewest=4, most=10)


def test_what_cannot_be_said_is_counted():
    programs = [random_program(seed, families=WIDE) for seed in range(40)]
    saying = [p for p in programs if {"kve", "ellipk"} & set(p.names)]
    assert saying
    assert all(compare(p, AUTOGRAD).startswith("not spelled: ") for p in saying)


def test_the_comparison_finds_a_wrong_derivative(monkeypatch):
    wrong = hessopt.custom_derivative(np.cos, lambda x: -(1 + 1e-6) * np.sin(x))
    program = next(p for p in map(random_program, range(50)) if "cos" in p.names)
    monkeypatch.setattr(np, "cos", wrong)
    assert compare(program, AUTOGRAD).startswith("wrong: gradient")


# How a word with a fault is said in autograd's own terms, where that is not the word as it stands
NATIVE = {"multiply.reduce": lambda xp, a: xp.prod(xp.tanh(a), axis=0)[None]}

WHERE_IT_SHOWS = {
    "tile": np.arange(4.0).reshape(2, 2),
    "kron": np.arange(12.0).reshape(2, 3, 2),
    "sum where": np.array([-1.0, 0.5, 2.0]),
    "max initial": np.array([-1.0, -0.5]),
    "multiply.reduce": np.array([0.0, 0.5, 2.0]),
    "sinc": np.array([0.0, 0.5]),
    "join z": np.array([0.5, 2.0]),
}


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
@pytest.mark.parametrize("name", AUTOGRAD.faults)
def test_known_faults(name):
    """Each is there still; said otherwise, autograd agrees with us."""
    word = next(family.words[name] for family in WIDE if name in family.words)
    at = WHERE_IT_SHOWS[name]
    xp = AUTOGRAD.namespace

    def ending(xp, y):
        return xp.sum(xp.sin(xp.real(y) + xp.imag(y)) * np.arange(1.0, 1 + y.size).reshape(y.shape))

    def of(word, xp):
        twist = 1 + 0.5j if name == "join z" else 1.0
        return lambda x: ending(xp, word(xp, x * twist))

    def theirs(word):
        f = of(word, xp)
        return np.stack([AUTOGRAD.value_and_grad(f)(at)[1], AUTOGRAD.hvp(f)(at, v)])

    v = np.random.default_rng(0).standard_normal(at.shape)
    ours = np.stack([hessopt.grad(of(word, np))(at), hessopt.hvp(of(word, np))(at, v)])
    assert gap(ours, theirs(AUTOGRAD.otherwise[name])) < 1e-12
    assert not gap(ours, theirs(NATIVE.get(name, word))) < 1e-3
