"""The graph of a computation as an image, drawn by Graphviz."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hessopt.autodiff.variable import Variable
from hessopt.pictures.dot import MAX_NODES, get_dot_graph
from hessopt.program.program import Program

if TYPE_CHECKING:
    from graphviz import Source

FORMATS = ("png", "svg", "pdf")

NO_DOT = (
    "Graphviz's program 'dot' was not found, so no picture can be drawn. Install it by "
    "'apt-get install graphviz' (Debian, Ubuntu), 'conda install -c conda-forge graphviz' or "
    "'brew install graphviz' (macOS), or see https://graphviz.org/download; "
    "get_dot_graph(output) gives the text without it"
)


def plot_dot_graph(
    output: Variable | Program,
    verbose: bool = True,
    to_file: str | os.PathLike[str] | None = "graph.png",
    *,
    max_nodes: int | None = MAX_NODES,
) -> Source:
    """Draw the graph that led to `output`, or a program, into a file or a notebook.

    Parameters
    ----------
    output, verbose, max_nodes
        As in `get_dot_graph`.
    to_file : path or None, optional
        Where to write; the extension, ``.png``, ``.svg`` or ``.pdf``, says what. None writes
        nothing.

    Returns
    -------
    graphviz.Source
        The text with its picture: a notebook shows it as SVG, ``source`` is the text.

    Raises
    ------
    ValueError
        If the extension is none of the three; and as in `get_dot_graph`.
    RuntimeError
        If Graphviz's program ``dot`` is not installed; the message says how to get it.

    References
    ----------
    K. Saito, *Deep Learning from Scratch 3* (O'Reilly Japan, 2020), step 26.

    Examples
    --------
    >>> import numpy as np
    >>> from hessopt import Variable
    >>> from hessopt.utils import plot_dot_graph
    >>> x = Variable(np.array(2.0), name="x")
    >>> picture = plot_dot_graph(np.sin(x), to_file=None)
    >>> print(picture.source.splitlines()[1])
    1 [label="() float64", color=orange, style=filled]
    """
    extension = None if to_file is None else _extension(to_file)
    text = get_dot_graph(output, verbose, max_nodes=max_nodes)

    from graphviz import ExecutableNotFound, Source

    picture = Source(text)
    if to_file is not None:
        try:
            image = picture.pipe(format=extension)
        except ExecutableNotFound:
            raise RuntimeError(NO_DOT) from None
        Path(to_file).write_bytes(image)
    return picture


def _extension(to_file: str | os.PathLike[str]) -> str:
    extension = Path(to_file).suffix.removeprefix(".").lower()
    if extension not in FORMATS:
        raise ValueError(
            f"to_file must end in {', '.join('.' + e for e in FORMATS[:-1])} or .{FORMATS[-1]}, "
            f"got {os.fspath(to_file)!r}"
        )
    return extension
