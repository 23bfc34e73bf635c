"""`jit(threads=...)` and the setting `threads`: who gets them, who cannot, what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import threaded
from hessopt.transforms import engine

N = 100_000
X = np.linspace(-1, 1, N)


def f(x: Any) -> Any:
    return np.sum(np.exp(np.sin(x[1:] * x[:-1]))) + np.sum(x**4)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note for how many threads each run of blocks asks."""
    counts: list[int] = []

    def in_threads(blocks: Any, size: int, rows: int, threads: int) -> None:
        counts.append(threads)
        blocks(0, size)

    monkeypatch.setattr(threaded, "in_threads", in_threads)
    return counts


def test_as_many_as_are_asked_for(asked: list[int]):
    expected = hessopt.jit(hessopt.grad(f), backend="numpy")(X)
    assert asked == []
    counts: tuple[Any, ...] = (1, 2, np.int64(3))
    for count in counts:
        asked.clear()
        found = hessopt.jit(hessopt.grad(f), backend="numpy", threads=count)(X)
        np.testing.assert_array_equal(found, expected)
        assert set(asked) == ({count} if count > 1 else set())


def test_by_default_as_the_setting_says(asked: list[int]):
    with hessopt.using_config("threads", 2):
        made_here = hessopt.jit(hessopt.grad(f), backend="numpy")
        other = hessopt.jit(hessopt.grad(f), backend="numpy", threads=1)
        with hessopt.using_config("threads", 3):
            assert hessopt.jit(f).threads == 3
        assert hessopt.jit(f).threads == 2
    assert hessopt.jit(f).threads == 1
    other(X)
    assert asked == []
    made_here(X)
    assert set(asked) == {2}


@pytest.mark.parametrize("count", [0, -1, 1.5, "two", None, True])
def test_what_is_no_number_of_threads(count: Any):
    message = rf"threads must be a whole number of threads, at least 1, not {count!r}"
    with pytest.raises(ValueError, match=f"using_config: {message}"):
        hessopt.using_config("threads", count)
    if count is not None:
        with pytest.raises(ValueError, match=f"jit: {message}"):
            hessopt.jit(f, threads=count)
        with pytest.raises(ValueError, match=f"jit: {message}"):
            hessopt.jit(threads=count)


@pytest.mark.parametrize("backend", ["numba", "scalar"])
def test_backends_of_one_thread(backend: str):
    """What is asked of one function is refused; a default for all is not meant for them."""
    with pytest.raises(ValueError, match=f"jit: threads=2 needs backend='numpy'.*{backend!r}"):
        hessopt.jit(f, backend=backend, threads=2)
    assert hessopt.jit(f, backend=backend, threads=1).threads == 1
    square = hessopt.jit(lambda x: x * x, backend="scalar")
    with hessopt.using_config("threads", 2):
        other = hessopt.jit(lambda x: x * x, backend="scalar")
    assert other(3.0) == square(3.0) == 9.0


def test_auto_has_them_while_numpy_runs(asked: list[int], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "has_numba", lambda: False)
    hessopt.jit(hessopt.grad(f), threads=2)(X)
    assert set(asked) == {2}


def test_what_numba_leaves_to_numpy_has_them(asked: list[int], monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("numba")
    from hessopt.backends import numba_backend

    def not_fused(program: Any) -> Any:
        raise numba_backend.NotFused

    monkeypatch.setattr(numba_backend, "compile_program", not_fused)
    with hessopt.using_config("threads", 2):
        jitted = hessopt.jit(hessopt.grad(f), backend="numba")
    jitted(X)
    assert set(asked) == {2}


def test_as_a_decorator(asked: list[int]):
    @hessopt.jit(backend="numpy", threads=2)
    def g(x: Any) -> Any:
        return np.exp(np.sin(x))

    g(X)
    assert set(asked) == {2}


def test_both_parts_of_a_partial(asked: list[int]):
    def g(x: Any, v: Any) -> Any:
        return np.exp(np.sin(x)) * np.tanh(v)

    expected = hessopt.jit(g, backend="numpy", verify=False).partial(X)
    jitted = hessopt.jit(g, backend="numpy", verify=False, threads=2)
    for one in (expected, at := jitted.partial(X)):
        for v in (X, X + 1, X + 2):
            one(v)
    asked.clear()
    np.testing.assert_array_equal(at(X), expected(X))
    assert set(asked) == {2}
    asked.clear()
    jitted.partial(X + 1)(X)
    assert len(asked) == 2


def test_a_pickle_keeps_them():
    jitted = hessopt.jit(np.tanh, backend="numpy", threads=2)
    with hessopt.using_config("threads", 5):
        again = pickle.loads(pickle.dumps(jitted))
    assert again.threads == 2
    assert again.backend == "numpy"


def test_solvers_take_the_setting(asked: list[int]):
    """Twice the same run, to the last digit."""
    options = {"jit": "numpy", "maxiter": 3}
    start = np.full(N, 0.5)
    alone = hessopt.minimize(f, start, method="newton-cg", options=options)
    assert asked == []
    with hessopt.using_config("threads", 2):
        res = hessopt.minimize(f, start, method="newton-cg", options=options)
    assert set(asked) == {2}
    np.testing.assert_array_equal(res.x, alone.x)
    assert (res.fun, res.nfev, res.nhev) == (alone.fun, alone.nfev, alone.nhev)


def test_threads_for_real():
    both = hessopt.value_and_grad(f)
    one = hessopt.jit(both, backend="numpy", threads=1)
    for count in (2, 3):
        several = hessopt.jit(both, backend="numpy", threads=count)
        for x in (X, 2 * X, 3 * X, X):
            for a, b in zip(several(x), one(x), strict=True):
                np.testing.assert_array_equal(a, b)
