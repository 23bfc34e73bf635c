"""NumPy functions and methods that write into an array, on Variables."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hessopt import NoDerivativeError, Variable

CHECKS = runpy.run_path(str(Path(__file__).parent / "verify.py"))

MARKS = np.array([[True, False, True], [False, True, False]])
PLACES = np.array([[0, 2], [1, 1]])

WRITES = {
    "copyto": (lambda out, v: np.copyto(out, v), (3,)),
    "copyto where": (lambda out, v: np.copyto(out, v, where=MARKS), (2, 1)),
    "copyto where of a row": (lambda out, v: np.copyto(out, v, where=MARKS[0]), ()),
    "put": (lambda out, v: np.put(out, [0, 5, -2], v), (3,)),
    "put repeats values": (lambda out, v: np.put(out, [[0, 5], [3, 2]], v), (3,)),
    "put clips": (lambda out, v: np.put(out, [9, 1], v, mode="clip"), (2,)),
    "put nothing": (lambda out, v: np.put(out, [], v), (2,)),
    "put as a method": (lambda out, v: out.put([1, 2], v), (2,)),
    "putmask": (lambda out, v: np.putmask(out, MARKS, v), (2,)),
    "place": (lambda out, v: np.place(out, MARKS, v), (2,)),
    "fill_diagonal": (lambda out, v: np.fill_diagonal(out, v), (2,)),
    "fill_diagonal with one": (lambda out, v: np.fill_diagonal(out, v), ()),
    "fill_diagonal of a tall one": (lambda out, v: np.fill_diagonal(out.T, v, wrap=True), (2,)),
    "put_along_axis": (lambda out, v: np.put_along_axis(out, PLACES[:, :1], v, 1), (2, 1)),
    "put_along_axis 0": (lambda out, v: np.put_along_axis(out, np.array([[1, 0, 1]]), v, 0), (3,)),
    "add.at": (lambda out, v: np.add.at(out, ([0, 0, 1], [1, 1, 2]), v), (3,)),
    "subtract.at": (lambda out, v: np.subtract.at(out, [1, 1], v), (3,)),
    "sort": (lambda out, v: out.sort(), ()),
    "sort 0": (lambda out, v: out.sort(axis=0), ()),
    "partition": (lambda out, v: out.partition(1), ()),
    "fill": (lambda out, v: out.fill(2.5), ()),
}


@pytest.mark.parametrize("name", WRITES)
def test_written_as_numpy_does(name: str):
    write, shape = WRITES[name]

    def f(a: Any, v: Any) -> Any:
        out = np.copy(a + 0 * np.sum(v))
        assert write(out, v) is None
        return out * a + np.sum(v)

    arrays = CHECKS["distinct"](((2, 3), shape))
    CHECKS["forward_is_numpys"](f, *arrays)
    CHECKS["derivatives_agree"](f, *arrays)


@pytest.mark.parametrize(
    "write",
    [
        lambda out, v: np.copyto(out, v),
        lambda out, v: np.put(out, [0], v),
        lambda out, v: np.putmask(out, out > -1, v),
        lambda out, v: np.place(out, out > -1, v),
        lambda out, v: np.put_along_axis(out, np.array([0]), v, 0),
        lambda out, v: np.add.at(out, [0], v),
        lambda out, v: np.maximum.at(out, [0], v),
    ],
)
def test_a_plain_array_cannot_receive_a_variable(write: Any):
    with pytest.raises(NoDerivativeError, match=r"plain array.*zeros"):
        write(np.zeros(2), Variable(np.ones(2)))


def test_what_cannot_be_written():
    x = Variable(np.ones((2, 2)))
    with pytest.raises(NoDerivativeError, match=r"multiply\.at on a Variable.*no index occurs"):
        np.multiply.at(x, ([0], [0]), 2.0)
    with pytest.raises(NoDerivativeError, match="name an axis"):
        np.put_along_axis(x, np.array([0]), 1.0, None)
    with pytest.raises(TypeError, match="cannot cast"):
        np.copyto(x, np.ones((2, 2), complex))
    for name in ("view", "byteswap", "tobytes", "dumps"):
        with pytest.raises(NoDerivativeError, match=rf"^{name}\(\)"):
            getattr(x, name)()


def test_what_an_array_says_of_itself():
    a = np.array([[3.0, 0, 2], [0, 5, 4]])
    x = Variable(a)
    assert (x.itemsize, x.nbytes, x.strides) == (a.itemsize, a.nbytes, a.strides)
    assert x.flags.c_contiguous
    assert 5.0 in x
    assert 7.0 not in x
    np.testing.assert_array_equal(x.nonzero(), a.nonzero())
    np.testing.assert_array_equal(x.argpartition(1), a.argpartition(1))
    np.testing.assert_array_equal(x[1].searchsorted(4.5), a[1].searchsorted(4.5))
    np.testing.assert_array_equal(x.compress([True, False, True], 1).data, a[:, ::2])
    np.testing.assert_array_equal((x * 1j).conj().data, -1j * a)
    assert (x * 1j).conjugate().dtype == complex
