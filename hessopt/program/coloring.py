"""Groups of columns, or of variables, that one product with a sparse matrix can serve.

A product with the sum of several unit vectors is the sum of several columns. Where no two of them
have an entry in the same row, each entry can be read from it. Columns are *coloured* so that those
of one colour go together; for a symmetric matrix, of which an entry can be read from its row or
from its column, fewer colours do.

References
----------
A. R. Curtis, M. J. D. Powell and J. K. Reid, J. Inst. Math. Appl. 13 (1974) 117-119;
T. F. Coleman and J. J. More, Math. Program. 28 (1984) 243-270;
A. H. Gebremedhin, F. Manne and A. Pothen, *What color is your Jacobian? Graph coloring for
computing derivatives*, SIAM Review 47 (2005) 629-705.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hessopt.program.sparsity import Pattern

Integers = NDArray[np.intp]


class Coloring(NamedTuple):
    """Colours, and where the entries of the matrix are found in the products.

    Attributes
    ----------
    colors : ndarray of int
        One for each column, from 0.
    count : int
        How many there are.
    sources : ndarray of int
        For each entry of the structure, in its order, its place in the flattened products, of
        which row c is the product with the sum of the unit vectors of colour c.
    """

    colors: Integers
    count: int
    sources: Integers

    def seeds(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the sums of unit vectors for the colours from `first` to `last` (not included)."""
        return (self.colors == np.arange(first, last)[:, None]).astype(float)


def columns(pattern: Pattern) -> Coloring:
    """Colour the columns of a matrix: those of one colour have no row in common.

    Greedy, the columns with the most entries first (Curtis, Powell and Reid).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from hessopt.program.coloring import columns
    >>> columns(sparse.csr_array(np.array([[1, 1, 0], [0, 1, 1]]))).colors
    array([1, 0, 1])
    """
    m, n = pattern.shape
    by_column = sparse.csc_array(pattern)
    rows = _lists(by_column)
    taken = [0] * m  # the colours in each row, as the bits of a number
    bits = [0] * n
    for j in _largest_first(by_column):
        forbidden = 0
        for i in rows[j]:
            forbidden |= taken[i]
        bit = ~forbidden & (forbidden + 1)  # the lowest that is not set
        bits[j] = bit
        for i in rows[j]:
            taken[i] |= bit
    colors, count = _numbered(bits)
    row, column = _entries(pattern)
    return Coloring(colors, count, colors[column] * m + row)


def star(pattern: Pattern) -> Coloring:
    """Colour the variables of a symmetric matrix so that each entry can be read from a product.

    Neighbours have different colours, and of three in a path the outer ones may have the same only
    if that of the middle one is smaller (Gebremedhin, Manne and Pothen, section 4.3; such a
    colouring is called a restricted star coloring). Greedy, the variables with the most neighbours
    first. All entries of the diagonal are taken to be in the structure.

    Parameters
    ----------
    pattern : csr_array
        Symmetric.

    Examples
    --------
    One row and column, and the diagonal: two products, whatever the size.

    >>> import numpy as np
    >>> from scipy import sparse
    >>> from hessopt.program.coloring import star
    >>> arrow = np.eye(4)
    >>> arrow[3] = arrow[:, 3] = 1
    >>> star(sparse.csr_array(arrow)).colors
    array([1, 1, 1, 0])
    """
    n = pattern.shape[0]
    row, column = _entries(pattern)
    width = int(np.max(np.abs(row - column), initial=0))
    if np.max(np.diff(pattern.indptr), initial=0) == 2 * width + 1:  # a band: no need to search
        colors, count = np.arange(n) % (2 * width + 1), min(n, 2 * width + 1)
        return Coloring(colors, count, _symmetric_sources(pattern, colors, count))
    neighbours = _lists(_without_diagonal(pattern))
    near = [0] * n  # the colours of the neighbours, as the bits of a number
    bits = [0] * n  # the own colour as a bit, 0 as long as there is none
    for v in _largest_first(pattern):
        forbidden = 0
        for w in neighbours[v]:
            bit = bits[w]
            # Without a colour of w, bit - 1 has all bits: nothing is known to be smaller
            forbidden |= bit | (near[w] & (bit - 1))
        bit = ~forbidden & (forbidden + 1)
        bits[v] = bit
        for w in neighbours[v]:
            near[w] |= bit
    colors, count = _numbered(bits)
    return Coloring(colors, count, _symmetric_sources(pattern, colors, count))


def _symmetric_sources(pattern: Pattern, colors: Integers, count: int) -> Integers:
    """Return for each entry where it stands alone: in its own row, or in that of its mirror image.

    Both get the same place, so that the matrix is symmetric to the last digit.
    """
    n = pattern.shape[0]
    row, column = _entries(pattern)
    i, j = np.minimum(row, column), np.maximum(row, column)
    once = row != column
    keys = np.concatenate([row[once] * count + colors[column[once]], np.arange(n) * count + colors])
    found, times = np.unique(keys, return_counts=True)
    alone = times[np.searchsorted(found, i * count + colors[j])] == 1
    return np.where(alone, colors[j] * n + i, colors[i] * n + j)


def _without_diagonal(pattern: Pattern) -> Pattern:
    row, column = _entries(pattern)
    off = row != column
    parts = (np.ones(np.count_nonzero(off), bool), (row[off], column[off]))
    return sparse.csr_array(parts, pattern.shape)


def _entries(pattern: Pattern) -> tuple[Integers, Integers]:
    """Return rows and columns in the order in which the entries stand."""
    rows = np.repeat(np.arange(pattern.shape[0]), np.diff(pattern.indptr))
    return rows, pattern.indices.astype(np.intp)


def _lists(compressed: Any) -> list[list[int]]:
    """Return what each row (column) of a compressed matrix holds; loops over lists are quick."""
    indices, ends = compressed.indices.tolist(), compressed.indptr.tolist()
    return [indices[start:end] for start, end in pairwise(ends)]


def _largest_first(compressed: Any) -> list[int]:
    return np.argsort(-np.diff(compressed.indptr), kind="stable").tolist()


def _numbered(bits: list[int]) -> tuple[Integers, int]:
    colors = np.array([bit.bit_length() - 1 for bit in bits], dtype=np.intp)
    return colors, int(colors.max(initial=-1)) + 1
