"""Rules about log(exp(a) + exp(b)) and its derivatives, in which a large problem spends its time.

They let the function, its derivative and those of higher order share one exponential. What rounds
otherwise: a share of exponentials is computed by dividing them, not by their logarithm.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from hessopt.program.known import Known, is_number
from hessopt.program.program import Instruction, Ref
from hessopt.program.rules_of_value import computed, factor, for_real

LARGE = 1024  # entries


def _log_add_exp(line: Instruction, known: Known) -> Any:
    """Spell log(exp(a) + exp(b)) out for large arrays, where NumPy's exp and log1p are fast.

    Where a = b the difference may be inf - inf.
    """
    a, b = line.operands
    if prod(line.shape or ()) < LARGE:
        return line
    distance = computed(np.absolute, (computed(np.subtract, (a, b), line),), line)
    small = computed(np.exp, (computed(np.negative, (distance,), line),), line)
    rest = computed(np.log1p, (small,), line)
    equal = computed(np.equal, (a, b), line)._replace(dtype=np.dtype(bool))
    rest = computed(np.where, (equal, float(np.log(2)), rest), line)
    return computed(np.add, (computed(np.maximum, (a, b), line), rest), line)


def _share(line: Instruction, known: Known) -> Any:
    """exp(-log(1 + exp(b))), as it is spelled out, is 1 / (1 + e) or e / (1 + e), e = exp(-|b|)."""
    negative = known.made_by(line.operands[0], "Neg")
    total = known.made_by(negative.operands[0], "Add") if negative else None
    larger = known.made_by(total.operands[0], "Maximum") if total else None
    rest = known.made_by(total.operands[1], "Where") if total else None
    if larger is None or rest is None:
        return line
    zero, b = larger.operands
    log = known.made_by(rest.operands[2], "Log1p")
    small = log.operands[0] if log else None
    exponential = known.made_by(small, "Exp")
    exponent = known.made_by(exponential.operands[0], "Neg") if exponential else None
    size = known.made_by(exponent.operands[0], "Absolute") if exponent else None
    if size is None or not is_number(zero) or zero != 0 or not known.stands_for(b, line):
        return line
    if size.operands[0] != b and not _is_negative_of(size.operands[0], b, known):
        return line
    positive = computed(np.greater, (b, 0.0), line)._replace(dtype=np.dtype(bool))
    numerator = computed(np.where, (positive, small, 1.0), line)
    return computed(np.divide, (numerator, computed(np.add, (1.0, small), line)), line)


def _is_negative_of(x: Any, y: Any, known: Known) -> bool:
    """Whether x = c z and y = -c z, or one of them is z."""
    (c, a), (d, b) = (factor(part, known) or (1.0, part) for part in (x, y))
    return c == -d and a == b


def _never(line: Instruction, known: Known) -> Any:
    """See that what equals a finite number is not infinite."""
    for a, b in (line.operands, line.operands[::-1]):
        equal, infinite = known.made_by(a, "equal"), known.made_by(b, "isinf")
        if equal is None or infinite is None:
            continue
        for number, x in (equal.operands, equal.operands[::-1]):
            finite = is_number(number) and np.isfinite(number)
            if finite and isinstance(x, Ref) and x == infinite.operands[0]:
                return np.broadcast_to(np.False_, line.shape or ())
    return line


RULES_OF_LOGISTIC = {
    "Logaddexp": for_real(_log_add_exp),
    "Exp": for_real(_share),
    "bitwise_and": _never,
}
