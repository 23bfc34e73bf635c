"""The backward pass: seeds, accumulation, higher orders, release, aliasing."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import GraphReleasedError, Variable, no_grad
from hessopt.autodiff import function


@pytest.fixture(params=["small arrays", "as if arrays were large"], autouse=True)
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run everything also with the memory-saving path of large arrays."""
    if request.param != "small arrays":
        monkeypatch.setattr(function, "LARGE", 0)


def test_scalar_needs_no_seed():
    x = Variable(np.array(2.0))
    y = x**2 * 3
    y.backward()
    assert x.grad.data == 12
    assert y.grad is None


def test_one_element_of_any_shape_needs_no_seed():
    x = Variable(np.array([[2.0]]))
    (x**2).backward()
    np.testing.assert_array_equal(x.grad.data, [[4.0]])


def test_seed():
    x = Variable(np.array([1.0, 2.0]))
    y = x[::-1] ** 2
    y.backward(seed=[1.0, 10.0])
    np.testing.assert_array_equal(x.grad.data, [20.0, 4.0])
    x.cleargrad()
    y.grad = Variable(np.array([2.0, 0.0]))
    y.backward()
    np.testing.assert_array_equal(x.grad.data, [0.0, 8.0])
    x.cleargrad()
    y.backward(seed=Variable(np.array([0.0, 1.0])))
    np.testing.assert_array_equal(x.grad.data, [2.0, 0.0])


def test_several_elements_need_a_seed():
    x = Variable(np.array([1.0, 2.0]))
    for y in (x[::-1], np.cumsum(x), x + x[0], x * np.sum(x), np.outer(x, x), x * np.ones((3, 1))):
        with pytest.raises(ValueError, match=r"needs a seed.*np\.ones_like"):
            y.backward()
    assert x.grad is None


@pytest.mark.parametrize("seed", [np.ones(3), 1.0, np.ones((2, 1)), Variable(np.ones(3))])
def test_seed_of_a_wrong_shape(seed: Any):
    y = Variable(np.array([1.0, 2.0]))[::-1]
    with pytest.raises(ValueError, match=r"seed has shape .* the value has shape \(2,\)"):
        y.backward(seed=seed)


def test_elementwise_results_need_no_seed():
    """Step 34 of the book differentiates sin at many points at once."""
    x = Variable(np.linspace(-7, 7, 20))
    y = np.sin(x)
    y.backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, np.cos(x.data))
    derivatives = [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin]
    for k in range(1, 4):
        gx = x.grad
        x.cleargrad()
        gx.backward(create_graph=True)
        np.testing.assert_allclose(x.grad.data, derivatives[k](x.data), atol=1e-12)


def test_gradients_accumulate_until_cleared():
    x = Variable(np.array(3.0))
    for k in (1, 2, 3):
        (x * x).backward()
        assert x.grad.data == 6 * k
    x.cleargrad()
    assert x.grad is None
    (x + x + x).backward()
    assert x.grad.data == 3


def test_same_variable_in_many_places():
    x = Variable(np.array(2.0))
    a = x**2
    y = a**2 + a**2 + a * x
    y.backward()
    assert x.grad.data == 8 * 8 + 3 * 4


def test_retain_grad():
    x0, x1 = Variable(np.array(1.0)), Variable(np.array(2.0))
    t = x0 + x1
    y = x0 + t
    y.backward()
    assert (y.grad, t.grad, x0.grad.data, x1.grad.data) == (None, None, 2.0, 1.0)
    y.backward(retain_grad=True)
    assert (y.grad.data, t.grad.data, x0.grad.data, x1.grad.data) == (1.0, 1.0, 4.0, 2.0)


def test_retain_grad_across_a_function_of_several_outputs():
    a = Variable(2 * np.eye(2))
    _, log = np.linalg.slogdet(a * 1.0)
    log.backward(retain_grad=True)
    assert log.grad.data == 1
    np.testing.assert_allclose(a.grad.data, np.eye(2) / 2)


def test_create_graph():
    x = Variable(np.array(2.0))
    y = x**4 - 2 * x**2
    y.backward(create_graph=True)
    assert x.grad.data == 24
    gx = x.grad
    x.cleargrad()
    gx.backward()
    assert x.grad.data == 44
    assert x.grad.creator is None


def test_a_gradient_inside_an_objective():
    """Step 36 of the book."""
    x = Variable(np.array(2.0))
    y = x**2
    y.backward(create_graph=True)
    gx = x.grad
    x.cleargrad()
    z = gx**3 + y
    z.backward()
    assert x.grad.data == 100


def test_first_order_gradients_carry_no_graph():
    x = Variable(np.array(2.0))
    (x**3).backward()
    assert x.grad.creator is None
    assert float(x.grad) == 12


def test_gradient_descent_in_place():
    """Step 28 of the book, which writes into the data."""
    x = Variable(np.array([0.0, 2.0]))
    start = x.data
    for _ in range(50):
        y = np.sum((x - np.array([1.0, -1.0])) ** 2)
        x.cleargrad()
        y.backward()
        x.data -= 0.2 * x.grad
    assert x.data is start
    assert type(x.data) is np.ndarray
    np.testing.assert_allclose(x.data, [1, -1], atol=1e-8)


def test_newton_in_place():
    """Step 29 of the book, the second derivative by double backprop."""
    x = Variable(np.array(2.0))
    for _ in range(10):
        y = x**4 - 2 * x**2
        x.cleargrad()
        y.backward(create_graph=True)
        gx = x.grad
        x.cleargrad()
        gx.backward()
        x.data -= gx.data / x.grad.data
    assert x.data == 1


def test_in_place_with_a_gradient_that_has_a_graph():
    x = Variable(np.array([1.0, 2.0]))
    np.sum(x**2).backward(create_graph=True)
    with pytest.raises(TypeError, match=r"out="):
        x.data -= 0.1 * x.grad
    with no_grad():
        x.data -= 0.1 * x.grad
    np.testing.assert_allclose(x.data, [0.8, 1.6])


def test_release():
    x = Variable(np.array([1.0, 2.0]))
    y = np.sum(np.exp(x) * 2)
    y.backward(release=True)
    np.testing.assert_allclose(x.grad.data, 2 * np.exp(x.data))
    with pytest.raises(GraphReleasedError, match=r"released.*record the computation again"):
        y.backward()
    z = y + 1
    with pytest.raises(GraphReleasedError):
        z.backward()
    np.testing.assert_allclose(y.data, np.sum(2 * np.exp(x.data)))


def test_without_release_a_graph_can_be_walked_again():
    x = Variable(np.array([1.0, 2.0]))
    y = np.sum(np.exp(x) * x[0])
    y.backward()
    once = x.grad.data.copy()
    y.backward()
    np.testing.assert_array_equal(x.grad.data, 2 * once)


def test_a_leaf_is_its_own_gradient():
    x = Variable(np.array([1.0, 2.0]))
    x.backward()
    np.testing.assert_array_equal(x.grad.data, [1.0, 1.0])


def test_constants_get_no_gradient():
    with no_grad():
        c = Variable(np.array(3.0)) * 1
    x = Variable(np.array(2.0))
    (x * c).backward()
    assert c.grad is None
    assert x.grad.data == 3


def test_grad_can_be_set():
    x = Variable(np.array([1.0, 2.0]))
    x.grad = np.array([1.0, 1.0])
    assert isinstance(x.grad, Variable)
    x.grad = None
    assert x.grad is None
    with pytest.raises(ValueError, match=r"grad has shape \(3,\)"):
        x.grad = np.ones(3)
    with pytest.raises(TypeError, match="int64"):
        x.grad = np.array([1, 2])


def test_float32_stays_float32():
    x = Variable(np.array([1.0, 2.0], np.float32))
    w = Variable(np.array([1.0, 2.0]))
    y = np.sum(np.sin(2 * x) ** 2 / 3 + x**0.5)
    assert y.dtype == np.float32
    y.backward(create_graph=True)
    assert x.grad.dtype == np.float32
    gx = x.grad
    x.cleargrad()
    np.sum(gx).backward()
    assert x.grad.dtype == np.float32
    x.cleargrad()
    y = np.sum(x * w)
    assert y.dtype == np.float64
    y.backward()
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float64)


ALIASING = {
    "sum": lambda x, y: np.sum(x + y),
    "difference": lambda x, y: np.sum(x - y),
    "copy": lambda x, y: np.sum(np.copy(x) + y.reshape(-1)),
    "both twice": lambda x, y: np.sum(x + y) + np.sum(y + x),
    "times one": lambda x, y: np.sum(1.0 * x) + np.sum(y * 1.0),
    "views": lambda x, y: np.sum(np.concatenate([x, y]).reshape(2, -1) * np.ones((2, 3))),
    "slices": lambda x, y: np.sum(x[:2]) + x[2] + np.sum(y[::-1]),
    "each other": lambda x, y: x @ y,
    "where": lambda x, y: np.sum(np.where(x.data > 1.5, x, y)),
    "broadcast": lambda x, y: np.sum(np.broadcast_to(x, (2, 3)) + y),
}


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("retain_grad", [False, True])
@pytest.mark.parametrize("f", ALIASING.values(), ids=ALIASING.keys())
def test_gradients_share_no_memory(f: Any, retain_grad: bool, create_graph: bool):
    x, y = Variable(np.array([1.0, 2.0, 3.0])), Variable(np.array([4.0, 5.0, 6.0]))
    z = f(x, y)
    z.backward(retain_grad, create_graph)
    arrays = [x.data, y.data, x.grad.data, y.grad.data]
    if retain_grad:
        arrays.append(z.grad.data)
    for a, b in combinations(arrays, 2):
        assert not np.shares_memory(a, b)
    before = y.grad.data.copy()
    x.grad.data *= 2
    x.data += 1
    np.testing.assert_array_equal(y.grad.data, before)


@pytest.mark.parametrize("create_graph", [False, True])
def test_the_seed_is_not_handed_out(create_graph: bool):
    for f in (
        lambda x: x + 0.0,
        lambda x: x,
        lambda x: x[:],
        lambda x: x.reshape(-1),
        lambda x: +x,
    ):
        x = Variable(np.array([1.0, 2.0]))
        seed = np.array([1.0, 3.0])
        f(x).backward(seed=seed, create_graph=create_graph)
        assert not np.shares_memory(x.grad.data, seed)
        x = Variable(np.array([1.0, 2.0]))
        seed = Variable(np.array([1.0, 3.0]))
        f(x).backward(seed=seed, create_graph=create_graph)
        assert not np.shares_memory(x.grad.data, seed.data)


def test_unchain():
    x = Variable(np.array(2.0))
    y = x**2
    z = y * 3
    y.unchain()
    z.backward()
    assert x.grad is None
    assert y.grad.data == 3
    assert y.creator is None


def test_unchain_of_a_variable_that_is_then_dropped():
    x = Variable(np.array([2.0, 3.0]))
    y = x * 2
    z = np.sum(y + 1)
    y.unchain()
    del y
    z.backward()
    assert x.grad is None


def test_unchain_backward():
    x = Variable(np.array(2.0))
    y = x**2
    z = np.sin(y) + y
    z.unchain_backward()
    z.backward()
    assert x.grad is None
    assert y.creator is None
    assert z.grad.data == 1


def test_truncated_backprop_through_time():
    w = Variable(np.array(0.5))
    h = Variable(np.array(1.0))
    for _ in range(3):
        h = np.tanh(w * h)
    h.unchain_backward()
    last = h.data
    loss = np.tanh(w * h)
    loss.backward()
    assert w.grad.data == pytest.approx((1 - loss.data**2) * last)


def test_no_grad_records_nothing():
    x = Variable(np.array([1.0, 2.0]))
    with no_grad():
        y = np.sum(x**2)
        assert y.creator is None
        assert float(y) == 5
    z = y * x
    z.backward()
    np.testing.assert_array_equal(x.grad.data, [5.0, 5.0])


def test_backward_inside_no_grad():
    x = Variable(np.array([1.0, 2.0]))
    y = np.sum(x**3)
    with no_grad():
        y.backward(create_graph=True)
    gx = x.grad
    x.cleargrad()
    np.sum(gx).backward()
    np.testing.assert_array_equal(x.grad.data, 6 * x.data)


def test_using_config():
    x = Variable(np.array(1.0))
    with hessopt.using_config("enable_backprop", False):
        assert (x * 2).creator is None
        with hessopt.using_config("enable_backprop", True):
            assert (x * 2).creator is not None
        assert (x * 2).creator is None
    assert (x * 2).creator is not None
    with pytest.raises(ValueError, match=r"enable_backprop must be True or False, not 'no'"):
        hessopt.using_config("enable_backprop", "no")
    with pytest.raises(ValueError, match=r"unknown setting 'train'.*enable_backprop"):
        hessopt.using_config("train", False)
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert (x * 2).creator is not None


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (2, 1), (3,)])
@pytest.mark.parametrize("combine", [np.add, np.subtract, np.multiply, np.maximum, np.logaddexp])
def test_a_stretched_operand_under_a_uniform_adjoint(combine, shape):
    """Below a sum one number stands for all adjoints, but a stretched operand takes several."""
    a, c = np.random.default_rng(3).normal(size=shape), np.arange(6.0).reshape(2, 3)
    h = 1e-4
    for f in (
        lambda t: np.sum(combine(c, t * a)),
        lambda t: np.sum(combine(t * a, c)),
        lambda t: np.sum(combine(c, t * a)) ** 2 + np.sum(combine(c, t * a) ** 2),
    ):
        np.testing.assert_allclose(
            hessopt.grad(f)(0.7), (f(0.7 + h) - f(0.7 - h)) / (2 * h), rtol=1e-6
        )
        slope = hessopt.grad(f)
        expected = (slope(0.7 + h) - slope(0.7 - h)) / (2 * h)
        np.testing.assert_allclose(hessopt.derivative(f, 2)(0.7), expected, rtol=1e-6, atol=1e-8)


def test_the_first_entry_added_to_all():
    x = np.array([0.5, -1.0])
    np.testing.assert_array_equal(hessopt.grad(lambda x: np.sum(np.ones(2) + x[0]))(x), [2.0, 0.0])
    np.testing.assert_array_equal(hessopt.grad(lambda x: np.sum(x - x[0]))(x), [-1.0, 1.0])

    def f(x):
        y = np.broadcast_to(np.sum(x), x.shape)
        return np.sum(y**2) + np.sum(y) ** 2

    np.testing.assert_array_equal(hessopt.hessian(f)(x), np.full((2, 2), 12.0))
