"""Every case of every rule: a derivative that is not zero is in the structure.

Where values do not decide it, the structure holds no entry more.
"""

from __future__ import annotations

import re
import runpy
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff.registry import full_name
from hessopt.autodiff.tracing import Untraceable
from hessopt.program.simplify import dead_code
from hessopt.program.sparsity import sparsity
from hessopt.program.trace import trace

FOLDER = Path(__file__).parents[1] / "primitives"
CHECKS = runpy.run_path(str(FOLDER / "verify.py"))
CASES: dict[Callable[..., Any], list[Any]] = defaultdict(list)
for table in sorted((FOLDER / "cases").glob("*.py")):
    for target, rows in runpy.run_path(str(table))["CASES"].items():
        CASES[target] += rows


def structures(target: Callable[..., Any]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield, for each case, argument and output, the Jacobian and its structure."""
    for f, shapes, *domain in CASES[target]:
        arrays = CHECKS["distinct"](shapes, *domain, seed=1)
        for i, x in enumerate(arrays):

            def one(z: Any, i: int = i, f: Any = f, arrays: Any = arrays) -> list[Any]:
                return list(CHECKS["outputs"](f(*arrays[:i], z, *arrays[i + 1 :])))

            try:
                program = dead_code(trace(one, [x])[0])
            except Untraceable:
                continue
            for k in range(len(program.outputs)):
                J = hessopt.jacobian(lambda z, k=k: one(z)[k])(x)
                yield np.reshape(J, (-1, x.size)) != 0, sparsity(program, k).toarray()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("target", [pytest.param(f, id=full_name(f)) for f in CASES])
def test_holds_every_derivative(target: Callable[..., Any]):
    for J, structure in structures(target):
        assert J.shape == structure.shape
        assert not np.any(J & ~structure)


# Where which entries matter is decided by values, and where a map is triangular along an axis.
LOOSE = (
    "eig|qr|slogdet|cholesky|solve|fft|max|min|nan|cum|accumulate|quantile|percentile|median|sort|"
    "special|clip|where|select|interp|angle|imag|real_if|sinc|scimath|prod|norm|poly|ptp|apply_"
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "target",
    [pytest.param(f, id=full_name(f)) for f in CASES if not re.search(LOOSE, full_name(f))],
)
def test_holds_nothing_else(target: Callable[..., Any]):
    for J, structure in structures(target):
        np.testing.assert_array_equal(structure, J)
