"""`vmap` is the loop over single calls: values, derivatives on either side, nesting, fallbacks."""

from __future__ import annotations

import inspect
import pickle
import threading
import warnings
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

import hessopt
from hessopt import Variable, grad, hessian, hvp, jit, jvp, vmap

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(5, 3))
W = RANDOM.normal(size=(3, 3))


def smooth(x: Any) -> Any:
    return np.sum(np.tanh(x[1:]) * np.exp(-(x[:-1] ** 2))) + np.prod(x)


def loop(f: Any, *batches: Any) -> Any:
    return np.stack([f(*row) for row in zip(*batches, strict=True)])


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


# Derivatives on either side


@pytest.mark.parametrize(
    "f", [smooth, grad(smooth), hessian(smooth), grad(lambda x: np.sum(grad(smooth)(x) ** 2))]
)
def test_derivatives_of_each_example(f: Any):
    close(vmap(f)(X), loop(f, X))


def test_products_of_each_example():
    V = RANDOM.normal(size=X.shape)
    close(vmap(hvp(smooth))(X, V), loop(hvp(smooth), X, V))
    close(vmap(jvp(smooth))(X, V), loop(jvp(smooth), X, V))
    close(vmap(hvp(smooth), (0, None))(X, V[0]), loop(lambda x: hvp(smooth)(x, V[0]), X))
    close(vmap(hvp(smooth), (None, 0))(X[0], V), loop(lambda v: hvp(smooth)(X[0], v), V))


def test_a_hessian_is_products_with_the_unit_vectors():
    close(vmap(hvp(smooth), (None, 0))(X[0], np.eye(3)), hessian(smooth)(X[0]))


def total(f: Any) -> Any:
    return lambda z: np.sum(np.sin(vmap(f)(z)))


def looped_total(f: Any) -> Any:
    return lambda z: np.sum(np.sin(np.stack([f(x) for x in z])))


@pytest.mark.parametrize("f", [smooth, grad(smooth), lambda x: np.linalg.inv(W + np.outer(x, x))])
def test_derivatives_through_a_batch(f: Any):
    mine, theirs = total(f), looped_total(f)
    V = RANDOM.normal(size=X.shape)
    close(grad(mine)(X), grad(theirs)(X))
    np.testing.assert_allclose(hvp(mine)(X, V), hvp(theirs)(X, V), rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(hessian(mine)(X), hessian(theirs)(X), rtol=1e-9, atol=1e-10)


def test_derivative_by_what_the_function_finds_in_its_surroundings():
    def loss(w: Any) -> Any:
        return np.sum(vmap(lambda x: np.tanh(w @ x) @ x)(X))

    def looped(w: Any) -> Any:
        return sum(np.tanh(w @ x) @ x for x in X)

    close(grad(loss)(W), grad(looped)(W))
    V = RANDOM.normal(size=W.shape)
    close(hvp(loss)(W, V), hvp(looped)(W, V))


def test_derivative_by_a_shared_argument_and_by_examples_at_once():
    def f(w: Any, x: Any) -> Any:
        return np.sum(np.cos(w @ x) ** 2)

    def mean(w: Any, z: Any) -> Any:
        return np.mean(vmap(f, (None, 0))(w, z))

    def looped(w: Any, z: Any) -> Any:
        return sum(f(w, x) for x in z) / len(z)

    for mine, theirs in zip(grad(mean, (0, 1))(W, X), grad(looped, (0, 1))(W, X), strict=True):
        close(mine, theirs)


def test_gradient_within_by_one_thing_and_outside_by_another():
    def penalty(w: Any) -> Any:
        slopes = vmap(grad(lambda x: np.sum(np.tanh(w @ x))))(X)
        return np.sum(slopes**2)

    def looped(w: Any) -> Any:
        return sum(np.sum(grad(lambda x: np.sum(np.tanh(w @ x)))(x) ** 2) for x in X)

    close(grad(penalty)(W), grad(looped)(W))


def test_backward_reaches_variables():
    x = Variable(X.copy())
    y = vmap(smooth)(x)
    assert isinstance(y, Variable)
    np.sum(y).backward()
    assert x.grad is not None
    close(x.grad.data, loop(grad(smooth), X))


def test_under_no_grad_nothing_is_recorded():
    with hessopt.no_grad():
        y = vmap(smooth)(Variable(X))
    assert y.creator is None
    close(y.data, loop(smooth, X))


# Nesting


def test_vmap_of_vmap_is_a_table():
    def f(x: Any, y: Any) -> Any:
        return np.sum(np.sin(x * y)) + x @ y

    Y = RANDOM.normal(size=(4, 3))
    table = np.array([[f(x, y) for y in Y] for x in X])
    by_rows = vmap(vmap(f, (None, 0)), (0, None))
    close(by_rows(X, Y), table)
    close(vmap(vmap(f, (0, None)), (None, 0))(X, Y), table.T)
    slopes = np.array([[grad(f)(x, y) for y in Y] for x in X])
    close(vmap(vmap(grad(f), (None, 0)), (0, None))(X, Y), slopes)
    close(
        grad(lambda z: np.sum(by_rows(z, Y) ** 2))(X),
        np.einsum("ij,ijk->ik", 2 * table, slopes),
    )
    close(jit(by_rows)(X, Y), table)


def test_jit_of_vmap_replays():
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return smooth(x)

    replayed = jit(vmap(grad(f)))
    for k in range(3):  # the first two replays are verified
        replayed(X + k)
    calls.clear()
    close(replayed(X + 4), loop(grad(smooth), X + 4))
    assert not calls
    program = replayed.program(X)
    assert all(line.shape[0] == 5 for line in program.instructions if line.shape)


def test_vmap_of_jit():
    close(vmap(jit(grad(smooth)))(X), loop(grad(smooth), X))


def test_a_batch_takes_as_many_instructions_as_one_example():
    single = jit(hvp(smooth)).program(X[0], X[1])
    whole = jit(vmap(hvp(smooth))).program(X, X)
    assert len(whole.instructions) <= len(single.instructions) + 3


def test_function_is_called_once_a_batch():
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return smooth(x)

    g = vmap(f)
    g(X)
    assert len(calls) == 2  # a second example is compared with a plain call, once
    for _ in range(3):
        g(X)
    assert len(calls) == 5


def test_surroundings_may_change_between_calls():
    scale = 2.0
    f = vmap(lambda x: scale * x)
    close(f(X), 2 * X)
    close(f(X), 2 * X)
    scale = 3.0
    close(f(X), 3 * X)


def test_threads():
    f = vmap(hessian(smooth))
    expected = loop(hessian(smooth), X)
    found: list[Any] = [None] * 4

    def work(k: int) -> None:
        found[k] = f(X)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in found:
        close(result, expected)


# Axes


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("out", [0, 1, 2, -1, -2])
def test_axes_in_and_out(axis: int, out: int):
    A = RANDOM.normal(size=(2, 3, 4))

    def f(a: Any) -> Any:
        return a @ np.ones(a.shape[-1]) * np.ones((2, 1))

    expected = np.stack([f(a) for a in np.moveaxis(A, axis, 0)], axis=out)
    close(vmap(f, axis, out)(A), expected)
    assert vmap(f, axis, out)(A).shape == expected.shape


def test_an_axis_for_each_argument():
    f = vmap(lambda x, y, s: s * (x - y), in_axes=(0, 1, None))
    close(f(X, X.T, 2.0), np.zeros_like(X))
    close(vmap(np.add, in_axes=[0, None])(X, X[0]), X + X[0])


def test_keyword_arguments_are_shared():
    close(vmap(lambda x, *, p: np.sum(x**p))(X, p=3), np.sum(X**3, axis=1))
    close(vmap(lambda x, *, m: m @ x)(X, m=W), X @ W.T)


class Layer(NamedTuple):
    weight: Any
    bias: Any


@dataclass
class Model:
    first: Layer
    scale: Any


def model(size: int | None = None) -> Model:
    lead = () if size is None else (size,)
    r = np.random.default_rng(3)
    return Model(Layer(r.normal(size=(*lead, 2, 3)), r.normal(size=(*lead, 2))), np.float64(1.5))


def predict(m: Model, x: Any) -> dict[str, Any]:
    y = np.tanh(m.first.weight @ x + m.first.bias)
    return {"sum": np.sum(y) * m.scale, "parts": [y, (y[0], 3.0)], "label": "tanh"}


def test_containers_in_and_out():
    m = model()
    found = vmap(predict, (None, 0))(m, X)
    singles = [predict(m, x) for x in X]
    close(found["sum"], [s["sum"] for s in singles])
    close(found["parts"][0], [s["parts"][0] for s in singles])
    close(found["parts"][1][0], [s["parts"][1][0] for s in singles])
    close(found["parts"][1][1], np.full(5, 3.0))
    assert found["label"] == "tanh"
    assert isinstance(found["parts"][1], tuple)


def test_axes_in_the_form_of_a_container():
    many = model(5)
    axes = Model(Layer(0, 0), None)  # pyright: ignore - axes for arrays
    found = vmap(predict, (axes, 0))(many, X)["sum"]
    expected = [
        predict(Model(Layer(w, b), many.scale), x)["sum"]
        for w, b, x in zip(many.first.weight, many.first.bias, X, strict=True)
    ]
    close(found, expected)
    by_dict = vmap(lambda d: d["x"] @ d["w"], ({"x": 0, "w": None},))
    close(by_dict({"x": X, "w": W[0]}), X @ W[0])
    close(vmap(lambda d: d["x"] * d["y"], 0)({"x": X, "y": X}), X * X)
    close(
        vmap(lambda pair, k: pair[0] - pair[1][0] * k, ((0, [None]), None))((X, [W[0]]), 2.0),
        X - 2 * W[0],
    )


def test_gradients_of_containers_for_each_example():
    m = model()

    def loss(m: Model, x: Any) -> Any:
        return predict(m, x)["sum"]

    found = vmap(grad(loss), (None, 0))(m, X)
    singles = [grad(loss)(m, x) for x in X]
    assert isinstance(found, Model)
    close(found.first.weight, [s.first.weight for s in singles])
    close(found.scale, [s.scale for s in singles])


def test_what_is_no_array_is_handed_on():
    f = vmap(lambda x, how, g: g(x) if how == "apply" else x)
    close(f(X, "apply", np.sin), np.sin(X))


@pytest.mark.parametrize(
    "f",
    [
        lambda m: np.argmax(m, 0),
        lambda m: np.argmin(m),
        lambda m: np.all(m > 0, axis=(0,)),
        lambda m: np.any(m > 1),
        lambda m: np.count_nonzero(m > 0, axis=-1),
        lambda m: np.round(m, 1),
        lambda m: np.isclose(m, m[0]),
        lambda m: np.argsort(m, axis=0),
        lambda m: np.floor(m) + np.sign(m),
    ],
)
def test_functions_without_a_derivative(f: Any):
    M = RANDOM.normal(size=(4, 3, 2))
    found = vmap(f)(M)
    np.testing.assert_array_equal(found, loop(f, M))
    assert found.dtype == loop(f, M).dtype


# Types


def test_scalars_make_vectors():
    t = np.linspace(0, 1, 4)
    y = vmap(grad(lambda t: t**3))(t)
    assert y.shape == (4,)
    close(y, 3 * t**2)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_types_are_those_of_single_calls(dtype: Any):
    Z = X.astype(dtype)
    f = vmap(lambda x: 2.0 * np.exp(x) + x[0])
    single = 2.0 * np.exp(Z[0]) + Z[0][0]
    assert f(Z).dtype == single.dtype
    np.testing.assert_allclose(f(Z)[0], single, rtol=1e-6)


def test_integers_and_booleans_may_be_examples():
    labels = np.array([0, 1, 1, 0, 1])
    mask = X > 0

    def f(x: Any, label: Any, m: Any) -> Any:
        return np.sum(np.where(m, x, 0.5)) * label

    close(vmap(f)(X, labels, mask), loop(f, X, labels, mask))
    close(vmap(grad(f))(X, labels, mask), loop(grad(f), X, labels, mask))


def test_a_result_that_depends_on_no_example_is_repeated():
    found = vmap(lambda x: (W, 2.0, np.ones(2)))(X)
    close(found[0], np.stack([W] * 5))
    close(found[1], np.full(5, 2.0))
    found[2][0, 0] = 7.0  # of its own, and not the same memory five times
    close(found[2][1], np.ones(2))


def test_results_are_arrays_of_their_own():
    given = X.copy()
    same, reshaped, again = vmap(lambda x: (x, x[:, None], x))(given)
    for y in (same, reshaped, again):
        y += 1.0
    np.testing.assert_array_equal(given, X)
    close(same, X + 1)
    close(again, X + 1)


def test_one_example():
    close(vmap(hessian(smooth))(X[:1]), hessian(smooth)(X[0])[None])


# Control flow


def test_a_condition_that_all_examples_share_is_no_obstacle():
    def f(x: Any) -> Any:
        return np.sum(x) if np.all(np.abs(x) < 100) else x[0]

    close(vmap(f)(X), np.sum(X, axis=1))  # warnings are errors


COUNT: list[int] = []


def branching(x: Any) -> Any:
    y = np.sin(x)
    COUNT.append(1)
    if x[0] > 0:  # the line that the warning names
        return np.sum(y)
    return y[0] * 2


def line_of(text: str) -> int:
    lines, first = inspect.getsourcelines(branching)
    return first + next(i for i, line in enumerate(lines) if text in line)


def test_examples_that_go_different_ways():
    assert len(set(X[:, 0] > 0)) == 2
    f = vmap(grad(branching))
    many = RANDOM.normal(size=(50, 3))
    COUNT.clear()
    found = f(many)
    assert len(COUNT) == 4  # one trace that does not hold, one each way, a comparison
    close(found, loop(grad(branching), many))
    close(f(np.abs(X)), loop(grad(branching), np.abs(X)))
    close(f(-np.abs(X)), loop(grad(branching), -np.abs(X)))


def test_derivatives_through_examples_that_go_different_ways():
    mine, theirs = total(branching), looped_total(branching)
    close(grad(mine)(X), grad(theirs)(X))
    close(hessian(mine)(X), hessian(theirs)(X))


def test_paths_that_return_other_things():
    def f(x: Any) -> Any:
        return (np.sum(x), W, "label") if x[0] > 0 else (x[1], 2 * W, "label")

    sums, matrices, label = vmap(f)(X)
    close(sums, [f(x)[0] for x in X])
    close(matrices, [f(x)[1] for x in X])
    assert label == "label"


def test_examples_that_go_different_ways_in_jit():
    f = jit(vmap(branching))
    close(f(np.abs(X)), loop(branching, np.abs(X)))
    with pytest.warns(RuntimeWarning, match=rf"jit: .*different ways.*:{line_of('the line')}"):
        close(f(X), loop(branching, X))
    close(f(np.abs(X)), loop(branching, np.abs(X)))


def test_more_ways_than_are_followed():
    def f(x: Any) -> Any:
        k = 0
        while x > 1:
            x, k = x / 2, k + 1
        return x * k

    few, many = 3.0 * 2.0 ** np.arange(5), 3.0 * 2.0 ** np.arange(15)
    g = vmap(f)
    close(g(few), [f(x) for x in few])
    with pytest.warns(RuntimeWarning, match=r"each example, because .* different ways.*py:\d+$"):
        close(g(many), [f(x) for x in many])
    close(g(many), [f(x) for x in many])  # it is said once


def test_a_loop_of_a_number_of_steps_that_depends_on_values():
    def f(x: Any) -> Any:
        while x > 1:
            x = x / 2
        return x

    x = np.array([3.0, 9.0, 0.5])
    close(vmap(f)(x), [0.75, 0.5625, 0.5])
    close(vmap(f)(np.array([3.0, 3.5])), [0.75, 0.875])


def test_what_cannot_be_traced_is_called_for_each_example():
    def f(x: Any) -> Any:
        return np.partition(x, 0)[0] * float(x.shape[0])

    g = vmap(f)
    with pytest.warns(RuntimeWarning, match=r"vmap: f is called once .*test_vmap.py:\d+"):
        found = g(X)
    close(found, 3 * np.min(X, axis=1))
    close(grad(lambda z: np.sum(g(z)))(X), 3.0 * (np.min(X, axis=1, keepdims=True) == X))


def test_random_numbers_differ_from_example_to_example():
    random = np.random.default_rng(0)
    g = vmap(lambda x: x + random.normal(size=3))
    with pytest.warns(RuntimeWarning, match="random numbers"):
        y = g(np.zeros((4, 3)))
    assert len(np.unique(y)) == 12
    assert len(np.unique(g(np.zeros((4, 3))))) == 12


def test_a_variable_from_outside_that_decides():
    def f(p: Any) -> Any:
        return np.sum(vmap(lambda x: x * p if p > 0 else x)(X))

    close(grad(f)(2.0), np.sum(X))
    close(grad(f)(-2.0), 0.0)


# Operations of the user's own


def test_own_operations_are_called_for_each_example():
    class Cube(hessopt.Function):
        def forward(self, x: Any) -> Any:
            assert x.shape == (3,)
            return x**3

        def backward(self, gy: Any) -> Any:
            (x,) = self.inputs
            return 3 * x**2 * gy

    @hessopt.primitive
    def norms(x: Any) -> Any:
        assert x.ndim == 1
        return np.sum(x**2), x

    @norms.vjp
    def _(g: Any, y: Any, x: Any) -> Any:
        return (2 * x * g[0] + g[1],)

    step = hessopt.custom_derivative(np.sign, lambda x: 1 / np.cosh(x) ** 2)
    simulator = hessopt.external(lambda x: np.array([x @ x]), lambda x: 2 * x[None])
    kept = hessopt.checkpoint(lambda x: np.tanh(x) ** 2)

    for f in (
        lambda x: np.sum(Cube()(x)),
        lambda x: norms(x)[0] * np.sum(norms(x)[1]),
        lambda x: np.sum(step(x)),
        lambda x: simulator(x)[0],
        lambda x: np.sum(kept(x)),
    ):
        close(vmap(f)(X), loop(f, X))
        close(vmap(grad(f))(X), loop(grad(f), X))
        close(grad(total(f))(X), grad(looped_total(f))(X))


def test_scipy_functions():
    sp = pytest.importorskip("hessopt.scipy.linalg")
    M = np.stack([W @ W.T + (k + 1) * np.eye(3) for k in range(5)])
    f = lambda m, x: np.sum(sp.expm(0.1 * m) @ sp.solve_triangular(np.tril(m), x, lower=True))  # noqa: E731
    close(vmap(f)(M, X), loop(f, M, X))
    np.testing.assert_allclose(vmap(grad(f))(M, X), loop(grad(f), M, X), rtol=1e-10)


def test_sparse_matrices():
    sparse = pytest.importorskip("scipy.sparse")
    A = sparse.csr_array(np.round(W, 1))
    for f in (
        lambda x: A @ x,
        lambda x: x @ A,
        lambda x: A @ np.outer(x, x),
        lambda x: np.outer(x, x) @ A,
    ):
        close(vmap(f)(X), loop(f, X))


# What is refused


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (TypeError, "f must be a function, not int", lambda: vmap(3)),
        (TypeError, r"in_axes is 0.5; an axis is an integer", lambda: vmap(smooth, 0.5)),
        (TypeError, r"in_axes\[1\] is '0'", lambda: vmap(smooth, (0, "0"))),
        (TypeError, r"in_axes\[0\]\['a'\] is True", lambda: vmap(smooth, ({"a": True},))),
        (TypeError, "out_axes is None", lambda: vmap(smooth, 0, None)),
        (ValueError, r"has 2 entries for 1 positional argument;", lambda: vmap(smooth, (0, 0))(X)),
        (ValueError, "argument 0 has shape .5, 3. and so no axis 2", lambda: vmap(smooth, 2)(X)),
        (ValueError, "argument 0 has shape .5, 3. and so no axis -3", lambda: vmap(smooth, -3)(X)),
        (
            TypeError,
            r"argument 1 is a number and has no axis 0; .*in_axes=\(0, None\)",
            lambda: vmap(np.multiply)(X, 2.0),
        ),
        (TypeError, r"argument 0\['a'\] is a number", lambda: vmap(len)({"a": np.float64(1)})),
        (
            ValueError,
            r"argument 0 has shape \(\) and so no axis 0",
            lambda: vmap(abs)(np.array(1.0)),
        ),
        (TypeError, "argument 0 is an array of dtype <U1", lambda: vmap(len)(np.array(["a"]))),
        (
            ValueError,
            "argument 0 holds 5 along axis 0, argument 1 holds 3 along axis 0",
            lambda: vmap(np.add)(X, W),
        ),
        (
            ValueError,
            r"argument 0\['a'\] holds 5 along axis 0, argument 0\['b'\] holds 3 along axis 1",
            lambda: vmap(len, ({"a": 0, "b": 1},))({"a": X, "b": X}),
        ),
        (ValueError, "no argument holds examples", lambda: vmap(smooth, None)(X)),
        (ValueError, "no argument holds examples", lambda: vmap(smooth)()),
        (ValueError, "no examples: argument 0 holds 0 along axis 0", lambda: vmap(smooth)(X[:0])),
        (
            ValueError,
            r"in_axes\[0\] must have the form of argument 0.*dict with a, .* is dict with b",
            lambda: vmap(len, ({"b": 0},))({"a": X}),
        ),
        (
            ValueError,
            r"in_axes\[0\] must have the form of argument 0.*is ndarray, .* is tuple with 0",
            lambda: vmap(smooth, ((0,),))(X),
        ),
        (
            ValueError,
            "out_axes=2, but smooth returns an array of 0 axes, which has 1",
            lambda: vmap(smooth, 0, 2)(X),
        ),
    ],
)
def test_refusals(error: Any, message: str, call: Any):
    with pytest.raises(error, match=message):
        call()


def test_results_that_cannot_be_stacked():
    def ragged(x: Any) -> Any:
        return x[x > 0]

    with pytest.raises(ValueError, match=r"result of ragged has shape \(\d,\) for one example"):
        vmap(ragged)(X)

    def forms(x: Any) -> Any:
        return {"a": x} if x[0] > 0 else {"b": x}

    with pytest.raises(ValueError, match="different forms for different examples"):
        vmap(forms)(X)

    def words(x: Any) -> Any:
        return "up" if x[0] > 0 else "down"

    with pytest.raises(ValueError, match="not an array and differs"):
        vmap(words)(X)


def test_errors_of_the_function_come_through():
    def f(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        vmap(f)(X)
    with pytest.raises(np.linalg.LinAlgError):
        vmap(np.linalg.inv)(np.stack([W, np.zeros((3, 3))]))


def test_an_operation_that_fails_for_some_examples():
    def f(m: Any) -> Any:
        try:
            return np.sum(np.linalg.inv(m))
        except np.linalg.LinAlgError:
            return 0.0

    with pytest.warns(RuntimeWarning, match="LinAlgError: Singular matrix"):
        found = vmap(f)(np.stack([W, np.zeros((3, 3))]))
    close(found, [np.sum(np.linalg.inv(W)), 0.0])


def test_it_can_be_pickled():
    f = pickle.loads(pickle.dumps(vmap(smooth, 1, -1)))
    close(f(X.T), loop(smooth, X))


def test_names_are_kept():
    assert vmap(smooth).__name__ == "smooth"
    assert vmap(partial(np.add, 1.0)).__name__ == "vmapped"


def test_no_warning_without_need():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vmap(hessian(smooth))(X)
