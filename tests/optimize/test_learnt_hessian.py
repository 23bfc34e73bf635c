"""L-BFGS' Hessian against the formula of BFGS, one update after the other."""

import numpy as np
import pytest

from hessopt.optimize.learnt_hessian import Pairs, compact


def learnt(count, n, seed=0):
    random = np.random.default_rng(seed)
    H = np.diag(np.linspace(1.0, 5.0, n)) + 0.1
    pairs = Pairs()
    for _ in range(count):
        s = random.normal(size=n)
        pairs = pairs.learn(s, H @ s, most=100)
    return pairs


@pytest.mark.parametrize("count", [1, 3, 6])
def test_it_is_bfgs(count):
    pairs, n = learnt(count, 6), 6
    s, y = pairs.S[-1], pairs.Y[-1]
    B = np.eye(n) * (y @ y) / (s @ y)
    for s, y in zip(pairs.S, pairs.Y, strict=True):
        Bs = B @ s
        B = B - np.outer(Bs, Bs) / (s @ Bs) + np.outer(y, y) / (s @ y)
    product, matrix = compact(pairs, matrix=True)
    np.testing.assert_allclose(matrix, B, rtol=1e-9, atol=1e-9)
    v = np.arange(6.0)
    np.testing.assert_allclose(product(v), B @ v, rtol=1e-9)
    again, none = compact(pairs, matrix=False)
    assert none is None
    np.testing.assert_allclose(again(v), B @ v, rtol=1e-9)


def test_the_latest_change_is_reproduced():
    pairs = learnt(4, 6)
    product, _ = compact(pairs, matrix=False)
    np.testing.assert_allclose(product(pairs.S[-1]), pairs.Y[-1], rtol=1e-10)


def test_pairs_of_no_use_are_left_out():
    s = np.array([1.0, 2.0])
    none = Pairs()
    for y in (-s, np.array([2.0, -1.0]), np.full(2, np.nan), np.full(2, np.inf), 0 * s):
        assert none.learn(s, y, most=5) is none
    assert not none
    assert len(learnt(7, 3).learn(s=np.ones(3), y=np.ones(3), most=4).S) == 4


def test_a_step_whose_square_underflows_leaves_a_multiple_of_the_identity():
    s, y = np.array([1e-170, 0.0]), np.array([1e-10, 0.0])
    product, B = compact(Pairs((s, s), (y, y)), matrix=True)
    np.testing.assert_allclose(B, 1e160 * np.eye(2))
    np.testing.assert_allclose(product(s), y)
