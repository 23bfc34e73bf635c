"""Words on single entries: more elementary functions, and those of `scipy.special`."""

from __future__ import annotations

from typing import Any

import scipy.special as sp

from hessopt.scipy import special


def _pieces(xp: Any, a: Any) -> Any:
    return xp.select([a < -0.4, a < 0.6], [xp.sin(a), a**2], xp.cos(a))


ELEMENTARY = {
    "a**3": lambda xp, a: xp.tanh(a) ** 3 + a**0,
    "power": lambda xp, a: xp.power(0.5 + abs(xp.sin(a)), 1.7),
    "2**a": lambda xp, a: 2.0 ** xp.tanh(a),
    "arctanh": lambda xp, a: xp.arctanh(0.9 * xp.sin(a)),
    "arcsin": lambda xp, a: xp.arcsin(0.9 * xp.sin(a)),
    "arccos": lambda xp, a: xp.arccos(0.9 * xp.sin(a)),
    "arcsinh": lambda xp, a: xp.arcsinh(a),
    "arccosh": lambda xp, a: xp.arccosh(1.2 + a * a),
    "tan": lambda xp, a: xp.tan(xp.sin(a)),
    "cosh": lambda xp, a: xp.cosh(xp.sin(a)),
    "log2": lambda xp, a: xp.log2(1.5 + xp.sin(a)),
    "log10": lambda xp, a: xp.log10(1.5 + xp.sin(a)),
    "exp2": lambda xp, a: xp.exp2(xp.sin(a)),
    "sinc": lambda xp, a: xp.sinc(a),
    "reciprocal": lambda xp, a: xp.reciprocal(2 + xp.cos(a)),
    "i0": lambda xp, a: xp.i0(xp.sin(a)),
    "cbrt": lambda xp, a: xp.cbrt(1 + a * a),
    "nan_to_num": lambda xp, a: xp.nan_to_num(a * 2),
    "select": _pieces,
    "deg2rad": lambda xp, a: xp.deg2rad(a * 40),
    "sign floor": lambda xp, a: a * (xp.sign(a) + xp.floor(a + 0.3)),
    "remainder": lambda xp, a: (a + 0.013) % 1.7,
    "2-d of 0-d": lambda xp, a: xp.reshape(xp.sum(a), (1, 1)) * xp.sin(a),
}

OPERANDS = {
    "hypot": lambda xp, a, b: xp.hypot(a, 1 + b * b),
    "fmax": lambda xp, a, b: xp.fmax(a, 0.5 * b),
    "fmin": lambda xp, a, b: xp.fmin(a, xp.sin(b)),
    "power ab": lambda xp, a, b: xp.power(0.5 + a * a, xp.sin(b)),
    "logaddexp2": lambda xp, a, b: xp.logaddexp2(a, b),
    "true_divide": lambda xp, a, b: xp.divide(xp.sin(a), 1.5 + xp.cos(b)),
    "-a*b+a": lambda xp, a, b: -a * b + a,
    "float_power": lambda xp, a, b: xp.float_power(1.1 + xp.sin(a), xp.tanh(b)),
    "copysign": lambda xp, a, b: xp.copysign(a, b + 0.01),
}

SPECIAL = {
    "erf": lambda xp, a: sp.erf(a),
    "erfc": lambda xp, a: sp.erfc(a),
    "expit": lambda xp, a: sp.expit(a),
    "log_expit": lambda xp, a: sp.log_expit(a),
    "gammaln": lambda xp, a: sp.gammaln(1.5 + a * a),
    "digamma": lambda xp, a: sp.psi(1.5 + xp.sin(a)),
    "gamma": lambda xp, a: sp.gamma(2 + xp.sin(a)),
    "j0": lambda xp, a: sp.j0(a),
    "jv": lambda xp, a: sp.jv(1.5, 1.5 + xp.sin(a)),
    "kve": lambda xp, a: sp.kve(1, 1.5 + xp.sin(a)),
    "ndtr": lambda xp, a: sp.ndtr(a),
    "log_ndtr": lambda xp, a: sp.log_ndtr(a),
    "entr": lambda xp, a: sp.entr(1.5 + xp.sin(a)),
    "xlogy": lambda xp, a: sp.xlogy(a, 1 + a * a),
    "logit": lambda xp, a: sp.logit(0.5 + 0.3 * xp.sin(a)),
    "gammainc": lambda xp, a: sp.gammainc(1.7, 1.5 + xp.sin(a)),
    "betainc": lambda xp, a: sp.betainc(1.7, 2.2, 0.5 + 0.3 * xp.sin(a)),
    "ellipk": lambda xp, a: sp.ellipk(0.5 * xp.sin(a)),
    "huber": lambda xp, a: sp.pseudo_huber(0.7, a),
    "logsumexp": lambda xp, a: special.logsumexp(a, axis=-1),
    "softmax": lambda xp, a: special.softmax(a, axis=0),
}
