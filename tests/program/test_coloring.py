"""Colourings: every entry can be read, and not many products are needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize._numdiff import group_columns

from hessopt.program.coloring import columns, star


def patterns(symmetric: bool) -> st.SearchStrategy[np.ndarray]:
    def build(seed: int, m: int, n: int, density: float) -> np.ndarray:
        random = np.random.default_rng(seed)
        found = random.random((m, m if symmetric else n)) < density
        return found | found.T if symmetric else found

    sizes = st.integers(1, 14)
    return st.builds(build, st.integers(0, 10**6), sizes, sizes, st.floats(0, 0.7))


def filled(pattern: np.ndarray, symmetric: bool) -> np.ndarray:
    values = np.random.default_rng(0).uniform(1, 2, pattern.shape)
    return np.where(pattern, values + values.T if symmetric else values, 0.0)


def band(n: int, width: int) -> sparse.csr_array:
    offsets = range(-width, width + 1)
    return sparse.diags_array([np.ones(n - abs(k)) for k in offsets], offsets=list(offsets)).tocsr()


@given(patterns(symmetric=False))
def test_columns_give_every_entry(pattern: np.ndarray):
    given_pattern = sparse.csr_array(pattern)
    found = columns(given_pattern)
    A = filled(pattern, symmetric=False)
    products = found.seeds(0, found.count) @ A.T
    np.testing.assert_array_equal(products.ravel()[found.sources], A[pattern])


@given(patterns(symmetric=True))
def test_star_gives_every_entry_the_same_from_both_sides(pattern: np.ndarray):
    found = star(sparse.csr_array(pattern))
    A = filled(pattern, symmetric=True)
    products = found.seeds(0, found.count) @ A
    np.testing.assert_array_equal(products.ravel()[found.sources], A[pattern])
    places = np.zeros(pattern.shape, int)
    places[pattern] = found.sources
    np.testing.assert_array_equal(places, places.T)


@given(patterns(symmetric=True))
def test_star_is_a_star_coloring(pattern: np.ndarray):
    """No two neighbours alike, and no path of four vertices of two colours."""
    colors = star(sparse.csr_array(pattern)).colors
    n = len(colors)
    edge = pattern & ~np.eye(n, dtype=bool)
    assert not np.any(edge & (colors[:, None] == colors))
    for a, b in np.argwhere(edge):
        for c in np.flatnonzero(edge[b]):
            for d in np.flatnonzero(edge[c]):
                if len({a, b, c, d}) == 4:
                    assert len(set(colors[[a, b, c, d]])) > 2


def test_columns_need_no_more_than_scipys():
    ours = theirs = 0
    for seed in range(20):
        shape, rng = (120, 100), np.random.default_rng(seed)
        pattern = sparse.csr_array(sparse.random_array(shape, density=0.04, rng=rng)).astype(bool)
        ours += columns(pattern).count
        theirs += group_columns(pattern, seed).max() + 1
    assert ours <= theirs


@pytest.mark.parametrize("width", [0, 1, 2, 3])
def test_bands_take_as_many_as_they_are_wide(width: int):
    pattern = band(1000, width).astype(bool)
    assert star(pattern).count <= 2 * width + 1
    assert columns(pattern).count == 2 * width + 1


@pytest.mark.parametrize("where", [0, 57, 99])
def test_one_dense_row_and_column_costs_one_product(where: int):
    arrow = np.eye(100)
    arrow[where] = arrow[:, where] = 1
    assert star(sparse.csr_array(arrow)).count == 2


def test_symmetry_saves_products():
    side = 30
    chain = band(side, 1)
    grid = sparse.kron(chain, sparse.eye_array(side)) + sparse.kron(sparse.eye_array(side), chain)
    pattern = sparse.csr_array(grid).astype(bool)
    assert star(pattern).count < columns(pattern).count


def test_a_dense_row_of_a_hundred_thousand():
    n = 10**5
    hub = sparse.coo_array((np.ones(n), (np.zeros(n, int), np.arange(n))), (n, n))
    assert star(sparse.csr_array(hub + hub.T + sparse.eye_array(n)).astype(bool)).count == 2


def test_nothing_to_colour():
    assert columns(sparse.csr_array((3, 0), dtype=bool)).count == 0
    assert star(sparse.csr_array((2, 2), dtype=bool)).colors.tolist() == [0, 0]


def test_seeds_are_sums_of_unit_vectors():
    found = star(band(5, 1).astype(bool))
    np.testing.assert_array_equal(found.seeds(0, found.count).sum(axis=0), np.ones(5))
    np.testing.assert_array_equal(found.seeds(1, 2), found.seeds(0, found.count)[1:2])
