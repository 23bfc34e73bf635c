"""A program cut in two: what some inputs alone decide, and the rest.

Of a product with the Hessian, which depends on (x, v), the first part depends on x alone and runs
once a point; the second is linear in v and runs at each step of conjugate gradients.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hessopt.program.fuse import price
from hessopt.program.program import Guard, Instruction, Program, Ref

CHEAP = 16  # additions for an entry; what costs less is rather computed again than kept


def partition(
    program: Program, known: Collection[int], cheap: float = CHEAP
) -> tuple[Program, Program]:
    """Split a program by what depends on the inputs `known` alone.

    Parameters
    ----------
    program : Program
    known : collection of int
        Numbers of inputs.
    cheap : float, optional
        What costs fewer additions for an entry is not handed over.

    Returns
    -------
    first : Program
        Takes all inputs, but reads only those that are known; its outputs are what the second
        needs.
    second : Program
        Takes all inputs, then the outputs of the first; computes the outputs.
    """
    early = set(known)
    prices: dict[int, float] = dict.fromkeys(early, 0.0)
    for number, line in program.numbered():
        if all(k in early for k in line.references()):
            early.add(number)
            prices[number] = _price(line) + sum(prices[k] for k in line.references())
    inputs = len(program.inputs)
    needed = {k for n, line in program.numbered() if n not in early for k in line.references()}
    needed |= {x.number for x in program.outputs if isinstance(x, Ref)}
    guards = [g for g in program.guards if isinstance(g.value, Ref)]
    needed |= {g.value.number for g in guards if g.value.number not in early}
    kept = [k for k in sorted(needed & early) if k >= inputs and prices[k] >= cheap]
    first = replace(
        program,
        outputs=tuple(map(Ref, kept)),
        guards=tuple(g for g in guards if g.value.number in early),
    )
    return _trimmed(first), _second(
        program, kept, [g for g in guards if g.value.number not in early]
    )


def _price(line: Instruction) -> float:
    """Return the price of an entry; of what is no elementwise operation, more than any of those."""
    if line.op and (line.primitive.elementwise or price(line) == 0):
        return price(line)
    return CHEAP


def _second(program: Program, kept: list[int], guards: list[Guard]) -> Program:
    """Return the program that starts from the values in `kept`, after its inputs."""
    inputs = len(program.inputs)
    numbers = {k: Ref(inputs + place) for place, k in enumerate(kept)}
    kinds = [(line.shape, line.dtype) for line in program.instructions]
    shift = len(kept)

    def moved(x: object) -> object:
        if not isinstance(x, Ref):
            return x
        return numbers.get(x.number, x if x.number < inputs else Ref(x.number + shift))

    lines = tuple(
        line._replace(operands=tuple(map(moved, line.operands))) for line in program.instructions
    )
    return _trimmed(
        Program(
            inputs=(*program.inputs, *(kinds[k - inputs] for k in kept)),  # pyright: ignore
            instructions=lines,
            outputs=tuple(map(moved, program.outputs)),
            guards=tuple(Guard(moved(g.value), g.outcome) for g in guards),
        )
    )


def _trimmed(program: Program) -> Program:
    """Drop the lines that nothing needs."""
    needed = {x.number for x in program.roots() if isinstance(x, Ref)}
    kept = []
    for number, line in reversed(list(program.numbered())):
        if number in needed:
            kept.append((number, line))
            needed.update(line.references())
    return program.rebuilt(kept[::-1], {})
