"""Where the problems of CUTEst come from."""

from __future__ import annotations

BUCKLEY = (
    "A. G. Buckley (1989), Test functions for unconstrained minimization, TR 1989CS-3, Dalhousie "
    "University"
)
FRONTAL = (
    "A. R. Conn, N. I. M. Gould, M. Lescrenier and Ph. L. Toint (1988), Performance of a "
    "multifrontal scheme for partially separable optimization, Report 88/4, FUNDP Namur"
)
HIMMELBLAU = "D. M. Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill"
LANCELOT = "A. R. Conn, N. I. M. Gould and Ph. L. Toint (1992), LANCELOT, Springer"
LI = (
    "G. Li (1990), The secant/finite difference algorithm for solving sparse nonlinear systems of "
    "equations"
)
LUKSAN = (
    "L. Lukšan, C. Matonoha and J. Vlček (2010), Modified CUTE problems for sparse unconstrained "
    "optimization, Technical Report 1081, Academy of Sciences of the Czech Republic"
)
SPARSE = (
    "R. Fletcher (1992), An optimal positive definite update for sparse Hessian matrices, Report "
    "NA/145, University of Dundee"
)
TOINT = (
    "Ph. L. Toint (1983), Test problems for partially separable optimization and results for the "
    "routine PSPMIN, Report 83/4, FUNDP Namur"
)


def cutest(name: str, origin: str) -> str:
    """Return where a problem is published first, with the name it has in CUTEst."""
    return f"{origin}; CUTEst, {name}"
