"""Derivatives by programs in `minimize`: used, the same, and said where they cannot be."""

import numpy as np
import pytest

from hessopt.optimize.compiled import Compiled, untraced
from hessopt.optimize.minimize import minimize


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


X = np.array([-1.2, 1.0, 0.5])


@pytest.fixture
def at_once(monkeypatch):
    """Trace from the first evaluation on."""
    monkeypatch.setattr("hessopt.optimize.minimize.untraced", lambda n, order: 0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("method", ["newton", "newton-cg", "trust-ncg", "l-bfgs", "trust-exact"])
def test_fun_is_called_for_traces_alone(method, counted):
    fun = counted(rosenbrock)
    res = minimize(fun, np.tile([-1.2, 1.0], 5), method=method)
    assert res.success
    assert res.nfev > 10
    assert fun.calls <= 8  # traces of gradients, products, Hessians, each compared once


@pytest.mark.usefixtures("at_once")
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


@pytest.mark.usefixtures("at_once")
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


@pytest.mark.usefixtures("at_once")
def test_what_is_random_is_found_out():
    random = np.random.default_rng(0)
    with pytest.warns(RuntimeWarning, match="randomness"):
        res = minimize(lambda x: np.sum(x**2) + 1e-3 * random.random(), [1.0, 2.0], method="l-bfgs")
    assert "depends on something besides its arguments" in res.message


@pytest.mark.usefixtures("at_once")
def test_a_branch_is_followed():
    def f(x):
        return np.sum(x**2) if x[0] > 0 else np.sum(x**2) + (x[0] - 1) ** 2 - 1 + 2 * x[0]

    res = minimize(f, [-3.0, 2.0], method="newton-cg")
    np.testing.assert_allclose(res.x, 0.0, atol=1e-6)


@pytest.mark.parametrize("jit", ["fast", 3, None])
def test_an_unknown_backend_is_refused(jit):
    with pytest.raises(ValueError, match=r"options\['jit'\] must be True, False, 'auto'"):
        minimize(rosenbrock, X, options={"jit": jit})


METHODS = ["newton", "newton-cg", "trust-ncg", "l-bfgs", "bfgs", "trust-exact"]


@pytest.mark.parametrize("method", METHODS)
def test_a_run_that_is_short_is_not_traced(method, counted):
    fun = counted(lambda x: np.sum(np.cosh(x)))
    res = minimize(fun, [0.4, -0.9], method=method)
    assert res.nit <= 20
    assert res.nfev == fun.calls


@pytest.mark.parametrize("method", METHODS)
def test_a_run_that_is_long_goes_over_to_programs(method, counted):
    fun = counted(rosenbrock)
    x0 = np.tile([-1.2, 1.0], 10)
    eager = minimize(rosenbrock, x0, method=method, options={"jit": False})
    res = minimize(fun, x0, method=method)
    first = untraced(20, order=1 if "bfgs" in method else 2)
    assert res.nit > first + 2
    assert fun.calls <= res.history.nfev[first] + 8
    assert abs(res.nit - eager.nit) <= 2
    np.testing.assert_allclose(res.fun, eager.fun, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("method", METHODS)
def test_a_run_resumes_exactly_whenever_it_goes_over_to_programs(method, monkeypatch):
    monkeypatch.setattr("hessopt.optimize.minimize.untraced", lambda n, order: 4)
    whole = minimize(rosenbrock, X, method=method)
    for maxiter in range(1, 8):
        part = minimize(rosenbrock, X, method=method, options={"maxiter": maxiter})
        rest = minimize(rosenbrock, X, method=method, options={"resume": part})
        np.testing.assert_array_equal(rest.x, whole.x)
        np.testing.assert_array_equal(rest.history.f, whole.history.f)


def test_further_arguments_are_inputs(counted):
    fun = counted(lambda x, a, b: np.sum(a * x**4) + b * x[0] * x[1])
    compiled = Compiled(fun, 2)
    v = np.array([0.3, -0.7])
    for k in range(1, 6):
        x, a, b = np.array([1.0, 2.0]) * k, np.array([0.5, k]), np.array(3.0 / k)
        f, g = compiled.value_and_grad(x, a, b)
        np.testing.assert_allclose(f, fun.fun(x, a, b))
        np.testing.assert_allclose(g, 4 * a * x**3 + b * x[::-1])
        H = np.diag(12 * a * x**2) + b * (1 - np.eye(2))
        np.testing.assert_allclose(compiled.hessian(x, a, b), H)
        np.testing.assert_allclose(compiled.product(x, a, b)(v), H @ v)
    assert fun.calls <= 9
