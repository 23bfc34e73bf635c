"""Lennard-Jones clusters: the shapes that a handful of noble-gas atoms takes at rest."""

from __future__ import annotations

import functools
from importlib import resources

import numpy as np

from problems._parameters import whole_number
from problems._problem import Array, Problem
from problems._registry import register

LARGEST = 5000  # atoms: 12.5 million pairs, 300 MB an array of their differences
NEAREST = 2 ** (1 / 6)  # distance of least energy of a single pair


@register
def lennard_jones(n: int = 13, seed: int = 0) -> Problem:
    """Energy of a cluster of ``n`` atoms in space, with a multitude of local minima.

    Parameters
    ----------
    n : int
        Number of atoms, from 2 to 5000; there are ``3 n`` variables, atom by atom.
    seed : int
        Seed of the disorder of the starting lattice.
    """
    n = whole_number("n", n, least=2, greatest=LARGEST)
    rng = np.random.default_rng(whole_number("seed", seed, least=0))
    first, second = np.triu_indices(n, 1)

    def value(x):
        atoms = np.reshape(x, (*x.shape[:-1], n, 3))
        difference = atoms[..., first, :] - atoms[..., second, :]
        attraction = 1 / np.sum(difference**2, axis=-1) ** 3
        return 4 * np.sum(attraction**2 - attraction, axis=-1)

    energy, minimiser = known_minima().get(n, (None, None))
    return Problem(
        "lennard-jones",
        value,
        start=(lattice(n) + 0.05 * rng.standard_normal((n, 3))).ravel(),
        solution=minimiser,
        least_value=energy,
        source="D. J. Wales and J. P. K. Doye (1997), Global optimization by basin-hopping and the "
        "lowest energy structures of Lennard-Jones clusters containing up to 110 atoms, Journal of "
        "Physical Chemistry A 101(28), 5111-5116; the Cambridge Cluster Database",
        note="The start, made here, is a disordered piece of a face-centred cubic lattice. "
        + (
            "The minimiser is one of many: moved, rotated or renumbered atoms have the same "
            "energy, so the Hessian there is singular. The published energy has six decimals; it "
            "is given here to double precision."
            if energy is not None
            else "The least energy is known here up to 20 atoms only."
        ),
        tags=frozenset({"multimodal", "singular"}),
    )


def lattice(n: int) -> Array:
    """Return the `n` sites of a face-centred cubic lattice that are nearest to one of them."""
    reach = int(np.ceil(np.cbrt(n))) + 1
    axis = np.arange(-reach, reach + 1)
    sites = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    sites = sites[sites.sum(axis=1) % 2 == 0]
    nearest = np.argsort(np.sum(sites**2, axis=1), kind="stable")[:n]
    return sites[nearest] * (NEAREST / np.sqrt(2))


@functools.cache
def known_minima() -> dict[int, tuple[float, Array]]:
    """Read least energy and a minimiser by number of atoms from the package's data."""
    source = resources.files("problems") / "data" / "lennard_jones" / "minima.dat"
    text = source.read_text(encoding="ascii")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    minima = {}
    while rows:
        count, energy = rows[0]
        atoms = np.array(rows[1 : int(count) + 1], dtype=float)
        minima[int(count)] = float(energy), atoms.ravel()
        rows = rows[int(count) + 1 :]
    return minima
