import numpy as np
import pytest
import scipy.sparse
from scipy.optimize import Bounds

from hessopt.autodiff.variable import Variable
from hessopt.optimize import checks


@pytest.mark.parametrize(
    ("x0", "error", "message"),
    [
        (None, TypeError, "x0 is None"),
        ([], ValueError, "x0 is empty"),
        (Variable(np.ones(2)), TypeError, "x0 is a Variable; start from x0.data"),
        ([1.0, np.nan], ValueError, "x0 must be finite, but its entry 1 is nan"),
        ([[np.inf, 1.0]], ValueError, "x0 must be finite, but its entry 0 is inf"),
        ([1j, 2], TypeError, "of complex128: minimise over real and imaginary parts"),
        (["1", "2"], TypeError, "x0 must be an array of real numbers, not of <U1"),
        ([object()], TypeError, "x0 must be an array of real numbers, not of object"),
        ([[1.0], [2.0, 3.0]], ValueError, "x0 is not an array of numbers"),
    ],
)
def test_bad_starts(x0, error, message):
    with pytest.raises(error, match=message):
        checks.start(x0)


@pytest.mark.parametrize(
    ("x0", "shape"),
    [(3, (1,)), ([1, 2], (2,)), (np.float32(1), (1,)), (np.ones((2, 3), np.int8), (2, 3))],
)
def test_starts_become_flat_floats(x0, shape):
    x, kept = checks.start(x0)
    assert (x.dtype, x.ndim, kept) == (float, 1, shape)
    np.testing.assert_array_equal(x, np.ravel(x0))


def test_the_start_is_a_copy():
    x0 = np.zeros(2)
    checks.start(x0)[0][:] = 1
    assert not x0.any()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (None, TypeError, r"fun returned None.* \(is a `return` missing\?\)"),
        (np.ones(3), ValueError, r"array of shape \(3,\); reduce it"),
        (
            [1.0, 2.0],
            TypeError,
            r"fun returned a list; it must return one number \(only",
        ),
        ((1.0, np.ones(2)), TypeError, r"fun returned a tuple; it must return one number"),
        (1j, TypeError, "fun returned a complex number"),
        ("1", TypeError, "fun must return a real number, not array"),
        (object(), TypeError, "fun must return a real number"),
    ],
)
def test_bad_values(value, error, message):
    with pytest.raises(error, match=message):
        checks.scalar(value)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.array([[2]]), [2.0], np.array(2)])
def test_good_values(value):
    out = checks.scalar(value)
    assert (float(out), np.shape(out)) == (2.0, ())


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (None, TypeError, "jac returned None; it must return 2 numbers"),
        ([1.0], ValueError, r"jac must return 2 numbers.* of shape \(1,\)"),
        ([1j, 2], TypeError, "jac must return real numbers, not complex128"),
    ],
)
def test_bad_vectors(value, error, message):
    with pytest.raises(error, match=message):
        checks.vector(value, 2, "jac")


def test_vectors_are_copied_and_flattened():
    value = np.ones((2, 1))
    out = checks.vector(value, 2, "jac")
    value[:] = 0
    np.testing.assert_array_equal(out, [1, 1])


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (None, TypeError, "hess returned None"),
        (np.ones(2), ValueError, r"hess must return a matrix of shape \(2, 2\).* shape\s+\(2,\)"),
        (np.ones((2, 2)) * 1j, TypeError, "hess must return real numbers"),
        (scipy.sparse.eye(3), ValueError, r"\(2, 2\).*\(3, 3\)"),
    ],
)
def test_bad_matrices(value, error, message):
    with pytest.raises(error, match=message):
        checks.square(value, 2)


@pytest.mark.parametrize(
    ("value", "limits", "message"),
    [
        (None, {}, "option 'a' must be a number"),
        (True, {}, "not True"),
        ("1", {}, "not '1'"),
        (np.nan, {"least": 0}, "at least 0, not nan"),
        (0.0, {"above": 0.0, "below": 1.0}, "a number above 0 and below 1, not 0.0"),
        (1.0, {"below": 1.0}, "below 1, not 1.0"),
        (1.5, {"whole": True}, "must be an integer"),
        (-1, {"least": 0, "optional": True}, "at least 0, not -1"),
    ],
)
def test_bad_numbers(value, limits, message):
    with pytest.raises(ValueError, match=message):
        checks.number(value, "a", **limits)


def test_good_numbers():
    checks.number(np.int64(3), "a", least=3, whole=True)
    checks.number(3.0, "a", whole=True)
    checks.number(None, "a", optional=True)
    checks.number(np.inf, "a", least=0)


@pytest.mark.parametrize(
    "bounds",
    [
        [(0, None), None, (None, 2.0)],
        Bounds([0, -np.inf, -np.inf], [np.inf, np.inf, 2.0]),
    ],
)
def test_bounds_become_two_vectors(bounds):
    lb, ub = checks.bound_vectors(bounds, 3)
    np.testing.assert_array_equal(lb, [0, -np.inf, -np.inf])
    np.testing.assert_array_equal(ub, [np.inf, np.inf, 2])
    lb, ub = checks.bound_vectors(None, 2)
    np.testing.assert_array_equal([lb, ub], [[-np.inf] * 2, [np.inf] * 2])
    with pytest.raises(ValueError, match="bounds must be 4 pairs"):
        checks.bound_vectors([(0, 1)], 4)
