"""SciPy's special functions. Importing this module fills the registry with their rules.

It imports ``scipy.special``, so it is left until a function of that kind meets a Variable; see
``LATER`` in ``hessopt.autodiff.registry``.
"""

from hessopt.primitives import (
    special_bessel,
    special_carlson,
    special_distributions,
    special_elliptic,
    special_entropy,
    special_error,
    special_gamma,
    special_hypergeometric,
    special_integrals,
    special_polynomials,
    special_waves,
)

__all__ = [
    "special_bessel",
    "special_carlson",
    "special_distributions",
    "special_elliptic",
    "special_entropy",
    "special_error",
    "special_gamma",
    "special_hypergeometric",
    "special_integrals",
    "special_polynomials",
    "special_waves",
]
