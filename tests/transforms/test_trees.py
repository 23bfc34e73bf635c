"""Parameters in dicts, lists, tuples, named tuples and dataclasses."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import hessopt


@dataclass(frozen=True)
class Layer:
    weights: np.ndarray
    bias: float


class Pair(NamedTuple):
    first: np.ndarray
    second: float


def parameters():
    random = np.random.default_rng(0)
    return {
        "layers": [Layer(random.normal(size=(2, 3)), 0.5), Layer(random.normal(size=(1, 2)), -0.1)],
        "pair": Pair(random.normal(size=3), 2.0),
    }


def objective(p):
    hidden = p["pair"].first * p["pair"].second
    for layer in p["layers"]:
        hidden = np.tanh(layer.weights @ hidden + layer.bias)
    return np.sum(hidden**2)


def vector_objective():
    vector, restore = hessopt.ravel(parameters())
    return vector, restore, lambda x: objective(restore(x))


def flat(tree):
    return hessopt.ravel(tree)[0]


def test_ravel_and_back():
    vector, restore, _ = vector_objective()
    assert vector.shape == (14,)
    assert np.array_equal(flat(restore(vector)), vector)
    assert isinstance(restore(vector)["layers"][0], Layer)
    assert isinstance(restore(vector)["pair"], Pair)


def test_gradient_has_the_form_of_the_parameters():
    vector, _, f = vector_objective()
    value, gradient = hessopt.value_and_grad(objective)(parameters())
    assert value == f(vector)
    assert isinstance(gradient["pair"], Pair)
    assert np.allclose(flat(gradient), hessopt.grad(f)(vector), rtol=1e-14)


def test_hessian_vector_product_in_a_tree():
    vector, restore, f = vector_objective()
    v = np.random.default_rng(1).normal(size=vector.size)
    expected = hessopt.hvp(f)(vector, v)
    assert np.allclose(flat(hessopt.hvp(objective)(parameters(), restore(v))), expected)
    _, gradient, product = hessopt.value_grad_hvp(objective)(parameters())
    assert np.allclose(flat(product(restore(v))), expected)
    assert np.allclose(flat(gradient), hessopt.grad(f)(vector))


def test_directional_derivative_in_a_tree():
    vector, restore, f = vector_objective()
    v = np.random.default_rng(1).normal(size=vector.size)
    exact = hessopt.jvp(objective)(parameters(), restore(v))
    assert exact == pytest.approx(hessopt.grad(f)(vector) @ v, rel=1e-12)


def test_nested_in_another_derivative():
    def f(scale):
        tree = {"a": scale * np.ones(2), "b": scale}
        g = hessopt.grad(lambda p: np.sum(p["a"] ** 2) * p["b"])(tree)
        return np.sum(g["a"]) + g["b"]

    # f(s) = 4 s^2 + 2 s^2, so f'(s) = 12 s
    assert hessopt.grad(f)(3.0) == pytest.approx(36.0)


def test_several_arguments():
    gradients = hessopt.grad(lambda p, q: np.sum(p[0] * q), argnums=(0, 1))([np.ones(2)], 3.0)
    assert isinstance(gradients, tuple)
    assert np.array_equal(gradients[0][0], [3.0, 3.0])
    assert gradients[1] == 2.0


def test_auxiliary_output_is_handed_through():
    def f(x):
        return np.sum(x**2), {"twice": 2 * x, "text": "kept"}

    (value, aux), gradient = hessopt.value_and_grad(f, has_aux=True)(np.ones(2))
    assert (value, aux["text"]) == (2.0, "kept")
    assert type(aux["twice"]) is np.ndarray
    assert np.array_equal(gradient, [2.0, 2.0])
    found, aux = hessopt.grad(f, has_aux=True)(np.ones(2))
    assert np.array_equal(found, gradient)


def test_keyword_arguments_reach_the_function():
    assert hessopt.grad(lambda x, power: np.sum(x**power))(np.array([2.0]), power=3) == 12.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hessopt.grad(objective)({"n": 2}), r"argument 0\['n'\].*int64"),
        (lambda: hessopt.grad(lambda p: 0.0)([]), "holds no array"),
        (lambda: hessopt.hessian(lambda p: p[0])([1.0]), "takes one array"),
        (lambda: hessopt.hvp(lambda p: p[0] ** 2)([1.0], [1.0, 2.0]), r"form of x: v\[0\]"),
        (lambda: hessopt.ravel({"a": "text"}), r"x0\['a'\]"),
        (lambda: hessopt.grad(lambda x: x, has_aux=True)(1.0), "pair"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_a_list_where_a_vector_is_needed_is_pointed_out():
    with pytest.raises(TypeError, match="unsupported operand") as caught:
        hessopt.grad(lambda x: np.sum(x**2))([1.0, 2.0])
    assert "pass np.array([...])" in caught.value.__notes__[0]
    with pytest.raises(TypeError) as caught:
        hessopt.grad(lambda p: p["a"] + "b")({"a": 1.0})
    assert not hasattr(caught.value, "__notes__")
