"""The text of pictures, which needs no Graphviz."""

import numpy as np
import pytest

import hessopt
from hessopt import Variable
from hessopt.autodiff.function import LARGE
from hessopt.utils import get_dot_graph


def leaf(value, name=None):
    return Variable(np.array(value, dtype=float), name)


def test_one_function():
    x = leaf(1.0, "x")
    y = np.exp(x)
    y.name = "y"
    assert get_dot_graph(y, verbose=False) == (
        "digraph g {\n"
        '1 [label="y", color=orange, style=filled]\n'
        '2 [label="Exp", color=lightblue, style=filled, shape=box]\n'
        '3 [label="x", color=orange, style=filled]\n'
        "3 -> 2\n"
        "2 -> 1\n"
        "}"
    )


def test_verbose_tells_shape_and_type():
    x = leaf([1.0, 2.0], "x")
    text = get_dot_graph(np.exp(x))
    assert '1 [label="(2,) float64", color=orange, style=filled]' in text
    assert '3 [label="x: (2,) float64", color=orange, style=filled]' in text


def test_verbose_is_the_default_as_in_the_book():
    y = np.exp(leaf(1.0, "x"))
    assert get_dot_graph(y) == get_dot_graph(y, verbose=True) != get_dot_graph(y, verbose=False)


def test_constants_show_their_values_and_arrays_their_form():
    x = leaf([1.0, 2.0], "x")
    weights = np.array([3.0, 4.0])
    y = 2 * x + weights
    assert get_dot_graph(y, verbose=True).splitlines()[2:-1] == [
        '2 [label="Add", color=lightblue, style=filled, shape=box]',
        '3 [label="(2,) float64", color=orange, style=filled]',
        '5 [label="(2,) float64", color=orange, style=filled]',
        "3 -> 2",
        "5 -> 2",
        "2 -> 1",
        '4 [label="Mul", color=lightblue, style=filled, shape=box]',
        '6 [label="2", color=orange, style=filled]',
        '7 [label="x: (2,) float64", color=orange, style=filled]',
        "6 -> 4",
        "7 -> 4",
        "4 -> 3",
    ]


def test_an_array_used_twice_is_one_ellipse_and_a_number_two():
    weights = np.array([3.0, 4.0])
    x = leaf([1.0, 2.0])
    assert get_dot_graph((x + weights) * weights).count("orange") == 4
    assert get_dot_graph((x + 3.0) * 3.0).count("orange") == 5


@pytest.mark.parametrize(
    ("constant", "shown"),
    [(0.1, "0.1"), (1 / 3, "0.333333"), (-5, "-5"), (1e-20, "1e-20"), (np.float32(2), "2")],
)
def test_numbers_are_short(constant, shown):
    assert f'[label="{shown}", color=orange' in get_dot_graph(leaf(1.0) * constant)


def test_a_condition_is_a_constant():
    y = np.where(np.bool_(True), leaf(1.0), leaf(2.0))
    assert '[label="True", color=orange' in get_dot_graph(y)


def test_the_same_input_twice_has_two_arrows():
    x = leaf(3.0)
    assert get_dot_graph(x * x).count("3 -> 2") == 2


def test_a_shared_value_is_one_ellipse():
    x = leaf(3.0)
    a = x + 1.0
    text = get_dot_graph(np.sin(a) + np.cos(a))
    assert text.count("shape=box") == 4
    assert text.count("orange") == 6


def test_a_function_of_several_outputs_is_one_box():
    a = Variable(np.array([[2.0, 1.0], [1.0, 3.0]]), "A")
    sign, logdet = np.linalg.slogdet(a)
    text = get_dot_graph(sign * logdet)
    assert text.count("SlogDet") == 1
    assert "Item" not in text
    box = text[: text.index('[label="SlogDet')].split("\n")[-1].strip()
    assert text.count(f"\n{box} -> ") == 2


def test_only_outputs_that_are_used_are_drawn():
    _, logdet = np.linalg.slogdet(leaf([[2.0, 1.0], [1.0, 3.0]]))
    assert get_dot_graph(logdet).count("->") == 2


def test_a_function_of_the_user_has_its_own_name():
    class Twice(hessopt.Function):
        def forward(self, x):
            return x + x

        def backward(self, gy):
            return gy + gy

    assert '[label="Twice", color=lightblue' in get_dot_graph(Twice()(leaf(1.0)))


def test_a_leaf_alone():
    assert get_dot_graph(leaf(1.0, "x"), verbose=False) == (
        'digraph g {\n1 [label="x", color=orange, style=filled]\n}'
    )


def test_quotes_backslashes_and_line_ends_in_names():
    text = get_dot_graph(leaf(1.0, 'a "b" \\c\nd'), verbose=False)
    assert '[label="a \\"b\\" \\\\c\\nd", color' in text


def test_the_second_derivative_of_tanh():
    def drawn():
        x = leaf(1.0, "x")
        np.tanh(x).backward(create_graph=True)
        gx = x.grad
        x.cleargrad()
        gx.backward(create_graph=True)
        return get_dot_graph(x.grad, verbose=False)

    text = drawn()
    assert text.count("Tanh") == 1
    assert text.count('label="x"') == 1
    assert drawn() == text


def test_a_released_graph_is_refused():
    y = np.exp(leaf(1.0))
    y.backward(release=True)
    with pytest.raises(hessopt.GraphReleasedError, match=r"below Exp was released.*leave release"):
        get_dot_graph(y)


@pytest.mark.parametrize("wrong", [1.0, np.ones(3), None, [leaf(1.0)]])
def test_only_variables_have_graphs(wrong):
    with pytest.raises(TypeError, match=r"output must be a Variable or a program, not .*; pass"):
        get_dot_graph(wrong)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "many"])
def test_max_nodes_must_be_a_whole_number(wrong):
    with pytest.raises(ValueError, match="max_nodes must be a positive whole number or None, got"):
        get_dot_graph(leaf(1.0), max_nodes=wrong)


def test_large_values_that_the_graph_lets_go_of_are_drawn_all_the_same():
    def drawn(size):
        x = Variable(np.ones(size), "x")
        a = x * 2.0
        y = np.sum(a + 1.0) + np.sum(a - 1.0)
        del a
        return get_dot_graph(y)

    size = LARGE  # in bytes, so that arrays of that many entries are larger
    assert drawn(size) == drawn(3).replace("(3,)", f"({size},)")


def test_a_name_may_be_anything():
    text = get_dot_graph(Variable(np.array(2.0), name=3), verbose=False)
    assert 'label="3"' in text
