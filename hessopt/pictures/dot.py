"""The graph of a computation in the DOT language; Graphviz is not needed for the text."""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.variable import Variable
from hessopt.pictures.graph import Graph, Value, first_seen, read
from hessopt.pictures.program_graph import read_program
from hessopt.pictures.repeats import fold
from hessopt.program.program import Program

# Graphviz takes seconds for a thousand nodes and minutes for ten thousand.
MAX_NODES = 1000

# An arrow back up must not turn the picture upside down
HANDED_ON = " [style=dashed, constraint=false]"


def get_dot_graph(
    output: Variable | Program, verbose: bool = True, *, max_nodes: int | None = MAX_NODES
) -> str:
    """Return the graph that led to `output`, or that a program is, in the DOT language.

    Variables are orange ellipses with their names, functions are light blue boxes, constants are
    orange ellipses with their values. The same graph gives the same text.

    Parameters
    ----------
    output : Variable or Program
        The result of the computation to draw; of a derivative too, if it was recorded
        (``create_graph=True``). Or a program (``hessopt.jit(f).program(x)``), whose values have
        the names that its text has.
    verbose : bool, optional
        Write shapes and types next to the names.
    max_nodes : int or None, optional
        A graph with more nodes has the parts that repeat, such as the rounds of a loop, drawn
        once: ``Add x 998``. If that does not help, it is refused. None draws everything.

    Returns
    -------
    str
        The text, for ``dot -Tsvg``.

    Raises
    ------
    TypeError
        If `output` is neither a Variable nor a program.
    ValueError
        If `max_nodes` is not a positive whole number, or the graph is too large for it.
    hessopt.GraphReleasedError
        If a backward pass has freed the graph.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3* (O'Reilly Japan, 2020), steps 25 and 26.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import Variable
    >>> from hessopt.utils import get_dot_graph
    >>> x = Variable(np.array(1.0), name="x")
    >>> y = np.exp(x)
    >>> y.name = "y"
    >>> print(get_dot_graph(y, verbose=False))
    digraph g {
    1 [label="y", color=orange, style=filled]
    2 [label="Exp", color=lightblue, style=filled, shape=box]
    3 [label="x", color=orange, style=filled]
    3 -> 2
    2 -> 1
    }
    """
    if not isinstance(output, (Variable, Program)):
        raise TypeError(
            f"output must be a Variable or a program, not {type(output).__name__}; pass the result "
            "of a computation on Variables, such as y = f(Variable(x)), or jit(f).program(x)"
        )
    if max_nodes is not None and not (_is_whole(max_nodes) and max_nodes > 0):
        raise ValueError(f"max_nodes must be a positive whole number or None, got {max_nodes!r}")
    graph = read(output) if isinstance(output, Variable) else read_program(output)
    return "\n".join(["digraph g {", *_lines(_drawn(graph, max_nodes), verbose), "}"])


def _is_whole(number: Any) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)


def _drawn(graph: Graph, max_nodes: int | None) -> Graph:
    """Fold a graph that is too large; refuse it if it still is."""
    if max_nodes is None or (size := graph.size) <= max_nodes:
        return graph
    folded = fold(graph)
    if folded.size <= max_nodes:
        return folded
    raise ValueError(
        f"the graph has {size} nodes, {folded.size} with repeated parts drawn once, more than "
        f"max_nodes={max_nodes}: record fewer iterations or a smaller problem, or raise max_nodes "
        "(None draws all; Graphviz needs minutes for ten thousand)"
    )


def _lines(graph: Graph, verbose: bool) -> list[str]:
    lines = [_ellipse(graph.output, verbose)]
    seen = {graph.output}
    for call in graph.calls:
        label = call.name if call.times == 1 else f"{call.name} x {call.times}"
        lines.append(
            f"{call.number} [label={_quoted(label)}, color=lightblue, style=filled, shape=box]"
        )
        fresh = first_seen([*call.outputs, *call.inputs], seen)
        lines += [_ellipse(value, verbose) for value in fresh]
        lines += [
            f"{value.number} -> {call.number}{HANDED_ON if value in call.handed_on else ''}"
            for value in call.inputs
        ]
        lines += [f"{call.number} -> {value.number}" for value in call.outputs]
    return lines


def _ellipse(value: Value, verbose: bool) -> str:
    return f"{value.number} [label={_quoted(_label(value, verbose))}, color=orange, style=filled]"


def _label(value: Value, verbose: bool) -> str:
    if value.constant and value.name is None and value.data.ndim == 0:
        return _number(value.data.item())
    if not verbose or value.data is None:
        return "" if value.name is None else str(value.name)
    form = f"{value.data.shape} {value.data.dtype}"
    return form if value.name is None else f"{value.name}: {form}"


def _number(constant: Any) -> str:
    if isinstance(constant, (int, float, complex)) and not isinstance(constant, bool):
        return f"{constant:.6g}"
    return str(constant)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
