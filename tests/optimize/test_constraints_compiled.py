"""Derivatives of constraints by programs: traced where there are many, the same as eager ones."""

import numpy as np
import pytest
from scipy.optimize import NonlinearConstraint

from hessopt.optimize import constraints as module
from hessopt.optimize.constraints import RECORDED, Nonlinear
from hessopt.optimize.linearisation import FEW
from hessopt.optimize.minimize import minimize
from tests.optimize.hock_schittkowski import PROBLEMS

X = np.array([1.0, 2.0])
FUNCTIONS = {
    "scalar": lambda x: 1 - x[0] ** 2 - x[1] ** 2,
    "square": lambda x: x * x,
    "list with a constant": lambda x: [x[0] * x[1], x[0], 3.0],
    "matrix": lambda x: np.reshape(x * x[::-1], (2, 1)),
    "constant": lambda x: 3.0,
    "many": lambda x: np.sin(np.outer(np.arange(FEW), x)),
}


def pair(fun, shape=(2,)):
    """Return a constraint with and without programs."""
    given = NonlinearConstraint(fun, 0, 1)
    eager, programs = Nonlinear(given, shape), Nonlinear(given, shape, jit=True)
    programs.value(X)
    return eager, programs


@pytest.mark.parametrize("name", FUNCTIONS)
def test_programs_are_what_eager_derivatives_are(name, monkeypatch):
    monkeypatch.setattr(module, "RECORDED", 0)
    eager, programs = pair(FUNCTIONS[name])
    for x in (X, X + 0.1, -X):
        ours, theirs = programs.at(x), eager.at(x)
        assert type(ours) is not type(theirs)
        u = np.linspace(1, 2, theirs.value.size)
        np.testing.assert_array_equal(ours.value, theirs.value)
        np.testing.assert_allclose(programs.jacobian(x), eager.jacobian(x), rtol=1e-12)
        np.testing.assert_allclose(ours.matrix(), theirs.matrix(), rtol=1e-12)
        close = {"rtol": 1e-11, "atol": 1e-11}
        np.testing.assert_allclose(ours.pullback(u), theirs.pullback(u), **close)
        np.testing.assert_allclose(ours.pushforward(X), theirs.pushforward(X), **close)
        np.testing.assert_allclose(ours.normal(u, X), theirs.normal(u, X), **close)
        found, expected = programs.curvature(x, u)(X), eager.curvature(x, u)(X)
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)
    assert programs.compiled.note == ""


@pytest.mark.parametrize("kind", ["jacobian", "at", "curvature"])
def test_a_few_derivatives_are_computed_eagerly_first(kind, counted):
    fun = counted(FUNCTIONS["square"])
    programs = pair(fun)[1]
    fun.calls = 0
    for k in range(RECORDED + 10):
        if kind == "jacobian":
            programs.jacobian(X + k)
        elif kind == "at":
            programs.at(X + k).pullback(np.ones(2))
        else:
            programs.curvature(X + k, np.ones(2))(X)
    values = 10 if kind == "at" else 0
    assert fun.calls == RECORDED + 2 + values  # a trace and a comparison


def test_long_vectors_are_traced_at_once(counted, monkeypatch):
    monkeypatch.setattr(module, "LONG", 2)
    fun = counted(FUNCTIONS["square"])
    programs = pair(fun)[1]
    for k in range(10):
        programs.jacobian(X + k)
    assert fun.calls == 3


def test_given_jacobians_need_no_programs():
    given = NonlinearConstraint(FUNCTIONS["square"], 0, 1, jac=lambda x: np.diag(2 * x))
    part = Nonlinear(given, (2,), jit=True)
    part.value(X)
    assert part.compiled is None


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "augmented-lagrangian"])
def test_solutions_are_the_same(problem, method, monkeypatch):
    monkeypatch.setattr(module, "RECORDED", 0)
    monkeypatch.setattr("hessopt.optimize.scipy_driver.RECORDED", 0)
    arguments = (problem.fun, problem.start, (), method)
    restrictions = {"bounds": problem.bounds, "constraints": problem.constraints}
    eager = minimize(*arguments, **restrictions, options={"jit": False})
    programs = minimize(*arguments, **restrictions)
    assert programs.success == eager.success
    assert programs.fun == pytest.approx(eager.fun, rel=1e-5, abs=1e-7)
    assert programs.constr_violation <= max(1e-8, 10 * eager.constr_violation)


@pytest.mark.parametrize("method", ["slsqp", "trust-constr", "augmented-lagrangian"])
def test_where_there_is_no_program_the_message_says_so(method, monkeypatch):
    monkeypatch.setattr(module, "RECORDED", 0)

    def looks(x):
        np.asarray(getattr(x, "data", x))
        return x[0] + x[1] - 2

    constraints = [{"type": "ineq", "fun": np.sum}, {"type": "ineq", "fun": looks}]
    with pytest.warns(RuntimeWarning, match="x.data looks at") as seen:
        res = minimize(lambda x: x @ x, [3.0, 1.0], method=method, constraints=constraints)
    assert len(seen) == 1
    assert "constraint 1 was differentiated anew at each evaluation, because x.data" in res.message
    np.testing.assert_allclose(res.x, 1.0, atol=5e-3)
