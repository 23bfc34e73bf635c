"""Plans of traced functions, and what to look at in them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hessopt.backends.numba_kernel import SPELLINGS
from hessopt.program.fuse import fuse
from hessopt.program.fusible import fusible
from hessopt.program.nest import Call, Fold, Load, Nest, Plan, Store
from hessopt.program.program import Program
from hessopt.program.simplify import simplify
from hessopt.program.trace import trace


def program_of(f: Any, *arrays: Any) -> Program:
    """Return the simplified program of a function of arrays with one result or a tuple of them."""

    def flat(*xs: Any) -> list[Any]:
        result = f(*xs)
        return list(result) if isinstance(result, tuple) else [result]

    return simplify(trace(flat, arrays)[0])


def plan_of(f: Any, *arrays: Any) -> Plan:
    """Return the plan of a function, with all in loops that can be."""
    program = program_of(f, *arrays)
    return fuse(program, fusible(program, SPELLINGS, lambda line: True))


def nests(plan: Plan) -> list[Nest]:
    """Return the loops over entries."""
    return [step for step in plan.steps if isinstance(step, Nest) and step.depth]


def calls(plan: Plan) -> int:
    """Return how many lines are called as they are."""
    return sum(isinstance(step, Call) for step in plan.steps)


def traffic(plan: Plan) -> tuple[Counter[Any], Counter[int]]:
    """Return in how many loops each array is read, and in how many it is written."""
    read: Counter[Any] = Counter()
    written: Counter[int] = Counter()
    for nest in nests(plan):
        statements = [s for segment in nest.segments for s in segment.body]
        read.update({s.array for s in statements if isinstance(s, Load)})
        written.update({s.number for s in statements if isinstance(s, (Store, Fold))})
    return read, written
