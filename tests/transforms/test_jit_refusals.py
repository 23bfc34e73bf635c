"""What a replay could not repeat is refused: the function runs eagerly, with one warning."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Variable

X = np.array([0.5, -1.5, 2.5])
Y = np.array([1.5, 0.25, -0.75])
WEIGHTS = Variable(np.array([1.0, 2.0, 3.0]))


class Remembering(hessopt.Function):
    """The pattern of many books: forward keeps its result for backward."""

    def forward(self, x: Any) -> Any:
        self.y = np.exp(x)
        return self.y

    def backward(self, gy: Any) -> Any:
        return gy * self.y


def float_of(x: Any) -> Any:
    return x * float(x[0])


def data_of(x: Any) -> Any:
    return x * getattr(x, "data", 1.0)[0] if isinstance(x, Variable) else x * x[0]


def math_of(x: Any) -> Any:
    return x * math.exp(x[0])


def array_of(x: Any) -> Any:
    return x * np.asarray(x)[::-1]


def count_of(x: Any) -> Any:
    return x * len(np.flatnonzero(x > 0))


def text_of(x: Any) -> Any:
    return x * len(f"{x[0]:.3f}".lstrip("-"))


def representation(x: Any) -> Any:
    return x * len(np.array_repr(x))


def copied(x: Any) -> Any:
    return x * copy.deepcopy(x)


def pickled(x: Any) -> Any:
    return x * pickle.loads(pickle.dumps(x))


def caught(x: Any) -> Any:
    try:
        return x * float(x[0])
    except Exception:
        return x * 100.0


def failing(x: Any) -> Any:
    try:
        return np.linalg.cholesky(np.diag(x + 1.0))
    except np.linalg.LinAlgError:
        return np.diag(x)


def outside(x: Any) -> Any:
    return np.sum(x * WEIGHTS).data if not isinstance(x, Variable) else np.sum(x * WEIGHTS)


def outside_data(x: Any) -> Any:
    return x * WEIGHTS.data


def outside_condition(x: Any) -> Any:
    return x if WEIGHTS[0] > 0 else -x


def assigned(x: Any) -> Any:
    x[0] = 0.0
    return x * 2.0


def added_to(x: Any) -> Any:
    x += 1.0
    return x * 2.0


def reused(x: Any) -> Any:
    weights = np.zeros(3)
    total = 0.0 * x
    for k in range(3):
        weights[:] = 0.0
        weights[k] = k + 1.0
        total = total + x * weights
    return total


def remembered(x: Any) -> Any:
    return hessopt.grad(lambda z: np.sum(Remembering()(z)))(x)


def backward_by_hand(x: Any) -> Any:
    w = Variable(np.ones(3))
    np.sum(w**2 * x).backward()
    assert w.grad is not None
    return w.grad * 1.0 if isinstance(x, Variable) else w.grad.data


def product_returned(x: Any) -> Any:
    return hessopt.value_grad_hvp(lambda z: np.sum(z**3))(x)


def generator_returned(x: Any) -> Any:
    return (part for part in x)


def without_rule(x: Any) -> Any:
    return np.unwrap(x) * np.lib.stride_tricks.sliding_window_view(x, 1)[:, 0]


def method_missing(x: Any) -> Any:
    return x * (x > 0).astype(int).tolist()[0]


def empty_if_negative(x: Any) -> Any:
    return np.nonzero(x > 0)[0] * 1.0


def primitive_of_mask(x: Any) -> Any:
    mask = x > 0
    scaled = hessopt.primitive(lambda a: a * mask)
    return scaled(x)


def nested_list(x: Any) -> Any:
    return np.less(x, [x[1], x[2], x[0]]) * x


REFUSED = [value for value in list(globals().values()) if getattr(value, "__code__", None)]
REFUSED = [f for f in REFUSED if f.__module__ == __name__]


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_refused(function: Any):
    jitted = hessopt.jit(function, verify=False)
    with pytest.warns(RuntimeWarning, match=rf"jit: {function.__name__} runs eagerly, because"):
        first = jitted(X.copy())
    same(first, function(X.copy()))
    same(jitted(Y.copy()), function(Y.copy()))  # the warning is given once


def same(found: Any, expected: Any) -> None:
    if isinstance(expected, tuple):
        for a, b in zip(found[:2], expected[:2], strict=True):
            np.testing.assert_array_equal(a, b)
    elif isinstance(expected, (np.ndarray, np.generic)):
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_array_equal(list(found), list(expected))


def test_the_warning_names_the_line():
    jitted = hessopt.jit(float_of)
    line = float_of.__code__.co_firstlineno + 1
    with pytest.warns(RuntimeWarning, match=rf"test_jit_refusals.py:{line}$") as caught_warnings:
        jitted(X)
    assert caught_warnings[0].filename == __file__


def test_arguments_are_changed_as_by_the_function():
    for function in (assigned, added_to):
        x, expected = X.copy(), X.copy()
        with pytest.warns(RuntimeWarning, match="it assigns into its argument"):
            hessopt.jit(function)(x)
        function(expected)
        np.testing.assert_array_equal(x, expected)


def test_a_container_among_the_arguments_is_changed():
    def f(tree: Any) -> Any:
        tree["sum"] = np.sum(tree["x"])
        return tree["x"] * 2

    tree = {"x": X}
    with pytest.warns(RuntimeWarning, match="changes a container"):
        hessopt.jit(f)(tree)
    assert tree["sum"] == np.sum(X)


def test_no_look_from_a_derivative_inside():
    """Values that are traced but carry no derivative must not be baked into a gradient."""

    def f(x: Any) -> Any:
        mask = x > 0
        return hessopt.vjp(lambda z: z * mask)(np.ones(3), np.ones(3))

    jitted = hessopt.jit(f, verify=False)
    np.testing.assert_array_equal(jitted(X), f(X))
    np.testing.assert_array_equal(jitted(Y), f(Y))
    assert jitted.program(X).instructions


def test_stop_gradient_is_part_of_the_program():
    f = hessopt.grad(lambda x: np.sum(x * hessopt.stop_gradient(x)))
    jitted = hessopt.jit(f, verify=False)
    jitted(X)
    np.testing.assert_allclose(jitted(Y), Y)


def test_a_loop_of_many_operations():
    def f(x: Any) -> Any:
        for _ in range(15_000):
            x = x * 1.5 - 0.5
        return x

    with pytest.warns(RuntimeWarning, match="30000 operations; write loops over whole arrays"):
        hessopt.jit(f)(np.array([1.0]))


def test_errors_are_the_functions_own():
    def f(x: Any) -> Any:
        if np.any(x < 0):
            raise ValueError("negative")
        return np.sqrt(x)

    jitted = hessopt.jit(f)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^negative$"):
            jitted(X)
    np.testing.assert_array_equal(jitted(np.abs(X)), f(np.abs(X)))
    np.testing.assert_array_equal(jitted(np.abs(Y)), f(np.abs(Y)))
    with pytest.raises(ValueError, match=r"^negative$"):
        jitted(X)


def test_an_operation_that_fails_in_a_replay():
    """A call that is not needed for the result must still fail, for somebody may catch it."""

    def f(a: Any) -> Any:
        try:
            np.linalg.cholesky(a)
        except np.linalg.LinAlgError:
            return a * 0.0
        return a * 1.0

    good, bad = np.eye(2), np.array([[1.0, 2.0], [2.0, 1.0]])
    jitted = hessopt.jit(f, verify=False)
    np.testing.assert_array_equal(jitted(good), good)
    np.testing.assert_array_equal(jitted(2 * good), 2 * good)
    with pytest.warns(RuntimeWarning, match="Cholesky failed"):
        np.testing.assert_array_equal(jitted(bad), 0 * bad)
    np.testing.assert_array_equal(jitted(good), good)


def test_randomness_is_caught():
    random = np.random.default_rng(0)
    jitted = hessopt.jit(lambda x: x + random.random())
    jitted(X)
    with pytest.raises(hessopt.ReplayError, match="something besides its arguments"):
        jitted(X)


def test_a_global_that_changes_is_caught():
    state = {"step": 1.0}
    jitted = hessopt.jit(lambda x: x * state["step"])
    jitted(X)
    state["step"] = 2.0
    with pytest.raises(hessopt.ReplayError, match="a global or an attribute that changes"):
        jitted(Y)


def test_what_a_closure_remembers_is_caught_once_the_data_differ():
    """The first replay of the same data shows nothing; the comparison waits for other data."""
    kept = []

    def f(x: Any) -> Any:
        return hessopt.grad(lambda z: np.sum(remembering(z)))(x)

    @hessopt.primitive
    def remembering(z: Any) -> Any:
        kept.append(np.exp(z))
        return kept[-1]

    @remembering.vjp
    def _(g: Any, y: Any, z: Any) -> Any:
        return (g * kept[-1],)

    jitted = hessopt.jit(f)
    for _ in range(3):
        np.testing.assert_array_equal(jitted(X), np.exp(X))
    with pytest.raises(hessopt.ReplayError):
        jitted(Y)


def test_verify_can_be_turned_off():
    random = np.random.default_rng(0)
    jitted = hessopt.jit(lambda x: x + random.random(), verify=False)
    np.testing.assert_array_equal(jitted(X), jitted(X))


def test_other_plain_results_are_compared():
    calls = []

    def f(x: Any) -> Any:
        calls.append(None)
        return x, len(calls)

    jitted = hessopt.jit(f)
    jitted(X)
    with pytest.raises(hessopt.ReplayError):
        jitted(X)


def test_what_is_left_in_variables_from_outside():
    state = Variable(np.zeros(3))
    weights = Variable(np.ones(3))

    def assigning(x: Any) -> Any:
        state[0] = np.sum(x)
        return x * 2.0

    def differentiating(x: Any) -> Any:
        weights.cleargrad()
        np.sum(weights**2 * x).backward(create_graph=True)
        return x * 2.0

    for f, reason in (
        (assigning, "assigns into a Variable from outside"),
        (differentiating, "leaves derivatives in a Variable from outside"),
    ):
        jitted = hessopt.jit(f, verify=False)
        with pytest.warns(RuntimeWarning, match=reason):
            jitted(X)
        jitted(Y)
        assert state.data[0] == (np.sum(Y) if f is assigning else state.data[0])
    assert weights.grad is not None
    np.testing.assert_array_equal(weights.grad.data, 2 * Y)
