"""The ways that four methods take down the Rosenbrock valley."""

import matplotlib.pyplot as plt
import numpy as np

import hessopt
import problems

problem = problems.get("rosenbrock")
(left, right), (low, high) = problem.bounds
x, y = np.meshgrid(np.linspace(left, right, 300), np.linspace(low, high, 300))
heights = problem.value(np.stack([x, y], axis=-1))

_, axes = plt.subplots(2, 2, figsize=(9, 8), sharex=True, sharey=True, layout="constrained")
for panel, method in zip(
    axes.flat, ["gradient-descent", "l-bfgs", "newton", "trust-ncg"], strict=True
):
    result = hessopt.minimize(
        problem.value, problem.start, method=method, options={"return_all": True}
    )
    panel.contour(x, y, heights, levels=np.logspace(-1, 3.4, 12), colors="lightgrey")
    panel.plot(*np.transpose(result.allvecs), ".-", linewidth=1, markersize=4)
    panel.plot(*problem.solution, "*", markersize=12)
    panel.set_title(f"{method}: {result.nit} iterations")
plt.savefig("paths.png", dpi=110)
