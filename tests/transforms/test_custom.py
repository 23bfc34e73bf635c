"""Rules given by users: primitives, elementwise derivatives, black boxes, checkpoints."""

import numpy as np
import pytest

import hessopt

X = np.array([0.3, -0.7, 1.1])


def softplus():
    @hessopt.primitive
    def f(x, scale=1.0):
        return np.log1p(np.exp(scale * np.array(x)))  # may do what only plain arrays allow

    @f.vjp
    def _(g, y, x, scale=1.0):
        return g * scale * (1 - np.exp(-y))

    return f


def test_primitive_is_right_to_third_order():
    f = softplus()
    assert hessopt.check_derivatives(f, X, order=3)
    assert hessopt.check_derivatives(lambda x: f(x, scale=2.0), X, order=3)


def test_primitive_on_arrays_is_the_function():
    assert isinstance(softplus()(X), np.ndarray)


def test_primitive_of_two_outputs():
    @hessopt.primitive
    def both(x):
        return np.sin(x), np.cos(x)

    @both.vjp
    def _(g, y, x):
        return (g[0] * y[1] - g[1] * y[0],)

    assert hessopt.check_derivatives(lambda x: both(x)[0] * both(x)[1] ** 2, X, order=3)


def test_adjoints_that_are_not_wanted_are_not_computed():
    @hessopt.primitive
    def product(x, y):
        return x * y

    @product.vjp
    def _(g, y, a, b):
        return lambda: g * b, lambda: pytest.fail("not wanted")

    assert np.array_equal(hessopt.grad(lambda x: np.sum(product(x, X)))(X), X)


def test_primitive_without_a_rule():
    @hessopt.primitive
    def f(x):
        return x * 2

    with pytest.raises(hessopt.NoDerivativeError, match=r"f has no derivative rule.*@f\.vjp"):
        hessopt.grad(lambda x: np.sum(f(x)))(X)


@pytest.mark.parametrize(
    ("adjoints", "message"),
    [((1.0, 2.0), "returned 2 adjoints for 1"), ((np.zeros(2),), r"shape \(2,\) for argument 0")],
)
def test_wrong_adjoints_are_refused(adjoints, message):
    @hessopt.primitive
    def f(x):
        return x * 2

    f.vjp(lambda g, y, x: adjoints)
    with pytest.raises(ValueError, match=message):
        hessopt.grad(lambda x: np.sum(f(x)))(X)


def test_a_captured_variable_is_refused():
    w = hessopt.Variable(np.array(2.0))
    f = hessopt.primitive(lambda x: x * w)
    with pytest.raises(hessopt.NoDerivativeError, match="surroundings"):
        f(hessopt.Variable(X))


def test_custom_derivative_replaces_the_derivative_at_every_order():
    f = hessopt.custom_derivative(np.sin, lambda x: 3 * x**2)
    assert np.allclose(hessopt.derivative(f, 1)(X), 3 * X**2)
    assert np.allclose(hessopt.derivative(f, 2)(X), 6 * X)
    assert isinstance(f(X), np.ndarray)


def test_custom_derivative_of_two_arguments_broadcasts():
    f = hessopt.custom_derivative(np.multiply, lambda a, b: b, lambda a, b: a)
    assert hessopt.check_derivatives(lambda x: f(x, x[:1]), X)


def test_custom_derivative_of_one_argument_only():
    f = hessopt.custom_derivative(np.multiply, lambda a, b: b, None)
    assert np.array_equal(hessopt.grad(lambda x: np.sum(f(x, 2.0)))(X), np.full(3, 2.0))
    with pytest.raises(hessopt.NoDerivativeError, match="argument 1"):
        hessopt.grad(lambda x: np.sum(f(2.0, x)))(X)


def test_custom_derivative_refuses_wrong_use():
    with pytest.raises(ValueError, match="give a derivative"):
        hessopt.custom_derivative(np.sin)
    with pytest.raises(TypeError, match="derivatives for 1 arguments"):
        hessopt.custom_derivative(np.sin, np.cos)(X, X)


def test_external_with_jacobian_and_hessian():
    f = hessopt.external(
        lambda x: np.array([x @ x, x[0] * x[1]]),
        lambda x: np.array([2 * x, [x[1], x[0], 0.0]]),
        lambda x: np.array([2 * np.eye(3), [[0, 1, 0], [1, 0, 0], [0, 0, 0]]]),
    )
    assert hessopt.check_derivatives(lambda x: np.sin(f(x)), X, order=2)


def test_external_says_where_its_derivatives_end():
    f = hessopt.external(lambda x: x @ x, lambda x: 2 * x, name="simulator")
    with pytest.raises(hessopt.NoDerivativeError, match="derivative of simulator"):
        hessopt.hvp(f)(X, X)


def test_external_checks_the_shape_of_the_derivative():
    f = hessopt.external(lambda x: x @ x, lambda x: np.ones(2), name="simulator")
    with pytest.raises(ValueError, match=r"derivative of simulator has shape \(2,\)"):
        hessopt.grad(f)(X)


def test_checkpoint_is_exact_to_third_order_and_evaluates_again():
    calls = []

    def layer(x, w, power=2):
        calls.append(1)
        return np.tanh(x * w) ** power

    kept = hessopt.checkpoint(layer)

    def f(x):
        return np.sum(kept(kept(x, x[0]), 0.5, power=3))

    assert hessopt.check_derivatives(f, X, order=3)
    calls.clear()
    hessopt.grad(f)(X)
    assert len(calls) == 4


def test_checkpoint_keeps_no_graph():
    def count(f):
        x = hessopt.Variable(X)
        text = hessopt.get_dot_graph(f(x), verbose=False)
        return text.count("->")

    def long(x):
        for _ in range(50):
            x = np.sin(x)
        return x

    assert count(hessopt.checkpoint(long)) < 4 < count(long)


def test_checkpoint_refuses_captured_variables():
    w = hessopt.Variable(np.array(2.0))
    with pytest.raises(hessopt.NoDerivativeError, match="surroundings"):
        hessopt.checkpoint(lambda x: x * w)(hessopt.Variable(X))


def test_stop_gradient():
    assert hessopt.grad(lambda x: x**2 * hessopt.stop_gradient(x))(3.0) == 18.0
    assert hessopt.stop_gradient(X) is X
