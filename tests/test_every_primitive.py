"""Every rule in the registry: forward values, derivatives of order one to three, types, layouts.

The calls to check are tables in ``tests/primitives/cases``: ``CASES[function]`` is a list of
``(call, shapes of its arguments, interval of the entries)``. Registered means tested: a rule that
has no row fails `test_every_rule_has_a_case`.
"""

from __future__ import annotations

import runpy
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hessopt.autodiff import function
from hessopt.autodiff.function import PRIMITIVES
from hessopt.autodiff.registry import KINDS, RULES, full_name

FOLDER = Path(__file__).parent / "primitives"
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
CASES: dict[Callable[..., Any], list[Any]] = defaultdict(list)
for table in sorted((FOLDER / "cases").glob("*.py")):
    for target, rows in runpy.run_path(str(table))["CASES"].items():
        CASES[target] += rows


def test_every_rule_has_a_case():
    differentiable = {target for target, kind in KINDS.items() if kind in ("primitive", "derived")}
    assert sorted(full_name(target) for target in differentiable - set(CASES)) == []
    assert sorted(full_name(target) for target in set(CASES) - differentiable) == []


def test_every_rule_is_of_a_known_kind():
    assert set(KINDS) == set(RULES)
    assert set(KINDS.values()) == {"primitive", "derived", "constant", "assignment"}
    answering = {id(rule) for rule in RULES.values()}
    assert [p for p in PRIMITIVES if id(p) not in answering] == []


@pytest.mark.parametrize(
    "case", [pytest.param(row, id=full_name(f)) for f, rows in CASES.items() for row in rows]
)
def test_case(case: Any):
    f, shapes, *domain = case
    CHECKS["verify"](f, *CHECKS["distinct"](shapes, *domain))


@pytest.mark.parametrize(
    "case", [pytest.param(row, id=full_name(f)) for f, rows in CASES.items() for row in rows]
)
def test_case_as_where_arrays_are_large(case: Any, monkeypatch: pytest.MonkeyPatch):
    """Large intermediate results are let go of where no rule reads them: here, all of them."""
    f, shapes, *domain = case
    arrays = CHECKS["distinct"](shapes, *domain)
    kept = CHECKS["orders_one_to_three"](f, *arrays)
    monkeypatch.setattr(function, "LARGE", 0)
    for a, b in zip(CHECKS["orders_one_to_three"](f, *arrays), kept, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
