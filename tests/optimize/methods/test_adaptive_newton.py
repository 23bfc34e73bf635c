import numpy as np
import pytest

import problems
from hessopt.optimize.methods.adaptive_newton import STEPS, AdaptiveNewton, Phase
from hessopt.optimize.minimize import minimize
from hessopt.optimize.objective import Objective


def phase_of(res):
    return res.state.memory


def test_where_products_are_few_it_is_trust_ncg(rosenbrock):
    x0 = np.full(30, 1.5)
    res = minimize(rosenbrock, x0, method="adaptive-newton")
    other = minimize(rosenbrock, x0, method="trust-ncg")
    assert not phase_of(res).factorises
    np.testing.assert_array_equal(res.history.f, other.history.f)
    assert res.nhev == other.nhev


def test_where_they_are_many_and_the_hessian_is_sparse_it_factorises():
    problem = problems.get("dixmaanl")
    res = minimize(problem.value, problem.start, method="adaptive-newton")
    other = minimize(problem.value, problem.start, method="trust-ncg")
    assert res.success
    assert phase_of(res).factorises
    assert res.nhev < other.nhev / 2
    np.testing.assert_allclose(res.fun, problem.least_value, rtol=1e-8)


def test_a_small_dense_hessian_is_formed():
    problem = problems.get("scosine")  # a hundred variables, of sizes 1 to 1e12
    res = minimize(problem.value, problem.start, method="adaptive-newton")
    assert res.success
    assert phase_of(res).factorises
    forbidden = minimize(
        problem.value,
        problem.start,
        method="adaptive-newton",
        options={"dense": 10, "maxfun": res.nfev},
    )
    assert not phase_of(forbidden).factorises


def test_prices(rosenbrock):
    x = np.full(150, 1.5)
    assert Objective(rosenbrock, x, jit=True).hessian_price(x, 0) == 3
    assert Objective(rosenbrock, x).hessian_price(x, 0) == np.inf
    assert Objective(rosenbrock, x).hessian_price(x, 200) == 150
    given = Objective(rosenbrock, x, jac=np.sin, hess=lambda x: np.eye(x.size))
    assert given.hessian_price(x, 0) == 1


def test_the_price_is_asked_for_after_some_steps(rosenbrock, monkeypatch):
    asked = []
    monkeypatch.setattr(
        Objective, "hessian_price", lambda self, x, dense: asked.append(1) or np.inf
    )
    res = minimize(rosenbrock, [-1.2, 1.0], method="adaptive-newton")
    assert len(asked) == res.nit // STEPS


@pytest.mark.parametrize("maxiter", [3, 8, 60])
def test_it_resumes_in_either_phase(maxiter):
    problem = problems.get("dixmaanl")
    whole = minimize(problem.value, problem.start, method="adaptive-newton")
    options = {"maxiter": maxiter}
    part = minimize(problem.value, problem.start, method="adaptive-newton", options=options)
    rest = minimize(problem.value, part.x, method="adaptive-newton", options={"resume": part})
    np.testing.assert_array_equal(rest.x, whole.x)


def test_its_memory_says_which_phase():
    method = AdaptiveNewton()
    objective = Objective(lambda x: np.sum(x**4), np.ones(3))
    point, memory = method.start(objective, objective.x0)
    assert isinstance(memory, Phase)
    assert not memory.factorises
    point, memory = method.step(objective, point, memory._replace(inner=None, factorises=True))
    assert memory.factorises
    np.testing.assert_allclose(point.x, 2 / 3)
