"""The table of coverage places every public function of NumPy, and what it says is so."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from hessopt import Variable

COVERAGE = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "coverage.py"))
NUMPY = COVERAGE["NUMPY"]


@pytest.mark.parametrize("module", NUMPY)
def test_every_function_is_placed(module: str):
    table = COVERAGE["rows"](module)
    assert len(table) > 5
    assert [row.name for row in table if row.category == COVERAGE["NOT_YET"]] == []


@pytest.mark.parametrize("module", NUMPY)
def test_no_entry_is_stale(module: str):
    assert COVERAGE["stale"](module) == []
    names = [name for _, _, names in COVERAGE["WITHOUT"][module] for name in names.split()]
    assert len(names) == len(set(names))


def test_a_function_that_is_not_placed_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(np, "brand_new", lambda x: x, raising=False)
    table = {row.name: row.category for row in COVERAGE["rows"]("numpy")}
    assert table["brand_new"] == COVERAGE["NOT_YET"]


def test_an_entry_that_became_untrue_is_noticed(monkeypatch: pytest.MonkeyPatch):
    entry = (COVERAGE["NONE"], "reason", "sort gone")
    monkeypatch.setitem(COVERAGE["WITHOUT"], "numpy", [entry])
    assert COVERAGE["stale"]("numpy") == ["sort", "gone"]


def test_what_has_no_derivative_raises():
    refused = {
        row.name
        for module in NUMPY
        for row in COVERAGE["rows"](module)
        if row.category == COVERAGE["NONE"]
    }
    assert refused == set(COVERAGE["REFUSED"])
    for name in refused:
        assert str(COVERAGE["error_of"](name))


def test_a_constant_function_returns_plain_values():
    x = Variable(np.array([0.5, 1.5]))
    for f in (np.rint, np.argsort, np.isin, np.linalg.matrix_rank, np.tril_indices_from):
        result = f(x, [1.5]) if f is np.isin else f(np.outer(x, x)) if "tril" in str(f) else f(x)
        parts = result if isinstance(result, tuple) else (result,)
        assert not any(isinstance(part, Variable) for part in parts)


def test_a_variable_has_what_an_array_has():
    public = {name for name in dir(np.ndarray) if not name.startswith("_")}
    absent = {name for name in public if not hasattr(Variable, name)}
    assert absent == set(COVERAGE["NOT_OF_A_VARIABLE"]) & public


def test_special_functions_are_listed():
    table = COVERAGE["special_rows"]()
    assert sum(row.category == COVERAGE["DERIVATIVE"] for row in table) >= 150


def test_tables_have_rows_as_long_as_their_head():
    for _, head, lines in COVERAGE["tables"]():
        assert lines
        assert {len(line) for line in lines} == {len(head)}
