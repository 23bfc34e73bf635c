"""Evaluations are counted in one place, and rightly."""

import numpy as np
import pytest

import hessopt
import problems
from hessopt.optimize import minimize as minimize_module
from hessopt.optimize import objective
from hessopt.optimize.oracle import Oracle
from hessopt.profiles.evaluations import Counts, Evaluations, witnessed
from hessopt.profiles.restrictions import restrictions


@pytest.fixture
def wood():
    problem = problems.get("wood")
    return problem, Evaluations(problem, problem.start).compiled("hessian")


def test_the_derivatives_are_exact(wood):
    problem, evaluations = wood
    x, v = problem.start, np.arange(4.0)
    np.testing.assert_allclose(evaluations.value(x), problem.value(x), rtol=1e-15)
    np.testing.assert_allclose(evaluations.gradient(x), hessopt.grad(problem.value)(x))
    H = hessopt.hessian(problem.value)(x)
    np.testing.assert_allclose(evaluations.hessian(x), H)
    np.testing.assert_allclose(evaluations.product(x, v), H @ v)


def test_compiling_is_not_counted(wood):
    assert wood[1].ledger.counts() == Counts(0, 0, 0)


def test_what_a_solver_does_not_need_is_not_compiled(monkeypatch):
    asked = []
    monkeypatch.setattr(Evaluations, "hessian", lambda self, x: asked.append("hessian"))
    problem = problems.get("wood")
    Evaluations(problem, problem.start).compiled("gradient")
    assert asked == []
    Evaluations(problem, problem.start).compiled("hessian")
    assert asked == ["hessian"] * 3


def test_what_is_known_at_a_point_costs_nothing(wood):
    problem, evaluations = wood
    x, y = problem.start, problem.start + 1
    for _ in range(2):
        evaluations.value(x)
        evaluations.gradient(x)
    assert evaluations.ledger.counts() == Counts(1, 1, 0)
    evaluations.value_and_gradient(y)
    evaluations.value_and_gradient(x)  # two points are remembered
    assert evaluations.ledger.counts() == Counts(2, 2, 0)
    evaluations.value(x + 2)
    evaluations.value(x)  # and no more
    assert evaluations.ledger.counts() == Counts(4, 2, 0)


def test_products_are_counted_and_a_hessian_is_n_of_them(wood):
    problem, evaluations = wood
    x = problem.start
    evaluations.gradient(x)
    evaluations.product(x, x)
    evaluations.product(x, x)
    assert evaluations.ledger.counts() == Counts(1, 1, 2)
    evaluations.hessian(x)
    assert evaluations.ledger.counts() == Counts(1, 1, 6)


def test_a_gradient_handed_out_is_the_solvers_to_change(wood):
    problem, evaluations = wood
    evaluations.gradient(problem.start)[:] = 0
    assert evaluations.gradient(problem.start).any()


@pytest.mark.parametrize("method", ["newton", "trust-ncg", "l-bfgs", "arc"])
def test_our_own_runs_are_counted_without_their_word(method):
    """Against what is really computed, counted here by a function of our own."""
    problem, called = problems.get("wood"), []

    def counted(x):
        called.append(x)
        return problem.value(x)

    with witnessed() as ledger:
        assert objective.Oracle is not Oracle
        result = hessopt.minimize(
            counted, problem.start, method=method, options={"jit": False, "maxiter": 5}
        )
    counts = ledger.counts()
    assert counts.nfev == len(called)
    assert counts == Counts(result.nfev, result.njev, result.nhev)


def test_constraints_count_too():
    problem = problems.get("hs71")
    with witnessed() as ledger:
        result = hessopt.minimize(problem.value, problem.start, **restrictions(problem))
    assert ledger.counts().nfev > result.nfev
    assert ledger.counts().njev > result.njev


def test_jacobians_of_residuals_count_as_their_columns():
    problem = problems.get("nist-misra1a")
    with witnessed() as ledger:
        result = hessopt.least_squares(problem.residual, problem.start)
    assert ledger.counts() == Counts(result.nfev, 2 * result.njev, 0)


def test_witnesses_leave_even_after_an_error():
    kept = objective.Oracle, minimize_module.ConstraintSet
    with pytest.raises(TypeError), witnessed():
        objective.Oracle("not callable", (1,))
    assert (objective.Oracle, minimize_module.ConstraintSet) == kept


def test_limits_as_minimize_takes_them():
    assert restrictions(problems.get("beale")) == {}
    assert list(restrictions(problems.get("torsion1", n=16))) == ["bounds"]
    given = restrictions(problems.get("hs71"))
    assert given["bounds"].lb.tolist() == [1, 1, 1, 1]
    assert [c.lb.tolist() for c in given["constraints"]] == [[40.0], [25.0]]


def test_what_is_compiled_has_a_name():
    beale = problems.get("beale")
    with pytest.raises(ValueError, match="'gradient', 'product' or 'hessian', not 1"):
        Evaluations(beale, beale.start).compiled(1)
