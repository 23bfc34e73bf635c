"""Every public function of `scipy.special` has its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special as sp

import hessopt
from hessopt import Variable
from hessopt.scipy import special_table as table

ROWS = {row.name: row for row in table.special_table()}


def test_everything_is_placed():
    assert sorted(ROWS) == table.public_functions()
    assert {row.kind for row in ROWS.values()} == {
        table.DERIVATIVE,
        table.IN_SOME,
        table.CONSTANT,
        table.NONE,
        table.NOT_YET,
    }


def test_every_reason_is_given():
    silent = [r.name for r in ROWS.values() if r.kind in (table.NONE, table.IN_SOME) and not r.note]
    assert silent == []


def test_as_many_as_promised():
    with_derivative = [r for r in ROWS.values() if r.kind in (table.DERIVATIVE, table.IN_SOME)]
    ufuncs = [r for r in with_derivative if isinstance(getattr(sp, r.name), np.ufunc)]
    assert len(with_derivative) >= 230
    assert len(ufuncs) >= 195


def test_nothing_that_is_asked_for_often_is_missing():
    missing = [row.name for row in ROWS.values() if row.kind == table.NOT_YET]
    assert sorted(missing) == sorted(
        {"smirnov", "smirnovi", *table._OTHERS} & set(table.public_functions())
    )


@pytest.mark.filterwarnings("ignore:non-integer arg:DeprecationWarning")
@pytest.mark.parametrize(
    "name", [row.name for row in ROWS.values() if isinstance(getattr(sp, row.name), np.ufunc)]
)
def test_the_registry_does_what_the_table_says(name: str):
    """An argument that the table does not name is refused; the others are checked elsewhere."""
    ufunc, row = getattr(sp, name), ROWS[name]
    arguments = [1] * ufunc.nin

    def call(i: int) -> Any:
        def of_one(x: Any) -> Any:
            y = ufunc(*arguments[:i], x, *arguments[i + 1 :])
            return np.real(y[0] if isinstance(y, tuple) else y)

        return of_one

    with np.errstate(all="ignore"):
        for i in range(ufunc.nin):
            if row.kind == table.DERIVATIVE or str(i + 1) in row.note.split(" of ")[0]:
                continue
            if row.kind == table.CONSTANT:
                assert type(call(i)(Variable(np.array(1.0)))) is not Variable
                continue
            # where SciPy asks for a whole number, it refuses a Variable itself
            with pytest.raises(TypeError, match=r"derivative|not supported for the input types"):
                hessopt.grad(call(i))(1.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: sp.assoc_laguerre(x, 3, 0.5),
        lambda x: np.abs(sp.h1vp(1.5, x)),
        lambda x: np.abs(sp.h2vp(1.5, x)),
        lambda x: sp.ivp(1.5, x, 2),
        lambda x: sp.jvp(1.5, x),
        lambda x: sp.kvp(1.5, x),
        lambda x: sp.yvp(1.5, x),
        lambda x: np.real(sp.lambertw(x)),
        lambda x: sp.sinc(x),
        lambda x: sp.zeta(2.5, x),
        lambda x: sp.zeta(x + 1),
        lambda x: sp.legendre(3)(x),
        *([lambda x: sp.softplus(x)] if hasattr(sp, "softplus") else []),
    ],
)
def test_functions_that_are_made_of_ufuncs(f: Any):
    report = hessopt.check_derivatives(f, np.array([0.6, 1.3, 2.2]))
    assert report, str(report)
