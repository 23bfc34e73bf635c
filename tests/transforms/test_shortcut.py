"""The short way into a program: for what it was made for, and for nothing else."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.backends import numpy_backend
from hessopt.backends.code import Code
from hessopt.backends.lines import Writer
from hessopt.transforms.shortcut import shortcut
from hessopt.transforms.signature import Form
from tests.program.planning import program_of

X = np.array([0.5, -1.5, 2.5])

MISSED = object()


def missed(*args: Any, **kwargs: Any) -> Any:
    """Stand for the long way in."""
    return MISSED


def short(f: Any, *arguments: Any, held: Any = None, run: Any = None) -> Any:
    """Return the shortcut into a function, for arguments like these."""
    held = held or {}
    everything = [np.asarray(x) for _, x in sorted({**dict(enumerate(arguments)), **held}.items())]
    result = f(*everything)
    program = program_of(lambda *xs: tuple(leaves(f(*xs))), *everything)
    code = Code.calling(run or Writer(program).compiled(), len(everything), len(program.outputs))
    free = {k: x for k, x in enumerate(arguments) if k not in held}
    found = shortcut(code, free, Form(result), sorted(held))
    return found and found([held[k] for k in sorted(held)], missed)


def leaves(result: Any) -> list[Any]:
    return [x for _, x in hessopt.transforms.trees.leaves(result, "") if hasattr(x, "ndim")]


def f(x: Any) -> Any:
    return np.sum(np.sin(x)), x * 2


def test_it_does_what_the_function_does():
    call = short(f, X)
    for x in (X, -X, np.zeros(3)):
        value, twice = call(x)
        assert value == np.sum(np.sin(x))
        assert type(value) is np.float64
        np.testing.assert_array_equal(twice, 2 * x)


class Own(np.ndarray):
    """A subclass, which NumPy treats otherwise."""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (X, X),
        (np.zeros(4),),
        (np.zeros((3, 1)),),
        (np.zeros(3, np.float32),),
        (np.zeros(3, int),),
        (np.zeros(3, complex),),
        (np.zeros(3).view(Own),),
        (np.float64(1),),
        (1.0,),
        ([0.5, -1.5, 2.5],),
        (None,),
        (np.zeros(3, ">f8"),),
    ],
    ids=repr,
)
def test_what_it_was_not_made_for(arguments: Any):
    assert short(f, X)(*arguments) is MISSED


def test_numbers():
    call = short(lambda x: np.sin(x) / x, 0.5)
    assert call(0.25) == np.sin(0.25) / 0.25
    assert type(call(0.25)) is np.float64
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(call(0.0))  # a number of Python's would raise an error
    for other in (np.float64(0.5), np.array(0.5), 1, True, 0.5j, X):
        assert call(other) is MISSED


def test_held_inputs_are_not_asked_for():
    call = short(lambda x, y: x * np.sum(y), X, 2 * X, held={1: 2 * X})
    np.testing.assert_array_equal(call(-X), -X * np.sum(2 * X))
    assert call(X, X) is MISSED


def test_under_a_trace_and_with_variables_it_steps_aside():
    call = short(f, X)
    seen = []

    def g(x: Any) -> Any:
        seen.append(call(X))
        seen.append(call(x))
        return np.sum(x)

    hessopt.jit(g, verify=False)(X)
    hessopt.grad(lambda x: (seen.append(call(x)), np.sum(x))[1])(X)
    assert seen[0] is MISSED
    assert seen[1] is MISSED
    assert seen[-1] is MISSED


def test_guards_and_errors_are_handed_back():
    program = program_of(lambda x: np.sin(x) if np.sum(x) > 0 else x, X)
    call = shortcut(Writer(program).compiled().code, {0: X}, Form(X))((), missed)
    np.testing.assert_array_equal(call(X), np.sin(X))
    assert call(-X) is MISSED
    program = program_of(lambda x: np.linalg.inv(np.diag(x)), X)
    call = shortcut(Writer(program).compiled().code, {0: X}, Form(np.diag(X)))((), missed)
    assert call(np.zeros(3)) is MISSED


def test_a_guard_that_fails_in_the_middle_puts_buffers_back():
    x = np.linspace(0.1, 1, 5000)

    def g(x: Any) -> Any:
        y = np.sin(x) * 2
        return np.sum(np.cos(y)) if np.sum(y) > 0 else np.sum(x)

    run = numpy_backend.compile_program(program_of(g, x))
    call = shortcut(run.code, {0: x}, Form(np.float64(1)))((), missed)
    pool = run.code.names["pool"]
    for sign in (1, -1, 1, -1):
        assert (call(sign * x) is MISSED) == (sign < 0)
        assert len(pool) == 1


@pytest.mark.parametrize(
    "g",
    [
        lambda x: x * 2,
        lambda x: [x * 2, (np.sum(x), {"a": x + 1, 3: None})],
        lambda x: (x * 2,),
        lambda x: {"value": np.sum(x), "name": "b", "count": 3, "yes": True},
    ],
)
def test_forms_of_results(g: Any):
    found, expected = short(g, X)(-X), g(-X)
    assert repr(found).replace("np.float64", "") == repr(expected).replace("np.float64", "")


def test_rare_forms_have_no_short_way():
    from typing import NamedTuple

    class Pair(NamedTuple):
        a: Any
        b: Any

    assert short(lambda x: Pair(x * 2, x + 1), X) is None
    assert short(lambda x: (x * 2, 1.5), X) is None


def test_a_function_whose_code_is_not_known_is_called():
    call = short(f, X, run=lambda x: (f(x), True))
    assert call(X)[0] == f(X)[0]
    call = short(f, X, run=lambda x: ((), False))
    assert call(X) is MISSED


def test_results_are_the_callers_own():
    call = short(lambda x: (x, np.arange(3.0)), X)
    for _ in range(2):
        x = X.copy()
        one, constant = call(x)
        np.testing.assert_array_equal(constant, np.arange(3.0))
        one[:] = constant[:] = 9
        np.testing.assert_array_equal(x, X)


def test_jit_with_two_shapes_and_guards():
    g = hessopt.jit(lambda x: np.sin(x) if x[0] > 0 else np.cos(x), backend="numpy")
    for k in range(12):
        for x in (X, np.ones(4) * k, -X, X * k, np.float32([1, 2, 3]), np.array([1.0, np.nan, k])):
            np.testing.assert_array_equal(g(x), np.sin(x) if x[0] > 0 else np.cos(x))


def test_calls_of_two_shapes_in_turns_write_two_shortcuts(monkeypatch):
    written = []

    def counted(*args: Any) -> Any:
        written.append(1)
        return shortcut(*args)

    monkeypatch.setattr("hessopt.transforms.jit.shortcut", counted)
    jitted = hessopt.jit(lambda x: np.sum(x**2), backend="numpy")
    for k in range(20):
        for x in (np.arange(3.0) + k, np.arange(4.0) - k):
            assert jitted(x) == np.sum(x**2)
    assert len(written) == 2
