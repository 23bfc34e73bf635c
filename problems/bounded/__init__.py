"""Problems whose variables have bounds and nothing else, most of them from CUTEst."""

# Importing a module registers its problems
from problems.bounded import (  # noqa: F401
    bearings,
    fits,
    hock_schittkowski_bounds,
    membranes,
    quadratics,
    slopes,
    systems,
    valleys,
)
