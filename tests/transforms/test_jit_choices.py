"""`jit` of functions that go by an order, a position or a mask: guards on all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
import hessopt.functions as F

X = np.array([0.5, -1.5, 2.5])
SAME_WAY = np.array([0.75, -0.5, 3.5])
OTHER_WAY = np.array([-1.5, 2.5, 0.5])


def mask_of(x: Any) -> Any:
    return x[x > 0]


def index_of(x: Any) -> Any:
    return x[np.argmax(x)] * x


def listed(x: Any) -> Any:
    return x * [1.0, 2.0, 3.0][int(np.argmax(x))]


def rounded(x: Any) -> Any:
    return x * int(x[0] > 0)


def sorted_of(x: Any) -> Any:
    return np.sort(x) * np.array([1.0, 2.0, 3.0])


def median_of(x: Any) -> Any:
    return np.median(x) * x


def masked_assignment(x: Any) -> Any:
    y = np.copy(x)
    y[y > 0] *= 0.5
    return y


def labels(x: Any) -> Any:
    scores = np.reshape(x, (1, 3))
    return F.softmax_cross_entropy(scores, np.argmax(scores, axis=1))


FUNCTIONS = [
    mask_of,
    index_of,
    listed,
    rounded,
    sorted_of,
    median_of,
    masked_assignment,
    labels,
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_replayed_where_the_choice_is_the_same(function: Any):
    calls = []

    def counted(x: Any) -> Any:
        calls.append(1)
        return function(x)

    jitted = hessopt.jit(counted, verify=False)
    for x in (X, SAME_WAY, OTHER_WAY, X, 2 * OTHER_WAY):
        found, expected = jitted(x.copy()), function(x.copy())
        expected = expected.data if isinstance(expected, hessopt.Variable) else expected
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert len(calls) == 2


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_derivatives(function: Any):
    def f(x: Any) -> Any:
        return np.sum(function(x) ** 2)

    gradient, product = hessopt.jit(hessopt.grad(f)), hessopt.jit(hessopt.hvp(f))
    for x in (X, SAME_WAY, OTHER_WAY, X):
        np.testing.assert_allclose(gradient(x.copy()), hessopt.grad(f)(x), rtol=1e-13)
        np.testing.assert_allclose(product(x.copy(), X), hessopt.hvp(f)(x, X), rtol=1e-13)


def test_too_many_ways_run_eagerly():
    jitted = hessopt.jit(lambda x: np.sort(x) * 2.0, verify=False)
    random = np.random.default_rng(0)
    with pytest.warns(RuntimeWarning, match="more than 8 different paths"):
        found = [jitted(x) for x in random.standard_normal((100, 5))]
    random = np.random.default_rng(0)
    np.testing.assert_array_equal(found, 2 * np.sort(random.standard_normal((100, 5))))
