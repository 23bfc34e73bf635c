"""SciPy's special functions: where they are checked. The rows of several outputs are below."""

import numpy as np
import scipy.special as sp
from scipy.special import _ufuncs

import hessopt.primitives.special  # noqa: F401 - fills the registry

V = (3,)

# of one argument
ONE = {
    sp.gamma: (-0.9, 2.5),
    sp.gammaln: (0.3, 4),
    sp.loggamma: (0.3, 4),
    sp.rgamma: (-2.6, 2.5),
    sp.digamma: (0.4, 4),
    sp.zetac: (-2.4, 0.5),
    _ufuncs._riemann_zeta: (1.4, 4),
    sp.erf: (-1.5, 1.5),
    sp.erfc: (-1.5, 1.5),
    sp.erfcx: (-1.5, 1.5),
    sp.erfi: (-1, 1),
    sp.dawsn: (-1.5, 1.5),
    sp.wofz: (-1.5, 1.5),
    sp.erfinv: (-0.7, 0.7),
    sp.erfcinv: (0.4, 1.6),
    sp.ndtr: (-2, 2),
    sp.log_ndtr: (-2, 2),
    sp.ndtri: (0.2, 0.8),
    sp.ndtri_exp: (-2, -0.2),
    sp.expit: (-2, 2),
    sp.log_expit: (-2, 2),
    sp.logit: (0.2, 0.8),
    sp.entr: (0.5, 2),
    sp.exprel: (-1, 1),
    sp.exp2: (-1, 1),
    sp.exp10: (-0.5, 0.5),
    sp.expm1: (-1, 1),
    sp.log1p: (-0.5, 1),
    sp.cosm1: (-1, 1),
    sp.cbrt: (0.5, 2),
    sp.cosdg: (-90, 90),
    sp.sindg: (-90, 90),
    sp.tandg: (-40, 40),
    sp.cotdg: (50, 130),
    sp.j0: (-2, 2),
    sp.j1: (-2, 2),
    sp.y0: (0.8, 4),
    sp.y1: (0.8, 4),
    sp.i0: (-2, 2),
    sp.i1: (-2, 2),
    sp.k0: (0.8, 3),
    sp.k1: (0.8, 3),
    sp.i0e: (0.5, 2),
    sp.i1e: (-2, -0.5),
    sp.k0e: (0.8, 3),
    sp.k1e: (0.8, 3),
    sp.ber: (-2, 2),
    sp.bei: (-2, 2),
    sp.berp: (-2, 2.1),
    sp.beip: (-2, 2.1),
    sp.ker: (0.8, 2),
    sp.kei: (0.8, 2),
    sp.kerp: (0.8, 2),
    sp.keip: (0.8, 2),
    sp.exp1: (0.8, 2),
    sp.expi: (0.8, 2),
    sp.spence: (0.5, 2),
    sp.itstruve0: (0.5, 2),
    sp.it2struve0: (0.8, 2),
    sp.itmodstruve0: (0.5, 2),
    sp.wrightomega: (-1, 2),
    sp.ellipk: (-0.8, 0.7),
    sp.ellipkm1: (0.3, 1.7),
    sp.ellipe: (-0.8, 0.7),
    sp.kolmogorov: (0.6, 1.5),
    sp.kolmogi: (0.2, 0.8),
}

# of two, both of which may vary
TWO = {
    sp.poch: (0.8, 2.5),
    sp.beta: (0.8, 2.5),
    sp.betaln: (0.8, 2.5),
    sp.binom: ((2.1, 3.0), (0.3, 1.5)),
    sp.owens_t: (-1, 1),
    sp.xlogy: (0.5, 2),
    sp.xlog1py: (0.5, 2),
    sp.rel_entr: (0.5, 2),
    sp.kl_div: (0.5, 2),
    sp.huber: ((0.5, 1), (1.5, 2)),
    sp.pseudo_huber: (0.5, 2),
    sp.boxcox: (0.5, 2),
    sp.boxcox1p: (0.5, 2),
    sp.inv_boxcox: (0.3, 1),
    sp.inv_boxcox1p: (0.3, 1),
    sp.powm1: (0.5, 2),
    sp.ellipkinc: ((0.3, 5), (0.1, 0.6)),
    sp.ellipeinc: ((0.3, 5), (0.1, 0.6)),
    sp.elliprc: (0.8, 2),
    sp.agm: (0.8, 2),
    sp.tklmbda: ((-0.5, 0.5), (0.3, 0.9)),
}

# constants first, then the interval of the arguments that follow them
LAST = {
    _ufuncs._zeta: [((3.0,), (0.8, 3)), ((2.5,), (1.2, 3))],
    sp.gammainc: [((2.5,), (0.8, 3)), ((1.0,), (0.8, 3))],
    sp.gammaincc: [((2.5,), (0.8, 3))],
    sp.gammaincinv: [((2.5,), (0.2, 0.8))],
    sp.gammainccinv: [((2.5,), (0.2, 0.8))],
    sp.betainc: [((2.5, 1.5), (0.2, 0.8))],
    sp.betaincc: [((2.5, 1.5), (0.2, 0.8))],
    sp.betaincinv: [((2.5, 1.5), (0.2, 0.8))],
    sp.betainccinv: [((2.5, 1.5), (0.2, 0.8))],
    sp.jv: [((2,), (-2, 2)), ((0.5,), (0.8, 3))],
    sp.yv: [((1.5,), (0.8, 3))],
    sp.yn: [((0,), (0.8, 3)), ((2,), (0.8, 3))],
    sp.iv: [((2,), (-2, 2)), ((0.5,), (0.8, 3))],
    sp.kv: [((1.5,), (0.8, 3))],
    sp.kn: [((0,), (0.8, 3)), ((2,), (0.8, 3))],
    sp.hankel1: [((1.5,), (0.8, 3))],
    sp.hankel2: [((1.5,), (0.8, 3))],
    sp.jve: [((1.5,), (0.8, 3))],
    sp.yve: [((1.5,), (0.8, 3))],
    sp.ive: [((1.5,), (0.8, 3))],
    sp.kve: [((1.5,), (0.8, 3))],
    sp.hankel1e: [((1.5,), (0.8, 3))],
    sp.hankel2e: [((1.5,), (0.8, 3))],
    _ufuncs._spherical_jn: [((0,), (0.8, 3)), ((2,), (0.8, 3))],
    _ufuncs._spherical_yn: [((2,), (0.8, 3))],
    _ufuncs._spherical_in: [((2,), (0.8, 3))],
    _ufuncs._spherical_kn: [((2,), (0.8, 3))],
    _ufuncs._spherical_jn_d: [((2,), (0.8, 3))],
    _ufuncs._spherical_yn_d: [((2,), (0.8, 3))],
    _ufuncs._spherical_in_d: [((0,), (0.8, 3))],
    _ufuncs._spherical_kn_d: [((2,), (0.8, 3))],
    sp.struve: [((0,), (0.8, 3)), ((1.5,), (0.8, 3))],
    sp.modstruve: [((1.5,), (0.8, 3))],
    sp.expn: [((0,), (0.8, 2)), ((1,), (0.8, 2)), ((3,), (0.8, 2))],
    sp.hyp0f1: [((1.5,), (-1, 1))],
    sp.hyp1f1: [((0.7, 1.5), (-1, 1))],
    sp.hyp2f1: [((0.7, 1.2, 1.5), (-0.6, 0.6))],
    sp.hyperu: [((0.7, 1.5), (0.8, 2))],
    sp.wright_bessel: [((0.7, 1.5), (0.3, 2))],
    sp.eval_legendre: [((4,), (-1, 1)), ((2.5,), (-0.7, 0.9)), ((0,), (-1, 1))],
    sp.eval_chebyt: [((4,), (-0.9, 0.9)), ((2.5,), (-0.7, 0.9))],
    sp.eval_chebyu: [((4,), (-0.9, 0.9))],
    sp.eval_chebyc: [((4,), (-1.5, 1.5))],
    sp.eval_chebys: [((4,), (-1.5, 1.5))],
    sp.eval_gegenbauer: [((4, 1.3), (-0.9, 0.9))],
    sp.eval_jacobi: [((4, 0.5, 1.3), (-0.9, 0.9)), ((2.5, 0.5, 1.3), (-0.7, 0.9))],
    sp.eval_sh_legendre: [((4,), (0.1, 0.9))],
    sp.eval_sh_chebyt: [((4,), (0.1, 0.9))],
    sp.eval_sh_chebyu: [((4,), (0.1, 0.9))],
    sp.eval_sh_jacobi: [((4, 2.3, 1.5), (0.1, 0.9))],
    sp.eval_laguerre: [((4,), (0.1, 2)), ((1,), (0.1, 2))],
    sp.eval_genlaguerre: [((4, 0.5), (0.1, 2))],
    sp.eval_hermite: [((4,), (-1, 1)), ((1,), (-1, 1))],
    sp.eval_hermitenorm: [((4,), (-1, 1))],
    sp.lpmv: [((1, 3.0), (-0.7, 0.8)), ((0, 0.0), (-0.7, 0.8))],
    sp.nbdtr: [((3, 4), (0.2, 0.8))],
    sp.nbdtrc: [((3, 4), (0.2, 0.8))],
    sp.nbdtri: [((3, 4), (0.2, 0.8))],
    sp.pdtr: [((3,), (0.8, 4))],
    sp.pdtrc: [((3,), (0.8, 4))],
    sp.pdtri: [((3,), (0.2, 0.8))],
    sp.chdtr: [((3.5,), (0.8, 4))],
    sp.chdtrc: [((3.5,), (0.8, 4))],
    sp.chdtri: [((3.5,), (0.2, 0.8))],
    sp.fdtr: [((3.5, 5), (0.8, 2))],
    sp.fdtrc: [((3.5, 5), (0.8, 2))],
    sp.fdtri: [((3.5, 5), (0.2, 0.8))],
    sp.stdtr: [((3.5,), (-2, 2))],
    sp.stdtrit: [((3.5,), (0.2, 0.8))],
}
if hasattr(sp, "log_wright_bessel"):
    LAST[sp.log_wright_bessel] = [((0.7, 1.5), (0.3, 2))]


def after(f, *constants):
    return lambda *xs: f(*constants, *xs)


def in_double(f, *constants):
    """What SciPy itself has no float32 of: it asks for integers, returns NaN or does not return."""
    return lambda x: f(*constants, np.astype(x, np.float64))


CASES = {
    **{f: [(f, (V,), interval), (f, ((2, 2),), interval)] for f, interval in ONE.items()},
    **{f: [(f, (V, V), interval), (f, ((2, 1), (2,)), interval)] for f, interval in TWO.items()},
    **{
        f: [(after(f, *constants), (V,), interval) for constants, interval in rows]
        for f, rows in LAST.items()
    },
    sp.elliprf: [(sp.elliprf, (V, V, V), (0.5, 2))],
    sp.elliprg: [(sp.elliprg, (V, V, V), (0.5, 2))],
    sp.elliprd: [
        (sp.elliprd, (V, V, V), (0.5, 2)),
        (after(sp.elliprd, 0.0), (V, V), (0.5, 2)),
        (lambda x: sp.elliprd(x, x, 2 * x), (V,), (0.5, 2)),
    ],
    sp.elliprj: [(sp.elliprj, ((2,),) * 4, (0.5, 2))],
    sp.voigt_profile: [(sp.voigt_profile, (V, V, V), (0.5, 2))],
    sp.radian: [(sp.radian, (V, V, V), (0.5, 2))],
    sp.besselpoly: [(lambda a: sp.besselpoly(a, 1.3, 0.0), (V,), (0.3, 1.2))],
    sp.gdtr: [(lambda a, x: sp.gdtr(a, 2.5, x), (V, V), (0.5, 1.5))],
    sp.gdtrc: [(lambda a, x: sp.gdtrc(a, 2.5, x), (V, V), (0.5, 1.5))],
    sp.gdtrix: [(lambda a, p: sp.gdtrix(a, 2.5, p), (V, V), ((0.5, 1.5), (0.2, 0.8)))],
    sp.gdtria: [(lambda p, x: sp.gdtria(p, 2.5, x), (V, V), ((0.2, 0.8), (0.5, 1.5)))],
    sp.chndtr: [(lambda x, nc: sp.chndtr(x, 3.5, nc), (V, V), (0.8, 2))],
    sp.chndtrix: [(lambda p, nc: sp.chndtrix(p, 3.5, nc), (V, V), ((0.2, 0.8), (0.8, 2)))],
    sp.chndtrinc: [(lambda x, p: sp.chndtrinc(x, 3.5, p), (V, V), ((5, 7), (0.1, 0.6)))],
    sp.ncfdtr: [(after(sp.ncfdtr, 3.5, 5.0), (V, V), (0.8, 2))],
    sp.ncfdtri: [(after(sp.ncfdtri, 3.5, 5.0), (V, V), ((0.8, 2), (0.2, 0.8)))],
    sp.nctdtr: [(after(sp.nctdtr, 3.5), (V, V), (-0.9, 1.3))],
    sp.nctdtrit: [(after(sp.nctdtrit, 3.5), (V, V), ((0.3, 1.2), (0.2, 0.8)))],
    sp.nctdtrinc: [(after(sp.nctdtrinc, 3.5), (V, V), ((0.1, 0.4), (1, 2)))],
    sp.nrdtrimn: [(sp.nrdtrimn, (V, V, V), ((0.6, 0.8), (1, 2), (1, 2)))],
    sp.nrdtrisd: [(sp.nrdtrisd, (V, V, V), ((-1, 0), (0.6, 0.8), (1, 2)))],
    _ufuncs._lambertw: [
        (sp.lambertw, (V,), (0.5, 2)),
        (lambda x: sp.lambertw(x, -1), (V,), (-0.3, -0.1)),
    ],
    # of several outputs
    sp.fresnel: [(sp.fresnel, (V,), (-1, 1)), (lambda x: sp.fresnel(x)[1] ** 2, (V,), (-1, 1))],
    sp.modfresnelp: [(sp.modfresnelp, (V,), (0.3, 1))],
    sp.modfresnelm: [(sp.modfresnelm, (V,), (0.3, 1))],
    sp.airy: [(sp.airy, (V,), (-1, 1))],
    sp.airye: [(sp.airye, (V,), (0.3, 1)), (lambda x: sp.airye(x)[2:], (V,), (-1, -0.3))],
    sp.itairy: [(sp.itairy, (V,), (0.2, 1))],
    sp.kelvin: [(sp.kelvin, (V,), (0.8, 2))],
    sp.sici: [(sp.sici, (V,), (0.8, 2))],
    sp.shichi: [(sp.shichi, (V,), (0.8, 2))],
    sp.itj0y0: [(sp.itj0y0, (V,), (0.8, 2))],
    sp.iti0k0: [(sp.iti0k0, (V,), (0.8, 2))],
    sp.it2j0y0: [(sp.it2j0y0, (V,), (0.8, 2))],
    sp.it2i0k0: [(sp.it2i0k0, (V,), (0.8, 2))],
    sp.ellipj: [(sp.ellipj, (V, V), ((0.3, 3), (0.1, 0.6)))],
    sp.pbdv: [(after(sp.pbdv, 1.5), (V,), (0.3, 2))],
    sp.pbvv: [(after(sp.pbvv, 1.5), (V,), (0.3, 2))],
    sp.pbwa: [(after(sp.pbwa, 1.5), (V,), (0.3, 2))],
    sp.mathieu_cem: [(in_double(sp.mathieu_cem, 2, 1.5), (V,), (20, 60))],
    sp.mathieu_sem: [(in_double(sp.mathieu_sem, 2, 1.5), (V,), (20, 60))],
    sp.mathieu_modcem1: [(in_double(sp.mathieu_modcem1, 2, 1.5), (V,), (0.3, 1))],
    sp.mathieu_modcem2: [(in_double(sp.mathieu_modcem2, 2, 1.5), (V,), (0.3, 1))],
    sp.mathieu_modsem1: [(in_double(sp.mathieu_modsem1, 2, 1.5), (V,), (0.3, 1))],
    sp.mathieu_modsem2: [(in_double(sp.mathieu_modsem2, 2, 1.5), (V,), (0.3, 1))],
    **{f: [(in_double(f, 3, 8), (V,), (0.2, 0.8))] for f in (sp.bdtr, sp.bdtrc, sp.bdtri)},
}
for name, interval in {
    "pro_ang1": (0.2, 0.8),
    "pro_rad1": (1.3, 2),
    "obl_ang1": (0.2, 0.8),
    "obl_rad1": (0.3, 1),
}.items():
    function, given = getattr(sp, name), getattr(sp, f"{name}_cv")
    value = sp.pro_cv(1, 2, 1.5) if name.startswith("pro") else sp.obl_cv(1, 2, 1.5)
    CASES[function] = [(in_double(function, 1, 2, 1.5), (V,), interval)]
    CASES[given] = [(in_double(given, 1, 2, 1.5, value), (V,), interval)]
CASES[sp.erfcx].append((sp.erfcx, (V,), (8.5, 12)))
CASES[sp.dawsn].append((sp.dawsn, (V,), (-12, -8.5)))
CASES[sp.log_ndtr].append((sp.log_ndtr, (V,), (-15, -12)))
CASES[sp.huber].append((sp.huber, (V, V), ((1.5, 2), (-1, 1))))
CASES[sp.digamma].append((sp.digamma, (V,), (-0.8, -0.2)))
CASES[sp.elliprc].append((lambda x: sp.elliprc(x, -x * x), (V,), (0.5, 2)))
CASES[sp.digamma].append((lambda x, y: sp.loggamma(x + 1j * y), (V, V), ((-1.7, 1.7), (0.5, 1.5))))
CASES[sp.wofz].append((lambda x, y: sp.wofz(x + 1j * y), (V, V), (0.5, 1.5)))
CASES[sp.erfcx].append((lambda x, y: sp.erfcx(x + 1j * y), (V, V), (0.5, 1.5)))
CASES[sp.jv].append((lambda x, y: sp.jv(0.5, x + 1j * y), (V, V), (0.5, 1.5)))
CASES[sp.gamma].append((lambda x, y: np.abs(sp.gamma(x + 1j * y)), (V, V), (0.5, 1.5)))
