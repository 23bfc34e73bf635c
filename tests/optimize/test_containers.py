"""Minimisation over containers of arrays."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import hessopt

DATA = np.random.default_rng(0).normal(size=(30, 3))
TARGET = DATA @ np.array([1.0, -2.0, 0.5]) + 0.7


@dataclass
class Linear:
    weights: np.ndarray
    bias: float


class Pair(NamedTuple):
    weights: np.ndarray
    bias: float


def loss(weights, bias):
    return np.mean((DATA @ weights + bias - TARGET) ** 2)


CASES = [
    ({"w": np.zeros(3), "b": 0.0}, lambda p: loss(p["w"], p["b"])),
    (Linear(np.zeros(3), 0.0), lambda p: loss(p.weights, p.bias)),
    (Pair(np.zeros(3), 0.0), lambda p: loss(p.weights, p.bias)),
    ([np.zeros(3), 0.0], lambda p: loss(*p)),
]


@pytest.mark.parametrize(("x0", "fun"), CASES, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("method", ["auto", "l-bfgs", "trust-ncg", "bfgs"])
def test_result_has_the_form_of_the_start(x0, fun, method):
    result = hessopt.minimize(fun, x0, method=method)
    assert result.success
    assert type(result.x) is type(x0)
    found, _ = hessopt.ravel(result.x)
    assert np.allclose(found, [1.0, -2.0, 0.5, 0.7], atol=1e-5)
    assert type(result.jac) is type(x0)


def test_iterates_have_the_form_of_the_start():
    x0, fun = CASES[0]
    result = hessopt.minimize(fun, x0, options={"return_all": True})
    assert len(result.allvecs) == result.nit + 1
    for key in x0:
        np.testing.assert_array_equal(result.allvecs[0][key], x0[key])
        np.testing.assert_array_equal(result.allvecs[-1][key], result.x[key])


def test_a_list_of_numbers_is_a_vector():
    result = hessopt.minimize(lambda x: np.sum((x - 1) ** 2), [0.0, 3.0])
    assert isinstance(result.x, np.ndarray)


def test_both_forms_of_callback_see_the_container():
    seen = []
    x0, fun = CASES[0]
    hessopt.minimize(fun, x0, callback=lambda xk: seen.append(xk["w"].shape))

    def with_result(intermediate_result):
        seen.append(intermediate_result.x["w"].shape)

    hessopt.minimize(fun, x0, callback=with_result)
    assert set(seen) == {(3,)}
    assert len(seen) >= 2


def test_arguments_reach_the_function():
    result = hessopt.minimize(lambda p, c: (p["a"] - c) ** 2, {"a": 0.0}, args=(3.0,))
    assert result.x["a"] == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("name", "value"), [("jac", lambda x: x), ("bounds", [(0, 1)]), ("hessp", lambda x, p: p)]
)
def test_what_has_no_meaning_for_a_container_is_refused(name, value):
    x0, fun = CASES[0]
    with pytest.raises(ValueError, match=rf"{name} is given for vectors.*hessopt\.ravel"):
        hessopt.minimize(fun, x0, **{name: value})


def test_a_container_of_something_else_is_refused():
    with pytest.raises(TypeError, match=r"x0\['a'\]"):
        hessopt.minimize(lambda p: 0.0, {"a": "text"})
