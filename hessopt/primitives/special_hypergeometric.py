"""Hypergeometric functions in their argument, and the functions of Lambert and Wright."""

from __future__ import annotations

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs  # pyright: ignore[reportAttributeAccessIssue]

from hessopt.primitives.special_families import elementwise

elementwise(sp.hyp0f1, None, lambda y, v, z: sp.hyp0f1(v + 1, z) / v)
elementwise(sp.hyp1f1, None, None, lambda y, a, b, z: a / b * sp.hyp1f1(a + 1, b + 1, z))
elementwise(
    sp.hyp2f1,
    None,
    None,
    None,
    lambda y, a, b, c, z: a * b / c * sp.hyp2f1(a + 1, b + 1, c + 1, z),
)
elementwise(sp.hyperu, None, None, lambda y, a, b, x: -a * sp.hyperu(a + 1, b + 1, x))
elementwise(sp.wright_bessel, None, None, lambda y, a, b, x: sp.wright_bessel(a, a + b, x))
if hasattr(sp, "log_wright_bessel"):  # SciPy 1.14
    elementwise(
        sp.log_wright_bessel,
        None,
        None,
        lambda y, a, b, x: np.exp(sp.log_wright_bessel(a, a + b, x) - y),
    )

elementwise(sp.wrightomega, lambda y, x: y / (1 + y))
# scipy.special.lambertw is a function that hands over to this ufunc of (z, branch, tolerance)
elementwise(_ufuncs._lambertw, lambda y, z, k, tol: np.exp(-y) / (1 + y), None, None)
