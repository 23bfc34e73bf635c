"""`jit(f).partial(...)`: what held arguments decide is computed once, and nothing else differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt

X = np.array([0.5, -1.5, 2.5])
V = np.array([1.0, 2.0, -0.5])


def settled(f: Any, *points: tuple[Any, ...], backend: str = "numpy") -> Any:
    """Return the jitted function, after calls that leave nothing to verify."""
    jitted = hessopt.jit(f, backend=backend)
    for arguments in points:
        jitted(*arguments)
    return jitted


def warmed(f: Any, x: Any, v: Any, backend: str = "numpy") -> Any:
    return settled(f, (x, v), (x + 1, v + 1), (x * 2, v - 1), backend=backend)


def product(x: Any, v: Any) -> Any:
    return hessopt.hvp(lambda x: np.sum(np.exp(np.sin(x[1:] * x[:-1]))))(x, v)


@pytest.mark.parametrize("backend", ["numpy", "auto", "scalar"])
def test_it_is_the_function_with_arguments_held(backend: str):
    if backend == "scalar":
        f, x, v = (lambda x, v: np.sin(x) * v), 0.5, 0.25
    else:
        f, x, v = product, X, V
    partial = warmed(f, x, v, backend).partial(x)
    for k in range(6):
        np.testing.assert_allclose(partial(k * v), f(x, k * v), rtol=1e-13)


def test_before_there_is_a_trace_it_calls_the_function():
    jitted = hessopt.jit(product, backend="numpy")
    partial = jitted.partial(X)
    for k in range(6):
        np.testing.assert_allclose(partial(k * V), product(X, k * V), rtol=1e-13)


def test_what_is_held_is_computed_once():
    calls = []

    @hessopt.primitive
    def slow(x: Any) -> Any:
        calls.append(1)
        return np.cumsum(x)

    partial = warmed(lambda x, v: slow(x) * v, X, V).partial(X)
    partial(V)
    calls.clear()
    for k in range(5):
        np.testing.assert_array_equal(partial(k * V), np.cumsum(X) * (k * V))
    assert calls == []


def test_it_is_whole_where_what_is_held_decides_nothing_that_is_worth_keeping():
    cheap = warmed(lambda x, v: 2.0 * x * v, X, V).partial(X, multiply_out=False)
    dear = warmed(lambda x, v: np.cumsum(x) * v, X, V).partial(X)
    assert not cheap.is_whole  # which is not known before it is called
    cheap(V), dear(V)
    assert cheap.is_whole
    assert not dear.is_whole


def test_held_arrays_may_change_afterwards():
    x = X.copy()
    partial = warmed(product, X, V).partial(x)
    x[:] = 0
    for _ in range(3):
        np.testing.assert_allclose(partial(V), product(X, V), rtol=1e-13)


def test_results_are_the_callers_own():
    f = lambda x, v: (np.exp(x), x, v, x * v)  # noqa: E731
    partial = warmed(f, X, V).partial(X)
    for _ in range(4):
        results = partial(V)
        for a, b in zip(results, f(X, V), strict=True):
            np.testing.assert_array_equal(a, b)
        for a in results:
            a[:] = np.nan


def test_several_partials_do_not_share_what_they_hold():
    jitted = warmed(product, X, V)
    partials = [jitted.partial(k * X) for k in range(4)]
    for _ in range(3):
        for k, partial in enumerate(partials):
            np.testing.assert_allclose(partial(V), product(k * X, V), rtol=1e-13)


def test_held_numbers_are_numpys():
    """Of Python's, one over zero is an error, and they have no entries."""

    def f(t: Any, v: Any) -> Any:
        return t, v * (1.0 / t)

    jitted = settled(f, (0.25, X), (0.5, V), (0.75, 2 * X))
    for t in (0.5, 0.0, np.float64(0.5)):
        partial = jitted.partial(t)
        for _ in range(4):
            with np.errstate(all="ignore"):
                held, result = partial(V)
                np.testing.assert_array_equal(result, V * (1.0 / np.float64(t)))
            assert held == t


def test_free_numbers():
    jitted = settled(lambda x, t: x / t, (X, 0.5), (V, 0.25), (X + V, 0.75))
    partial = jitted.partial(X)
    for t in (0.5, np.float64(2), np.array(4.0), 0.0, 1):
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(partial(t), X / np.float64(t))


def test_other_shapes_and_types_of_the_free_arguments():
    jitted = warmed(lambda x, v: np.sum(x) * v, X, V)
    partial = jitted.partial(X)
    for v in (V, np.ones(4), V.astype(np.float32), V, np.ones((2, 2)), 2 * V, 3, V):
        found = partial(v)
        np.testing.assert_allclose(found, np.sum(X) * v)
        assert np.asarray(found).dtype == np.asarray(np.sum(X) * v).dtype


@pytest.mark.parametrize("held", [False, True], ids=["free", "held"])
def test_derivatives_go_through(held: bool):
    jitted = settled(lambda t, v: t * np.sin(v), (0.5, X), (0.25, V), (0.75, 2 * X))
    partial = jitted.partial(0.5)
    partial(V)
    partial(V)

    def f(z: Any) -> Any:
        return np.sum(jitted.partial(z)(V)) if held else np.sum(partial(z))

    z = 0.3 if held else V
    np.testing.assert_allclose(
        hessopt.grad(f)(z), np.sum(np.sin(V)) if held else 0.5 * np.cos(V), rtol=1e-13
    )


def test_a_number_first_and_then_a_variable():
    """What is no array is not of the kind that the program was made for."""
    jitted = settled(lambda x, t: np.sum(x) * np.sin(t), (X, 0.5), (V, 0.25), (X + V, 0.75))
    partial = jitted.partial(X)
    for _ in range(3):
        partial(0.5)
    np.testing.assert_allclose(hessopt.grad(partial)(0.5), np.sum(X) * np.cos(0.5))


def test_inside_another_trace():
    partial = warmed(product, X, V).partial(X)
    partial(V)
    outer = hessopt.jit(lambda v: 2 * partial(v))
    for k in range(4):
        np.testing.assert_allclose(outer(k * V), 2 * product(X, k * V), rtol=1e-13)


def branching(x: Any, v: Any) -> Any:
    y = np.exp(x) * v if np.sum(x) > 0 else x * v
    return np.sin(y) if np.sum(v) > 0 else y


def test_guards_of_both_parts():
    jitted = settled(branching, (X, V), (2 * X, 3 * V))
    for x in (X, -X):
        partial = jitted.partial(x)
        for v in (V, -V, 2 * V, -V):
            np.testing.assert_allclose(partial(v), branching(x, v), rtol=1e-13)


def test_an_operation_that_the_function_would_not_have_come_to():
    def f(x: Any, v: Any) -> Any:
        return np.linalg.inv(np.diag(x)) @ v if np.sum(v) > 0 else v * 2

    partial = settled(f, (X, V), (2 * X, 3 * V)).partial(np.zeros(3))
    for _ in range(3):
        np.testing.assert_array_equal(partial(-V), -2 * V)
        with pytest.raises(np.linalg.LinAlgError):
            partial(V)


def test_no_arguments_left():
    jitted = warmed(product, X, V)
    np.testing.assert_allclose(jitted.partial(X, V)(), product(X, V), rtol=1e-13)
    np.testing.assert_allclose(jitted.partial()(X, V), product(X, V), rtol=1e-13)


def test_what_runs_eagerly():
    jitted = hessopt.jit(lambda x, v: v * float(x[0]))
    with pytest.warns(RuntimeWarning, match="runs eagerly"):
        jitted(X, V)
    np.testing.assert_array_equal(jitted.partial(X)(V), V * X[0])
