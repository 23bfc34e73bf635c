"""Large graphs: what repeats is drawn once, what cannot be drawn is refused."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hessopt import Variable
from hessopt.pictures.graph import read
from hessopt.pictures.repeats import fold, grouped
from hessopt.utils import get_dot_graph


def repeated(step, times, start=0.5):
    x = Variable(np.array(start), "x")
    y = x
    for _ in range(times):
        y = step(y)
    return x, y


def boxes(text):
    return re.findall(r'label="([^"]*)", color=lightblue', text)


def test_a_chain_is_one_box():
    _, y = repeated(lambda y: y + 1.0, 1000)
    text = get_dot_graph(y, verbose=False)
    assert boxes(text) == ["Add", "Add x 999"]
    assert text.count("label=") == 7  # two boxes, their outputs, x, and 1 twice
    assert text.count("style=dashed") == 1


def test_what_fits_is_drawn_in_full():
    _, y = repeated(lambda y: y + 1.0, 300)
    assert boxes(get_dot_graph(y)) == ["Add"] * 300
    assert boxes(get_dot_graph(y, max_nodes=901)) == ["Add"] * 300
    assert boxes(get_dot_graph(y, max_nodes=900)) == ["Add", "Add x 299"]


def test_none_draws_everything():
    _, y = repeated(np.sin, 2000)
    assert len(boxes(get_dot_graph(y, max_nodes=None))) == 2000


def test_the_body_of_a_loop_is_drawn_once():
    _, y = repeated(lambda y: y - 0.01 * (4 * y**3 - 4 * y), 300)
    found = boxes(get_dot_graph(y))
    assert sorted(found) == [
        "Mul x 300",
        "Mul x 300",
        "Mul x 300",
        "Pow x 300",
        "Sub",
        "Sub x 299",
        "Sub x 300",
    ]


def test_a_gradient_through_a_loop_folds_too():
    x, y = repeated(lambda y: np.sin(y) * 0.9, 400)
    y.backward(create_graph=True)
    assert x.grad is not None
    assert len(boxes(get_dot_graph(x.grad))) < 12


def test_constants_that_differ_are_counted():
    x = Variable(np.array(0.5), "x")
    y = sum(x ** (2 * k + 1) / (k + 1.0) for k in range(400))
    text = get_dot_graph(y, verbose=True)
    assert 'label="400 constants"' in text or 'label="399 constants"' in text


def test_named_values_are_kept_apart():
    x = Variable(np.array(0.5), "x")
    y = x
    for k in range(1000):
        y = y + 1.0
        if k == 500:
            y.name = "half"
    text = get_dot_graph(y, verbose=False)
    assert text.count('label="half"') == 1
    assert boxes(text) == ["Add", "Add x 498", "Add", "Add x 500"]


def test_a_large_graph_that_does_not_repeat_is_refused():
    random = np.random.default_rng(0)
    functions = [np.sin, np.cos, np.tanh, np.arcsinh, np.negative, np.arctan]
    _, y = repeated(lambda y: functions[random.integers(6)](y), 3000)
    with pytest.raises(
        ValueError,
        match=r"graph has 6001 nodes, \d+ with repeated .* max_nodes=1000: record fewer iterations",
    ):
        get_dot_graph(y)


def test_no_depth_overflows_the_stack():
    _, y = repeated(lambda y: y * 1.0, 100_000)
    assert boxes(get_dot_graph(y)) == ["Mul", "Mul x 99999"]


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [
        ([], []),
        ([5], [0]),
        ([5, 5], [0, 1]),
        ([5, 5, 5], [0, 0, 0]),
        ([1, 2, 1, 2, 1, 2, 1], [0, 1, 0, 1, 0, 1, 0]),
        ([1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 2], [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]),
        ([1, 2, 3, 1, 2, 3], [0, 1, 2, 3, 4, 5]),
        ([1, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1]),
    ],
)
def test_grouping(sequence, expected):
    assert grouped(np.array(sequence, dtype=np.intp)).tolist() == expected


@given(st.lists(st.integers(0, 2), max_size=60))
def test_only_equal_entries_are_grouped(sequence):
    group = grouped(np.array(sequence, dtype=np.intp)).tolist()
    assert len({*zip(group, sequence, strict=True)}) == len(set(group))
    assert sorted(set(group)) == list(range(len(set(group))))


OPERATIONS = (np.sin, np.tanh, lambda y: y * 2.0, lambda y: y + y)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(1, 8))
def test_folding_loses_no_call_and_no_input(body, rounds):
    def step(y):
        for k in body:
            y = OPERATIONS[k](y)
        return y

    _, y = repeated(step, rounds)
    graph = read(y)
    folded = fold(graph)
    assert sum(call.times for call in folded.calls) == len(graph.calls) == rounds * len(body)
    assert sum(value.name == "x" for value in folded.values()) == 1
    made = {value for call in folded.calls for value in call.outputs}
    for call in folded.calls:
        assert all(value in made or value.constant or value.name == "x" for value in call.inputs)
    assert folded.output in folded.calls[0].outputs
    assert folded.calls[0].times == 1
