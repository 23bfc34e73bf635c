"""Which backend runs a program, and how another takes over."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import numba_backend
from hessopt.transforms import engine
from hessopt.transforms.engine import Engine
from tests.program.planning import program_of

X = np.array([0.5, -1.5, 2.5])


def f(x: Any) -> Any:
    return np.sum(np.sin(x) * x)


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand for numba: note what is compiled; a test may say what comes out."""
    programs: list[Any] = []

    def compile_program(program: Any) -> Any:
        programs.append(program)
        return lambda *arrays: ((f(*arrays),), True)

    monkeypatch.setattr(numba_backend, "compile_program", compile_program)
    monkeypatch.setattr(engine, "has_numba", lambda: True)
    monkeypatch.setattr(engine, "PAYS", 0)
    return programs


def until_settled(one: Engine, *arrays: np.ndarray) -> None:
    for _ in range(1000):
        one(list(arrays))
        if one.settled:
            return
        if one._compiling is not None:
            one._compiling.join()
    raise AssertionError("it did not settle")


def test_auto_goes_over_when_it_pays(compiling: list[Any]):
    one = Engine(program_of(f, X), "auto", "f")
    before = one.run
    assert not one.settled
    until_settled(one, X)
    assert one.run is not before
    assert len(compiling) == 1
    assert one([X])[0][0] == f(X)


def test_auto_waits_until_it_pays(compiling: list[Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "PAYS", 1e6)
    one = Engine(program_of(f, X), "auto", "f")
    for _ in range(50):
        one([X])
    assert (compiling, one.settled, one._compiling) == ([], False, None)


def test_for_real():
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PAYS", 0)
        one = Engine(program_of(f, X), "auto", "f")
        until_settled(one, X)
    assert "kernel" in str(one.run.__globals__.keys()) or "(r0" in (one.run.__doc__ or "")
    np.testing.assert_allclose(one([2 * X])[0][0], f(2 * X), rtol=1e-14)


WRONG = {
    "another value": lambda *arrays: ((np.float64(1.0),), True),
    "another type": lambda *arrays: ((np.float32(f(*arrays)),), True),
    "another shape": lambda *arrays: ((np.full(1, f(*arrays)),), True),
    "a missing output": lambda *arrays: ((), True),
    "guards that fail": lambda *arrays: ((), False),
    "an error": lambda *arrays: 1 / 0,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_program_is_not_taken_over(
    name: str, compiling: list[Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(numba_backend, "compile_program", lambda program: WRONG[name])
    one = Engine(program_of(f, X), "auto", "f")
    before = one.run
    until_settled(one, X)
    assert one.run is before
    assert one([X])[0][0] == f(X)


def test_a_call_whose_guards_fail_is_no_evidence(
    compiling: list[Any], monkeypatch: pytest.MonkeyPatch
):
    def g(x: Any) -> Any:
        return np.sin(x) if np.sum(x) > 0 else x

    wrong = lambda x: ((np.cos(x),), True) if np.sum(x) > 0 else ((), False)  # noqa: E731
    monkeypatch.setattr(numba_backend, "compile_program", lambda program: wrong)
    one = Engine(program_of(g, X), "auto", "g")
    before = one.run
    one([X])
    one._compiling.join()  # pyright: ignore
    assert one([-X]) == ((), False)
    assert not one.settled
    one([X])
    assert one.settled
    assert one.run is before


def test_what_cannot_be_compiled_stays(compiling: list[Any], monkeypatch: pytest.MonkeyPatch):
    for error in (numba_backend.NotFused("nothing"), KeyError("type"), MemoryError()):

        def fail(program: Any, error: Exception = error) -> Any:
            raise error

        monkeypatch.setattr(numba_backend, "compile_program", fail)
        one = Engine(program_of(f, X), "auto", "f")
        until_settled(one, X)
        assert one([X])[0][0] == f(X)


@pytest.fixture
def no_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "numba"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    monkeypatch.setattr(engine, "PAYS", 0)


@pytest.mark.usefixtures("no_numba")
def test_without_numba_auto_works():
    jitted = hessopt.jit(hessopt.value_and_grad(f))
    for k in range(5):
        value, gradient = jitted(X + k)
        np.testing.assert_allclose(value, f(X + k))
        np.testing.assert_allclose(gradient, hessopt.grad(f)(X + k))
    assert Engine(program_of(f, X), "auto", "f").settled


@pytest.mark.usefixtures("no_numba")
def test_without_numba_the_error_names_the_extra():
    with pytest.raises(ImportError, match=r"hessopt\[jit\]"):
        Engine(program_of(f, X), "numba", "f")
    with pytest.raises(ImportError, match=r"backend='numba'.*hessopt\[jit\]"):
        hessopt.jit(f, backend="numba")(X)


@pytest.mark.parametrize("backend", ["numpy", "auto"])
def test_single_numbers_run_on_floats_in_auto(backend: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "has_numba", lambda: False)
    one = Engine(program_of(lambda x: np.sin(x) * x, np.array(0.5)), backend, "f")
    assert ("float(" in (one.run.__doc__ or "")) == (backend == "auto")
    assert one.settled


def test_scalar_refuses_arrays():
    with pytest.raises(engine.WrongBackend, match=r"backend='scalar'.*f computes.*'auto'"):
        Engine(program_of(f, X), "scalar", "f")


def test_threads_may_share_it(compiling: list[Any]):
    one = Engine(program_of(f, X), "auto", "f")
    wrong: list[Any] = []

    def work(k: int) -> None:
        for i in range(200):
            x = X + k + i
            if not np.isclose(one([x])[0][0], f(x)):
                wrong.append((k, i))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_jit_goes_over_in_the_middle_of_calls(compiling: list[Any]):
    jitted = hessopt.jit(f)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for k in range(40):
            np.testing.assert_allclose(jitted(X * k), f(X * k), rtol=1e-13)
            for thread in threading.enumerate():
                if "_compile" in thread.name:
                    thread.join()
    assert len(compiling) == 1
