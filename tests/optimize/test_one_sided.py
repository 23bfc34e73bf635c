"""SLSQP gets equations and inequalities, whatever limits the user gave."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint, NonlinearConstraint

from hessopt.optimize.constraint_set import ConstraintSet
from hessopt.optimize.constraints import parse_constraints
from hessopt.optimize.minimize import minimize
from hessopt.optimize.one_sided import one_sided


def bowl(x):
    return (x[0] - 1) ** 2 + (x[1] - 2.5) ** 2 + 0.1 * x[2] ** 2


def disc(x):
    return np.stack([x[0] ** 2 + x[1] ** 2, x[2]])


@pytest.mark.parametrize(
    "free",
    [
        LinearConstraint(np.ones((1, 3))),
        NonlinearConstraint(lambda x: x[0], -np.inf, np.inf),
        NonlinearConstraint(disc, -np.inf, np.inf),
    ],
)
def test_a_constraint_without_limits_is_left_out(free):
    res = minimize(bowl, [0.5, 0.2, 0.1], method="slsqp", constraints=free)
    assert res.success
    np.testing.assert_allclose(res.x[:2], [1, 2.5], atol=1e-5)


def test_equations_beside_inequalities_are_no_reason_to_warn():
    """Warnings are errors in these tests; the Hessian is of no use to SLSQP, and no sin."""
    mixed = NonlinearConstraint(disc, [-np.inf, 0.3], [1, 0.3])
    given = NonlinearConstraint(disc, -1, 1, hess=lambda x, v: v[0] * np.diag([2.0, 2.0, 0.0]))
    for constraint in (mixed, given):
        res = minimize(bowl, [0.5, 0.2, 0.1], method="slsqp", constraints=constraint)
        assert res.success
        np.testing.assert_allclose(res.x[:2], np.array([1, 2.5]) / np.sqrt(7.25), atol=1e-4)


def test_both_sides_and_their_order():
    limits = [-np.inf, 1, 0, -2, -np.inf], [3, 1, 5, np.inf, np.inf]
    parts = parse_constraints(LinearConstraint(sparse.csr_array(np.eye(5)), *limits), (5,))
    x = np.arange(5.0)
    equations, inequalities = one_sided(ConstraintSet(parts, x))
    assert (equations["type"], inequalities["type"]) == ("eq", "ineq")
    np.testing.assert_array_equal(equations["fun"](x), [0])
    np.testing.assert_array_equal(inequalities["fun"](x), [2, 5, 3, 3])
    np.testing.assert_array_equal(equations["jac"](x), np.eye(5)[[1]])
    expected = np.array([1, 1, -1, -1])[:, None] * np.eye(5)[[2, 3, 0, 2]]
    np.testing.assert_array_equal(inequalities["jac"](x), expected)


def test_what_both_need_is_computed_once(counted):
    fun = counted(disc)
    constraint = NonlinearConstraint(fun, [-np.inf, 0.3], [1, 0.3])
    (part,) = parse_constraints(constraint, (3,))
    dicts = one_sided(ConstraintSet([part], np.ones(3)))
    before = fun.calls
    for x in (np.zeros(3), np.ones(3)):
        for each in dicts:
            each["fun"](x)
    assert fun.calls == before + 2


def test_keep_feasible_is_not_dropped_in_silence():
    constraint = NonlinearConstraint(disc, -1, 1, keep_feasible=True)
    with pytest.warns(RuntimeWarning, match="slsqp does not use keep_feasible"):
        minimize(bowl, [0.5, 0.2, 0.1], method="slsqp", constraints=constraint)
