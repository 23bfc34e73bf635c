"""`jit`: signatures, guards, nesting, outputs, threads, pickling."""

from __future__ import annotations

import gc
import pickle
import sys
import threading
import types
import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import hessopt
from hessopt.transforms import jit as jit_module
from hessopt.transforms.jit import Jitted
from hessopt.transforms.signature import split

X = np.array([0.5, -1.5, 2.5])
Y = np.array([1.5, 0.25, -0.75])


def count_calls(f: Any) -> tuple[Any, list[int]]:
    calls = [0]

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        return f(*args, **kwargs)

    return counted, calls


def same(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-300)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    assert np.shape(found) == np.shape(expected)


def test_a_replay_calls_nothing():
    f, calls = count_calls(lambda x: np.sum(np.sin(x) * x))
    jitted = hessopt.jit(f, verify=False)
    for x in (X, Y, 2 * X):
        same(jitted(x), np.sum(np.sin(x) * x))
    assert calls == [1]


# Guards


def branch(x: Any) -> Any:
    if x[0] > 0:
        return np.sin(x)
    return np.sqrt(-x[0]) * x


def loop(x: Any) -> Any:
    while np.sum(x * x) > 1:
        x = x / 2
    return x


def largest(x: Any) -> Any:
    return max(x) * min(x)


def in_order(x: Any) -> Any:
    return sorted(x)[1] * x


def sizes(x: Any) -> Any:
    return x if abs(x[0]) < abs(x[1]) else -x


def logic(x: Any) -> Any:
    return x * 2 if not (x[0] > 0 and x[1] > 0) or x[2] == 0 else x * 3


def quantified(x: Any) -> Any:
    return x if np.all(x > 0) else (x * 2 if any(x > 1) else x * 3)


def nan_free(x: Any) -> Any:
    return np.where(np.isnan(x), 0.0, x) if np.isnan(x).any() else x * x


def member(x: Any) -> Any:
    return x if 0.5 in x else -x


def by_rank(x: Any) -> Any:
    return np.linalg.det(np.outer(x, x) + np.diag(x)) * x


GUARDED = (
    branch,
    loop,
    largest,
    in_order,
    sizes,
    logic,
    quantified,
    nan_free,
    member,
    by_rank,
)


@pytest.mark.parametrize("f", GUARDED, ids=lambda f: f.__name__)
@pytest.mark.parametrize("verify", [True, False])
def test_guards(f: Any, verify: bool):
    points = [X, Y, -X, -Y, X[::-1], 10 * Y, np.array([0.1, 0.2, 0.3]), np.array([np.nan, 1, 2])]
    product = hessopt.hvp(lambda x: np.sum(f(x) ** 2))
    for g in (f, hessopt.grad(lambda x: np.sum(f(x))), lambda x: product(x, x + 1)):
        jitted = hessopt.jit(g, verify=verify)
        for x in [*points, *points][: None if f is not by_rank else 7]:  # LAPACK warns of NaN
            same(jitted(x), g(x))


def test_each_path_is_traced_once():
    f, calls = count_calls(branch)
    jitted = hessopt.jit(f, verify=False)
    for x in (X, -X, 2 * X, -3 * X, X, -X):
        same(jitted(x), branch(x))
    assert calls == [2]


def test_nothing_runs_that_the_function_does_not_run():
    """The square root of a negative number would warn, which is an error in these tests."""
    jitted = hessopt.jit(branch)
    same(jitted(-X), branch(-X))
    same(jitted(X), branch(X))
    same(jitted(-Y), branch(-Y))


def test_many_paths():
    def f(x: Any) -> Any:
        return x * sum(1.0 for part in x if part > 0)

    jitted = hessopt.jit(f, verify=False)
    points = [np.where(np.arange(20) < k, 1.0, -1.0) for k in range(20)]
    for x in points[: jit_module.MOST_TRACES]:
        same(jitted(x), f(x))
    with pytest.warns(RuntimeWarning, match=r"more than 8 different paths, in the function at"):
        same(jitted(points[10]), f(points[10]))
    for x in points:
        same(jitted(x), f(x))


# Nesting


def cubes(x: Any) -> Any:
    return np.sum(x**3 + np.tanh(x))


def test_nesting():
    fast = hessopt.jit(cubes)
    same(hessopt.grad(fast)(X), hessopt.grad(cubes)(X))
    same(hessopt.hvp(fast)(X, Y), hessopt.hvp(cubes)(X, Y))
    for g in (
        lambda f: hessopt.jit(hessopt.grad(f)),
        lambda f: hessopt.jit(hessopt.jit(hessopt.grad(f))),
        lambda f: hessopt.grad(lambda x: hessopt.jit(lambda y: f(y))(x)),
        lambda f: hessopt.jit(hessopt.grad(hessopt.jit(f))),
        lambda f: hessopt.jit(lambda x: hessopt.jacobian(hessopt.grad(f))(x) @ x),
        lambda f: hessopt.jit(lambda x: hessopt.jvp(hessopt.grad(f))(x, 2 * x)),
        lambda f: hessopt.jit(lambda x: np.stack(hessopt.taylor(np.sin, x, 3)) @ x),
    ):
        for z in (X, Y):
            same(g(fast)(z), g(cubes)(z))


def test_a_jitted_function_uses_a_traced_variable():
    """An inner program must not take an outer argument for a constant."""

    def f(x: Any) -> Any:
        return hessopt.jit(lambda c: c * x if np.sum(x) > 0 else c)(np.ones(3))

    jitted = hessopt.jit(f, verify=False)
    for z in (X, Y, -X, 3 * Y):
        same(jitted(z), z if np.sum(z) > 0 else np.ones(3))


@pytest.mark.filterwarnings("ignore:jit. .lambda. runs eagerly, because it uses a Variable from")
def test_a_jitted_function_uses_a_variable_to_differentiate_by():
    gradient = hessopt.grad(lambda x: np.sum(hessopt.jit(lambda c: c * x)(np.ones(3)) ** 2))
    same(gradient(X), 2 * X)
    same(hessopt.grad(lambda x: np.sum(gradient(x) ** 2))(X), 8 * X)


def test_recursion():
    @hessopt.jit
    def power(x: Any, n: int) -> Any:
        return x * power(x, n - 1) if n else np.ones(3)

    for z in (X, Y):
        same(power(z, 4), z**4)


# Outputs


def many(x: Any) -> Any:
    y = x * 2
    return {
        "input": x,
        "view": y[1:],
        "reversed": y[::-1],
        "whole": y,
        "again": y,
        "reshaped": np.reshape(y, (-1, 1)),
        "broadcast": np.broadcast_to(y[0], (4,)),
        "constant": np.arange(3),
        "detached": hessopt.stop_gradient(y),
        "number": np.sum(y),
        "position": np.argmax(y),
        "condition": y > 0,
        "text": "plain",
        "nothing": None,
        "count": 3,
        "pair": (y[0], [y[1]]),
    }


@pytest.mark.parametrize("n", [3, 10_000])
def test_outputs_are_arrays_of_their_own(n: int):
    jitted = hessopt.jit(many)
    x = np.linspace(-1, 1, n)
    for z in (x, x + 1, x, x):
        found, expected = jitted(z), many(z)
        assert list(found) == list(expected)
        for name, value in expected.items():
            if isinstance(value, (np.ndarray, np.generic)):
                same(found[name], np.asarray(value))
            else:
                assert found[name] == value
        arrays = [a for a in found.values() if isinstance(a, np.ndarray)]
        for k, a in enumerate(arrays):
            assert a.flags.writeable
            assert not np.may_share_memory(a, z)
            assert not any(np.shares_memory(a, b) for b in arrays[k + 1 :])
            a[...] = 0  # and the next call must not see it


def test_results_hold_no_graph():
    seen = []

    def f(x: Any) -> Any:
        y = x * 2.0
        seen.append(weakref.ref(y))
        return {"y": y}

    jitted = hessopt.jit(f, verify=False)
    jitted(X)
    gc.collect()
    assert [ref() for ref in seen] == [None]


# Arguments


class Pair(NamedTuple):
    a: Any
    b: Any


@dataclass
class Layer:
    weights: Any
    bias: Any
    power: int = 2


def test_trees():
    def f(layer: Any, rest: Any, *, scale: Any) -> Any:
        y = (layer.weights @ rest["x"] + layer.bias) ** layer.power
        return Pair(np.sum(y) * scale, [y, {"rest": rest["pair"].a}])

    jitted = hessopt.jit(f)
    for z in (X, Y, X):
        arguments = (
            Layer(np.outer(z, z), z[0]),
            {"x": z, "pair": Pair(z, z[1])},
        )
        found, expected = jitted(*arguments, scale=z[2]), f(*arguments, scale=z[2])
        assert type(found) is Pair
        same(found.a, expected.a)
        same(found.b[0], expected.b[0])
        same(found.b[1]["rest"], z)


def test_static_arguments():
    f, calls = count_calls(lambda x, n, mode="a": x**n if mode == "a" else x * n)
    jitted = hessopt.jit(f, verify=False)
    for z in (X, Y):
        same(jitted(z, 2), z**2)
        same(jitted(z, 3), z**3)
        same(jitted(z, True), z**True)
        same(jitted(z, 2, mode="b"), z * 2)
        same(jitted(z, n=2), z**2)
    assert calls == [5]


def test_a_static_array_that_the_caller_writes_into():
    def f(x: Any, index: Any) -> Any:
        return x[index]

    jitted = hessopt.jit(f, verify=False)
    index = np.array([0, 1])
    same(jitted(X, index), X[[0, 1]])
    index[:] = 2
    same(jitted(X, index), X[[2, 2]])
    same(jitted(X, np.array([0, 1])), X[[0, 1]])


def test_containers_of_different_kinds_are_different_signatures():
    def f(x: Any, more: Any) -> Any:
        return x + (1.0 if isinstance(more, list) else 2.0)

    jitted = hessopt.jit(f, verify=False)
    for more in ([], (), {}, [X], (X,)):
        same(jitted(X, more), f(X, more))


def test_what_cannot_be_an_argument():
    jitted = hessopt.jit(lambda x, s: x)
    with pytest.raises(TypeError, match="jit: a static argument cannot be hashed"):
        jitted(X, {1, 2})
    with pytest.raises(TypeError, match="an array of Python objects"):
        jitted(X, np.array([object()]))
    with pytest.raises(TypeError, match="MaskedArray"):
        jitted(np.ma.masked_array(X, [0, 0, 1]), 1)


@pytest.mark.parametrize(
    "x",
    [
        np.float32([0.5, -1.5, 2.5]),
        np.array([0.5 + 1j, -1.5, 2.5j]),
        np.complex64([0.5 + 1j, -1.5, 2.5j]),
        np.array(0.5),
        np.float32(0.5),
        np.float64(0.5),
        0.5,
        0.5 + 1j,
        np.zeros((0,)),
        np.zeros((2, 0)),
        np.zeros(3),
        np.linspace(0, 1, 12).reshape(3, 4)[:, ::2],
        np.asfortranarray(np.linspace(0, 1, 12).reshape(3, 4)),
        np.linspace(0, 1, 12).reshape(3, 4)[::-1].T,
        np.broadcast_to(np.array([1.0, 2.0]), (3, 2)),
        np.linspace(0, 1, 4, dtype=np.longdouble),
        np.float16([0.5, -1.5]),
    ],
    ids=str,
)
def test_types_and_layouts(x: Any):
    def f(x: Any) -> Any:
        y = (2 * x + 1) * x - np.ravel(x)[::-1].reshape(np.shape(x))
        return y, np.sum(y), np.reshape(x * 3, -1) / 2, 1 / (2 + x * np.conjugate(x))

    jitted = hessopt.jit(f)
    for _ in range(3):
        for found, expected in zip(jitted(x), f(x), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-3 if x is not X else 1e-12)
            assert np.asarray(found).dtype == np.asarray(expected).dtype


def test_writing_into_views_follows_the_layout():
    """Whether a reshaping is a view depends on the order in memory, so that is in the signature."""

    def f(x: Any) -> Any:
        y = x * 1.0
        flat = y.reshape(-1)
        flat[0] = 100.0
        return y

    jitted = hessopt.jit(f, verify=False)
    a = np.arange(6.0).reshape(2, 3)
    for x in (a, np.asfortranarray(a), a, a[::-1], np.asfortranarray(a)):
        same(jitted(x), f(x))


def test_numbers_of_python_keep_types_narrow():
    def f(x: Any, c: Any) -> Any:
        return c * x

    jitted = hessopt.jit(f)
    for c in (2.0, 3.0):
        same(jitted(np.float32([1, 2]), c), f(np.float32([1, 2]), c))
        same(jitted(X, c), f(X, c))
        same(jitted(X, np.float32(c)), f(X, np.float32(c)))
    assert len(jitted._signatures) == 4


def test_zeros_with_signs_are_different_static_arguments():
    jitted = hessopt.jit(lambda x, c: np.copysign(x, c))
    x = np.float32([1, 2])
    same(jitted(x, 0.0), x)
    same(jitted(x, -0.0), -x)


def test_key_of_a_call():
    assert split((X,), {}).key == split((Y,), {}).key
    assert split((X,), {}).key != split((X.astype(np.float32),), {}).key
    assert split((X,), {}).key != split((X[:2],), {}).key
    assert split((X, 1), {}).key != split((X, 1.0), {}).key


def test_signatures_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jit_module, "MOST_SIGNATURES", 3)
    f, calls = count_calls(lambda x, n: x * n)
    jitted = hessopt.jit(f, verify=False)
    for n in (1, 2, 3, 1, 4, 1, 5, 1):  # 1 stays in use
        same(jitted(X, n), X * n)
    assert len(jitted._signatures) == 3
    assert calls == [5]
    jitted(X, 2)
    assert calls == [6]


# The rest


def test_threads():
    def f(x: Any, n: int) -> Any:
        y = x
        for _ in range(n):
            y = np.sin(y) * x + y * y
        return np.sum(y) * 1e-3

    jitted = hessopt.jit(hessopt.grad(lambda x: f(x, 6)))
    points = [np.linspace(-1, 1, 10_000) * k / 8 for k in range(8)]
    expected = [hessopt.grad(lambda x: f(x, 6))(x) for x in points]
    wrong: list[Any] = []
    start = threading.Barrier(8)

    def work(k: int) -> None:
        start.wait()
        for round_ in range(10):
            x = points[(k + round_) % 8]
            if not np.allclose(jitted(x), expected[(k + round_) % 8], rtol=1e-12, atol=1e-12):
                wrong.append((k, round_))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    (signature,) = jitted._signatures.values()
    assert len(signature.traces) == 1


def test_a_program_that_calls_itself():
    """Buffers belong to a call."""
    inner: list[Any] = []

    @hessopt.primitive
    def outer_step(x: Any) -> Any:
        if inner and x[0] > 0:
            return np.array(inner[0](-np.abs(x)))
        return np.array(x)

    def f(x: Any) -> Any:
        y = np.sin(x) * x
        return outer_step(y) + y + np.cos(y)

    jitted = hessopt.jit(f, verify=False)
    x = np.linspace(0.1, 1, 10_000)
    jitted(x)
    inner.append(jitted)
    first = jitted(x)
    inner[0] = f
    same(first, f(x))


def test_pickling():
    again = pickle.loads(pickle.dumps(hessopt.jit(cubes, verify=False, backend="numpy")))
    assert (again.function, again.backend, again.verify) == (cubes, "numpy", False)
    same(again(X), cubes(X))


def test_pickling_a_decorated_function(monkeypatch: pytest.MonkeyPatch):
    module = types.ModuleType("a_module_of_ours")
    monkeypatch.setitem(sys.modules, "a_module_of_ours", module)
    exec("import hessopt\n@hessopt.jit\ndef twice(x):\n    return 2 * x\n", module.__dict__)
    assert pickle.loads(pickle.dumps(module.twice)) is module.twice


def test_as_a_decorator():
    @hessopt.jit(backend="numpy")
    def f(x: Any) -> Any:
        """Double."""
        return x * 2

    assert (f.__name__, f.__doc__) == ("f", "Double.")
    same(f(X), 2 * X)


def test_bad_calls():
    with pytest.raises(ValueError, match="unknown backend 'fortran'"):
        hessopt.jit(cubes, backend="fortran")
    with pytest.raises(TypeError, match="fn must be a function, not int"):
        hessopt.jit(3)  # pyright: ignore
    with pytest.raises(TypeError, match=r"jit\(backend='scalar'\): cubes computes something else"):
        hessopt.jit(cubes, backend="scalar")(X)
    with pytest.raises(TypeError, match="takes plain arrays"):
        hessopt.jit(cubes).program(hessopt.Variable(X))
    jitted = hessopt.jit(lambda x: x * float(x[0]))
    with (
        pytest.warns(RuntimeWarning, match="runs eagerly"),
        pytest.raises(TypeError, match="no program for these arguments and runs eagerly, because"),
    ):
        jitted.program(X)


def test_inside_no_grad():
    jitted = hessopt.jit(hessopt.grad(cubes))
    with hessopt.no_grad():
        same(jitted(X), hessopt.grad(cubes)(X))
    same(jitted(Y), hessopt.grad(cubes)(Y))


def test_inputs_are_not_written_into():
    def f(x: Any) -> Any:
        y = x
        y = y * 2
        y[1:] += x[:-1]
        y[0] = 0
        return np.cumsum(y) * x

    jitted = hessopt.jit(f)
    for n in (3, 10_000):
        x = np.linspace(0, 1, n)
        x.flags.writeable = False
        for _ in range(3):
            same(jitted(x), f(x))


@pytest.mark.parametrize("f", [lambda x: np.sum(np.floor(x) ** 2), lambda x: np.sum(x)])
def test_derivatives_that_vanish(f):
    both, product = hessopt.jit(hessopt.value_and_grad(f)), hessopt.jit(hessopt.hvp(f))
    for x in (X, Y):
        same(both(x)[1], hessopt.grad(f)(x))
        same(product(x, Y), np.zeros_like(x))
    assert both.refusal == product.refusal == ""


def test_a_product_with_what_does_not_depend_on_the_point():
    product = hessopt.hvp(lambda x, u: np.sum(3 * x * u))
    jitted = hessopt.jit(lambda x, u, v: product(x, v, u))
    for x in (X, Y):
        same(jitted(x, Y, X), np.zeros_like(x))
    assert jitted.refusal == ""


def test_a_reference_is_what_is_called_and_compared_with():
    seen = []

    def reference(x):
        seen.append(x.copy())
        return x**3

    jitted = Jitted(lambda x: x * x * x, "numpy", verify=True, reference=reference)
    for x in (X, Y, X):
        same(jitted(x), x**3)
    assert len(seen) == 1
    wrong = Jitted(lambda x: x * x, "numpy", verify=True, reference=reference)
    wrong(X)
    with pytest.raises(hessopt.ReplayError):
        wrong(Y)
    eager = Jitted(lambda x: x * float(x[0]), "numpy", True, False, reference)
    same(eager(X), X**3)
    assert eager.refusal
    kept = pickle.loads(pickle.dumps(Jitted(np.sin, "numpy", True, True, np.cos)))
    assert (kept.function, kept.reference) == (np.sin, np.cos)


def test_a_hessian_that_is_zero_under_a_traced_condition():
    """The condition is traced, so the gradient is recorded although it does not depend on x."""
    table = np.array([[1.0, -2.0, 0.5], [0.3, 0.2, -1.0]])

    def f(x):
        return np.sum(np.where(np.sum(x) > 0, table, np.sum(x)))

    product = hessopt.jit(hessopt.hvp(f))  # a warning that it runs eagerly would be an error
    for sign in (1.0, -1.0):
        np.testing.assert_array_equal(product(sign * np.ones(3), np.arange(3.0)), np.zeros(3))
    gradient = hessopt.jit(hessopt.grad(f))
    np.testing.assert_array_equal(gradient(-np.ones(3)), np.full(3, 6.0))
    np.testing.assert_array_equal(gradient(np.ones(3)), np.zeros(3))
