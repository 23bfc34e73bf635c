"""The 35 functions of Moré, Garbow and Hillstrom (1981).

Tagged ``"mgh"``: those here, and Rosenbrock's (1, 21) and Beale's (5) where their kin are. The
standard start comes first among a record's ``starts``; then, where the paper's rule leads to
something one can compute with, 10 and 100 times as far out.
"""

# Importing a module registers its problems
from problems.mgh import (  # noqa: F401
    data_fits,
    exponentials,
    linear,
    penalties,
    polynomials,
    systems,
    two_variables,
    valleys,
)
