"""Orthogonal polynomials, and Legendre functions, in their argument.

*NIST Digital Library of Mathematical Functions*, 18.9(iii): the derivative of a classical
polynomial is one of degree n - 1 of a neighbouring family. The degree is a constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.primitives.special_families import elementwise


def _lower(n: Any, factor: Any, f: Any, *args: Any) -> Any:
    """Return factor * f(n - 1, ...), which is 0 for degree 0."""
    zero = np.equal(n, 0)
    return np.where(zero, 0.0, factor) * f(np.where(zero, n, np.subtract(n, 1)), *args)


elementwise(sp.eval_legendre, None, lambda y, n, x: _lower(n, 1.0, sp.eval_gegenbauer, 1.5, x))
elementwise(sp.eval_chebyt, None, lambda y, n, x: _lower(n, n, sp.eval_chebyu, x))
elementwise(sp.eval_chebyu, None, lambda y, n, x: _lower(n, 2.0, sp.eval_gegenbauer, 2.0, x))
elementwise(sp.eval_chebyc, None, lambda y, n, x: _lower(n, n, sp.eval_chebys, x))
elementwise(sp.eval_chebys, None, lambda y, n, x: _lower(n, 1.0, sp.eval_gegenbauer, 2.0, 0.5 * x))
elementwise(
    sp.eval_gegenbauer,
    None,
    None,
    lambda y, n, alpha, x: _lower(n, 2 * alpha, sp.eval_gegenbauer, alpha + 1, x),
)
elementwise(
    sp.eval_jacobi,
    None,
    None,
    None,
    lambda y, n, alpha, beta, x: _lower(
        n, 0.5 * (n + alpha + beta + 1), sp.eval_jacobi, alpha + 1, beta + 1, x
    ),
)
elementwise(
    sp.eval_sh_legendre,
    None,
    lambda y, n, x: _lower(n, 2.0, sp.eval_gegenbauer, 1.5, 2 * x - 1),
)
elementwise(
    sp.eval_sh_chebyt,
    None,
    lambda y, n, x: _lower(n, np.multiply(n, 2.0), sp.eval_sh_chebyu, x),
)
elementwise(
    sp.eval_sh_chebyu,
    None,
    lambda y, n, x: _lower(n, 4.0, sp.eval_gegenbauer, 2.0, 2 * x - 1),
)
elementwise(
    sp.eval_sh_jacobi,
    None,
    None,
    None,
    lambda y, n, p, q, x: _lower(n, n, sp.eval_sh_jacobi, p + 2, q + 1, x),
)
elementwise(sp.eval_laguerre, None, lambda y, n, x: _lower(n, -1.0, sp.eval_genlaguerre, 1.0, x))
elementwise(
    sp.eval_genlaguerre,
    None,
    None,
    lambda y, n, alpha, x: _lower(n, -1.0, sp.eval_genlaguerre, alpha + 1, x),
)
elementwise(
    sp.eval_hermite, None, lambda y, n, x: _lower(n, np.multiply(n, 2.0), sp.eval_hermite, x)
)
elementwise(sp.eval_hermitenorm, None, lambda y, n, x: _lower(n, n, sp.eval_hermitenorm, x))


def _of_lpmv(y: Any, m: Any, v: Any, x: Any) -> Any:
    """DLMF 14.10.5."""
    return (v * x * y - (m + v) * sp.lpmv(m, v - 1, x)) / (x * x - 1)


elementwise(sp.lpmv, None, None, _of_lpmv)
