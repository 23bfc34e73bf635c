"""The inner problem of a minimum that is differentiated."""

import numpy as np
import pytest

from hessopt.optimize.compiled import Compiled
from hessopt.optimize.implicit import DENSE, ArgminError, InnerProblem, Local, hessian_solver

INF = np.inf


def spd(n):
    A = np.random.default_rng(n).standard_normal((n, n))
    return A @ A.T / n + np.diag(np.linspace(1.0, 3.0, n))


@pytest.mark.parametrize("n", [1, 7, DENSE, DENSE + 1, 2 * DENSE])
def test_systems_on_the_free_variables(n):
    H, b = spd(n), np.cos(np.arange(n))
    free = np.arange(n) % 5 != 3
    u = hessian_solver(Local(np.zeros(len(H)), H.dot), free)(b)
    np.testing.assert_array_equal(u[~free], 0)
    np.testing.assert_allclose(u[free], np.linalg.solve(H[np.ix_(free, free)], b[free]), rtol=1e-9)


def test_units_do_not_make_a_matrix_singular():
    H = np.diag([1e-12, 1.0, 1e12])
    np.testing.assert_allclose(
        hessian_solver(Local(np.zeros(len(H)), H.dot), np.ones(3, bool))(np.ones(3)), 1 / np.diag(H)
    )


def test_without_free_variables_nothing_moves():
    product = np.ones((2, 2)).dot
    np.testing.assert_array_equal(
        hessian_solver(Local(np.zeros(2), product), np.zeros(2, bool))(np.ones(2)), 0
    )


@pytest.mark.parametrize("n", [3, DENSE + 1])
@pytest.mark.parametrize(("least", "said"), [(-1.0, "not positive definite"), (0.0, "singular")])
def test_a_matrix_that_is_not_positive_definite_is_refused(n, least, said):
    diagonal = np.linspace(1.0, 2.0, n)
    diagonal[1] = least
    with pytest.raises(ArgminError, match=said):
        hessian_solver(Local(diagonal, lambda v: diagonal * v), np.ones(n, bool))(np.ones(n))


def test_a_matrix_that_is_not_finite_is_refused():
    with pytest.raises(ArgminError, match="least eigenvalue on the free variables is nan"):
        hessian_solver(Local(np.zeros(2), lambda v: v * np.nan), np.ones(2, bool))


def problem(lb=-INF, ub=INF):
    return InnerProblem(
        lambda x, t: np.sum(np.cosh(x - t)), np.full(2, float(lb)), np.full(2, float(ub))
    )


@pytest.mark.parametrize("off", [1e-3, -1e-6, 0.0, 0.3])
def test_polishing_reaches_the_rounding_of_x(off):
    t = np.array([0.7, -1.3])
    x, error = problem().polish(t + off, (t,))
    np.testing.assert_allclose(x, t, rtol=1e-15)
    assert error < 1e-15


@pytest.mark.parametrize("off", [1e-3, -1e-3, 1e-7])
def test_polishing_finds_what_is_held(off):
    t = np.array([0.7, -1.3])
    inner = problem(lb=-1.0)
    x, _ = inner.polish(np.array([0.7, -1.0]) + off, (t,))
    assert x[1] == -1.0
    np.testing.assert_array_equal(inner.free(x), [True, False])
    x, _ = inner.polish(np.array([-1.0, -1.0]), (t,))  # held by mistake: it is let go
    np.testing.assert_allclose(x, [0.7, -1.0], rtol=1e-15)


def test_a_point_without_newton_steps_is_left_alone():
    inner = InnerProblem(lambda x, t: t * np.cos(x[0]), np.full(1, -INF), np.full(1, INF))
    x, error = inner.polish(np.array([0.1]), (1.0,))
    assert x == [0.1]
    assert np.isnan(error)


def test_a_solver_is_kept_for_its_point_alone():
    inner, b = problem(), np.ones(2)
    t = np.array([0.7, -1.3])
    one = inner.solve(t + 1.0, b, (t,))
    np.testing.assert_allclose(one, 1 / np.cosh(1.0))
    kept = inner._last
    inner.solve(t + 1.0, 2 * b, (t,))
    assert inner._last is kept
    np.testing.assert_allclose(inner.solve(t + 2.0, b, (t,)), 1 / np.cosh(2.0))
    np.testing.assert_allclose(inner.solve(t + 2.0, b, (t + 1.0,)), 1 / np.cosh(1.0))
    t += 1.0  # what is kept does not change with the caller's array
    np.testing.assert_allclose(inner.solve(t, b, (t - 1.0,)), 1 / np.cosh(1.0))


@pytest.mark.parametrize("n", [3, DENSE + 1])
def test_programs_are_used_where_the_solver_made_some(n, counted):
    fun = counted(lambda x, t: np.sum(np.cosh(x - t)) + np.sum(x[1:] * x[:-1]) / 4)
    none, t = np.full(n, INF), np.linspace(0.2, 0.4, n)
    programs = Compiled(fun, n)
    inner = InnerProblem(fun, -none, none, programs)
    plain = InnerProblem(fun, -none, none)
    expected = plain.polish(t, (t,))[0]
    b = np.cos(np.arange(n))
    for made in (False, True):
        if made:
            programs.value_and_grad(t, t)
        x, error = inner.polish(t, (t,))
        assert error < 1e-14
        np.testing.assert_allclose(x, expected, rtol=1e-14)
        np.testing.assert_allclose(inner.solve(x, b, (t,)), plain.solve(x, b, (t,)), rtol=1e-8)
        assert programs.begun is made
    fun.calls = 0
    inner.polish(t, (2 * t,))
    assert fun.calls <= 2  # what was not compared yet


def test_a_hessian_is_formed_at_once_where_there_is_a_way():
    H, b = spd(5), np.cos(np.arange(5))
    asked = []

    def product(v):
        asked.append(v)
        return H @ v

    local = Local(np.zeros(5), product, lambda: H)
    u = hessian_solver(local, np.ones(5, bool))(b)
    np.testing.assert_allclose(u, np.linalg.solve(H, b))
    assert not asked
    free = np.arange(5) == 1  # most columns would be thrown away
    assert hessian_solver(local, free)(b)[1] == pytest.approx(b[1] / H[1, 1])
    assert len(asked) == 1
