"""Views share their numbers and copies do not, exactly as in NumPy; derivatives stay exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hessopt
from hessopt import NoDerivativeError, Variable, no_grad
from hessopt.autodiff.data import strip


def agrees(f: Any, x: np.ndarray) -> None:
    """Check f's value on Variables and its derivatives against plain arrays."""
    before = x.copy()
    np.testing.assert_array_equal(f(Variable(x.copy())).data, f(x.copy()))
    report = hessopt.check_derivatives(lambda x: f(np.copy(x)), x)
    assert report, str(report)
    np.testing.assert_array_equal(x, before)


def test_augmented_assignment():
    def f(x):
        y = x * 1
        y += x[0]
        y -= 0.5
        y *= x
        y /= 1 + x[1] ** 2
        y **= 2
        y %= 0.7
        y[1:] += x[:-1]
        y[[0, 2]] *= 3
        y[y > 1] -= x[2]
        y[0] -= y[1] * y[2]
        return y

    agrees(f, np.array([0.3, 0.45, 0.8]))


def test_matrix_product_in_place():
    def f(x):
        y = np.reshape(x, (2, 2)) + np.eye(2)
        y @= np.reshape(x, (2, 2))
        return y

    agrees(f, np.array([1.0, 2.0, 3.0, 4.0]))


def test_names_of_one_array_are_one_array():
    def f(x):
        y = x * 1
        z = y
        z[0] = x[1] ** 2
        z += 1
        return y * x

    agrees(f, np.array([1.0, 2.0, 3.0]))


VIEWS = {
    "slice": lambda y: y[:, 1:],
    "steps": lambda y: y[::-1, ::2],
    "row": lambda y: y[1],
    "newaxis": lambda y: y[:, None, :],
    "transpose": lambda y: y.T,
    "swapaxes": lambda y: np.swapaxes(y, 0, 1),
    "reshape": lambda y: y.reshape(-1),
    "reshape of a transpose, a copy": lambda y: y.T.reshape(-1),
    "ravel": np.ravel,
    "ravel of a transpose, a copy": lambda y: np.ravel(y.T),
    "flatten, a copy": lambda y: y.flatten(),
    "copy": lambda y: y.copy(),
    "astype, a copy": lambda y: y.astype(float),
    "expand_dims": lambda y: np.expand_dims(y, 0),
    "atleast_3d": np.atleast_3d,
    "flip": np.flip,
    "fliplr": np.fliplr,
    "flipud": np.flipud,
    "rot90": np.rot90,
    "roll, a copy": lambda y: np.roll(y, 1),
    "tile, a copy": lambda y: np.tile(y, 2),
    "repeat, a copy": lambda y: np.repeat(y, 2),
    "take, a copy": lambda y: np.take(y, [0, 1], axis=0),
    "pad, a copy": lambda y: np.pad(y, 1),
    "index array, a copy": lambda y: y[[0, 1]],
    "mask, a copy": lambda y: y[np.ones((2, 3), bool)],
    "part": lambda y: np.split(y, 3, axis=1)[1],
    "view of a view": lambda y: y[1:].T[1:][::-1],
    "two views deep, in Fortran's order": lambda y: y.T.reshape(-1, order="F")[2:],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_views_share_and_copies_do_not(view: Any):
    def f(x):
        y = x.reshape(2, 3) * 1
        v = view(y)
        v[...] = v * x[0]
        v += x[1]
        once = v * 1
        y *= x[2]
        return np.concatenate([np.ravel(once), np.ravel(y), np.ravel(v)])

    agrees(f, np.linspace(0.5, 1.5, 6))


@pytest.mark.parametrize("view", [np.diagonal, lambda y: np.broadcast_to(y, (2, 2, 3))])
def test_read_only_views(view: Any):
    y = Variable(np.ones((2, 3)))
    with pytest.raises(ValueError, match="read-only"):
        view(y)[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        view(y.data)[0] = 1.0


def test_earlier_results_keep_the_old_numbers():
    def f(x):
        y = x * 2
        a = y**2
        y[0] = 0.0
        y += a
        b = np.sin(y)
        y[:] = 1.0
        return a + b + y * x

    agrees(f, np.array([1.0, 2.0, 3.0]))


def test_swaps_and_overlaps():
    def f(x):
        y = x * 1
        y[0], y[1] = y[1], y[0]
        y[1:] = y[:-1]
        y[::-1] = y * x
        return y

    agrees(f, np.array([1.0, 2.0, 3.0]))


def test_elements_are_numbers_not_views():
    def f(x):
        y = x * 1
        for v in y:
            v += 1
        first = y[0]
        first *= 5
        return y + first

    agrees(f, np.array([1.0, 2.0, 3.0]))


def test_a_function_may_assign_to_its_argument():
    def f(x):
        x *= 2
        x[0] = x[1] ** 2
        return np.sum(x**2)

    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(hessopt.grad(f)(x), [0, 8 * 2 + 4 * 16 * 2**3, 8 * 3])
    assert hessopt.hessian(f)(x)[0, 0] == 0
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["view", "assign", "add", "scale", "fork", "mask", "mix"]),
        *[st.integers(0, 5)] * 3,
    ),
    min_size=3,
    max_size=12,
)


def run(steps: Any, x: Any) -> Any:
    """Arrays, views of them and views of views, written and read in any order."""
    arrays = [x.reshape(2, 3) * 1]
    results = []
    for kind, i, j, k in steps:
        a, b = arrays[i % len(arrays)], arrays[j % len(arrays)]
        if kind == "view":
            make = [np.transpose, lambda a: a[..., ::-1], lambda a: a[:1], np.ravel][k % 4]
            arrays.append(make(a))
        elif kind == "assign":
            a[..., k % a.shape[-1]] = x[k] * 2
        elif kind == "add":
            a += x[k] * np.mean(b)
        elif kind == "scale":
            a *= 0.5 + x[k] * 0.1
        elif kind == "fork":
            arrays.append(a * 1)
        elif kind == "mask":
            a[np.arange(a.size).reshape(a.shape) % 3 == k % 3] = 0.3 * x[k]
        else:
            results.append(np.mean(a) * np.mean(b * b))
    return np.stack([*results, *(np.mean(a * a) + np.mean(a) for a in arrays)])


@settings(max_examples=80)
@given(steps=STEPS)
def test_random_programs(steps: Any):
    x, v = np.linspace(0.3, 0.8, 6), np.cos(np.arange(6.0))
    np.testing.assert_allclose(strip(run(steps, Variable(x))), run(steps, x), rtol=1e-12)
    h = 1e-4
    at = [run(steps, x + k * h * v) for k in (-2, -1, 1, 2)]
    expected = (8 * (at[2] - at[1]) - (at[3] - at[0])) / (12 * h)
    found = hessopt.jvp(lambda x: run(steps, x))(x, v)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8)


def test_chains_of_views_of_any_length():
    x = Variable(np.arange(4000.0))
    y = x
    for _ in range(3000):
        y = y[1:]
    for _ in range(3000):
        y = y.T
    np.sum(y * y).backward()
    np.testing.assert_array_equal(x.grad.data, np.where(x.data >= 3000, 2 * x.data, 0))
    x[3999] = 0.0
    assert y.data[-1] == 0
    del y


def test_descent_under_no_grad_keeps_a_leaf_a_leaf():
    w = Variable(np.array([1.0, 2.0]), name="w")
    row = w[:1]
    for _ in range(60):
        w.cleargrad()
        np.sum((w - 3) ** 2).backward()
        with no_grad():
            w -= 0.2 * w.grad
    assert w.name == "w"
    assert w.creator is None
    np.testing.assert_allclose(w.data, 3)
    np.testing.assert_array_equal(row.data, w.data[:1])


@pytest.mark.parametrize(
    ("write", "error", "message"),
    [
        (lambda y: y.__setitem__(0, 1j), TypeError, "imaginary part"),
        (lambda y: y.__iadd__(1j), TypeError, r"does not fit.*float64"),
        (lambda y: y.__iadd__(np.ones((2, 3))), ValueError, r"does not fit into.*\(3,\)"),
        (lambda y: y.__setitem__(slice(2), np.ones(3)), ValueError, "broadcast"),
        (lambda y: y.__setitem__(5, 1.0), IndexError, "out of bounds"),
        (lambda y: y.__setitem__(0, "a"), (TypeError, ValueError), "U1|could not convert"),
        (lambda y: y.__setitem__(0, None), (TypeError, ValueError), "None|object"),
        (lambda y: np.zeros(3).__setitem__(slice(None), y), NoDerivativeError, r"x\.data"),
    ],
)
def test_refused(write: Any, error: Any, message: str):
    y = Variable(np.array([1.0, 2.0, 3.0])) * 1
    before = y.data.copy()
    with pytest.raises(error, match=message):
        write(y)
    np.testing.assert_array_equal(y.data, before)


def test_float32_stays_float32():
    y = Variable(np.ones(3, np.float32))
    x = y * 1
    x[0] = 2.5
    x += np.float64(1)
    x[1:] *= Variable(np.ones(2))
    assert x.dtype == np.float32
    np.sum(x).backward()
    assert y.grad.dtype == np.float32
    np.testing.assert_array_equal(y.grad.data, [0, 1, 1])


def test_an_index_that_changes_later():
    def f(x):
        index, mask, places = np.array([0, 1]), np.array([True, False, False]), [2, 0]
        y = x[index] * x[mask] * x[places]
        z = x * 1
        z[index] = y**2
        index[:], mask[:], places[:] = 2, True, [1, 1]
        return z

    agrees(f, np.array([1.0, 2.0, 3.0]))
