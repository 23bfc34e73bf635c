"""Hand-made mistakes in guards, passes and the backend: each must be noticed by the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff import conversion, data, tracing, variable
from hessopt.backends import lines
from hessopt.program import memory, program, rules_of_shape, rules_of_value, simplify, trace
from hessopt.transforms import signature
from tests.program.generator import random_function, scalar_of

X = np.array([0.5, -1.5, 2.5])
Y = np.array([-1.5, 0.25, -0.75])
LARGE = np.linspace(0.1, 1.0, 6000)


def alike(found: Any, expected: Any) -> None:
    for a, b in zip(hessopt_leaves(found), hessopt_leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def hessopt_leaves(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple) else [result]


def replay(f: Callable[..., Any], *points: Any) -> None:
    """Trace at the first point, compare at all of them, and see that results stay as they are."""
    jitted = hessopt.jit(f, verify=False)
    results = [jitted(*x) if isinstance(x, tuple) else jitted(x) for x in points]
    for x, found in zip(points, results, strict=True):
        alike(found, f(*x) if isinstance(x, tuple) else f(x))


# The checks


def random_programs() -> None:
    with np.errstate(all="ignore"):
        for seed, n in ((0, 6), (1, 6), (2, 6), (3, 6000), (4, 6000)):
            points = np.random.default_rng(seed).uniform(-1, 1, (2, 2, n))
            f = random_function(seed, n)
            replay(f, *map(tuple, points))
            replay(hessopt.grad(scalar_of(f), (0, 1)), *map(tuple, points))


def branches() -> None:
    replay(lambda x: np.sin(x) if x[0] > 0 else np.cos(x), X, Y, X)
    replay(lambda x: x * max(x), X, Y, X[::-1])


def parameters() -> None:
    replay(lambda x: (x[:2] * 2, x[1:] * 2, np.roll(x, 1), np.roll(x, 2)), X, Y)
    replay(lambda x: (x + np.arange(3.0), x + np.arange(3.0) ** 2), X, Y)
    replay(lambda x: x.reshape(3, 1)[[0, 1]] + x.reshape(3, 1)[(0,)], X, Y)


def arithmetic() -> None:
    replay(lambda x: (1 + x, x - 1, 0 * x, (x + 1) / 1, 2 - (-x), -2 * (3 * x), -(x / 4)), X, Y)
    replay(lambda x: (np.sin(x) - x, x - np.sin(x), -(np.cos(x) - x)), X, Y)
    replay(lambda x: (np.sum(-2 * x), (-x) * (3 * x), x**3, x**5), X, Y)


def shapes() -> None:
    replay(lambda x: x.reshape(2, 3, order="F").reshape(6), np.arange(6.0), np.arange(6.0) ** 2)
    replay(lambda x: np.transpose(x.reshape(1, 2, 3), (1, 2, 0)).T, np.arange(6.0), np.ones(6))


def patches() -> None:
    replay(hessopt.grad(lambda x: np.sum(x[1:] * x[:-1]) + x[0] * np.sum(x)), X, Y)
    replay(hessopt.grad(lambda x: np.sum(x * 2) + np.sum(x[:1] * x[1:2])), X, Y)


def buffers() -> None:
    def f(x: Any) -> Any:
        a = np.sin(x)
        b = np.cos(a)
        back = a[::-1]
        c = np.exp(b)
        d = back * c
        return d + a + b, b - c

    replay(f, LARGE, 2 * LARGE, -LARGE)


def values() -> None:
    """What looks at numbers is refused, so these have to warn."""
    for f in (lambda x: x * float(x[0]), lambda x: x * x.data[0]):
        with pytest.warns(RuntimeWarning, match="runs eagerly"):
            hessopt.jit(f)(hessopt_array(X))


def hessopt_array(x: np.ndarray) -> np.ndarray:
    class WithData(np.ndarray):
        data = x  # a plain array has a buffer of this name

    return x.view(WithData)


def static_arguments() -> None:
    replay(lambda x, n: x * n, (X, 2), (X, 3), (Y, 2))
    replay(lambda x, index: x[index], (X, np.array([0, 1])), (X, np.array([1, 2])))


def own_outputs() -> None:
    for f in (lambda x: (x, x[1:]), lambda x: (x * 2)[::-1], lambda x: (y := x * 2, y)[1]):
        jitted = hessopt.jit(f, verify=False)
        for _ in range(3):
            x = X.copy()
            for part in hessopt_leaves(jitted(x)):
                part[...] = 0
            np.testing.assert_array_equal(x, X)
    jitted = hessopt.jit(lambda x: (np.arange(3.0), x), verify=False)
    for _ in range(3):
        constant = jitted(X)[0]
        np.testing.assert_array_equal(constant, np.arange(3.0))
        constant[:] = 7


CHECKS = (
    random_programs,
    branches,
    parameters,
    arithmetic,
    shapes,
    patches,
    buffers,
    values,
    static_arguments,
    own_outputs,
)


# The mistakes


def params_ignored(patch: Any) -> None:
    key = simplify._key
    patch.setattr(simplify, "_key", lambda line: key(line._replace(params={})))


def constants_ignored(patch: Any) -> None:
    freeze = simplify._freeze
    patch.setattr(
        simplify, "_freeze", lambda x: freeze(x.shape if isinstance(x, np.ndarray) else x)
    )


def order_of_operands_ignored(patch: Any) -> None:
    patch.setattr(simplify, "_COMMUTATIVE", frozenset(("Add", "Mul", "Sub", "Div")))


def guards_not_noted(patch: Any) -> None:
    patch.setattr(tracing.Tracer, "guard", lambda self, node, outcome: None)


def guards_not_checked(patch: Any) -> None:
    patch.setattr(lines.Writer, "checks", lambda self, numbers: [])


def guards_are_dead_code(patch: Any) -> None:
    patch.setattr(program.Program, "roots", lambda self: iter(self.outputs))


def looks_not_noticed(patch: Any) -> None:
    for module in (tracing, data, variable, conversion):
        patch.setattr(module, "peek", lambda value, purpose: None)


def dependence_not_followed(patch: Any) -> None:
    patch.setattr(tracing.Tracer, "follows", lambda self, node: False)


def buffers_let_go_too_early(patch: Any) -> None:
    real = memory.memory_of

    def early(given: Any) -> Any:
        found = real(given)
        first: dict[int, int] = {}
        for number, line in given.numbered():
            for k in line.references():
                first.setdefault(found.group[k], number)
        end = {g: e if e == memory.FOR_EVER else first.get(g, e) for g, e in found.end.items()}
        return memory.Memory(found.group, found.size, end)

    patch.setattr(lines, "memory_of", early)


def views_taken_for_copies(patch: Any) -> None:
    patch.setattr(memory, "is_fresh", lambda line: True)


def outputs_not_copied(patch: Any) -> None:
    patch.setattr(lines.Writer, "output", lambda self, x: self.spell(x))


def one_is_neutral_in_sums(patch: Any) -> None:
    real = rules_of_value._is
    patch.setattr(rules_of_value, "_is", lambda x, value: real(x, value) or real(x, 1))


def signs_of_factors_lost(patch: Any) -> None:
    real = rules_of_value.factor

    def positive(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        return found and (abs(found[0]), found[1])

    patch.setattr(rules_of_value, "factor", positive)


def negated_difference_kept(patch: Any) -> None:
    real = rules_of_value.RULES_OF_VALUE["Neg"]

    def kept(line: Any, known: Any) -> Any:
        inner = known.made_by(line.operands[0], "Sub")
        return real(line, known) if inner is None else inner

    patch.setitem(rules_of_value.RULES_OF_VALUE, "Neg", kept)


def powers_off_by_one(patch: Any) -> None:
    real = rules_of_value.RULES_OF_VALUE["Pow"]

    def off(line: Any, known: Any) -> Any:
        x, n = line.operands
        return real(line._replace(operands=(x, n - 1 if n == 3 else n)), known)

    patch.setitem(rules_of_value.RULES_OF_VALUE, "Pow", off)


def order_of_reshape_ignored(patch: Any) -> None:
    def joined(line: Any, known: Any) -> Any:
        inner = known.made_by(line.operands[0], "Reshape")
        line = line if inner is None else line._replace(operands=inner.operands)
        return rules_of_shape._same_value(line, known)

    patch.setitem(rules_of_shape.RULES_OF_SHAPE, "Reshape", joined)


def every_base_is_zero(patch: Any) -> None:
    patch.setattr(lines, "is_zero", lambda x: True)


def only_first_guard_of_a_run(patch: Any) -> None:
    real = trace._linearise

    def first(*args: Any) -> Any:
        found = real(*args)
        return simplify.replace(found, guards=found.guards[:1])

    patch.setattr(trace, "_linearise", first)


def static_values_ignored(patch: Any) -> None:
    real = signature._flatten

    def shallow(x: Any, arrays: Any, parts: Any, wide: bool) -> None:
        if isinstance(x, (int, np.ndarray)) and not signature._is_data(x, wide):
            parts.append(type(x))
        else:
            real(x, arrays, parts, wide)

    patch.setattr(signature, "_flatten", shallow)


MUTANTS = (
    params_ignored,
    constants_ignored,
    order_of_operands_ignored,
    guards_not_noted,
    guards_not_checked,
    guards_are_dead_code,
    looks_not_noticed,
    dependence_not_followed,
    buffers_let_go_too_early,
    views_taken_for_copies,
    outputs_not_copied,
    one_is_neutral_in_sums,
    signs_of_factors_lost,
    negated_difference_kept,
    powers_off_by_one,
    order_of_reshape_ignored,
    every_base_is_zero,
    only_first_guard_of_a_run,
    static_values_ignored,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda f: f.__name__)
def test_without_a_mistake(check: Callable[[], None]):
    check()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda f: f.__name__)
def test_a_mistake_is_noticed(mutant: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch):
    mutant(monkeypatch)
    noticed = []
    for check in CHECKS:
        try:
            check()
        except (Exception, pytest.fail.Exception) as error:
            noticed.append((check.__name__, error))
            break
    assert noticed
