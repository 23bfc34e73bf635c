"""From a cold process to a solved problem: the wall time of whole Python processes, in turns.

Run it with ``pip install -e ".[peers]"`` and ``python asv_benchmarks/peers/cold.py``. Chained
Rosenbrock with 100 variables from (-1.2, 1, ...): hessopt solves it, SciPy's L-BFGS-B solves it
with differences, and the JAX route only gets to its first gradient. From uniform(0.5, 1.5), as a
million variables are started elsewhere: hessopt with 1000 variables, SciPy with 50.

All modules are compiled to bytecode beforehand, as installers do it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

FUNCTION = "def f(x): return {np}.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)"
STANDARD = "np.tile([-1.2, 1.0], 50)"
UNIFORM = "np.random.default_rng(0).uniform(0.5, 1.5, {n})"

HESSOPT = f"""
import numpy as np, hessopt
{FUNCTION.format(np="np")}
result = hessopt.minimize(f, {{start}})
assert result.success and result.fun < 4
"""

SCIPY = f"""
import numpy as np
from scipy.optimize import minimize
{FUNCTION.format(np="np")}
options = dict(maxfun=10**6, maxiter=10**5, gtol=1e-6, ftol=0)
result = minimize(f, {{start}}, method="L-BFGS-B", options=options)
assert result.fun < 4
"""

JAX = f"""
import numpy as np, jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
{FUNCTION.format(np="jnp")}
value, gradient = jax.jit(jax.value_and_grad(f))({STANDARD})
np.asarray(gradient)
"""

RACES = {
    "100 variables, standard start": {
        "hessopt": HESSOPT.format(start=STANDARD),
        "SciPy L-BFGS-B, differences": SCIPY.format(start=STANDARD),
        "JAX, first gradient": JAX,
        "import numpy alone": "import numpy",
    },
    "1000 variables, uniform start": {
        "hessopt": HESSOPT.format(start=UNIFORM.format(n=1000)),
        "SciPy L-BFGS-B, differences, 50 variables": SCIPY.format(start=UNIFORM.format(n=50)),
    },
}


def seconds(program: str) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for race, programs in RACES.items():
        times: dict[str, list[float]] = {name: [] for name in programs}
        for turn in range(options.rounds + 1):
            for name, program in programs.items():
                passed = seconds(program)
                if turn:  # the first round writes the bytecode and fills the file cache
                    times[name].append(passed)
        print(race)
        own = statistics.median(times["hessopt"])
        for name, cells in times.items():
            median = statistics.median(cells)
            print(f"    {name:41} {median:8.3f} s   {median / own:6.2f} times hessopt's")


if __name__ == "__main__":
    main()
