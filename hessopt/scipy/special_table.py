"""What every public function of `scipy.special` does with Variables, read off the registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import scipy.special as sp

import hessopt.primitives.special  # noqa: F401 - fills the registry
from hessopt.autodiff.registry import KINDS, RULES
from hessopt.scipy import special

DERIVATIVE = "derivative"
IN_SOME = "derivative in some arguments"
CONSTANT = "constant almost everywhere"
NONE = "no derivative"
NOT_YET = "not yet"


class Row(NamedTuple):
    """One function.

    Attributes
    ----------
    name : str
        Its name in `scipy.special`.
    kind : str
        What it does with Variables.
    note : str
        In which arguments, by which name, or why not.
    """

    name: str
    kind: str
    note: str


_BY_SHAPE = "SciPy solves for a shape or a count, in which no derivative is known"
_EIGENVALUE = "a characteristic value; no expression for its derivative is known"
_RADIAL = "SciPy's second solution contradicts its own derivative"
_POINTS = "of whole numbers, or of parameters that shape a rule of integration"
_SEQUENCE = "takes numbers one at a time and returns a sequence; use the ufunc it is made of"

# ufuncs without a rule
_WITHOUT = {
    **dict.fromkeys(
        ["bdtrik", "bdtrin", "btdtria", "btdtrib", "chdtriv", "chndtridf", "fdtridfd", "gdtrib",
         "nbdtrik", "nbdtrin", "ncfdtridfd", "ncfdtridfn", "nctdtridf", "pdtrik", "stdtridf"],
        (NONE, _BY_SHAPE),
    ),
    "ncfdtrinc": (NONE, "SciPy solves it to six digits only"),
    **dict.fromkeys(["mathieu_a", "mathieu_b", "pro_cv", "obl_cv"], (NONE, _EIGENVALUE)),
    **dict.fromkeys(["pro_rad2", "pro_rad2_cv", "obl_rad2", "obl_rad2_cv"], (NONE, _RADIAL)),
    **dict.fromkeys(["smirnov", "smirnovi"], (NOT_YET, "a polynomial between its many kinks")),
}  # fmt: skip

# functions that are made of ufuncs and hand Variables on to them
_MADE_OF_UFUNCS = {
    "assoc_laguerre": "in x",
    "h1vp": "in z",
    "h2vp": "in z",
    "ivp": "in z",
    "jvp": "in z",
    "kvp": "in z",
    "lambertw": "in z",
    "sinc": "it is numpy.sinc",
    "softplus": "",
    "yvp": "in z",
    "zeta": "in q; in x where q is not given",
}
_POLYNOMIALS = (
    "chebyc", "chebys", "chebyt", "chebyu", "gegenbauer", "genlaguerre", "hermite", "hermitenorm",
    "jacobi", "laguerre", "legendre", "sh_chebyt", "sh_chebyu", "sh_jacobi", "sh_legendre",
)  # fmt: skip
_SEQUENCES = (
    "lmbda", "lqmn", "lqn", "mathieu_even_coef", "mathieu_odd_coef", "obl_cv_seq", "pbdn_seq",
    "pbdv_seq", "pbvv_seq", "pro_cv_seq", "riccati_jn", "riccati_yn",
)  # fmt: skip
_WHOLE_NUMBERS = ("bernoulli", "euler", "factorial2", "factorialk", "stirling2")
_OTHERS = {
    "assoc_legendre_p": "use lpmv",
    "assoc_legendre_p_all": "use lpmv",
    "legendre_p": "use eval_legendre",
    "legendre_p_all": "use eval_legendre",
    "sph_harm_y_all": "use hessopt.scipy.special.sph_harm_y",
    "sph_legendre_p": "use lpmv, or hessopt.scipy.special.sph_harm_y",
    "sph_legendre_p_all": "use lpmv, or hessopt.scipy.special.sph_harm_y",
    "ellip_harm": "",
    "ellip_harm_2": "",
    "ellip_normal": "",
}
_MACHINERY = ("SpecialFunctionError", "SpecialFunctionWarning", "errstate", "geterr", "seterr")


def public_functions() -> list[str]:
    """Return the public callables of `scipy.special` that are functions of numbers."""
    hidden = {*_MACHINERY, "test"}
    names = [name for name in dir(sp) if not name.startswith("_") and name not in hidden]
    return [name for name in names if callable(getattr(sp, name))]


def special_table() -> list[Row]:
    """Place every public function of `scipy.special`.

    Returns
    -------
    list of Row
        By name. A function that a later SciPy adds is "not yet", with an empty note.

    Examples
    --------
    >>> from hessopt.scipy.special_table import special_table
    >>> rows = {row.name: row for row in special_table()}
    >>> rows["gammaln"].kind
    'derivative'
    >>> rows["jv"]
    Row(name='jv', kind='derivative in some arguments', note='in argument 2 of 2')
    """
    return [_row(name) for name in public_functions()]


def _row(name: str) -> Row:
    function = getattr(sp, name)
    if isinstance(function, np.ufunc):
        return Row(name, *(_of_ufunc(function) if function in RULES else _without(name)))
    for place in _places(name):
        return Row(name, *place)
    return Row(name, NOT_YET, "")


def _without(name: str) -> tuple[str, str]:
    return _WITHOUT.get(name, (NOT_YET, ""))


def _of_ufunc(function: np.ufunc) -> tuple[str, str]:
    if KINDS[function] == "constant":
        return CONSTANT, ""
    partials = getattr(RULES[function], "partials", ())
    known = [i for i, partial in enumerate(partials, 1) if partial is not None]
    if len(known) == function.nin:
        return DERIVATIVE, ""
    which = " and ".join(map(str, known))
    return IN_SOME, f"in argument{'s' * (len(known) > 1)} {which} of {function.nin}"


def _places(name: str) -> Iterator[tuple[str, str]]:
    if name in special.__all__:
        yield DERIVATIVE, f"as hessopt.scipy.special.{name}"
    if name in _MADE_OF_UFUNCS:
        yield DERIVATIVE, _MADE_OF_UFUNCS[name]
    if name in _POLYNOMIALS:
        yield DERIVATIVE, "of the polynomial it returns, in x"
    if "roots" in name or name.endswith("_zeros") or name in _WHOLE_NUMBERS:
        yield NONE, _POINTS
    if name in _SEQUENCES:
        yield NONE, _SEQUENCE
    if name in _OTHERS:
        yield NOT_YET, _OTHERS[name]
