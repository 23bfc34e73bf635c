"""Functions that users add, in the book's manner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Function, Variable


class Sin(Function):
    def forward(self, x):
        return np.sin(x)

    def backward(self, gy):
        (x,) = self.inputs
        return gy * np.cos(x)


class Exp(Function):
    def forward(self, x):
        return np.exp(x)

    def backward(self, gy):
        return gy * self.outputs[0]()


class Scale(Function):
    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        self.x_shape = x.shape
        return self.factor * x

    def backward(self, gy):
        assert gy.shape == self.x_shape
        return self.factor * gy


class Polar(Function):
    """Two inputs, two outputs."""

    def forward(self, x, y):
        return np.hypot(x, y), np.arctan2(y, x)

    def backward(self, g_radius, g_angle):
        x, y = self.inputs
        radius, _ = self.outputs[0](), self.outputs[1]()
        return (
            g_radius * x / radius - g_angle * y / radius**2,
            g_radius * y / radius + g_angle * x / radius**2,
        )


class Count(Function):
    """The second input is no differentiable one."""

    def forward(self, x, n):
        return x * np.floor(n)

    def backward(self, gy):
        return gy * np.floor(self.inputs[1]), None


def test_forward_and_first_derivative():
    x = Variable(np.array([1.0, 2.0]))
    y = Sin()(x)
    assert isinstance(y, Variable)
    assert y.creator.name == "Sin"
    y.backward(seed=np.ones(2))
    np.testing.assert_allclose(x.grad.data, np.cos(x.data))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: Sin()(x),
        lambda x: Exp()(Sin()(x)),
        lambda x: Exp()(x) * Exp()(2 * x),
        lambda x: Scale(3.0)(Scale(2.0)(x) ** 2),
        lambda x: Polar()(x, x**2)[0],
        lambda x: Polar()(x, 2 - x)[1],
        lambda x: np.multiply(*Polar()(x, np.sin(x))),
        lambda x: np.sum(Polar()(x, np.ones(3))[0]),
        lambda x: Count()(x**2, np.array([1.5, 2.5, 3.5])),
        lambda x: Count()(x, 2 * x + 0.3),
        lambda x: Sin()(x[0]) * x,
    ],
)
def test_derivatives_of_all_orders(f: Any):
    report = hessopt.check_derivatives(f, np.array([0.7, 1.1, 1.4]))
    assert report, str(report)


def test_one_instance_used_twice():
    sin, scale = Sin(), Scale(2.0)

    def f(x):
        return np.sum(scale(sin(x)) * sin(scale(x)[:2])[0])

    report = hessopt.check_derivatives(f, np.array([0.7, 1.1, 1.4]))
    assert report, str(report)


def test_output_that_is_not_used():
    x, y = Variable(np.array(3.0)), Variable(np.array(4.0))
    radius, angle = Polar()(x, y)
    radius.backward()
    assert (x.grad.data, y.grad.data) == (0.6, 0.8)
    x.cleargrad()
    (angle + radius).backward()
    assert x.grad.data == pytest.approx(0.6 - 4 / 25)


def test_plain_arguments_give_an_untracked_result():
    y = Sin()(np.array([1.0]))
    assert isinstance(y, Variable)
    assert y.creator is None
    np.testing.assert_array_equal(np.asarray(y), np.sin([1.0]))


def test_numpy_scalars_and_lists_from_forward():
    class Norm(Function):
        def forward(self, x):
            return float(np.sqrt(np.sum(x**2)))

        def backward(self, gy):
            (x,) = self.inputs
            return [gy * x / self.outputs[0]()]

    x = Variable(np.array([3.0, 4.0]))
    Norm()(x).backward()
    np.testing.assert_allclose(x.grad.data, [0.6, 0.8])

    class Single(Function):
        def forward(self, x):
            return (2 * x,)

        def backward(self, gy):
            return 2 * gy

    y = Single()(x)
    assert isinstance(y, Variable)
    x.cleargrad()
    np.sum(y).backward()
    np.testing.assert_array_equal(x.grad.data, [2.0, 2.0])


def test_types_of_adjoints_are_those_of_the_inputs():
    class Wide(Function):
        def forward(self, x):
            return x * 2

        def backward(self, gy):
            return gy * np.full(gy.shape, 2.0)

    for create_graph in (False, True):
        x = Variable(np.ones(3, np.float32))
        np.sum(Wide()(x)).backward(create_graph=create_graph)
        assert x.grad.dtype == np.float32

    class Plain(Function):
        def forward(self, x):
            return x * 2

        def backward(self, gy):
            return np.full(gy.shape, 2.0) * gy.data

    x = Variable(np.ones(3))
    np.sum(Plain()(x)).backward()
    np.testing.assert_array_equal(x.grad.data, 2)


def test_an_input_returned_as_adjoint_is_not_handed_out():
    class HalfSquare(Function):
        def forward(self, x):
            return 0.5 * np.sum(x**2)

        def backward(self, gy):
            return self.inputs[0]

    x = Variable(np.array([1.0, 2.0]))
    HalfSquare()(x).backward()
    x.grad.data *= 100
    np.testing.assert_array_equal(x.data, [1.0, 2.0])


def failing(**methods: Any) -> Function:
    whole = {"forward": lambda self, *xs: xs[0] * 1.0, "backward": lambda self, gy: gy, **methods}
    return type("Mine", (Function,), whole)()


@pytest.mark.parametrize(
    ("backward", "inputs", "message"),
    [
        (lambda self, gy: (gy, gy), 1, r"Mine\.backward returned 2 adjoints for 1 input"),
        (lambda self, gy: gy, 2, r"Mine\.backward returned 1 adjoints for 2 input"),
        (lambda self, gy: np.sum(gy), 1, r"adjoint of shape \(\) for input 0.*shape \(3,\)"),
        (lambda self, gy: np.stack([gy, gy]), 1, r"adjoint of shape \(2, 3\) for input 0"),
    ],
)
def test_wrong_adjoints(backward: Any, inputs: int, message: str):
    x = Variable(np.ones(3))
    y = np.sum(failing(backward=backward)(*[x] * inputs))
    with pytest.raises(ValueError, match=message):
        y.backward()


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda self, x: None, r"Mine\.forward returned.*floating-point"),
        (lambda self, x: np.array([1, 2, 3]), r"Mine\.forward returned.*int64"),
        (lambda self, x: x > 0, r"Mine\.forward returned.*bool"),
        (lambda self, x: (x, "a"), r"Mine\.forward returned.*U1"),
    ],
)
def test_wrong_results(forward: Any, message: str):
    with pytest.raises(TypeError, match=message):
        failing(forward=forward)(Variable(np.ones(3)))


def test_wrong_inputs():
    with pytest.raises(TypeError, match="int64"):
        Sin()(3)
    with pytest.raises(TypeError, match="MaskedArray"):
        Sin()(np.ma.masked_array([1.0]))


def test_missing_methods():
    class Nothing(Function):
        pass

    with pytest.raises(NotImplementedError, match=r"Nothing: define forward\(self, \*arrays\)"):
        Nothing()(Variable(np.array(1.0)))

    class Half(Function):
        def forward(self, x):
            return x * 1

    with pytest.raises(NotImplementedError, match=r"Half: define backward\(self, \*grad_outputs\)"):
        Half()(Variable(np.array(1.0))).backward()
