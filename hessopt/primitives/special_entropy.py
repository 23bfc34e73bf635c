"""Logistic functions, entropies, losses, power transforms and elementary functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from hessopt.autodiff.constants import constant_functions
from hessopt.primitives.special_families import elementwise

_DEGREE = float(np.pi / 180)

elementwise(sp.expit, lambda y, x: y * sp.expit(-x))
elementwise(sp.log_expit, lambda y, x: sp.expit(-x))
elementwise(sp.logit, lambda y, x: 1 / (x * (1 - x)))

elementwise(sp.xlogy, lambda y, a, b: np.log(b), lambda y, a, b: a / b)
elementwise(sp.xlog1py, lambda y, a, b: np.log1p(b), lambda y, a, b: a / (1 + b))
elementwise(sp.entr, lambda y, x: -np.log(x) - 1)
elementwise(sp.rel_entr, lambda y, a, b: np.log(a / b) + 1, lambda y, a, b: -a / b)
elementwise(sp.kl_div, lambda y, a, b: np.log(a / b), lambda y, a, b: 1 - a / b)


def _excess(delta: Any, r: Any) -> Any:
    """Return sqrt(1 + (r / delta)^2) and what it exceeds 1 by."""
    t = (r / delta) ** 2
    root = np.sqrt(1 + t)
    return root, t / (1 + root)


def _pseudo_huber_in_delta(y: Any, delta: Any, r: Any) -> Any:
    root, excess = _excess(delta, r)
    return delta * excess * excess / root


elementwise(
    sp.huber,
    lambda y, delta, r: np.where(np.abs(r) <= delta, 0.0, np.abs(r) - delta),
    lambda y, delta, r: np.clip(r, -delta, delta),
)
elementwise(
    sp.pseudo_huber,
    _pseudo_huber_in_delta,
    lambda y, delta, r: r / _excess(delta, r)[0],
)


def _exprel_slope(t: Any) -> Any:
    """Return the derivative of (exp(t) - 1) / t."""
    return 0.5 * sp.hyp1f1(2.0, 3.0, t)


def _log1prel_slope(t: Any) -> Any:
    """Return the derivative of log(1 + t) / t."""
    return -0.5 * sp.hyp2f1(2.0, 2.0, 3.0, -t)


elementwise(sp.exprel, lambda y, x: _exprel_slope(x))
elementwise(
    sp.boxcox,  # log(x) exprel(lambda log(x))
    lambda y, x, lmbda: x ** (lmbda - 1),
    lambda y, x, lmbda: np.log(x) ** 2 * _exprel_slope(lmbda * np.log(x)),
)
elementwise(
    sp.boxcox1p,
    lambda y, x, lmbda: np.exp((lmbda - 1) * np.log1p(x)),
    lambda y, x, lmbda: np.log1p(x) ** 2 * _exprel_slope(lmbda * np.log1p(x)),
)
elementwise(
    sp.inv_boxcox,  # exp(x log(1 + lambda x) / (lambda x))
    lambda y, x, lmbda: y / (1 + lmbda * x),
    lambda y, x, lmbda: y * x * x * _log1prel_slope(lmbda * x),
)
elementwise(
    sp.inv_boxcox1p,
    lambda y, x, lmbda: (1 + y) / (1 + lmbda * x),
    lambda y, x, lmbda: (1 + y) * x * x * _log1prel_slope(lmbda * x),
)
elementwise(
    sp.powm1,
    lambda y, a, b: b * a ** (b - 1),
    lambda y, a, b: (1 + y) * np.log(a),
)

elementwise(sp.exp2, lambda y, x: y * float(np.log(2)))
elementwise(sp.exp10, lambda y, x: y * float(np.log(10)))
elementwise(sp.expm1, lambda y, x: np.exp(x))
elementwise(sp.log1p, lambda y, x: 1 / (1 + x))
elementwise(sp.cosm1, lambda y, x: -np.sin(x))
elementwise(sp.cbrt, lambda y, x: 1 / (3 * y * y))
elementwise(sp.cosdg, lambda y, x: -_DEGREE * sp.sindg(x))
elementwise(sp.sindg, lambda y, x: _DEGREE * sp.cosdg(x))
elementwise(sp.tandg, lambda y, x: _DEGREE * (1 + y * y))
elementwise(sp.cotdg, lambda y, x: -_DEGREE * (1 + y * y))
elementwise(
    sp.radian,
    lambda y, d, m, s: _DEGREE,
    lambda y, d, m, s: _DEGREE / 60,
    lambda y, d, m, s: _DEGREE / 3600,
)
constant_functions(sp.round)
