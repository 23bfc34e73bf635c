"""``hessopt graph``: the graph of a problem, of its gradient, or of a Hessian-vector product.

With ``--program`` the program that `hessopt.jit` makes of it: as text, or as a picture.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hessopt.autodiff.variable import Variable
from hessopt.cli.errors import Exit, UsageError
from hessopt.cli.targets import Target, resolve
from hessopt.pictures.dot import get_dot_graph
from hessopt.pictures.draw import FORMATS, plot_dot_graph
from hessopt.program.program import Program
from hessopt.transforms.first_order import grad
from hessopt.transforms.jit import jit
from hessopt.transforms.second_order import hvp

TEXT = ("dot", "gv")


def run(arguments: Namespace) -> Exit:
    """Write the picture, or print its text."""
    to_file = arguments.output
    extension = None if to_file is None else Path(to_file).suffix.removeprefix(".").lower()
    if extension is not None and extension not in (*FORMATS, *TEXT):
        known = ", ".join(f".{known}" for known in (*FORMATS, TEXT[0]))
        raise UsageError(f"--output must end in one of {known}, got {to_file!r}")
    target = resolve(arguments)
    draw = _program if arguments.program else _recorded
    output = draw(target, arguments.order)
    if to_file is None and isinstance(output, Program):
        print(output, *_remarks(output), sep="\n")
    elif to_file is None:
        print(get_dot_graph(output, arguments.verbose))
    elif extension in TEXT:
        Path(to_file).write_text(get_dot_graph(output, arguments.verbose) + "\n", encoding="utf-8")
    else:
        plot_dot_graph(output, arguments.verbose, to_file)
    return Exit.SOLVED


def _program(target: Target, order: int) -> Program:
    """Trace f, its gradient or its Hessian's product with v at the start."""
    f, x0 = target.value, target.x0
    if order == 2:
        return jit(hvp(f)).program(x0, np.ones_like(x0))
    return jit(grad(f) if order else f).program(x0)


def _remarks(program: Program) -> Iterator[str]:
    """Say how the program came about and what a run of it costs."""
    for name, before, after in program.passes:
        yield f"{name}: {before} -> {after} instructions"
    cost = program.cost()
    yield f"one run: {cost.flops} flops, {cost.bytes} bytes"


def _recorded(target: Target, order: int) -> Variable:
    """Compute f, its gradient or its Hessian's product with v at the start, and name them."""
    x = Variable(target.x0, "x")
    f = target.value(x)
    if not isinstance(f, Variable) or f.size != 1:
        raise ValueError(
            f"{target.name} must return one number that depends on x, but it returned {f!r:.60}"
        )
    f.name = "f"
    if order == 0:
        return f
    g = _differentiated(f, x, "g")
    if order == 1:
        return g
    v = Variable(np.ones_like(target.x0), "v")
    return _differentiated(np.sum(g * v), x, "Hv")


def _differentiated(y: Variable, x: Variable, name: str) -> Variable:
    x.cleargrad()
    y.backward(create_graph=True)
    if x.grad is None:
        raise ValueError(f"{name} does not depend on x, so there is no graph to draw")
    x.grad.name = name
    return x.grad
