"""Derivatives of functions of several values by programs: the engine's own, and said where not."""

import numpy as np
import pytest

import hessopt
from hessopt.optimize import compiled_vector
from hessopt.optimize.compiled_vector import CompiledVector, stacked

X = np.array([0.5, -1.5, 2.0])
POINTS = (X, X + 0.1, X)


def tall(x):
    return [x[0] * x[1], np.sin(x[2]), x[0] ** 3, x[1] * x[2] ** 2, x[0] / x[1]]


def wide(x):
    return np.stack([np.exp(x[0]) * x[1], np.sum(x**2)])


def branching(x):
    return np.stack([x[0] ** 2, x[1] * x[2]] if x[0] > 0.55 else [x[0], x[1] ** 3])


EVERY = pytest.mark.parametrize("fun", [tall, wide, branching])


def exact(fun, x):
    return hessopt.jacobian(lambda x: stacked(fun(x)))(x)


@EVERY
@pytest.mark.parametrize("batch", [compiled_vector.BATCH, 6, 1])  # at once; two lines; one
@pytest.mark.parametrize("few", [1, 3])
def test_jacobians_are_those_of_the_engine(fun, few, batch, monkeypatch):
    monkeypatch.setattr(compiled_vector, "BATCH", batch)
    monkeypatch.setattr(compiled_vector, "FEW", few)
    compiled = CompiledVector(fun, (3,), len(fun(X)))
    for x in POINTS:
        J = compiled.jacobian(x)
        np.testing.assert_allclose(J, exact(fun, x), rtol=1e-13)
        assert J.flags.c_contiguous
        assert J.flags.writeable
    assert compiled.note == ""


@EVERY
def test_values_and_products_are_those_of_the_engine(fun):
    m = len(fun(X))
    compiled = CompiledVector(fun, (3,), m)
    u = np.linspace(-1, 2, m)
    H = [hessopt.hessian(lambda x: np.sum(stacked(fun(x)) * u))(x) for x in POINTS]
    for x, h in zip(POINTS, H, strict=True):
        J = exact(fun, x)
        np.testing.assert_allclose(compiled.value(x), stacked(fun(x)))
        tangent, adjoint, second = (
            compiled.tangent(x),
            compiled.adjoint(x),
            compiled.curvature(x, u),
        )
        for v in np.eye(3):
            np.testing.assert_allclose(tangent(v), J @ v, rtol=1e-13, atol=1e-15)
            np.testing.assert_allclose(second(v), h @ v, rtol=1e-12, atol=1e-15)
        for w in np.eye(m):
            np.testing.assert_allclose(adjoint(w), J.T @ w, rtol=1e-13, atol=1e-15)
    assert compiled.note == ""


def test_what_a_point_is_evaluated_at_may_change_afterwards():
    x, u = X.copy(), np.ones(5)
    compiled = CompiledVector(tall, (3,), 5)
    products = compiled.tangent(x), compiled.adjoint(x), compiled.curvature(x, u)
    expected = [
        np.array(product(np.ones(k))) for product, k in zip(products, (3, 5, 3), strict=True)
    ]
    x[:], u[:] = 7.0, 7.0
    for product, k, before in zip(products, (3, 5, 3), expected, strict=True):
        np.testing.assert_allclose(product(np.ones(k)), before, rtol=1e-13)


def test_shapes():
    compiled = CompiledVector(lambda x: x @ np.ones((2, 2)), (2, 2), 4)
    J = compiled.jacobian(np.arange(4.0))
    np.testing.assert_array_equal(J, np.kron(np.eye(2), np.ones((2, 2))))
    np.testing.assert_array_equal(compiled.tangent(np.zeros(4))(np.arange(4.0)), [1, 1, 5, 5])


def test_fun_is_called_for_a_trace_and_a_comparison(counted):
    fun = counted(wide)
    compiled = CompiledVector(fun, (3,), 2)
    for k in range(5):
        compiled.jacobian(X + k)
    assert fun.calls == 2


@pytest.mark.parametrize("batch", [compiled_vector.BATCH, 1])
def test_what_looks_at_numbers_is_differentiated_eagerly(batch, monkeypatch):
    monkeypatch.setattr(compiled_vector, "BATCH", batch)

    def looks(x):
        np.asarray(getattr(x, "data", x))
        return wide(x)

    for k, ask in enumerate(("jacobian", "tangent", "adjoint", "curvature")):
        compiled = CompiledVector(looks, (3,), 2)
        for x in POINTS:
            J, u = exact(wide, x), np.ones(2)
            if ask == "jacobian":
                found, expected = compiled.jacobian(x), J
            elif ask == "curvature":
                found = compiled.curvature(x, u)(X)
                expected = hessopt.hessian(lambda x: np.sum(wide(x)))(x) @ X
            else:
                found = getattr(compiled, ask)(x)(X if k == 1 else u)
                expected = J @ X if k == 1 else J.T @ u
            np.testing.assert_allclose(found, expected, rtol=1e-12)
        assert "x.data looks at" in compiled.note


def test_what_depends_on_more_than_its_argument_is_found_out():
    random = np.random.default_rng(0)
    compiled = CompiledVector(lambda x: wide(x) * random.random(), (3,), 2)
    for x in POINTS:
        assert np.isfinite(compiled.jacobian(x)).all()
    assert "depends on something besides its arguments" in compiled.note


def test_long_arrays_go_to_numba_if_it_is_installed(monkeypatch):
    monkeypatch.setattr("hessopt.optimize.compiled.COMPILES", 4)
    monkeypatch.setattr("hessopt.optimize.compiled.has_numba", lambda: True)
    compiled = CompiledVector(wide, (3,), 5)
    backends = {made.backend for made in (compiled._tangent, compiled._adjoint)}
    assert backends == {"numba"}
    assert compiled._whole.backend == "numpy"  # for one Jacobian a step that would not pay
    assert CompiledVector(wide, (3,), 500)._whole.backend == "numba"
    assert CompiledVector(wide, (3,), 500, "numpy")._whole.backend == "numpy"
