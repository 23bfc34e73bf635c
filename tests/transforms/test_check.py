"""check_derivatives: what it must find, and what it must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Function, Variable, check_derivatives

X = np.array([0.5, 1.0, 1.5])


class WrongAtOnce(Function):
    """The derivative of the middle entry is off."""

    def forward(self, x):
        return x**3

    def backward(self, gy):
        (x,) = self.inputs
        return 3 * x**2 * gy * np.array([1.0, 1.01, 1.0])


class WrongAtSecondOrder(Function):
    """Right, but written with data: the second derivative is lost."""

    def forward(self, x):
        return x**3

    def backward(self, gy):
        return 3 * self.inputs[0].data ** 2 * gy


class WrongAtThirdOrder(Function):
    def forward(self, x):
        return x**4

    def backward(self, gy):
        x = self.inputs[0]
        return (4 * x.data**3 + 12 * x.data**2 * (x - x.data)) * gy


def test_a_right_function():
    report = check_derivatives(lambda x: np.sum(np.sin(x) * x), X)
    assert report
    assert report.ok
    assert [check.order for check in report.orders] == [1, 2, 3]
    assert all(check.ok and check.error < 1e-8 for check in report.orders)
    lines = str(report).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("order 1 (gradient): agrees")
    assert lines[1].startswith("order 2 (Hessian-vector product): agrees")
    assert lines[2].startswith("order 3 (derivative of order 3): agrees")


def test_wrong_first_order():
    report = check_derivatives(lambda x: np.sum(WrongAtOnce()(x)), X)
    assert not report
    first = report.orders[0]
    assert not first.ok
    assert first.entry == (1,)
    assert first.exact == pytest.approx(3.03)
    assert first.difference == pytest.approx(3)
    assert "order 1 (gradient): IS OFF" in str(report)
    assert "x[1]" in str(report).splitlines()[0]


def test_wrong_second_order():
    report = check_derivatives(lambda x: np.sum(WrongAtSecondOrder()(x)), X)
    assert [check.ok for check in report.orders] == [True, False, True]
    assert "order 2 (Hessian-vector product): IS OFF" in str(report)
    assert check_derivatives(lambda x: np.sum(WrongAtSecondOrder()(x)), X, order=1)


def test_wrong_third_order():
    report = check_derivatives(lambda x: np.sum(WrongAtThirdOrder()(x)), X)
    assert [check.ok for check in report.orders] == [True, True, False]


def test_entry_of_a_matrix_is_named():
    weights = np.ones((2, 3))
    weights[1, 2] = 1.1

    class Wrong(Function):
        def forward(self, x):
            return np.sum(x**2)

        def backward(self, gy):
            return 2 * self.inputs[0] * weights * gy

    report = check_derivatives(lambda x: Wrong()(x), np.ones((2, 3)))
    assert report.orders[0].entry == (1, 2)
    assert "x[1, 2]" in str(report)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0, 1e6])
def test_errors_are_relative_to_the_derivative(scale: float):
    """A wrong derivative is found however small or large the function is; a right one passes."""
    assert not check_derivatives(lambda x: scale * np.sum(WrongAtOnce()(x)), X)
    report = check_derivatives(lambda x: scale * np.sum(np.sin(x) * x), X)
    assert report, str(report)


def test_noise_is_not_an_error():
    """Differences of large values have an error that is no fault of the derivative."""
    for f in (
        lambda x: 1e8 + np.sum(x**2),
        lambda x: np.sum(x) * 0 + 1e6,
        lambda x: np.sum(x * 1e5),
    ):
        report = check_derivatives(f, X)
        assert report, str(report)


def test_sizes_of_the_argument():
    f = lambda x: np.sum(x**2) + np.sum(np.log(x))  # noqa: E731
    for x in (1e3 * X, np.array([0.1, 1.0, 1e3])):
        report = check_derivatives(f, x)
        assert report, str(report)
    assert check_derivatives(f, 1e-3 * X, step=1e-6, order=1)


def test_arrays_are_weighted_so_that_nothing_cancels():
    class Swapped(Function):
        def forward(self, x):
            return x**2

        def backward(self, gy):
            return 2 * self.inputs[0] * gy[::-1]

    assert not check_derivatives(lambda x: Swapped()(x), np.ones(3))


def test_containers():
    def f(p, a):
        return a * np.sum(np.sin(p["w"]) * p["b"]) + WrongAtTwo()(p["w"])[1, 0]

    class WrongAtTwo(Function):
        def forward(self, x):
            return x**2

        def backward(self, gy):
            return 2 * self.inputs[0].data * gy

    point = {"b": 0.5, "w": np.array([[1.0, 2.0], [3.0, 4.0]])}
    report = check_derivatives(f, point, 2.0)
    assert report.orders[0].ok
    assert not report.orders[1].ok
    assert report.orders[1].place == "x['w'][1, 0]"
    assert report.orders[1].entry == (3,)
    line = str(report).splitlines()[1]
    assert "IS OFF" in line
    assert "at x['w'][1, 0]: exact" in line
    assert check_derivatives(lambda p: p[0] * np.sum(p[1] ** 2), (1.0, X))
    assert check_derivatives(lambda p: np.sum(p["a"]), {"a": np.zeros(0)})


def test_further_arguments_and_other_forms():
    assert check_derivatives(lambda x, a: a * np.sin(x), 0.5, 3.0)
    assert check_derivatives(np.sin, 0.5)
    assert check_derivatives(np.sin, np.zeros(0))
    assert check_derivatives(lambda x: np.exp(1j * x), X)
    assert check_derivatives(lambda x: 3, X)
    assert check_derivatives(lambda x: np.sum(x**2), Variable(X))


def test_float32():
    report = check_derivatives(lambda x: np.sum(np.sin(x) * x), X.astype(np.float32))
    assert report, str(report)
    assert not check_derivatives(
        lambda x: np.sum(WrongAtOnce()(x)), X.astype(np.float32), rtol=1e-3
    )


def test_order_and_tolerance():
    f = lambda x: np.sum(x**3)  # noqa: E731
    assert len(check_derivatives(f, X, order=1).orders) == 1
    assert len(check_derivatives(f, X, order=5).orders) == 5
    assert not check_derivatives(lambda x: np.sum(x**3) + WrongAtOnce()(x)[1], X, rtol=1e-3)
    assert check_derivatives(lambda x: np.sum(x**3) + WrongAtOnce()(x)[1], X, rtol=1e-2)


def test_differences_that_are_too_coarse_to_tell_say_so():
    report = check_derivatives(lambda x: np.sum(np.exp(x)), X, step=0.5)
    assert all(check.resolution > 1e-3 for check in report.orders)
    assert "differences good to" in str(report)
    report = check_derivatives(lambda x: np.sum(np.exp(x)), X)
    assert all(check.resolution < 1e-6 for check in report.orders)
    assert "differences good to" not in str(report)


def test_result_does_not_depend_on_chance():
    a = check_derivatives(np.sin, X)
    b = check_derivatives(np.sin, X)
    assert a == b
    assert check_derivatives(np.sin, X, seed=5)


def test_the_argument_is_left_alone():
    def f(x):
        x *= 2
        return np.sum(x**2)

    x = X.copy()
    report = check_derivatives(f, x)
    assert report, str(report)
    np.testing.assert_array_equal(x, X)


def test_a_nan_is_off():
    class Nan(Function):
        def forward(self, x):
            return x**2

        def backward(self, gy):
            return gy * np.nan

    report = check_derivatives(lambda x: Nan()(x), X, order=1)
    assert not report
    assert "nan" in str(report)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"order": 0}, ValueError, "order=0 must be a whole number, 1 or more"),
        ({"order": 1.5}, ValueError, "order=1.5 must be a whole number"),
        ({"rtol": -1}, ValueError, "rtol=-1 must be a number greater than 0"),
        ({"rtol": "small"}, ValueError, "rtol='small' must be a number"),
        ({"step": 0}, ValueError, "step=0 must be a number greater than 0"),
        ({"f": 3}, TypeError, "f must be a function, not int"),
        ({"x": np.array([1.0, np.nan])}, ValueError, "not finite"),
        ({"x": np.array([1, 2])}, TypeError, "x: .*int64"),
        ({"x": np.array([1j])}, TypeError, "complex"),
        ({"f": lambda x: None}, TypeError, "None"),
    ],
)
def test_refusals(arguments: dict[str, Any], error: Any, message: str):
    call: dict[str, Any] = {"f": np.sin, "x": X, **arguments}
    with pytest.raises(error, match=message):
        hessopt.check_derivatives(call.pop("f"), call.pop("x"), **call)
