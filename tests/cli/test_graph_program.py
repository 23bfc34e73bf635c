"""hessopt graph --program."""

import re

import pytest


@pytest.mark.parametrize("order", [0, 1, 2])
def test_text(hessopt, order):
    done = hessopt("graph", "beale", "--program", "--order", order)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"inputs v0: float64[2]{', v1: float64[2]' if order == 2 else ''}"
    assert re.fullmatch(r"one run: \d+ flops, \d+ bytes", lines[-1])


def test_passes(hessopt):
    done = hessopt("graph", "chained-rosenbrock", "--n", 10, "--program", "--order", 2)
    assert re.search(r"^algebra: \d+ -> \d+ instructions$", done.out, re.MULTILINE)
    assert re.search(r"^dead_code: \d+ -> \d+ instructions$", done.out, re.MULTILINE)


@pytest.mark.parametrize(("name", "magic"), [("p.svg", "<?xml"), ("p.dot", "digraph g {")])
def test_files(hessopt, tmp_path, name, magic):
    done = hessopt("graph", "booth", "--program", "-o", tmp_path / name)
    assert (done.code, done.out, done.err) == (0, "", "")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(magic)
    assert "v0" in text


@pytest.mark.filterwarnings("ignore:jit. .* runs eagerly")
def test_what_has_no_program(hessopt, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("def f(x):\n    return x[0] * x.data[1] ** 2\n")
    done = hessopt("graph", "mine.py:f", "--x0", "1,2", "--program")
    assert done.code == 1
    assert "f has no program for these arguments and runs eagerly, because x.data looks" in done.err
    assert "mine.py:2" in done.err
