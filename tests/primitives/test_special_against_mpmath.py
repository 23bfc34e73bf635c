"""Derivatives of special functions, of order one to three, against 30-digit arithmetic."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sp

import hessopt


def ndtr(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def after(f: Any, *constants: Any) -> Any:
    return lambda x: f(*constants, x)


def item(f: Any, k: int) -> Any:
    return lambda x: f(x)[k]


def erfcx(x: Any) -> Any:
    return mp.exp(x * x) * mp.erfc(x)


def chebyshev_s(n: Any) -> Any:
    return lambda x: mp.chebyu(n, x / 2)


# the function, the same in mpmath, points, and the digits that are kept at the third order
OF_ONE = {
    "gamma": (sp.gamma, mp.gamma, (-1.3, 0.02, 3.7, 40.0)),
    "gammaln": (sp.gammaln, mp.loggamma, (0.02, 3.7, 1e4)),
    "loggamma": (sp.loggamma, mp.loggamma, (0.02, 3.7, 1e4)),
    "rgamma": (sp.rgamma, mp.rgamma, (-3.0, -1.3, 0.0, 0.3, 3.7, 40.0)),
    "digamma": (sp.digamma, mp.digamma, (-1.3, 0.02, 3.7, 1e4)),
    "zeta": (sp.zeta, mp.zeta, (1.2, 2.0, 7.5, 20.0)),
    "zetac": (sp.zetac, lambda s: mp.zeta(s) - 1, (-4.5, 0.3, 2.0, 7.5)),
    "hurwitz": (after(sp.zeta, 2.5), after(mp.zeta, 2.5), (0.02, 1.0, 30.0)),
    "poch": (lambda x: sp.poch(x, 2.3), lambda x: mp.rf(x, mp.mpf(2.3)), (0.3, 4.0)),
    "beta": (after(sp.beta, 2.3), after(mp.beta, mp.mpf(2.3)), (0.3, 4.0)),
    "binom": (lambda n: sp.binom(n, 2.3), lambda n: mp.binomial(n, mp.mpf(2.3)), (3.1, 9.0)),
    "erf": (sp.erf, mp.erf, (-2.0, 0.1, 3.0)),
    "erfc": (sp.erfc, mp.erfc, (-2.0, 0.1, 6.0)),
    "erfcx": (sp.erfcx, erfcx, (-2.0, 0.1, 2.0, 7.9, 8.1, 30.0, 1e3)),
    "erfi": (sp.erfi, mp.erfi, (-2.0, 0.1, 3.0)),
    "dawsn": (
        sp.dawsn,
        lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
        (-30.0, -2.0, 0.1, 7.9, 8.1),
    ),
    "erfinv": (sp.erfinv, mp.erfinv, (-0.9, 0.1, 0.7)),
    "ndtr": (sp.ndtr, ndtr, (-6.0, 0.1, 2.0)),
    "log_ndtr": (sp.log_ndtr, lambda x: mp.log(ndtr(x)), (-40.0, -11.0, -2.0, 0.1, 4.0)),
    "expit": (sp.expit, lambda x: 1 / (1 + mp.exp(-x)), (-40.0, 0.1, 2.0, 40.0)),
    "log_expit": (sp.log_expit, lambda x: -mp.log1p(mp.exp(-x)), (-40.0, 0.1, 2.0, 40.0)),
    "logit": (sp.logit, lambda p: mp.log(p / (1 - p)), (1e-9, 0.3, 0.9)),
    "entr": (sp.entr, lambda x: -x * mp.log(x), (1e-9, 0.3, 9.0)),
    "exprel": (sp.exprel, lambda x: mp.expm1(x) / x, (-40.0, -1e-7, 1e-9, 0.5, 5.0)),
    "cosm1": (sp.cosm1, lambda x: mp.cos(x) - 1, (1e-9, 0.5, 5.0)),
    "boxcox": (
        lambda m: sp.boxcox(2.3, m),
        lambda m: (mp.mpf(2.3) ** m - 1) / m,
        (-1.0, 1e-9, 2.0),
    ),
    "inv_boxcox": (
        lambda m: sp.inv_boxcox(0.7, m),
        lambda m: mp.exp(mp.log1p(mp.mpf(0.7) * m) / m),
        (-0.3, 1e-9, 2.0),
    ),
    "pseudo_huber": (
        lambda d: sp.pseudo_huber(d, 1e-3),
        lambda d: d * d * (mp.sqrt(1 + (mp.mpf(1e-3) / d) ** 2) - 1),
        (1e-3, 0.5, 5.0),
    ),
    "j0": (sp.j0, after(mp.besselj, 0), (-2.0, 1e-5, 1.0, 30.0)),
    "j1": (sp.j1, after(mp.besselj, 1), (-2.0, 1e-5, 1.0, 30.0)),
    "y0": (sp.y0, after(mp.bessely, 0), (0.3, 4.0)),
    "y1": (sp.y1, after(mp.bessely, 1), (0.3, 4.0)),
    "i0": (sp.i0, after(mp.besseli, 0), (-2.0, 1e-5, 1.0, 30.0)),
    "i1": (sp.i1, after(mp.besseli, 1), (-2.0, 1e-5, 1.0, 30.0)),
    "k0": (sp.k0, after(mp.besselk, 0), (0.3, 4.0)),
    "k1": (sp.k1, after(mp.besselk, 1), (0.3, 4.0)),
    "i0e": (sp.i0e, lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), (0.5, 5.0)),
    "k1e": (sp.k1e, lambda x: mp.exp(x) * mp.besselk(1, x), (0.5, 5.0)),
    "jv": (after(sp.jv, 2.3), after(mp.besselj, mp.mpf(2.3)), (0.5, 5.0)),
    "yv": (after(sp.yv, 2.3), after(mp.bessely, mp.mpf(2.3)), (0.5, 5.0)),
    "iv": (after(sp.iv, 2.3), after(mp.besseli, mp.mpf(2.3)), (0.5, 5.0)),
    "kv": (after(sp.kv, 2.3), after(mp.besselk, mp.mpf(2.3)), (0.5, 5.0)),
    "ive": (
        after(sp.ive, 2.3),
        lambda x: mp.exp(-x) * mp.besseli(mp.mpf(2.3), x),
        (0.5, 5.0),
    ),
    "struve": (after(sp.struve, 1.3), after(mp.struveh, mp.mpf(1.3)), (0.5, 5.0)),
    "modstruve": (after(sp.modstruve, 1.3), after(mp.struvel, mp.mpf(1.3)), (0.5, 5.0)),
    "ai": (item(sp.airy, 0), mp.airyai, (-5.0, 0.0, 2.0)),
    "bi": (item(sp.airy, 2), mp.airybi, (-5.0, 0.0, 2.0)),
    "ber": (sp.ber, after(mp.ber, 0), (0.0, 1.5)),
    "bei": (sp.bei, after(mp.bei, 0), (0.0, 1.5)),
    "ker": (sp.ker, after(mp.ker, 0), (0.5, 1.5)),
    "kei": (sp.kei, after(mp.kei, 0), (0.5, 1.5)),
    "exp1": (sp.exp1, mp.e1, (0.1, 5.0)),
    "expi": (sp.expi, mp.ei, (-2.0, 0.1, 5.0)),
    "expn": (after(sp.expn, 2), after(mp.expint, 2), (0.1, 5.0)),
    "si": (item(sp.sici, 0), mp.si, (1e-8, 0.1, 5.0)),
    "ci": (item(sp.sici, 1), mp.ci, (0.1, 5.0)),
    "shi": (item(sp.shichi, 0), mp.shi, (1e-8, 0.1, 5.0)),
    "chi": (item(sp.shichi, 1), mp.chi, (0.1, 5.0)),
    "spence": (sp.spence, lambda z: mp.polylog(2, 1 - z), (1e-3, 0.999, 1.0, 1.9)),
    "fresnel_s": (item(sp.fresnel, 0), mp.fresnels, (-0.9, 0.1, 2.8)),
    "fresnel_c": (item(sp.fresnel, 1), mp.fresnelc, (-0.9, 0.1, 2.8)),
    "hyp0f1": (after(sp.hyp0f1, 1.3), after(mp.hyp0f1, mp.mpf(1.3)), (-5.0, 0.1, 5.0)),
    "hyp1f1": (
        after(sp.hyp1f1, 0.7, 1.3),
        after(mp.hyp1f1, mp.mpf(0.7), mp.mpf(1.3)),
        (-5.0, 0.1, 5.0),
    ),
    "hyp2f1": (
        after(sp.hyp2f1, 0.7, 0.4, 1.3),
        after(mp.hyp2f1, mp.mpf(0.7), mp.mpf(0.4), mp.mpf(1.3)),
        (-5.0, 0.1, 0.8),
    ),
    "hyperu": (
        after(sp.hyperu, 0.7, 1.3),
        after(mp.hyperu, mp.mpf(0.7), mp.mpf(1.3)),
        (0.1, 5.0),
    ),
    "lambertw": (lambda x: np.real(sp.lambertw(x)), mp.lambertw, (-0.2, 0.5, 100.0)),
    "legendre": (after(sp.eval_legendre, 5), after(mp.legendre, 5), (-1.0, 0.0, 0.7)),
    "legendre real": (
        after(sp.eval_legendre, 2.5),
        after(mp.legendre, mp.mpf(2.5)),
        (-0.3, 0.7),
    ),
    "chebyt": (after(sp.eval_chebyt, 5), after(mp.chebyt, 5), (-0.9, 0.0, 0.7)),
    "chebyu": (after(sp.eval_chebyu, 5), after(mp.chebyu, 5), (-0.9, 0.0, 0.7)),
    "chebys": (after(sp.eval_chebys, 5), chebyshev_s(5), (-0.9, 0.0, 0.7)),
    "hermite": (after(sp.eval_hermite, 5), after(mp.hermite, 5), (-0.9, 0.0, 0.7)),
    "laguerre": (after(sp.eval_laguerre, 5), after(mp.laguerre, 5, 0), (-0.9, 0.0, 0.7)),
    "genlaguerre": (
        after(sp.eval_genlaguerre, 5, 0.5),
        after(mp.laguerre, 5, 0.5),
        (-0.9, 0.0, 0.7),
    ),
    "gegenbauer": (
        after(sp.eval_gegenbauer, 5, 0.75),
        after(mp.gegenbauer, 5, 0.75),
        (-0.9, 0.1, 0.7),
    ),
    "jacobi": (
        after(sp.eval_jacobi, 5, 0.75, 0.25),
        after(mp.jacobi, 5, 0.75, 0.25),
        (-0.9, 0.0, 0.7),
    ),
    "ellipk": (sp.ellipk, mp.ellipk, (-50.0, -1e-9, 1e-9, 0.5, 0.999)),
    "ellipkm1": (sp.ellipkm1, lambda p: mp.ellipk(1 - p), (1e-9, 0.5, 1 - 1e-9)),
    "ellipe": (sp.ellipe, mp.ellipe, (-50.0, -1e-9, 1e-9, 0.5, 0.999)),
    "ellipkinc": (after(sp.ellipkinc, 4.3), after(mp.ellipf, mp.mpf(4.3)), (-1.0, 1e-9, 0.9)),
    "ellipeinc": (after(sp.ellipeinc, 4.3), after(mp.ellipe, mp.mpf(4.3)), (-1.0, 1e-9, 0.9)),
    "sn": (
        lambda m: sp.ellipj(1.3, m)[0],
        lambda m: mp.ellipfun("sn", mp.mpf(1.3), m=m),
        (1e-9, 0.5, 0.9),
    ),
    "elliprf": (after(sp.elliprf, 0.0, 2.0), after(mp.elliprf, 0, 2), (1e-3, 2.0, 50.0)),
    "elliprc": (after(sp.elliprc, 2.0), after(mp.elliprc, 2), (1e-3, 50.0)),
    "elliprd": (after(sp.elliprd, 0.0, 2.0), after(mp.elliprd, 0, 2), (1e-3, 2.0, 50.0)),
    "elliprg": (after(sp.elliprg, 0.0, 2.0), after(mp.elliprg, 0, 2), (1e-3, 2.0, 50.0)),
    "elliprj": (
        after(sp.elliprj, 0.5, 1.0, 2.0),
        after(mp.elliprj, 0.5, 1, 2),
        (0.1, 2.5, 50.0),
    ),
    "agm": (after(sp.agm, 2.0), after(mp.agm, 2), (1e-3, 2.0, 50.0)),
    "gammainc": (
        after(sp.gammainc, 2.3),
        lambda x: mp.gammainc(mp.mpf(2.3), 0, x, regularized=True),
        (0.01, 2.0, 30.0),
    ),
    "betainc": (
        after(sp.betainc, 2.3, 0.7),
        lambda x: mp.betainc(mp.mpf(2.3), mp.mpf(0.7), 0, x, regularized=True),
        (0.01, 0.5, 0.99),
    ),
    "stdtr": (
        after(sp.stdtr, 3.5),
        lambda t: mp.betainc(1.75, 0.5, 0, 3.5 / (3.5 + t * t), regularized=True) / 2,
        (-9.0, -0.7),
    ),
}

# Second derivatives that lose digits, and why
LOSING = {
    "i0e": 1e-9,  # a small difference of two orders
    "k1e": 1e-9,
    "ive": 1e-9,
    "erfcx": 1e-8,  # differences just below where the series takes over
    "dawsn": 1e-8,
    "log_ndtr": 1e-8,
    "hyperu": 1e-9,  # SciPy's own digits
}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", OF_ONE)
def test_of_one_variable(name: str, order: int):
    f, reference, points = OF_ONE[name]
    for x in points:
        found = hessopt.grad(f)
        for _ in range(order - 1):
            found = hessopt.grad(found)
        with mp.workdps(30):
            expected = float(mp.re(mp.diff(reference, mp.mpf(x), order)))
        tolerance = LOSING.get(name, 1e-10)
        np.testing.assert_allclose(found(x), expected, rtol=tolerance, atol=1e-40, err_msg=f"{x}")
