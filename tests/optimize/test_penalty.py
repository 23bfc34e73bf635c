import numpy as np
import pytest

from hessopt.optimize.bounds import Box
from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.objective import Objective
from hessopt.optimize.penalty import AugmentedLagrangian, Multipliers, first_multipliers


def fun(x):
    return np.sum(x**4) + x[0] * x[1]


GIVEN = [
    {"type": "eq", "fun": lambda x: x[0] * x[1] ** 2 - 2},
    {"type": "ineq", "fun": lambda x: [4 - np.sum(x**2), x[0] + 10]},
]


def augmented(lam, rho=3.0, scale=(1.0, 0.5, 1.0), box=None, x=(1.5, -2.0)):
    x = np.array(x)
    constraints = ConstraintSet(parse_constraints(GIVEN, (2,)), x)
    objective = Objective(fun, x, box=box, constraints=constraints)
    return AugmentedLagrangian(objective, Multipliers(np.array(lam), rho, np.array(scale))), x


@pytest.mark.parametrize("lam", [[0.0, 0.0, 0.0], [1.0, -2.0, -0.5], [-3.0, -1.0, 2.0]])
def test_it_is_the_minimum_over_the_slacks(lam):
    phi, x = augmented(lam)
    lam, rho, w = phi.multipliers
    c = w * phi.constraints.value(x)
    lower, upper = w * phi.constraints.lower, w * phi.constraints.upper
    slacks = np.clip(np.linspace(-30, 30, 200_001)[:, None], lower, upper)
    gap = c - slacks
    least = np.sum(np.min(lam * gap + rho / 2 * gap**2, axis=0))
    np.testing.assert_allclose(phi(x).f, fun(x) + least, rtol=1e-6)


@pytest.mark.parametrize("lam", [[0.0, 0.0, 0.0], [1.0, -2.0, -0.5]])
def test_derivatives_against_differences(lam):
    phi, x = augmented(lam)
    h = 1e-5
    for e in np.eye(2):
        slope = (phi(x + h * e).f - phi(x - h * e).f) / (2 * h)
        np.testing.assert_allclose(phi(x).g @ e, slope, rtol=1e-7)
        change = (phi(x + h * e).g - phi(x - h * e).g) / (2 * h)
        np.testing.assert_allclose(phi.hvp(x)(e), change, rtol=1e-7)
    np.testing.assert_allclose(phi.hessian(x) @ x, phi.hvp(x)(x))


def test_the_point_of_the_problem():
    box = Box(np.array([1.5, -9.0]), np.array([9.0, 9.0]))
    phi, x = augmented([1.0, -2.0, -0.5], box=box)
    point = phi(x)
    kkt = phi.kkt(point, 1e-8)
    J = phi.constraints.at(x).matrix()
    gradient = np.array([4 * x[0] ** 3 + x[1], 4 * x[1] ** 3 + x[0]])
    np.testing.assert_allclose(kkt.g, gradient)
    np.testing.assert_allclose(kkt.lagrangian, gradient + J.T @ kkt.multipliers)
    np.testing.assert_allclose(
        kkt.grad_norm, np.abs(box.projected_gradient(x, kkt.lagrangian)).max()
    )
    assert kkt.f == fun(x)
    np.testing.assert_allclose(kkt.violation, np.max([abs(1.5 * 4 - 2), 2.25]))
    assert not kkt.settled


def test_a_constraint_that_holds_but_has_a_multiplier_does_not_settle():
    phi, x = augmented([0.0, -2.0, -0.5], x=(2.0, 1.0))
    settled, not_settled = (
        AugmentedLagrangian(phi.objective, phi.multipliers._replace(lam=np.array(lam)))
        for lam in ([0.0, 0.0, 0.0], [0.0, 0.0, -0.5])
    )
    x = np.array([0.5, 2.0])  # c is 0, and 4 - 4.25 < 0: not feasible
    assert settled.kkt(settled(x), 1e-8).violation == 0.25
    x = np.array([1.0, np.sqrt(2)])  # c is 0, 1 and 11
    assert settled.kkt(settled(x), 1e-8).settled
    assert not_settled.kkt(not_settled(x), 1e-8).violation == 0.0
    assert not not_settled.kkt(not_settled(x), 1e-8).settled


def test_the_scales_make_gradients_at_most_one():
    phi, x = augmented([0.0, 0.0, 0.0])
    first = first_multipliers(phi.objective, phi.objective(x), None)
    J = first.scale[:, None] * phi.constraints.at(x).matrix()
    np.testing.assert_allclose(np.abs(J).max(axis=1), 1.0)
    assert first.rho > 0
    assert first_multipliers(phi.objective, phi.objective(x), 7.0).rho == 7.0


def test_an_exception_in_a_constraint_ends_the_run_by_name():
    calls = []

    def fails(x):
        calls.append(x)
        if len(calls) > 4:
            raise RuntimeError("no licence left")
        return x[0] - 3

    from hessopt.optimize.minimize import minimize

    res = minimize(
        fun, [1.0, 1.0], method="augmented-lagrangian", constraints={"type": "eq", "fun": fails}
    )
    assert not res.success
    assert res.status.name == "OBJECTIVE_FAILED"
    assert "RuntimeError: no licence left" in res.message
    assert np.isfinite(res.constr_violation)
