import numpy as np
import pytest
import scipy.optimize

import problems
from problems.lennard_jones import NEAREST, known_minima, lattice

# The Cambridge Cluster Database, as it prints them
DATABASE = {
    2: -1.000000, 3: -3.000000, 4: -6.000000, 5: -9.103852, 6: -12.712062, 7: -16.505384,
    8: -19.821489, 9: -24.113360, 10: -28.422532, 11: -32.765970, 12: -37.967600, 13: -44.326801,
    14: -47.845157, 15: -52.322627, 16: -56.815742, 17: -61.317995, 18: -66.530949,
    19: -72.659782, 20: -77.177043,
}  # fmt: skip


def test_least_energies_are_those_of_the_database():
    assert {n: round(energy, 6) for n, (energy, _) in known_minima().items()} == DATABASE


def test_energy_is_the_sum_over_pairs():
    atoms = np.random.default_rng(0).standard_normal((5, 3)) * 2
    energy = 0.0
    for i in range(5):
        for j in range(i):
            r = np.linalg.norm(atoms[i] - atoms[j])
            energy += 4 * (r**-12 - r**-6)
    value = problems.get("lennard-jones", n=5).value
    assert value(atoms.ravel()) == pytest.approx(energy, rel=1e-12)


def test_energy_is_that_of_the_shape_alone():
    problem = problems.get("lennard-jones", n=7)
    rng = np.random.default_rng(1)
    Q, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    atoms = problem.solution.reshape(7, 3)[rng.permutation(7)] @ Q + [1.0, -2.0, 3.0]
    assert problem.value(atoms.ravel()) == pytest.approx(problem.least_value, rel=1e-12)


def test_pair_rests_at_the_nearest_distance():
    pair = np.array([0, 0, 0, NEAREST, 0, 0])
    assert problems.get("lennard-jones", n=2).value(pair) == pytest.approx(-1, rel=1e-14)


def test_lattice_is_close_packed():
    sites = lattice(13)
    distances = np.linalg.norm(sites[:, None] - sites[None], axis=-1) + 9 * np.eye(13)
    assert distances.min() == pytest.approx(NEAREST)
    np.testing.assert_allclose(np.linalg.norm(sites[1:], axis=-1), NEAREST)


@pytest.mark.parametrize("n", [2, 14, 100, 1000])
def test_starts_are_bound_clusters_of_any_size(n):
    problem = problems.get("lennard-jones", n=n)
    assert problem.dimension == 3 * n
    assert -20 * n < problem.value(problem.start) < -n / 3
    assert (problem.least_value is None) == (n > 20)


def test_start_follows_its_seed():
    first, again, other = (problems.get("lennard-jones", n=5, seed=s).start for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.all(first != other)


def test_default_start_falls_into_the_icosahedron():
    problem = problems.get("lennard-jones")
    found = scipy.optimize.minimize(problem.value, problem.start, method="BFGS")
    assert found.fun == pytest.approx(problem.least_value, abs=1e-6)
