import math

import numpy as np
import pytest
import scipy.sparse
from scipy.sparse.linalg import aslinearoperator

import hessopt
from hessopt.optimize.oracle import LONG, Curvature, Oracle

X = np.array([1.0, 2.0])
V = np.array([1.0, -1.0])


def fun(x, a=1.0):
    return a * np.sum(x**3)


def jac(x, a=1.0):
    return 3 * a * x**2


def hess(x, a=1.0):
    return np.diag(6 * a * x)


def outside(x):
    """Not made of NumPy calls, so that only differences can follow it."""
    return math.pow(x[0], 3) + math.pow(x[1], 3)


def check(oracle, rtol=1e-12, a=1.0):
    f, g, curvature = oracle.second(X)
    np.testing.assert_allclose(f, 9 * a, rtol=rtol)
    np.testing.assert_allclose(g, 3 * a * X**2, rtol=rtol)
    np.testing.assert_allclose(curvature.product(V), 6 * a * X * V, rtol=rtol)
    np.testing.assert_allclose(curvature.dense(), np.diag(6 * a * X), rtol=rtol, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({}, (1, 1, 3)),
        ({"jac": False, "hess": False}, (1, 1, 3)),
        ({"jac": jac}, (2, 1, 3)),  # the engine evaluates fun once more
        ({"jac": jac, "hess": hess}, (1, 1, 1)),
        ({"hess": hess}, (1, 1, 1)),
        ({"hess": lambda x: scipy.sparse.csr_array(hess(x))}, (1, 1, 1)),
        ({"hess": lambda x: aslinearoperator(hess(x))}, (1, 1, 1)),
        ({"hess": lambda x: hess(x).tolist()}, (1, 1, 1)),
        ({"hessp": lambda x, p: 6 * x * p}, (1, 1, 3)),
        ({"jac": jac, "hess": hess, "hessp": lambda x, p: p * np.nan}, (1, 1, 1)),
    ],
)
def test_sources_and_counts(given, counts):
    oracle = Oracle(fun, (2,), **given)
    check(oracle)
    assert (oracle.nfev, oracle.njev, oracle.nhev) == counts


def test_fun_that_returns_its_gradient():
    oracle = Oracle(lambda x: (fun(x), jac(x)), (2,), jac=True)
    check(oracle)
    assert (oracle.nfev, oracle.njev) == (2, 1)
    assert oracle.value(X) == 9.0


@pytest.mark.parametrize("scheme", ["2-point", "3-point", "cs"])
def test_differences_on_request(scheme):
    oracle = Oracle(fun, (2,), jac=scheme, hess=hess)
    check(oracle, rtol=1e-6)
    calls = {"2-point": 3, "3-point": 5, "cs": 3}[scheme]
    assert (oracle.nfev, oracle.njev, oracle.nhev) == (calls, 1, 1)


@pytest.mark.parametrize("scheme", ["2-point", "3-point"])
def test_differences_of_what_the_engine_cannot_follow(scheme):
    oracle = Oracle(outside, (2,), jac=scheme)
    np.testing.assert_allclose(oracle.first(X)[1], jac(X), rtol=1e-6)
    with pytest.raises(ValueError, match=f"with jac='{scheme}' there are no second derivatives"):
        oracle.second(X)


def test_a_given_gradient_is_differenced_where_the_engine_cannot_follow():
    oracle = Oracle(outside, (2,), jac=jac)
    check(oracle, rtol=1e-6)
    assert oracle.nhev == 3
    assert oracle.njev == 1 + 2 * 3


def test_a_given_gradient_is_differenced_on_request():
    oracle = Oracle(fun, (2,), jac=jac, hess="2-point")
    check(oracle, rtol=1e-6)
    assert oracle.njev == 1 + 2 * 3


def test_what_the_engine_cannot_follow_is_refused():
    with pytest.raises(TypeError):
        Oracle(outside, (2,)).second(X)


@pytest.mark.parametrize("given", [{}, {"jac": jac, "hess": hess}, {"jac": jac}])
def test_arguments_reach_every_function(given):
    check(Oracle(fun, (2,), (5.0,), **given), a=5.0)


def test_hessp_gets_arguments_and_shapes():
    shape = (2, 1)

    def hessp(x, p, a):
        assert x.shape == p.shape == shape
        return 6 * a * x * p

    check(Oracle(fun, shape, (5.0,), hessp=hessp), a=5.0)
    check(Oracle(fun, shape, (5.0,), jac=jac), a=5.0)
    check(Oracle(fun, shape, (5.0,)), a=5.0)


def test_one_entry_arrays_count_as_numbers():
    oracle = Oracle(lambda x: x**4, (1,))
    f, g, curvature = oracle.second(np.array([2.0]))
    assert (f, g.tolist(), curvature.dense().tolist()) == (16.0, [32.0], [[48.0]])


def test_the_hessian_is_evaluated_when_wanted():
    calls = []

    def counted_hess(x):
        calls.append(x)
        return hess(x)

    curvature = Oracle(fun, (2,), hess=counted_hess).second(X)[2]
    assert calls == []
    curvature.product(V)
    curvature.product(V)
    curvature.dense()
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"fun": 3}, TypeError, "fun must be callable, not int"),
        ({"jac": "4-point"}, ValueError, r"jac must be a callable, True, None or one of .*4-point"),
        ({"jac": np.ones(2)}, ValueError, "jac must be a callable"),
        ({"hess": np.eye(2)}, ValueError, "hess must be a callable, None or one of"),
        ({"hessp": 3}, TypeError, r"hessp must be callable as hessp\(x, p\), not int"),
    ],
)
def test_bad_arguments(given, error, message):
    with pytest.raises(error, match=message):
        Oracle(**{"fun": fun, "shape": (2,), **given})


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"fun": lambda x: None}, TypeError, "fun returned None"),
        ({"fun": lambda x: x}, ValueError, r"fun must return one number.*shape \(2,\)"),
        ({"fun": lambda x: np.sum(x) * 1j}, TypeError, "fun returned a complex number"),
        ({"fun": lambda x: "a"}, TypeError, "fun must return a real number"),
        ({"jac": lambda x: None}, TypeError, "jac returned None"),
        ({"jac": lambda x: np.ones(3)}, ValueError, "jac must return 2 numbers"),
        ({"jac": True}, TypeError, "with jac=True, fun must return the pair"),
        ({"fun": lambda x: (1.0, np.ones(3)), "jac": True}, ValueError, "jac must return 2"),
        ({"hess": lambda x: np.ones(2)}, ValueError, "hess must return a matrix"),
        ({"hessp": lambda x, p: 1.0}, ValueError, "hessp must return 2 numbers"),
    ],
)
def test_bad_returns(given, error, message):
    oracle = Oracle(**{"fun": fun, "shape": (2,), **given})
    with pytest.raises(error, match=message):
        oracle.second(X)[2].product(V)


def test_an_absurd_dense_hessian_is_refused():
    with pytest.raises(ValueError, match=r"1000000 variables needs 8e\+03 GB; use .*'trust-ncg'"):
        Curvature(10**6, lambda v: v).dense()


def test_a_dense_hessian_is_made_symmetric():
    B = Curvature(2, lambda v: np.array([[1.0, 2.0], [4.0, 1.0]]) @ v).dense()
    np.testing.assert_array_equal(B, [[1, 3], [3, 1]])


def test_before_call_may_forbid():
    def forbid():
        raise InterruptedError

    oracle = Oracle(fun, (2,), before_call=forbid)
    with pytest.raises(InterruptedError):
        oracle.value(X)
    assert oracle.nfev == 0


def test_a_few_gradients_may_be_computed_before_they_are_traced(counted, rosenbrock):
    for n, calls in ((2, 5 + 2), (LONG, 2)):  # long vectors are traced at once
        fun = counted(rosenbrock)
        oracle = Oracle(fun, (n,), jit=True, recorded=5)
        for k in range(10):
            f, g = oracle.first(np.full(n, 0.1 * k))
            assert f == pytest.approx(rosenbrock(np.full(n, 0.1 * k)))
            np.testing.assert_allclose(g, hessopt.grad(rosenbrock)(np.full(n, 0.1 * k)), atol=1e-12)
        assert (oracle.nfev, oracle.njev, fun.calls) == (10, 10, calls)


def test_second_derivatives_are_traced_when_gradients_are(counted, rosenbrock):
    fun = counted(rosenbrock)
    oracle = Oracle(fun, (2,), jit=True, recorded=5)
    for k in range(10):
        x = np.array([0.1 * k, 1.0])
        curvature = oracle.second(x)[2]
        np.testing.assert_allclose(curvature.dense(), hessopt.hessian(rosenbrock)(x), atol=1e-10)
    assert (oracle.nfev, oracle.njev, oracle.nhev) == (10, 10, 20)
    assert fun.calls == 5 + 2 + 2
