"""Einstein summation: the adjoint of an einsum is an einsum."""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from hessopt.autodiff.batching import Batch
from hessopt.autodiff.families import fit, scatter, values_of
from hessopt.autodiff.function import Primitive, unsupported
from hessopt.autodiff.structure import Link, Local, contraction


class Einsum(Primitive):
    """Sums of products by subscripts; every adjoint is an einsum again."""

    numpy = np.einsum

    def bind(self, *args: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
        if out is not None or kwargs:
            raise unsupported(self, {"out": out, **kwargs} if out is not None else kwargs)
        subscripts, *operands = args if isinstance(args[0], str) else _spelled(args)
        inputs, output = explicit_subscripts(subscripts, [np.ndim(x) for x in operands])
        params = {"inputs": inputs, "output": output, "optimize": optimize}
        return tuple(operands), params

    def forward(self, *operands: Any, inputs: Any, output: str, optimize: Any) -> Any:
        return np.einsum(f"{','.join(inputs)}->{output}", *operands, optimize=optimize)

    def batch(self, b: Batch, inputs: Any, output: str, optimize: Any) -> Any:
        used = {*output, *"".join(inputs)}
        free = [letter for letter in ascii_letters if letter not in used]
        if not free:
            return super().batch(b, inputs=inputs, output=output, optimize=optimize)
        lead = free[0]
        inputs = tuple(lead + s if has else s for s, has in zip(inputs, b.leads, strict=True))
        params = {"inputs": inputs, "output": lead + output, "optimize": optimize}
        return self.replay(b.operands, params)

    def links(self, at: Local, inputs: Any, output: str, optimize: Any) -> list[Link]:
        return contraction(at, inputs, output)

    def pull(self, y: Any, g: Any, wanted: Any, graph: bool) -> Any:
        _, operands = values_of(y, graph)
        return [_einsum_adjoint(g, i, operands, **y.params) for i in wanted]


def _einsum_adjoint(g: Any, i: int, operands: Any, inputs: Any, output: str, optimize: Any) -> Any:
    own = inputs[i]
    once = "".join(dict.fromkeys(own))
    shape = dict(zip(own, operands[i].shape, strict=True))
    others = [k for k in range(len(inputs)) if k != i]
    present = set(output).union(*(inputs[k] for k in others))
    reachable = "".join(c for c in once if c in present)
    subscripts = ",".join([output, *(inputs[k] for k in others)]) + "->" + reachable
    gx = np.einsum(subscripts, g, *(operands[k] for k in others), optimize=optimize)
    # An index that only this operand has was summed over alone: its adjoint repeats along it.
    if reachable != once:
        sizes = dict(zip(reachable, gx.shape, strict=True))
        gx = gx.reshape([sizes.get(c, 1) for c in once])
    # An axis of length one was stretched to the length that the others have.
    stretched = tuple(k for k, c in enumerate(once) if shape[c] == 1 and gx.shape[k] != 1)
    if stretched:
        gx = np.sum(gx, axis=stretched, keepdims=True)
    if gx.shape != tuple(shape.values()):
        gx = np.broadcast_to(gx, tuple(shape.values()))
    if once != own:  # a repeated index reads a diagonal
        letters = [np.arange(shape[c]).reshape([-1 if d == c else 1 for d in once]) for c in own]
        gx = scatter(np.zeros(operands[i].shape, operands[i].dtype), (tuple(letters), gx))
    return fit(gx, operands[i])


def _spelled(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a call whose subscripts are lists of numbers as one that has them in a string."""
    count = len(args) // 2 * 2  # what is left over is the list of the output
    operands, lists, output = args[:count:2], args[1:count:2], args[count:]
    text = ",".join(map(_letters, lists)) + "".join("->" + _letters(s) for s in output)
    return (text, *operands)


def _letters(numbers: Any) -> str:
    try:
        return "".join(
            "..." if number is Ellipsis else _IN_ORDER[range(52).index(number)]
            for number in numbers
        )
    except (TypeError, ValueError):
        raise TypeError(
            "einsum: subscripts are a string such as 'ij,jk->ik' before the operands, or after "
            f"each operand a list of numbers from 0 to 51, not {numbers!r:.60}"
        ) from None


_IN_ORDER = ascii_uppercase + ascii_lowercase  # as NumPy sorts them


def explicit_subscripts(subscripts: str, ranks: list[int]) -> tuple[tuple[str, ...], str]:
    """Return an einsum's inputs and output without ellipses and with the output written out."""
    text = subscripts.replace(" ", "")
    left, arrow, output = text.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ranks):
        raise ValueError(f"einsum: {len(inputs)} subscripts for {len(ranks)} operands")
    unused = [c for c in map(chr, range(65, 123)) if c.isalpha() and c not in text]
    pairs = list(zip(inputs, ranks, strict=True))
    widths = [rank - len(s) + 3 for s, rank in pairs if "..." in s]
    shared = "".join(unused[: max(widths, default=0)])
    spelled = tuple(
        s.replace("...", shared[len(shared) - (r - len(s) + 3) :]) if "..." in s else s
        for s, r in pairs
    )
    for s, r in zip(spelled, ranks, strict=True):
        if len(s) != r:
            raise ValueError(f"einsum: subscript {s!r} does not fit an operand of {r} dimensions")
    if arrow:
        return spelled, output.replace("...", shared)
    once = sorted(c for c in set(left) - set(".,") if left.count(c) == 1)
    return spelled, shared + "".join(once)
