"""Unconstrained problems of the CUTEst collection, tagged ``"cutest"``.

Those which are also in the collection of Moré, Garbow and Hillstrom are in `problems.mgh`. What
has a parameter ``n`` can be built from a few variables to 100,000 and more.
"""

# Importing a module registers its problems
from problems.cutest import (  # noqa: F401
    arrows,
    bands,
    chains,
    denschn,
    dixmaan,
    fits,
    landscapes,
    matrices,
    powers,
    quadratics,
    rosenbrocks,
    small,
    surfaces,
)
