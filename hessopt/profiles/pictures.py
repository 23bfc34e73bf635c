"""Performance and data profiles, drawn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from hessopt.comparison.curves import COLOURS, LINES, canvas
from hessopt.profiles.measure import MEASURES
from hessopt.profiles.shares import share

if TYPE_CHECKING:
    from hessopt.profiles.profile import Profile

DEFAULT = "hessopt"

# More curves cannot be told apart
MOST_CURVES = 10

# Beyond this factor it hardly matters by how much a solver is worse
LARGEST_FACTOR = 1000.0


def telling(solvers: list[str]) -> list[str]:
    """Return those to draw, of all, best first: our default, the best of each library, and others.

    They stay in the order of the table, but for the first.
    """
    libraries: dict[str, str] = {}
    for solver in solvers:
        libraries.setdefault(solver.partition(":")[0], solver)
    first = [DEFAULT, *libraries.values(), *solvers]
    drawn = list(dict.fromkeys(solver for solver in first if solver in solvers))[:MOST_CURVES]
    return sorted(drawn, key=lambda solver: (solver != DEFAULT, solvers.index(solver)))


def draw(
    profile: Profile, to_file: str | os.PathLike[str] | None, solvers: list[str]
) -> np.ndarray:
    """Draw both pictures; as `Profile.plot` documents it."""
    unknown = [solver for solver in solvers if solver not in profile.solvers]
    if unknown:
        raise ValueError(
            f"solvers: {', '.join(unknown)} was not run; there are {', '.join(profile.solvers)}"
        )
    figure, axes = canvas(shown=to_file is None)
    figure.set_size_inches(11, 4.5)
    performance, data = profile.performance, profile.data
    finite = [values[np.isfinite(values)] for values in data.values()]
    known = np.concatenate([values[values > 0] for values in finite])
    low, high = (known.min(), known.max()) if known.size else (1.0, 10.0)
    factors = [values[np.isfinite(values)] for values in performance.values()]
    largest = min(LARGEST_FACTOR, max(values.max(initial=2.0) for values in factors))
    edges = ((1.0, largest * 1.1), (low / 1.1, high * 1.1))
    for k, solver in enumerate(solvers):
        style: dict[str, Any] = {
            "color": COLOURS[k % len(COLOURS)],
            "linestyle": LINES[k // len(COLOURS) % len(LINES)],
            # the first lies on top, where curves meet
            "zorder": 3 - k / len(solvers),
        }
        for ax, values, (left, right) in zip(axes, (performance, data), edges, strict=True):
            jumps = np.unique(np.clip(values[solver][np.isfinite(values[solver])], left, None))
            x = np.concatenate([[left], jumps[jumps <= right], [right]])
            ax.step(
                x,
                100 * share(values[solver], x),
                where="post",
                label=solver,
                linewidth=2.6 if solver == DEFAULT else 1.6,
                **style,
            )
    for ax, (left, right) in zip(axes, edges, strict=True):
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set_xlim(left, right)
        ax.set_ylim(0, 101)
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_xlabel(f"factor of the least {profile.measure}")
    axes[0].set_ylabel(f"% of {len(profile.instances)} problems solved")
    axes[1].set_xlabel(MEASURES[profile.measure])
    axes[1].legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
    if to_file is not None:
        figure.savefig(to_file, dpi=150)
    return axes
