"""Problems of Hock and Schittkowski (1981) with equality and inequality constraints."""

# Importing a module registers its problems
from problems.hock_schittkowski import (  # noqa: F401
    chained_powers,
    chemistry,
    design,
    inequalities,
    larger,
    linear_equalities,
    mixed,
    nonlinear_equalities,
    plane_corners,
    plane_curves,
    quadratic_programmes,
)
