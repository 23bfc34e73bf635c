"""Derivatives by programs in `minimize`: used, the same, and said where they cannot be."""

import numpy as np
import pytest

from hessopt.optimize.compiled import Compiled
from hessopt.optimize.minimize import minimize


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


X = np.array([-1.2, 1.0, 0.5])


@pytest.mark.parametrize("method", ["newton", "newton-cg", "trust-ncg", "l-bfgs", "trust-exact"])
def test_fun_is_called_for_traces_alone(method, counted):
    fun = counted(rosenbrock)
    res = minimize(fun, np.tile([-1.2, 1.0], 5), method=method)
    assert res.success
    assert res.nfev > 10
    assert fun.calls <= 8  # traces of gradients, products, Hessians, each compared once


@pytest.mark.parametrize("method", ["newton", "trust-ncg", "l-bfgs"])
def test_the_way_is_that_of_eager_derivatives(method):
    x0 = np.tile([-1.2, 1.0], 3)
    programs = minimize(rosenbrock, x0, method=method)
    eager = minimize(rosenbrock, x0, method=method, options={"jit": False})
    assert abs(programs.nit - eager.nit) <= 2  # the last digits may differ
    np.testing.assert_allclose(programs.fun, eager.fun, rtol=1e-10, atol=1e-15)


def test_values_are_those_of_the_engine():
    import hessopt

    compiled = Compiled(rosenbrock, 3)
    for x in (X, X + 0.1, X):
        f, g = compiled.value_and_grad(x)
        np.testing.assert_allclose(f, rosenbrock(x))
        np.testing.assert_allclose(g, hessopt.grad(rosenbrock)(x))
        np.testing.assert_allclose(compiled.hessian(x), hessopt.hessian(rosenbrock)(x))
        product = compiled.product(x)
        for v in np.eye(3):
            np.testing.assert_allclose(product(v), hessopt.hvp(rosenbrock)(x, v))
    assert compiled.note == ""


def test_what_looks_at_numbers_is_differentiated_anew_and_that_is_said():
    def f(x):
        plain = getattr(x, "data", x) if hasattr(x, "backward") else x
        return np.sum(x**2) * (1 + 0 * np.sum(plain))

    with pytest.warns(
        RuntimeWarning, match=r"fun was differentiated anew .* right but slow"
    ) as seen:
        res = minimize(f, [1.0, 2.0], method="newton-cg")
    assert len(seen) == 1
    assert seen[0].filename == __file__
    assert "differentiated anew at each evaluation, because x.data looks at" in res.message
    assert res.nfev > 1


def test_what_is_random_is_found_out():
    random = np.random.default_rng(0)
    with pytest.warns(RuntimeWarning, match="randomness"):
        res = minimize(lambda x: np.sum(x**2) + 1e-3 * random.random(), [1.0, 2.0], method="l-bfgs")
    assert "depends on something besides its arguments" in res.message


def test_a_branch_is_followed():
    def f(x):
        return np.sum(x**2) if x[0] > 0 else np.sum(x**2) + (x[0] - 1) ** 2 - 1 + 2 * x[0]

    res = minimize(f, [-3.0, 2.0], method="newton-cg")
    np.testing.assert_allclose(res.x, 0.0, atol=1e-6)


@pytest.mark.parametrize("jit", ["fast", 3, None])
def test_an_unknown_backend_is_refused(jit):
    with pytest.raises(ValueError, match=r"options\['jit'\] must be True, False, 'auto'"):
        minimize(rosenbrock, X, options={"jit": jit})
