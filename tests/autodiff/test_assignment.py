"""Assignment into Variables: exact derivatives, and NumPy's meaning for views."""

import numpy as np
import pytest

import hessopt

X = np.random.default_rng(0).uniform(0.2, 1.0, 6)


def shifted(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1] ** 2
    return y * x


def masked(x):
    y = np.copy(x)
    y[np.array([True, False] * 3)] *= 3
    y[y > 0.9] = 0.5 * x[0]
    return y**2


def repeated_index(x):
    y = np.zeros_like(x)
    y[[0, 1, 0, 3]] = x[:4] ** 2
    return y


def augmented(x):
    y = x * 1.0
    y += x**2
    y -= 1.0
    y *= x[0]
    y /= 2 + x
    y **= 2
    y[::2] += x[::-2]
    y[0] += y[1]
    return y


def view_writes_through(x):
    y = np.zeros((2, 3)) * x[0]
    row = y[1]
    row[:2] = x[:2]
    y.T[2] = x[3:5] ** 2
    y.reshape(-1)[0] = x[5]
    np.flip(y, 0)[0, 0] += x[0]
    return y


def view_follows(x):
    y = x * 2
    part = y[1:4]
    deep = part[1:]
    before = part * 1
    y[2] = x[0] ** 3
    return np.concatenate([part, deep, before])


def alias(x):
    y = x * 2
    z = y
    y += x[0]
    return z * y


def loop(x):
    y = np.zeros_like(x, shape=(6,))
    y[0] = x[0]
    for i in range(1, 6):
        y[i] = np.sin(y[i - 1]) * x[i]
    return y


def whole(x):
    y = np.ones_like(x)
    y[...] = x**2
    y[:] = y * x
    return y


def of_the_argument(x):
    x[0] = 2 * x[1]
    x += 1
    return x**2


PROGRAMS = [
    shifted,
    masked,
    repeated_index,
    augmented,
    view_writes_through,
    view_follows,
    alias,
    loop,
    whole,
    of_the_argument,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_value_is_numpys(program):
    assert np.array_equal(program(hessopt.Variable(X)).data, program(X.copy()))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_derivatives_to_third_order(program):
    report = hessopt.check_derivatives(lambda x: program(x * 1), X)
    assert report, str(report)


def test_what_was_computed_before_keeps_the_old_value():
    x = hessopt.Variable(X)
    y = x * 2
    z = np.sum(y**2)
    y[:] = 0.0
    z.backward()
    assert np.allclose(x.grad.data, 8 * X)


def test_the_callers_array_is_not_written():
    given = X.copy()
    hessopt.grad(lambda x: np.sum(of_the_argument(x)))(given)
    assert np.array_equal(given, X)


def test_a_plain_array_cannot_receive_a_variable():
    x = hessopt.Variable(X)
    out = np.zeros(3)
    with pytest.raises(ValueError, match="array element") as caught:
        out[0] = x[0]  # NumPy wraps what float() of the Variable raises
    assert isinstance(caught.value.__cause__, hessopt.NoDerivativeError)
    with pytest.raises(hessopt.NoDerivativeError):
        out[:] = x[:3]
    with pytest.raises(hessopt.NoDerivativeError):
        np.array([x[0], x[1]])


def test_what_to_write_instead():
    def f(x):
        out = hessopt.zeros(3)
        out[0] = x[0] ** 2
        return np.sum(out) + np.linalg.det(hessopt.array([[x[0], x[1]], [0.5, x[2] * x[1]]]))

    assert hessopt.check_derivatives(f, X)
    assert isinstance(hessopt.array([[1.0, 2.0]]), np.ndarray)


@pytest.mark.parametrize(
    ("statement", "error", "message"),
    [
        ("np.diagonal(np.outer(x, x))[0] = 1.0", ValueError, "read-only"),
        ("np.broadcast_to(x, (2, 6))[0] = 1.0", ValueError, "read-only"),
        ("x += np.ones((2, 6))", ValueError, r"shape \(2, 6\)"),
        ("x += 1j", TypeError, "complex128 does not fit"),
        ("x[0] = 1j", TypeError, "imaginary"),
        ("x[7] = 1.0", IndexError, "out of bounds"),
        ("x[:2] = np.ones(3)", ValueError, "broadcast"),
        ("hessopt.zeros(3, int)", TypeError, "int64"),
    ],
)
def test_refusals(statement, error, message):
    names = {"np": np, "x": hessopt.Variable(X), "hessopt": hessopt}
    with pytest.raises(error, match=message):
        exec(statement, names)


def test_float32_stays():
    y = hessopt.Variable(X.astype(np.float32))
    y += X
    y[0] = 0.5
    assert y.dtype == np.float32


def test_a_constant_written_into_after_its_use_keeps_its_old_value():
    weights = np.array([1.0, 2.0, 3.0])

    def f(x):
        w = weights.copy()
        total = 0.0
        for _ in range(3):
            total = total + np.sum(w * x)
            w *= 0.5
        return total

    assert np.allclose(hessopt.grad(f)(np.ones(3)), 1.75 * weights)


def test_products_belong_to_the_point_they_were_asked_for():
    x = np.ones(3)
    _, _, product = hessopt.value_grad_hvp(lambda x: np.sum(x**3))(x)
    x += 1
    assert np.array_equal(product(np.ones(3)), np.full(3, 6.0))
