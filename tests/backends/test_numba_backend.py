"""Compiled kernels: that numba makes of the code what the interpreted tests have seen in it.

Few, for each takes about a second to compile; what they compute is tested in many more cases by
interpreting them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
import problems
from hessopt.backends.lines import Writer
from tests.program.planning import program_of

pytest.importorskip("numba")
from hessopt.backends import numba_backend


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def compiled(f: Any, *arrays: Any) -> tuple[Any, Any]:
    """Return the program compiled, and line by line."""
    program = program_of(f, *arrays)
    return numba_backend.compile_program(program), Writer(program).compiled()


def check(f: Any, *points: Any, rtol: float = 1e-12) -> str:
    """Compare at several points, twice each; the first one is traced at."""
    run, lines = compiled(f, *points[0])
    for arguments in points:
        expected, held = lines(*arguments)
        for _ in range(2):
            found, holds = run(*arguments)
            assert holds == held
            for a, b in zip(found, expected, strict=True):
                assert (a.shape, a.dtype) == (b.shape, b.dtype)
                scale = max(1.0, float(np.max(np.abs(b), initial=0, where=np.isfinite(b))))
                np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * scale)
    return run.__doc__ or ""


def test_chained_rosenbrock():
    random = np.random.default_rng(0)
    points = random.standard_normal((3, 9001))  # sums are in parts of 4096
    source = check(hessopt.value_and_grad(rosenbrock), *((x,) for x in points))
    assert source.count("empty(") == 1
    source = check(hessopt.hvp(rosenbrock), *((x, points[0]) for x in points))
    assert source.count("empty(") == 1


def test_the_sum_of_many_terms_is_rounded_as_well_as_numpys():
    x = np.full(1_000_000, 0.1)
    run, _ = compiled(lambda x: np.sum(x * x), x)
    assert abs(run(x)[0][0] - 10_000) < 1e-7


def test_lennard_jones():
    problem = problems.get("lennard-jones", n=7)
    x = np.array(problem.start)
    check(hessopt.value_and_grad(problem.value), (x,), (x * 1.1,), rtol=1e-10)


def test_single_precision():
    """Python's numbers take their precision from the array, in comparisons as well."""

    def f(x: Any) -> Any:
        y = np.where(x <= 0.1, x * 2, 1 / (x + 0.3)) + (x == 0.2) * x
        return y, np.sum(y * x), np.maximum(x, 0.1), x > 0.1, np.logaddexp(x, 0.5)

    x = np.array([0.1, 0.2, 0.3, -1.5, 7.0], np.float32)
    check(f, (x,), (x[::-1].copy(),), rtol=2e-6)
    run, lines = compiled(f, x)
    np.testing.assert_array_equal(run(x)[0][3], lines(x)[0][3])


def test_guards_and_single_numbers():
    def f(x: Any) -> Any:
        y = np.sin(x) * 2
        if np.sum(y) > 0:
            y = y / np.max(y)
        if y[0] < 0.5:
            return y * np.exp(x[0]) + x[-1]
        return -y

    x = np.linspace(0.1, 1, 20)
    check(f, (x,), (x / 2,), (-x,), (x[::-1].copy(),))


def test_calls_between_kernels():
    def f(x: Any) -> Any:
        a = np.cos(x)
        y = np.sin(np.outer(a, x) @ a) * x
        w = np.linalg.solve(np.outer(y, y) + np.eye(len(x)), a) * 2
        return w, np.sum(w * np.cumsum(y))

    source = check(f, (np.linspace(0, 1, 12),), (np.linspace(1, -1, 12),))
    assert source.count(" @ ") == 1


def test_reductions_along_each_axis():
    def f(x: Any) -> Any:
        return (
            *(np.sum(x * x, axis=axis) for axis in (0, 1, 2, (0, 2), (1, 2), None)),
            np.max(x, axis=2),
            np.min(np.sin(x)),
            np.concatenate([x[..., 1:], x[..., :1]], axis=-1),
        )

    x = np.random.default_rng(0).standard_normal((9, 10, 11))
    check(f, (x,), (-x,))


def test_nan_and_infinities_are_numpys():
    specials = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0])
    x, y = (np.ravel(z) for z in np.meshgrid(specials, specials))

    def f(x: Any, y: Any) -> Any:
        return (
            np.maximum(x, y),
            np.minimum(x, y),
            np.sign(x),
            np.logaddexp(x, y),
            x**y,
            x**3,
            x**-2.5,
            x / y,
            1 / np.sign(x),
            np.sqrt(x),
            np.log1p(x),
            np.arcsin(x),
            np.arctan2(x, y),
            np.exp(x * 1e3),
            np.where(x > y, x, y),
            np.max(x),
            np.min(np.where(x == x, x, 1.0)),
            np.sum(np.isnan(x) * 1.0),
        )

    with np.errstate(all="ignore"):
        program = program_of(f, x, y)
        found, _ = numba_backend.compile_program(program)(x, y)
        expected, _ = Writer(program).compiled()(x, y)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_truth_values():
    def f(x: Any, y: Any) -> Any:
        low, high = x > -0.5, y < 0.5
        return (
            (low + high) * x,
            (low * high) * x,
            np.logical_and(x, y) * 2.0,
            np.logical_or(x, 0.0) * 3.0,
            np.logical_not(x) * 1.0,
            low & ~high,
            (low | high) - y,
            np.where(low, high, low),
            low,
        )

    x = np.array([0.0, 1.5, -2.0, 0.25, -0.0, 3.0])
    check(f, (x, x[::-1].copy()), (-x, x))


def test_lists_of_indices():
    rows = np.array([0, 3, -1, 3, 2])

    def f(x: Any) -> Any:
        return np.sum(np.sin(x[rows]) * x[rows][:, ::-1]) + np.sum(x[rows, np.arange(5)] ** 2)

    x = np.random.default_rng(0).standard_normal((6, 5))
    check(hessopt.value_and_grad(f), (x,), (2 * x,))


@pytest.mark.parametrize(
    ("f", "reason"),
    [
        (lambda x: np.cumsum(x), "none of its operations"),
        (lambda x: np.linalg.inv(np.diag(x)), "none of its operations"),
    ],
)
def test_nothing_to_compile(f: Any, reason: str):
    with pytest.raises(numba_backend.NotFused, match=reason):
        numba_backend.compile_program(program_of(f, np.ones(5)))


def test_too_much_to_compile(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(numba_backend, "MOST_INSTRUCTIONS", 3)
    program = program_of(lambda x: np.sin(np.cos(x) * x) * x, np.ones(5))
    with pytest.raises(numba_backend.NotFused, match="it has 4 operations"):
        numba_backend.compile_program(program)


def test_jit_with_nothing_to_compile_runs_line_by_line():
    jitted = hessopt.jit(lambda x: np.cumsum(x), backend="numba")
    for k in range(3):
        np.testing.assert_array_equal(jitted(np.arange(3.0) + k), np.cumsum(np.arange(3.0) + k))
