"""hessopt problems."""

import json
import sys

import problems


def test_one_line_a_problem(hessopt):
    done = hessopt("problems")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].split() == ["name", "n", "least", "f", "what", "it", "is"]
    assert [line.split()[0] for line in lines[1:-1]] == problems.names()
    assert lines[-1] == "* of any size: --n N"
    (line,) = (line for line in lines if line.startswith("sphere"))
    assert line.split()[1:3] == ["2*", "0"]


def test_json(hessopt):
    records = json.loads(hessopt("problems", "--json").out)
    assert [record["name"] for record in records] == problems.names()
    (record,) = (record for record in records if record["name"] == "rosenbrock")
    assert record["dimension"] == 2
    assert record["parameters"] == {"a": 1.0, "b": 100.0}
    assert record["start"] == [-1.2, 1.0]
    assert record["least_value"] == 0.0
    assert record["description"]
    assert record["source"]


def test_a_terminal_has_one_line_a_problem_too(hessopt, terminal):
    lines = hessopt("problems").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.split()[:1] == [name] for line in lines for name in problems.names()) == len(
        problems.names()
    )
    assert any("…" in line for line in lines)


def test_a_terminal_without_rich(hessopt, terminal, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    lines = hessopt("problems").out.splitlines()
    assert max(map(len, lines)) == 80
    assert [line.split()[0] for line in lines[1:-1]] == problems.names()
