import numpy as np
import pytest
from scipy.sparse import csr_array

from hessopt.optimize.lsq.oracle import LONG_ONES, RECORDED, VectorOracle

X = np.array([0.5, -1.5, 2.0])


def fun(x):
    return np.stack([x[0] * x[1], np.sin(x[2]), x[0] ** 3, x[1] * x[2] ** 2])


def exact(x):
    return np.array(
        [
            [x[1], x[0], 0],
            [0, 0, np.cos(x[2])],
            [3 * x[0] ** 2, 0, 0],
            [0, x[2] ** 2, 2 * x[1] * x[2]],
        ]
    )


@pytest.mark.parametrize("rows", [4, 2])  # columns by forward mode, rows by reverse mode
def test_dense_jacobian(rows):
    oracle = VectorOracle(lambda x: fun(x)[:rows], (3,))
    np.testing.assert_allclose(oracle.dense(X, fun(X)[:rows]), exact(X)[:rows], rtol=1e-14)
    assert (oracle.nfev, oracle.njev, oracle.nproduct) == (0, 1, min(rows, 3))


def test_operator_records_fun_once():
    calls = []

    def counted(x):
        calls.append(1)
        return fun(x)

    J = VectorOracle(counted, (3,)).operator(X, fun(X))
    rng = np.random.default_rng(0)
    for _ in range(3):
        v, u = rng.normal(size=3), rng.normal(size=4)
        np.testing.assert_allclose(J.matvec(v), exact(X) @ v, rtol=1e-13)
        np.testing.assert_allclose(J.rmatvec(u), exact(X).T @ u, rtol=1e-13)
    assert len(calls) == 1


def test_second_order_term():
    u = np.array([1.0, -2.0, 0.5, 3.0])
    oracle = VectorOracle(fun, (3,))
    expected = np.zeros((3, 3))
    expected[0, 1] = expected[1, 0] = u[0]
    expected[2, 2] = -u[1] * np.sin(X[2]) + u[3] * 2 * X[1]
    expected[0, 0] = u[2] * 6 * X[0]
    expected[1, 2] = expected[2, 1] = u[3] * 2 * X[2]
    np.testing.assert_allclose(oracle.second(X, u).dense(), expected, rtol=1e-13, atol=1e-14)
    assert oracle.nhev == 1


@pytest.mark.parametrize("scheme", ["2-point", "3-point", "cs"])
def test_differences(scheme):
    oracle = VectorOracle(fun, (3,), jac=scheme)
    np.testing.assert_allclose(oracle.dense(X, fun(X)), exact(X), atol=1e-6)


@pytest.mark.parametrize("kind", [np.array, csr_array])
def test_jacobian_of_the_user(kind):
    oracle = VectorOracle(fun, (3,), jac=lambda x: kind(exact(x)))
    np.testing.assert_array_equal(oracle.dense(X, fun(X)), exact(X))


def test_shapes_and_lists():
    oracle = VectorOracle(lambda x: [x[0, 0] * x[1, 1], np.sum(x)], (2, 2))
    x = np.arange(1.0, 5.0)
    np.testing.assert_array_equal(oracle.value(x), [4, 10])
    np.testing.assert_array_equal(oracle.dense(x, oracle.value(x)), [[4, 0, 0, 1], [1, 1, 1, 1]])


def test_arguments_are_checked():
    with pytest.raises(TypeError, match="fun must be callable, not int"):
        VectorOracle(3, (1,))
    with pytest.raises(ValueError, match=r"jac must be a callable, None or one of .*'exact'"):
        VectorOracle(fun, (3,), jac="exact")


def test_programs_give_what_recordings_give_and_count_the_same():
    u = np.array([1.0, -2.0, 0.5, 3.0])
    eager, programs = VectorOracle(fun, (3,)), VectorOracle(fun, (3,), jit=True)
    for x in np.linspace(X, X + 1, 15):
        r = eager.value(x)
        np.testing.assert_array_equal(programs.value(x), r)
        np.testing.assert_allclose(programs.dense(x, r), eager.dense(x, r), rtol=1e-13)
        ours, theirs = programs.operator(x, r), eager.operator(x, r)
        np.testing.assert_allclose(ours @ X, theirs @ X, rtol=1e-13)
        np.testing.assert_allclose(ours.rmatvec(u), theirs.rmatvec(u), rtol=1e-13)
        found = programs.second(x, u).dense()
        np.testing.assert_allclose(found, eager.second(x, u).dense(), rtol=1e-12, atol=1e-13)
    assert programs.compiled.note == ""
    assert (programs.nfev, programs.njev, programs.nhev) == (15, 30, 15)
    assert (eager.nfev, eager.njev, eager.nhev) == (15, 30, 15)


def test_second_derivatives_are_traced_where_there_are_many(counted):
    watched = counted(fun)
    oracle = VectorOracle(watched, (3,), jit=True)
    for k in range(30):
        oracle.second(X + k, np.ones(4)).product(X)
    assert watched.calls == RECORDED + 2  # then a trace and a comparison
    resumed = VectorOracle(counted(fun), (3,), jit=True)
    resumed.nhev_before = RECORDED  # of the run that is gone on with
    resumed.second(X, np.ones(4)).product(X)
    assert resumed.compiled._curvature._signatures


def test_values_of_many_come_from_a_program(counted, monkeypatch):
    watched = counted(fun)
    monkeypatch.setattr("hessopt.optimize.lsq.oracle.COMPILES", 4)
    oracle = VectorOracle(watched, (3,), jit="numpy")
    for k in range(10):
        np.testing.assert_allclose(oracle.value(X + k), fun(X + k))
    assert oracle.nfev == 10
    assert watched.calls == 3  # once to learn how many there are, a trace, a comparison


def test_a_limit_holds_for_programs_too():
    class Enough(Exception):
        pass

    def forbid():
        raise Enough

    oracle = VectorOracle(fun, (3,), before_call=forbid, jit=True)
    for evaluate in (
        lambda: oracle.value(X),
        lambda: oracle.dense(X, fun(X)),
        lambda: oracle.operator(X, fun(X)),
        lambda: oracle.second(X, fun(X)),
    ):
        with pytest.raises(Enough):
            evaluate()


def test_a_few_jacobians_may_be_recorded_before_they_are_traced(counted):
    watched = counted(fun)
    oracle = VectorOracle(watched, (3,), jit=True, recorded=4)
    for k in range(10):
        np.testing.assert_allclose(oracle.dense(X + k, fun(X)), exact(X + k), rtol=1e-12)
    assert watched.calls == 4 + 2
    square = counted(lambda x: np.sin(x) * x[::-1])
    oracle = VectorOracle(square, (11,), jit=True, recorded=4)  # eleven columns: traced at once
    for k in range(10):
        oracle.dense(np.arange(11.0) + k, np.zeros(11))
    assert square.calls == 2


def test_long_columns_are_recorded_a_few_times_before_they_are_traced(counted, monkeypatch):
    monkeypatch.setattr("hessopt.optimize.lsq.oracle.LONG", 4)
    watched = counted(fun)
    oracle = VectorOracle(watched, (3,), jit=True)
    for k in range(LONG_ONES + 5):
        oracle.dense(X + k, fun(X))
    assert watched.calls == LONG_ONES + 2
    resumed = VectorOracle(watched, (3,), jit=True)
    resumed.njev_before = LONG_ONES
    resumed.dense(X, fun(X))
    assert resumed.compiled.begun
