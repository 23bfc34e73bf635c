"""Random programs in independent libraries: value, gradient and Hessian product, to nine digits.

Every step is spelled in the library's own namespace. Where it has no such function, or cannot
write into arrays, `otherwise` has the same function in other words. `unspelled` are the words that
cannot be said, and why; their programs are counted. `faults` are the words that the library has
but differentiates wrongly, and why; they are among those said otherwise, and a test shows each of
them. Nothing else is excused: an error of the library fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import hessopt
from tests.fuzz.generator import RandomProgram
from tests.fuzz.spellings import ENTRIES, WITHOUT_ASSIGNMENT
from tests.fuzz.spellings_of_functions import FUNCTIONS, special_functions
from tests.fuzz.words_of_derivatives import CLOSED_FORMS
from tests.fuzz.words_of_python import IN_NUMPY

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Library:
    """Derivatives by somebody else."""

    namespace: Any
    value_and_grad: Callable[..., Any]
    hvp: Callable[..., Any]
    otherwise: Mapping[str, Callable[..., Any]]
    unspelled: Mapping[str, str]
    faults: Mapping[str, str]


def hips_autograd() -> Library:
    """Return HIPS autograd."""
    import autograd
    import autograd.numpy as namespace
    import autograd.scipy.special as special

    return Library(
        namespace,
        autograd.value_and_grad,
        autograd.hessian_vector_product,
        WITHOUT_ASSIGNMENT
        | ENTRIES
        | FUNCTIONS
        | special_functions(special)
        | CLOSED_FORMS
        | IN_NUMPY,
        {
            "kve": "no scaled Bessel functions of the second kind",
            "ellipk": "no elliptic integrals",
        },
        {
            "tile": "the rule counts repetitions from the first axis, NumPy from the last",
            "kron": "the rule of arrays with three axes mixes up entries",
            "sum where": "the rule of sum takes no notice of where=",
            "max initial": "the rule of max shares among the entries that equal the result: none",
            "multiply.reduce": "the rule of prod divides by the entries, and one is 0",
            "sinc": "the second derivative divides by the argument, and one is 0",
            "join z": "the rule of concatenate gives real entries a complex adjoint",
        },
    )


def google_jax() -> Library:
    """Return JAX, in double precision."""
    import jax
    import jax.numpy as namespace

    def hvp(f: Callable[[Any], Any]) -> Callable[..., Any]:
        return lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1]

    return Library(namespace, jax.value_and_grad, hvp, WITHOUT_ASSIGNMENT, {}, {})


def gap(found: Any, expected: Any) -> float:
    """Return the largest difference, relative to the largest entry or 1."""
    expected = np.asarray(expected)
    return float(np.max(np.abs(found - expected)) / (1 + np.max(np.abs(expected))))


def compare(program: RandomProgram, library: Library) -> str:
    """Return "agree", "kink", "not spelled: ..." or "wrong: ..." for one program.

    Other words round otherwise, and may land on the other side of a kink that x sits on; so a
    difference counts only if it is there beside x, too.
    """
    lacking = sorted(set(program.names) & set(library.unspelled))
    if lacking:
        return f"not spelled: {', '.join(lacking)}"

    v = np.random.default_rng(program.seed).standard_normal(program.x.shape)
    found = _compare_at(program.x, v, program, library)
    if found == "agree" or _compare_at(program.x + 1e-6 * v, v, program, library) != "agree":
        return found
    return "kink"


def _compare_at(x: Any, v: Any, program: RandomProgram, library: Library) -> str:
    def spelled(x: Any) -> Any:
        return program.run(x, library.namespace, library.otherwise)

    ours = *hessopt.value_and_grad(program.run)(x), hessopt.hvp(program.run)(x, v)
    theirs = *library.value_and_grad(spelled)(x), library.hvp(spelled)(x, v)
    for what, found, expected in zip(["value", "gradient", "product"], ours, theirs, strict=True):
        if not gap(found, expected) < TOLERANCE:
            apart = f"off by {gap(found, expected):.1e}"
            return f"wrong: {what} {apart}, seed {program.seed}: {program.names}"
    return "agree"
