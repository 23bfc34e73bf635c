"""From a cold process to a solved problem: the wall time of whole Python processes, in turns.

Run it with ``pip install -e ".[peers]"`` and ``python asv_benchmarks/peers/cold.py``. Chained
Rosenbrock with 100 variables from (-1.2, 1, ...): hessopt solves it, SciPy's L-BFGS-B solves it
with differences, and the JAX route only gets to its first gradient.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

START = "x0 = np.tile([-1.2, 1.0], 50)"
FUNCTION = "def f(x): return {np}.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)"

PROGRAMS = {
    "hessopt": f"""
import numpy as np, hessopt
{START}
{FUNCTION.format(np="np")}
result = hessopt.minimize(f, x0)
assert result.success and result.fun < 4
""",
    "SciPy L-BFGS-B, differences": f"""
import numpy as np
from scipy.optimize import minimize
{START}
{FUNCTION.format(np="np")}
result = minimize(f, x0, method="L-BFGS-B", options=dict(maxfun=10**6, maxiter=10**5))
assert result.fun < 4
""",
    "JAX, first gradient": f"""
import numpy as np, jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
{START}
{FUNCTION.format(np="jnp")}
value, gradient = jax.jit(jax.value_and_grad(f))(x0)
np.asarray(gradient)
""",
    "import numpy alone": "import numpy",
}


def seconds(program: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for turn in range(options.rounds + 1):
        for name, program in PROGRAMS.items():
            passed = seconds(program)
            if turn:  # the first round fills the file cache
                times[name].append(passed)
    own = statistics.median(times["hessopt"])
    for name, cells in times.items():
        median = statistics.median(cells)
        print(f"{name:28} {median:8.3f} s   {median / own:6.2f} times hessopt's")


if __name__ == "__main__":
    main()
