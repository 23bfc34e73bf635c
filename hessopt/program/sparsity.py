"""Which inputs each output of a program can depend on: the structure of its Jacobian.

Each primitive knows the structure of its own Jacobian (`hessopt/autodiff/structure.py`). The chain
rule puts them together: a boolean matrix, one row for each entry of a value and one column for each
entry of the input, is multiplied by that of the next line. Run on the program of a gradient, which
is a program too, it is the structure of the Hessian.

What it says holds wherever the program does: it takes account of no values but constants.

References
----------
A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, section 7.1 (index
domains).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from scipy import sparse

from hessopt.autodiff.structure import Link, Local
from hessopt.program.batch import last_uses
from hessopt.program.program import Instruction, Program, Ref

Pattern = Any  # a csr_array of bool, whose attributes type checkers take for None

# Entries of the largest structure that is kept, some 150 MB of it
MOST = 1 << 25


class TooDense(ValueError):
    """A structure has more entries than are of use."""


def sparsity(program: Program, output: int = 0, wrt: int = 0, most: int = MOST) -> Pattern:
    """Return the structure of the Jacobian of one output by one input.

    Parameters
    ----------
    program : Program
    output, wrt : int
        Numbers of the output and the input.
    most : int
        How many entries the structure of each value may have.

    Returns
    -------
    csr_array of bool
        A row for each entry of the output, a column for each of the input. True where the
        derivative may be other than zero; elsewhere it is zero.

    Raises
    ------
    TooDense
        As soon as a value has more than `most` entries.

    Examples
    --------
    >>> import numpy as np, hessopt
    >>> from hessopt.program.sparsity import sparsity
    >>> program = hessopt.jit(lambda x: x[1:] * x[:-1]).program(np.ones(3))
    >>> sparsity(program).toarray().astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    """
    shapes: list[Any] = [shape for shape, _ in program.inputs]
    n = prod(shapes[wrt])
    known: dict[int, Pattern] = {wrt: sparse.csr_array(sparse.eye_array(n, dtype=bool))}
    ending = last_uses(program)
    for number, line in program.numbered():
        found = [known.get(x.number) if isinstance(x, Ref) else None for x in line.operands]
        own = [shapes[x.number] if isinstance(x, Ref) else np.shape(x) for x in line.operands]
        shapes.append(line.primitive.shared(own) if line.shape is None else line.shape)
        if any(P is not None for P in found):
            pattern = _pattern(line, found, own, shapes[-1], most)
            if pattern is not None:
                known[number] = pattern
        for k in ending[number]:
            known.pop(k, None)
    x = program.outputs[output]
    shape = shapes[x.number] if isinstance(x, Ref) else np.shape(x)
    pattern = known.get(x.number) if isinstance(x, Ref) else None
    return sparse.csr_array((prod(shape), n), dtype=bool) if pattern is None else pattern


def _pattern(
    line: Instruction, found: Sequence[Pattern | None], own: list[Any], shape: Any, most: int
) -> Pattern | None:
    """Return the structure of the value of a line: the chain rule."""
    constants = [None if isinstance(x, Ref) else np.asarray(x) for x in line.operands]
    at = Local(constants, own, [P is not None for P in found], shape)
    total = None
    for P, link in zip(found, line.primitive.links(at, **line.params), strict=True):
        if P is not None and link is not None:
            part = _through(link, P, most)
            total = part if total is None or total is part else total + part
            if total.nnz > most:
                raise _too_dense(total.nnz, total.shape)
    return total if total is not None and total.nnz else None


def _through(link: Link, P: Pattern, most: int) -> Pattern:
    """Return the structure of a result from that of the operand it depends on by `link`."""
    for factor in link or ():
        if isinstance(factor, np.ndarray):
            P = _taken(P, factor, most)
        else:
            # before equal entries are merged there may be more
            terms = int(np.diff(P.indptr)[factor.indices].sum())
            if terms > 8 * most:
                raise _too_dense(terms, (factor.shape[0], P.shape[1]))
            P = factor @ P
    return P


def _taken(P: Pattern, numbers: np.ndarray, most: int) -> Pattern:
    """Return the rows that have these numbers, an empty one for -1."""
    lengths = np.where(numbers < 0, 0, np.diff(P.indptr)[numbers]) if P.nnz else 0 * numbers
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if ends.size else 0
    if total > most:
        raise _too_dense(total, (numbers.size, P.shape[1]))
    starts = ends - lengths
    places = np.arange(total) + np.repeat(P.indptr[numbers] - starts, lengths)
    parts = (np.ones(total, bool), P.indices[places], np.concatenate([[0], ends]))
    return sparse.csr_array(parts, (numbers.size, P.shape[1]))


def _too_dense(entries: int, shape: tuple[int, ...]) -> TooDense:
    return TooDense(
        f"a structure of {shape[0]} by {shape[1]} has {entries} entries or more, which is too "
        "dense to be of use"
    )
