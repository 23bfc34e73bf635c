"""Newton steps from sparse matrices: bands, bands in another order, and what is no band."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from hessopt.optimize import sparse_subproblems
from hessopt.optimize.sparse_subproblems import factoriser, newton_direction
from hessopt.optimize.subproblems import solve


def chain(n: int, diagonal: float = 2.1) -> sparse.csr_array:
    ones = np.ones(n - 1)
    return sparse.diags_array([-ones, diagonal * np.ones(n), -ones], offsets=[-1, 0, 1]).tocsr()


def shuffled(B: Any, seed: int = 0) -> sparse.csr_array:
    order = np.random.default_rng(seed).permutation(B.shape[0])
    return B[order][:, order].tocsr()


def grid(side: int, diagonal: float = 2.1) -> sparse.csr_array:
    one, eye = chain(side, diagonal), sparse.eye_array(side)
    return sparse.csr_array(sparse.kron(one, eye) + sparse.kron(eye, one))


def bordered(B: Any) -> sparse.csr_array:
    """Return the matrix with one full row and column in the middle."""
    border = np.zeros(B.shape)
    border[B.shape[0] // 2] = 1e-3
    return sparse.csr_array(B + border + border.T)


MATRICES = {
    "chain": chain(300),
    "shuffled chain": shuffled(chain(300)),
    "grid": grid(12),
    "wide grid": shuffled(grid(70)),
    "bordered": bordered(chain(300)),
    "shuffled bordered": shuffled(bordered(chain(300))),
    "diagonal": sparse.eye_array(7).tocsr() * 3.0,
    "no entries off one block": sparse.csr_array(sparse.block_diag([np.eye(2) + 1, np.eye(80)])),
}


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("lam", [0.0, 0.5])
def test_factors_solve(name: str, lam: float):
    B = MATRICES[name]
    b = np.random.default_rng(1).standard_normal(B.shape[0])
    found = factoriser(B)(lam)
    assert found is not None
    x = found(b)
    np.testing.assert_allclose(B @ x + lam * x, b, atol=1e-9)


def test_wide_matrices_are_no_bands(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sparse_subproblems, "_band_cholesky", None)
    assert factoriser(MATRICES["wide grid"])(0.0) is not None
    with pytest.raises(TypeError):
        factoriser(MATRICES["shuffled chain"])(0.0)


@pytest.mark.parametrize("band", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_factors_exist_just_where_the_matrix_is_positive_definite(
    band: bool, seed: int, monkeypatch: pytest.MonkeyPatch
):
    if not band:
        monkeypatch.setattr(sparse_subproblems, "WIDEST", -1)
    random = np.random.default_rng(seed)
    A = sparse.random_array((40, 40), density=0.05, rng=random).toarray()
    B = A + A.T + np.diag(random.uniform(-1, 1, 40))
    least = np.linalg.eigvalsh(B)[0]
    factor = factoriser(sparse.csr_array(B))
    assert factor(-least - 1e-3) is None
    assert factor(-least + 1e-3) is not None


def test_a_singular_matrix_is_not_positive_definite():
    assert factoriser(sparse.csr_array(np.ones((2, 2))))(0.0) is None
    assert factoriser(chain(200, 2.0 - 1e-3))(0.0) is None


def test_a_zero_on_the_diagonal_is_not_positive_definite():
    B = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert factoriser(B)(0.0) is None
    np.testing.assert_allclose(solve(B)(np.array([1.0, 2.0])), [2.0, 1.0])


@pytest.mark.parametrize("band", [True, False])
def test_direction_of_a_convex_model_is_newtons(band: bool, monkeypatch: pytest.MonkeyPatch):
    if not band:
        monkeypatch.setattr(sparse_subproblems, "WIDEST", -1)
    B = shuffled(chain(50))
    g = np.random.default_rng(2).standard_normal(50)
    p, convex = newton_direction(B, g)
    assert convex
    np.testing.assert_allclose(B @ p, -g, atol=1e-10)


def test_direction_does_not_depend_on_units():
    B, g = chain(30), np.random.default_rng(3).standard_normal(30)
    D = 10.0 ** np.random.default_rng(4).integers(-6, 7, 30)
    for matrix in (B, chain(30, -1.0)):
        scaled = sparse.csr_array(sparse.diags_array(D) @ matrix @ sparse.diags_array(D))
        np.testing.assert_allclose(
            newton_direction(scaled, D * g)[0] * D, newton_direction(matrix, g)[0], rtol=1e-6
        )


@pytest.mark.parametrize(
    "B",
    [
        chain(30, -1.0),
        chain(30, 1.0),
        sparse.diags_array(np.r_[-1.0, np.ones(29)]).tocsr(),
        chain(30, 1.0) * 0.0,
        sparse.csr_array((30, 30)),
        chain(30) * np.nan,
    ],
)
def test_direction_goes_down_whatever_the_matrix(B: Any):
    g = np.random.default_rng(5).standard_normal(30)
    p, convex = newton_direction(B, g)
    assert not convex
    assert np.isfinite(p).all()
    assert g @ p < 0


def test_solving_with_a_singular_matrix():
    for B in (sparse.csr_array((2, 2)), np.zeros((2, 2))):
        with pytest.raises(np.linalg.LinAlgError):
            solve(B)(np.ones(2))
