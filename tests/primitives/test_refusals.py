"""What a rule does not take, it refuses by name: no derivative is dropped without a word."""

from __future__ import annotations

import fractions
from typing import Any

import numpy as np
import pytest
from scipy import special

from hessopt import NoDerivativeError, Variable, no_grad
from hessopt.autodiff.registry import RULES


@pytest.fixture
def x() -> Variable:
    return Variable(np.arange(1.0, 7.0).reshape(2, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.add(x, 1.0, out=np.zeros((2, 3))), r"out=.*never written into"),
        (lambda x: np.sum(x, out=np.zeros(())), r"out=.*never written into"),
        (lambda x: np.cumsum(x, out=np.zeros(6)), r"out="),
        (lambda x: np.matmul(x, x.T, out=np.zeros((2, 2))), r"out="),
        (lambda x: np.concatenate([x, x], out=np.zeros((4, 3))), r"out="),
        (lambda x: np.clip(x, 0, 1, out=np.zeros((2, 3))), r"out="),
        (lambda x: np.einsum("ij->", x, out=np.zeros(())), r"out="),
        (lambda x: np.take(x, [0], out=np.zeros(1)), r"out="),
        (lambda x: np.var(x, out=np.zeros(())), r"out="),
        (lambda x: np.outer(x, x, out=np.zeros((6, 6))), r"out="),
        (lambda x: np.exp(x, where=np.ones((2, 3), bool)), r"where="),
        (lambda x: np.concatenate([x, x], casting="no"), r"casting="),
        (lambda x: np.clip(x, 0, 1, casting="no"), r"casting="),
        (lambda x: np.einsum("ij->", x, order="F"), r"order="),
        (lambda x: np.einsum(x, [0, -1]), r"a list of numbers from 0 to 51, not \[0, -1\]"),
        (lambda x: np.einsum(x, x), r"subscripts are a string"),
        (lambda x: np.pad(x, 1, mode="linear_ramp"), r"linear_ramp.*modes that have one"),
        (lambda x: np.pad(x, 1, mode="mean"), r"mean.*modes that have one"),
        (lambda x: np.pad(x, 1, mode="reflect", reflect_type="odd"), r"reflect_type"),
        (lambda x: np.pad(x, 1, constant_values=x[0, 0]), r"constant_values"),
        (lambda x: x.astype(int), r"astype\(int64\).*drop its derivative"),
        (lambda x: x.astype(bool), r"drop its derivative"),
        (lambda x: np.ravel(Variable(np.zeros((2, 3, 2))).transpose(0, 2, 1), "K"), r"order='K'"),
        (lambda x: np.array([x[0, 0], 1.0]), r"np\.stack"),
        (lambda x: np.array([x[0], x[1]]), r"np\.stack"),
        (lambda x: np.mean([x[0, 0], x[0, 1]]), r"np\.stack"),
        (lambda x: np.add(x, [x[0, 0], x[0, 1], x[0, 2]]), r"np\.stack"),
        (lambda x: x * np.array([1, 2, 3], object), r"object"),
        (lambda x: x * fractions.Fraction(1, 2), r"object"),
        (lambda x: x + "a", r"<U1|str"),
        (lambda x: x + None, r"None|object"),
        (lambda x: x * np.ma.masked_array(np.ones(3)), r"masked array|MaskedArray"),
        (lambda x: np.ma.masked_array(np.ones(3)) * x, r"masked array|MaskedArray|asarray"),
    ],
)
def test_refused(x: Variable, call: Any, message: str):
    with pytest.raises(TypeError, match=message):
        call(x)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_matrix_is_refused(x: Variable):
    matrix = np.matrix(np.ones((2, 3)))
    for call in (lambda: x * matrix, lambda: matrix * x, lambda: x + matrix, lambda: matrix @ x.T):
        with pytest.raises(TypeError, match="matrix; pass an ndarray"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.sum(x, axis=(0, 0)), "axis"),
        (lambda x: np.squeeze(x, 0), "length one|axis"),
        (lambda x: np.split(x, 2, axis=1), "equal division"),
        (lambda x: np.stack([x, x[0]]), "same shape"),
        (lambda x: np.diff(x, -1), "non-negative"),
        (lambda x: np.moveaxis(x, [0, 1], [0]), "differ in length|same number"),
        (lambda x: np.tensordot(x, x, 1), "do not match"),
        (lambda x: np.einsum("ij,jk", x), "subscripts for"),
        (lambda x: np.einsum("ijk", x), "does not fit"),
        (lambda x: np.linalg.norm(x, axis=(0, 1, 2)), "axis"),
        (lambda x: np.linalg.norm(x, "fro", axis=0), "not one of a vector"),
        (lambda x: x @ x, "mismatch"),
        (lambda x: x + np.ones(4), "broadcast"),
        (lambda x: np.concatenate([x[0, 0], x[0, 1]]), "zero-dimensional"),
    ],
)
def test_wrong_in_numpy_too(x: Variable, call: Any, message: str):
    with pytest.raises(ValueError, match=message):
        call(x)
    with pytest.raises(ValueError):  # noqa: PT011 - NumPy's own wording
        call(x.data)


@pytest.mark.parametrize("axis", [2, -3])
def test_axis_out_of_range(x: Variable, axis: int):
    for f in (np.sum, np.max, np.cumsum, np.mean, np.flip, np.stack, np.concatenate):
        with pytest.raises(np.exceptions.AxisError):
            f(x, axis=axis + (1 if axis > 0 else -1) * (f is np.stack))


WITHOUT_RULE = {
    "numpy.sort": (np.sort, lambda x: np.sort(x)),
    "numpy.linalg.inv": (np.linalg.inv, lambda x: np.linalg.inv(x[:, :2])),
    "numpy.exp": (np.exp, lambda x: np.exp(x)),
    "numpy.add.reduce": (np.add.reduce, lambda x: np.add.reduce(x)),
    "numpy.multiply.outer": (np.multiply.outer, lambda x: np.multiply.outer(x, x)),
    "numpy.add.reduceat": (np.add.reduceat, lambda x: np.add.reduceat(x, [0])),
    "numpy.add.at": (np.add.at, lambda x: np.add.at(np.zeros(3), 0, x[0, 0])),
    "numpy.nextafter": (np.nextafter, lambda x: np.nextafter(x, 1.0)),
    "numpy.copyto": (np.copyto, lambda x: np.copyto(np.zeros((2, 3)), x)),
    "scipy.special.zetac": (special.zetac, lambda x: special.zetac(x)),
}


@pytest.mark.parametrize("name", WITHOUT_RULE)
def test_function_without_a_rule(x: Variable, name: str, monkeypatch: pytest.MonkeyPatch):
    function, call = WITHOUT_RULE[name]
    monkeypatch.delitem(RULES, function, raising=False)
    with pytest.raises(NoDerivativeError, match=f"^{name} was called on a Variable.*no deriv"):
        call(x)
    with no_grad():
        call(x)  # loses nothing
    call(x.data)


def test_close_names_are_offered(x: Variable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(RULES, np.sort, raising=False)
    with pytest.raises(NoDerivativeError, match=r"Close names that have one: .*numpy\.argsort"):
        np.sort(x)


def test_functions_of_python_numbers_have_no_rule(x: Variable):
    twice = np.frompyfunc(lambda a: 2 * a, 1, 1)
    with pytest.raises(NoDerivativeError, match="no derivative rule"):
        twice(x)


def test_array_made_of_a_variable_is_refused(x: Variable):
    with pytest.raises(NoDerivativeError):
        np.full(3, x[0, 0])
    with pytest.raises(NoDerivativeError):
        np.full_like(np.zeros(3), x[0, 0])
