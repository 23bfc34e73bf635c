"""What a Variable is: an array by its looks, operators and conversions."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import NoDerivativeError, Variable, no_grad

OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.mod,
    operator.matmul,
]
OTHERS = [
    2,
    2.5,
    True,
    np.float64(2.5),
    np.float32(2.5),
    np.int64(3),
    np.array([1.0, 2.0, 3.0]),
    np.array([1, 2, 3]),
    np.array([1, 2, 3], np.int8),
    np.array(2.5),
    [1.0, 2.0, 3.0],
    (1, 2, 3),
]


@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("other", OTHERS, ids=repr)
@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_operators(op: Any, other: Any, reflected: bool, dtype: Any):
    data = np.array([1.7, 2.9, 0.7], dtype)  # at no jump of a remainder
    if op is operator.matmul and np.ndim(other) == 0:
        with pytest.raises(ValueError, match="matmul"):
            op(Variable(data), other)
        return
    x = Variable(data)
    y = op(other, x) if reflected else op(x, other)
    plain = op(other, data) if reflected else op(data, other)
    assert type(y) is Variable
    assert y.dtype == plain.dtype
    np.testing.assert_array_equal(y.data, plain)
    y.backward(seed=np.ones_like(y.data))
    assert x.grad is not None
    assert x.grad.dtype == dtype
    f = (lambda a: np.sum(op(other, a))) if reflected else (lambda a: np.sum(op(a, other)))
    numeric = hessopt.check_derivatives(f, data.astype(float), order=2)
    assert numeric, str(numeric)
    np.testing.assert_allclose(x.grad.data, hessopt.grad(f)(data.astype(float)), rtol=1e-5)


def test_unary_operators():
    x = Variable(np.array([1.5, -2.5]))
    for op in (operator.neg, operator.pos, abs):
        np.testing.assert_array_equal(op(x).data, op(x.data))
    assert round(Variable(np.array(1.6))) == 2.0
    quotient, remainder = divmod(x, 2.0)
    np.testing.assert_array_equal(quotient, x.data // 2)
    np.testing.assert_array_equal(remainder.data, x.data % 2)
    quotient, remainder = divmod(7.0, x)
    np.testing.assert_array_equal(remainder.data, 7.0 % x.data)
    np.testing.assert_array_equal(7.0 // x, 7.0 // x.data)


def test_plain_array_assigned_in_place_refuses_a_derivative():
    a = np.zeros(2)
    with pytest.raises(TypeError, match="out="):
        a += Variable(np.ones(2))


@pytest.mark.parametrize(
    "op", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
)
def test_comparisons_compare_data(op: Any):
    x, y = Variable(np.array([1.0, 2.0, 3.0])), Variable(np.array([3.0, 2.0, 1.0]))
    for left, right in ((x, y), (x, y.data), (x.data, y), (x, 2.0), (2, y), (x, np.float64(2))):
        found = op(left, right)
        assert isinstance(found, np.ndarray)
        np.testing.assert_array_equal(found, op(*map(hessopt.autodiff.data.strip, (left, right))))


def test_truth():
    assert Variable(np.array(2.0)) > 1
    assert not Variable(np.array(0.0))
    assert bool(Variable(np.array([3.0])))
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Variable(np.ones(2)))


def test_hash_is_that_of_the_object():
    x, y = Variable(np.array(1.0)), Variable(np.array(1.0))
    assert hash(x) == hash(x)
    assert len({x, y, x}) == 2
    assert {x: "x"}[x] == "x"


def test_shape_and_kin():
    x = Variable(np.zeros((2, 3), np.float32))
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((2, 3), 2, 6, np.float32, 2)
    assert x.T.shape == (3, 2)
    assert np.shape(x) == (2, 3)
    assert np.ndim(x) == 2
    assert np.size(x) == 6
    with pytest.raises(TypeError, match="unsized"):
        len(Variable(np.array(1.0)))


def test_repr_and_format():
    assert repr(Variable(np.array(1.5))) == "variable(1.5)"
    assert repr(Variable(np.array([1.0, 2.0]))) == "variable([1. 2.])"
    assert repr(Variable(np.eye(2))) == "variable([[1. 0.]\n          [0. 1.]])"
    y = Variable(np.array(2.0)) * 3
    assert f"{y}" == "6.0"
    assert f"{y:.3f} {y!r}" == "6.000 variable(6.0)"
    assert f"{Variable(np.ones(2))}" == "[1. 1.]"
    assert str(y) == "variable(6.0)"
    with pytest.raises(TypeError, match="format"):
        f"{Variable(np.ones(2)):.3f}"


def test_iteration_and_unpacking():
    x = Variable(np.array([1.0, 2.0, 3.0]))
    a, b, c = x
    (a * b + c**2).backward()
    np.testing.assert_array_equal(x.grad.data, [2.0, 1.0, 6.0])
    x.cleargrad()
    sum(v**2 for v in x).backward()
    np.testing.assert_array_equal(x.grad.data, 2 * x.data)
    assert max(x) == 3
    assert [v.data for v in sorted(x, reverse=True)] == [3, 2, 1]
    rows = list(Variable(np.eye(2)))
    assert [row.shape for row in rows] == [(2,), (2,)]
    with pytest.raises(TypeError, match="0-d"):
        iter(Variable(np.array(1.0)))


def test_flat():
    x = Variable(np.arange(6.0).reshape(2, 3).T)
    assert [float(v.data) for v in x.flat] == [0, 3, 1, 4, 2, 5]
    assert (len(x.flat), float(next(x.flat).data)) == (6, 0)
    for index in (0, -1, slice(1, None, 2), [0, 0, 2], x.data.ravel() > 2):
        np.testing.assert_array_equal(x.flat[index].data, x.data.flat[index])
        y, expected = x * 1.0, x.data * 1.0
        y.flat[index] = y.flat[1] ** 2
        expected.flat[index] = expected.flat[1] ** 2
        np.testing.assert_array_equal(y.data, expected)
    taken = y.flat[:2]
    taken *= 0.0  # a copy, as NumPy's
    np.testing.assert_array_equal(y.data, expected)
    zero = Variable(np.array(2.0)) * 1.0
    zero.flat[0] = zero.flat[0] * 3
    assert zero.data == 6
    with pytest.raises(IndexError):
        x.flat[6]

    def f(x):
        y = np.outer(x, x)
        y.flat[1] = x[0] ** 3
        return np.sum(y.flat[::2]) + y.flat[1]

    np.testing.assert_allclose(hessopt.grad(f)(np.array([2.0, 1.0])), [4 + 1 + 12, 2])


def test_name():
    x = Variable(np.array(1.0), name="x")
    assert x.name == "x"
    y = x + 1
    assert y.name is None
    y.name = "y"
    assert y.name == "y"


def test_data_can_be_replaced():
    x = Variable(np.array([1.0, 2.0]))
    x.data = np.array([3.0])
    assert x.shape == (1,)
    x.data = [1.0, 2.0]
    assert type(x.data) is np.ndarray
    with pytest.raises(TypeError, match="int64"):
        x.data = np.array([1, 2])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "dtype int64.*write 2.0 in place of 2"),
        (np.arange(3), "int64.*astype"),
        (np.array([True]), "bool"),
        (np.array([1.0], object), "object"),
        ("a", "<U1"),
        (np.array(["a"]), "<U1"),
        (None, "object"),
        (np.array("2020", "datetime64[Y]"), "datetime64"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), "MaskedArray.*filled"),
        (Variable(np.array(1.0)), "Variable already.*x.data"),
    ],
)
def test_data_that_cannot_carry_a_derivative_is_refused(data: Any, message: str):
    with pytest.raises(TypeError, match=message):
        Variable(data)
    x = Variable(np.array(1.0))
    with pytest.raises(TypeError, match=message):
        x.data = data


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_matrix_is_refused():
    with pytest.raises(TypeError, match="is a matrix"):
        Variable(np.matrix([[1.0]]))


def test_lists_and_numbers_are_data():
    assert Variable([1.0, 2.0]).shape == (2,)
    assert Variable(1.5).shape == ()
    assert Variable(1j).dtype == np.complex128


CONVERSIONS = {
    "float": float,
    "int": int,
    "complex": complex,
    "math.sin": math.sin,
    "math.exp": math.exp,
    "np.asarray": np.asarray,
    "np.array": lambda x: np.array([x]),
    "np.float64": np.float64,
    "item": lambda x: x.item(),
    "tolist": lambda x: x.tolist(),
    "percent": lambda x: float("%g" % x),  # noqa: UP031
}


@pytest.mark.parametrize("convert", CONVERSIONS.values(), ids=CONVERSIONS.keys())
def test_conversions_that_drop_a_derivative_are_refused(convert: Any):
    for x in (Variable(np.array(1.5)), Variable(np.array(0.5)) * 3):
        with pytest.raises(NoDerivativeError, match=r"drop its derivative.*x\.data"):
            convert(x)
        with no_grad():
            assert convert(x) == convert(np.array(1.5))
    with no_grad():
        untracked = Variable(np.array(0.5)) * 3
    assert convert(untracked) == convert(np.array(1.5))
    y = Variable(np.array(1.5))
    y.backward()
    convert(y.grad)


def test_an_array_does_not_swallow_a_variable():
    x = Variable(np.array([1.0, 2.0]))
    out = np.zeros(2)
    with pytest.raises((TypeError, ValueError)) as error:
        out[0] = x[0]
    assert isinstance(error.value, NoDerivativeError) or isinstance(
        error.value.__cause__, NoDerivativeError
    )
    with pytest.raises(NoDerivativeError):
        out[:] = x
    np.testing.assert_array_equal(out, 0)


def test_copies():
    x = Variable(np.array([1.0, 2.0]), name="x")
    for connected in (x.copy(), copy.copy(x), np.copy(x)):
        np.sum(connected**2).backward()
        np.testing.assert_array_equal(x.grad.data, 2 * x.data)
        assert not np.shares_memory(connected.data, x.data)
        x.cleargrad()
    for apart in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert apart.name == "x"
        assert apart.creator is None
        assert not np.shares_memory(apart.data, x.data)
        np.testing.assert_array_equal(apart.data, x.data)
        np.sum(apart).backward()
        assert x.grad is None
    y = pickle.loads(pickle.dumps(x * 2))
    assert y.creator is None
    a, b = copy.deepcopy([x, x])
    assert a is b


def test_creator():
    x = Variable(np.array([1.0, 2.0]))
    assert x.creator is None
    y = np.exp(x) * 3.0
    name, inputs, output, _ = y.creator
    assert name == "Mul"
    assert output is y
    assert inputs[1] == 3.0
    np.testing.assert_array_equal(inputs[0].data, np.exp(x.data))
    assert inputs[0].creator.name == "Exp"


def test_methods_are_those_of_an_array():
    data = np.arange(1.0, 7.0).reshape(2, 3)
    x = Variable(data)
    calls = [
        lambda a: a.sum(axis=0),
        lambda a: a.mean(),
        lambda a: a.prod(1),
        lambda a: a.max(axis=1, keepdims=True),
        lambda a: a.min(),
        lambda a: a.var(ddof=1),
        lambda a: a.std(0),
        lambda a: a.cumsum(),
        lambda a: a.cumprod(axis=1),
        lambda a: a.reshape(3, 2),
        lambda a: a.reshape((6,)),
        lambda a: a.reshape(-1),
        lambda a: a.transpose(),
        lambda a: a.transpose(1, 0),
        lambda a: a.transpose((1, 0)),
        lambda a: a.transpose(None),
        lambda a: a.T,
        lambda a: a.mT,
        lambda a: a.real,
        lambda a: a.imag,
        lambda a: a.swapaxes(0, 1),
        lambda a: a[None].squeeze(0),
        lambda a: a.ravel(),
        lambda a: a.flatten(),
        lambda a: a.clip(2, 4),
        lambda a: a.diagonal(),
        lambda a: a.trace(),
        lambda a: a.repeat(2, axis=0),
        lambda a: a.take([0, 2], axis=1),
        lambda a: a.dot(a.T),
        lambda a: a.astype(np.float32),
        lambda a: a.copy(),
    ]
    for call in calls:
        y = call(x)
        assert isinstance(y, Variable)
        assert y.dtype == call(data).dtype
        np.testing.assert_array_equal(y.data, call(data))
    for call in (
        lambda a: a.argmax(),
        lambda a: a.argmin(axis=1),
        lambda a: a.argsort(),
        lambda a: a.round(),
        lambda a: a.all(),
        lambda a: a.any(),
    ):
        assert not isinstance(call(x), Variable)
        np.testing.assert_array_equal(call(x), call(data))
