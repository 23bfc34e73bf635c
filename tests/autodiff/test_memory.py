"""Graphs hold no reference cycles, and their length is no limit."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Function, Variable
from hessopt.autodiff import function


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Leave freeing to reference counts alone."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Product(Function):
    def forward(self, a, b):
        return a * b

    def backward(self, g):
        a, b = self.inputs
        assert self.outputs[0]() is not None
        return g * b, g * a


class SumAndProduct(Function):
    def forward(self, a, b):
        return a + b, a * b

    def backward(self, g_sum, g_product):
        a, b = self.inputs
        assert self.outputs[1]().shape == a.shape
        return g_sum + g_product * b, g_sum + g_product * a


def views(x: Any) -> Any:
    y = x * 1
    v = y[1:]
    v *= 2
    y[0] = np.sum(v)
    return np.sum(y.T.reshape(-1) ** 2)


OBJECTIVES: dict[str, Callable[[Any], Any]] = {
    "arithmetic": lambda x: np.sum(np.exp(x) * x + x[0] ** 2),
    "indexing": lambda x: sum(x[i] * x[[i, 0]][0] for i in range(3)),
    "several outputs": lambda x: np.linalg.slogdet(np.outer(x, x) + np.eye(3))[1],
    "user function": lambda x: np.sum(Product()(x, np.sin(x))),
    "user function of several outputs": lambda x: np.sum(np.multiply(*SumAndProduct()(x, x * 2))),
    "views": views,
    "inner gradient": lambda x: np.sum(hessopt.grad(lambda y: np.sum(y**3 * x))(x)),
}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("f", OBJECTIVES.values(), ids=OBJECTIVES.keys())
@pytest.mark.usefixtures("no_collector")
def test_a_dropped_graph_is_freed(f: Any, large: bool, monkeypatch: pytest.MonkeyPatch):
    if large:
        monkeypatch.setattr(function, "LARGE", 0)
    start = np.array([1.0, 2.0, 3.0])
    x = Variable(start)
    watched = [weakref.ref(x)]
    y = f(x)
    watched.append(weakref.ref(y))
    y.backward(create_graph=True)
    gx = x.grad
    watched += [weakref.ref(gx), weakref.ref(gx._node), weakref.ref(x._node), weakref.ref(y._node)]
    np.sum(gx**2).backward()
    del x, y, gx
    assert [ref() for ref in watched] == [None] * 6


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize(
    "transform",
    [
        hessopt.grad,
        hessopt.value_and_grad,
        hessopt.hessian,
        lambda f: lambda x: hessopt.hvp(f)(x, x),
        lambda f: lambda x: hessopt.jvp(f)(x, x),
        lambda f: lambda x: hessopt.value_grad_hvp(f)(x)[2](x),
        lambda f: hessopt.grad(lambda x: np.sum(hessopt.grad(f)(x))),
    ],
)
@pytest.mark.parametrize("f", OBJECTIVES.values(), ids=OBJECTIVES.keys())
def test_transforms_leave_nothing_behind(f: Any, transform: Any):
    g = transform(f)
    x = np.array([1.0, 2.0, 3.0])
    g(x)
    gc.collect()
    for _ in range(3):
        g(x)
    assert gc.collect() == 0


@pytest.mark.usefixtures("no_collector")
def test_memory_does_not_grow():
    x = Variable(np.ones(20_000))

    def step() -> None:
        x.cleargrad()
        np.sum(np.exp(x * 2) * x).backward(create_graph=True)
        gx = x.grad
        x.cleargrad()
        np.sum(gx).backward()

    step()
    tracemalloc.start()
    step()
    first, _ = tracemalloc.get_traced_memory()
    for _ in range(5):
        step()
    last, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last - first < x.data.nbytes


@pytest.mark.usefixtures("no_collector")
def test_a_chain_of_a_million_nodes():
    x = Variable(np.array(1.0))
    y = x
    for _ in range(1_000_000):
        y = y + 1e-6
    y.backward()
    assert x.grad.data == 1
    last = weakref.ref(y)
    del y
    assert last() is None


@pytest.mark.usefixtures("no_collector")
def test_a_long_chain_differentiated_twice():
    n = 20_000
    x = Variable(np.array(1.0))
    y = x
    for _ in range(n):
        y = y * x
    y.backward(create_graph=True)
    gx = x.grad
    assert gx.data == n + 1
    x.cleargrad()
    gx.backward()
    assert x.grad.data == n * (n + 1)
    watched = weakref.ref(gx)
    x.cleargrad()
    del y, gx
    assert watched() is None


def test_a_long_chain_released():
    x = Variable(np.array(1.0))
    y = x
    for _ in range(30_000):
        y = y * 1.0
    y.backward(release=True)
    assert x.grad.data == 1


def test_a_long_chain_unchained():
    x = Variable(np.array(1.0))
    y = x
    for _ in range(30_000):
        y = y * 1.0
    y.unchain_backward()
    y.backward()
    assert x.grad is None


def test_a_wide_graph():
    x = Variable(np.arange(1000.0))
    y = sum(x[i] ** 2 for i in range(1000))
    y.backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, 2 * x.data)
    gx = x.grad
    x.cleargrad()
    np.sum(gx).backward()
    np.testing.assert_array_equal(x.grad.data, 2)


def test_a_loop_over_elements_adds_patches_not_arrays():
    """Each x[i] sends back its own entry: no array of x's size for each of them."""
    n = 3000
    x = Variable(np.ones(n))
    y = sum(x[i] * x[i] for i in range(n))
    tracemalloc.start()
    y.backward()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < n * n * x.data.itemsize / 20
    np.testing.assert_array_equal(x.grad.data, 2)


def test_large_intermediates_that_no_rule_reads_are_let_go():
    n = 100_000
    x = np.ones(n)

    def chain(x: Any) -> Any:
        y = x
        for k in range(30):
            y = np.concatenate([y[n // 2 :], y[: n // 2]]) * 0.5 + k
        return np.sum(y)

    tracemalloc.start()
    hessopt.grad(chain)(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * x.nbytes


def test_creator_shows_the_numbers_of_what_is_still_alive():
    x = Variable(np.ones(100_000))
    y = x * 2
    z = y + 1
    np.testing.assert_array_equal(z.creator.inputs[0].data, y.data)
