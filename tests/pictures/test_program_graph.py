"""Programs as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.utils import get_dot_graph, plot_dot_graph

X = np.array([0.5, 1.5, 2.5])


def program_of(f: Any, *arrays: Any) -> Any:
    return hessopt.jit(f).program(*arrays)


def test_text():
    program = program_of(lambda x: np.exp(x) * 3.0, X)
    assert get_dot_graph(program).splitlines() == [
        "digraph g {",
        '1 [label="v2 (output): (3,) float64", color=orange, style=filled]',
        '2 [label="Mul", color=lightblue, style=filled, shape=box]',
        '3 [label="3", color=orange, style=filled]',
        '4 [label="v1: (3,) float64", color=orange, style=filled]',
        "3 -> 2",
        "4 -> 2",
        "2 -> 1",
        '5 [label="Exp", color=lightblue, style=filled, shape=box]',
        '6 [label="v0: (3,) float64", color=orange, style=filled]',
        "6 -> 5",
        "5 -> 4",
        "}",
    ]


def test_outputs_guards_and_constants():
    table = np.arange(9.0).reshape(3, 3)

    def f(x: Any) -> Any:
        y = table @ x
        return (y, x, np.sum(y)) if np.sum(x) > 0 else x

    text = get_dot_graph(program_of(f, X), verbose=False)
    for label in ("(output 0)", "v0 (output 1)", "(output 2)", "(must be True)"):
        assert text.count(label) == 1
    assert text.count('[label="MatMul"') == 1
    assert '[label="(3, 3) float64"' in get_dot_graph(program_of(f, X))


def test_an_array_constant_is_one_ellipse():
    table = np.arange(9.0).reshape(3, 3)
    text = get_dot_graph(program_of(lambda x: table @ (table @ x), X))
    assert text.count("(3, 3) float64") == 1


def test_an_array_of_one_number_is_drawn_as_the_number():
    text = get_dot_graph(program_of(hessopt.grad(lambda x: np.sum(x[1:] ** 2)), X), verbose=False)
    assert text.count('[label="0"') == 1  # what ScatterAdd starts from
    assert 'label=""' not in text


def test_several_outputs_and_no_instruction():
    text = get_dot_graph(program_of(lambda x: np.linalg.eigh(np.outer(x, x))[0], X))
    assert '[label="Eigh"' in text
    assert get_dot_graph(program_of(lambda x: x, X)).count("label") == 1
    assert get_dot_graph(program_of(lambda x: np.arange(3.0), X)).count("label") == 1


def test_too_large():
    def f(x: Any) -> Any:
        for k in range(40):
            x = np.sin(x) if k % 3 else np.exp(-x) + x[::-1]
        return x

    program = program_of(f, X)
    with pytest.raises(ValueError, match="more than max_nodes=3"):
        get_dot_graph(program, max_nodes=3)
    assert get_dot_graph(program, max_nodes=None).count("shape=box") == len(program.instructions)


def test_a_file(tmp_path):
    plot_dot_graph(program_of(np.sin, X), to_file=tmp_path / "p.svg")
    assert "Sin" in (tmp_path / "p.svg").read_text(encoding="utf-8")


def test_methods_of_the_program(tmp_path):
    program = program_of(lambda x: np.exp(x) * 3.0, X)
    assert program.to_dot() == get_dot_graph(program)
    assert (
        program.to_dot(verbose=False) == get_dot_graph(program, verbose=False) != program.to_dot()
    )
    assert program.plot(verbose=False).source.strip() == program.to_dot(verbose=False)
    program.plot(tmp_path / "p.svg")
    assert "Exp" in (tmp_path / "p.svg").read_text(encoding="utf-8")


def test_methods_refuse():
    program = program_of(lambda x: np.exp(x) * 3.0, X)
    with pytest.raises(ValueError, match="max_nodes must be a positive whole number or None"):
        program.to_dot(max_nodes=0)
    with pytest.raises(ValueError, match="more than max_nodes=3"):
        program.plot(max_nodes=3)
    with pytest.raises(ValueError, match=r"to_file must end in \.png, \.svg or \.pdf"):
        program.plot("program.txt")


def test_without_graphviz(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="was not found, so no picture can be drawn"):
        program_of(np.sin, X).plot(tmp_path / "p.svg")
