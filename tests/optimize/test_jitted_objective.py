"""A function made by `hessopt.jit` keeps its derivatives from one run to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.transforms.jit import MOST_KEPT


class Watched:
    """A function, and how often it was called."""

    def __init__(self, function: Any) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        return self.function(*args)


def valley(x: Any, a: Any = 1.0) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (a - x[:-1]) ** 2)


START = np.array([-1.2, 1.0])


@pytest.mark.parametrize(
    ("method", "n"),
    [("auto", 2), ("auto", 150), ("newton", 4), ("l-bfgs", 3), ("bfgs", 3), ("trust-constr", 2)],
)
def test_the_second_run_calls_it_no_more_and_is_the_same(method: str, n: int):
    watched = Watched(valley)
    fun, start = hessopt.jit(watched), np.resize(START, n)
    runs = [hessopt.minimize(fun, start, method=method)]
    calls = watched.calls
    runs += [hessopt.minimize(fun, start, method=method) for _ in range(2)]
    assert watched.calls == calls
    # A sparse Hessian is checked once, by a product, which counts
    first, second, third = runs if n <= 100 else [runs[1], *runs[1:]]
    for run in (second, third):
        assert (run.nfev, run.njev, run.nhev) == (first.nfev, first.njev, first.nhev)
        np.testing.assert_array_equal(run.x, first.x)
    plain = hessopt.minimize(valley, start, method=method)
    np.testing.assert_allclose(runs[0].fun, plain.fun, atol=1e-9)


def test_further_arguments_are_inputs():
    watched = Watched(valley)
    fun = hessopt.jit(watched)
    for a in (1.0, 1.5):  # a program is compared once more when another input changes
        hessopt.minimize(fun, START, args=(a,))
    calls = watched.calls
    for a in (0.5, 2.0):
        np.testing.assert_allclose(hessopt.minimize(fun, START, args=(a,)).x, [a, a**2], rtol=1e-6)
    assert watched.calls == calls


def test_arguments_that_are_no_numbers_belong_to_the_run():
    def fun(x: Any, name: str) -> Any:
        return np.sum((x - {"one": 1.0, "two": 2.0}[name]) ** 2)

    jitted = hessopt.jit(fun)
    for name, value in (("one", 1.0), ("two", 2.0)):
        found = hessopt.minimize(jitted, [0.0, 5.0], args=(name,))
        np.testing.assert_allclose(found.x, value, atol=1e-8)


def test_bounds_and_other_shapes():
    fun = hessopt.jit(valley)
    np.testing.assert_allclose(
        hessopt.minimize(fun, START, bounds=[(None, 0.5)] * 2).x, [0.5, 0.25], atol=1e-6
    )
    square = hessopt.jit(lambda x: np.sum((x - 3.0) ** 4))
    for shape in ((3,), (2, 2), (1,)):
        found = hessopt.minimize(square, np.zeros(shape), options={"gtol": 1e-9})
        assert found.x.shape == shape
        np.testing.assert_allclose(found.x, 3.0, atol=2e-3)


def test_what_cannot_be_traced_runs_eagerly():
    def fun(x: Any) -> Any:
        return sum(float(k) * x[k] ** 2 for k in np.argsort(-np.asarray(x.data))) + np.sum(x**2)

    with pytest.warns(RuntimeWarning, match="looks at the value"):
        found = hessopt.minimize(hessopt.jit(fun), START)
    np.testing.assert_allclose(found.x, 0.0, atol=1e-8)


def test_a_gradient_of_the_user_goes_before_it():
    calls = []

    def slope(x: Any) -> Any:
        calls.append(x)
        return 2 * x

    assert hessopt.minimize(hessopt.jit(lambda x: x @ x), START, jac=slope, method="bfgs").success
    assert calls


def test_residuals():
    t = np.linspace(0.0, 1.0, 9)
    watched = Watched(lambda p: p[0] * np.exp(p[1] * t) - 2 * np.exp(-t))
    residual = hessopt.jit(watched)
    first = hessopt.least_squares(residual, [1.0, 0.0])
    calls = watched.calls
    second = hessopt.least_squares(residual, [1.0, 0.0])
    assert watched.calls == calls
    np.testing.assert_array_equal(first.x, second.x)
    np.testing.assert_allclose(first.x, [2.0, -1.0], atol=1e-7)


def test_constraints():
    watched = Watched(lambda x: x[0] ** 2 + x[1] ** 2 - 2)
    constraint = {"type": "eq", "fun": hessopt.jit(watched)}
    fun = hessopt.jit(lambda x: x[0] + x[1])
    first = hessopt.minimize(fun, [-0.5, -2.0], constraints=constraint)
    calls = watched.calls
    second = hessopt.minimize(fun, [-0.5, -2.0], constraints=constraint)
    assert watched.calls == calls
    np.testing.assert_array_equal(first.x, second.x)
    np.testing.assert_allclose(first.x, [-1.0, -1.0], atol=1e-6)


def test_what_is_kept_is_limited():
    jitted = hessopt.jit(valley)
    made = [jitted.keep(k, object) for k in range(MOST_KEPT + 1)]
    assert jitted.keep(MOST_KEPT, object) is made[-1]
    assert jitted.keep(0, object) is not made[0]
