"""The course of each method: the gradient against iterations and against time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hessopt.comparison.run import Run

# Okabe and Ito's colours, told apart by colour-blind readers; line styles help in print
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", "-.", ":")


def draw(runs: list[Run], gtol: float, to_file: str | os.PathLike[str] | None) -> np.ndarray:
    """Draw both pictures; as `Comparison.plot` documents it."""
    curves = {run.method: course for run in runs if (course := _course(run)) is not None}
    if not curves:
        raise ValueError(
            "no method recorded a gradient, so there is no curve to draw; "
            "compare a method that uses gradients, such as 'l-bfgs'"
        )
    figure, axes = canvas(shown=to_file is None)
    # exact zeros (a quadratic solved in one step) are drawn below everything else
    floor = min(gtol, *(g[g > 0].min(initial=gtol) for _, _, g in curves.values())) / 10
    for k, run in enumerate(run for run in runs if run.method in curves):
        nit, time, g = curves[run.method]
        g = np.maximum(g, floor)
        style: dict[str, Any] = {
            "color": COLOURS[k % len(COLOURS)],
            "linestyle": LINES[k // len(COLOURS) % len(LINES)],
        }
        for ax, horizontal in zip(axes, (nit, time), strict=True):
            ax.plot(horizontal, g, label=run.method, linewidth=1.8, **style)
            end = {"marker": "o"} if run.solved else {"marker": "x", "markeredgewidth": 2}
            ax.plot(horizontal[-1], g[-1], **end, markersize=7, clip_on=False, **style)
    for ax in axes:
        ax.axhline(gtol, color="0.5", linewidth=1, linestyle=(0, (1, 2)), zorder=0)
        ax.set_yscale("log")
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_xscale("symlog", linthresh=1)
    axes[0].set_xlim(left=0)
    axes[0].set_xlabel("iterations")
    axes[0].set_ylabel("max |gradient|")
    axes[0].annotate(
        f"gtol = {gtol:g}", (0, gtol), (4, 3), textcoords="offset points", color="0.4", fontsize=9
    )
    axes[1].set_xscale("log")
    axes[1].set_xlabel("time [s]")
    axes[1].legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
    if to_file is not None:
        figure.savefig(to_file, dpi=150)
    return axes


def check(to_file: str | os.PathLike[str]) -> None:
    """Refuse a file that `draw` could not write, before the work is done."""
    figure, _ = canvas(shown=False)
    known = figure.canvas.get_supported_filetypes()
    extension = Path(to_file).suffix.removeprefix(".").lower()
    if extension not in known:
        raise ValueError(
            f"{os.fspath(to_file)!r} has no extension that matplotlib writes; take one of "
            f"{', '.join(sorted(known))}"
        )
    if not Path(to_file).parent.is_dir():
        raise ValueError(f"{os.fspath(to_file)!r} is in a folder that does not exist")


def _course(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    history = run.history
    if history is None:
        return None
    known = np.isfinite(history.grad_norm)
    if not known.any():
        return None
    nit = np.flatnonzero(known)
    return nit, history.time[known], history.grad_norm[known]


def canvas(shown: bool) -> tuple[Any, np.ndarray]:
    """Return a figure with two Axes; pyplot, which may open a window, only if it is to be shown."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError('drawing curves needs matplotlib: pip install "hessopt[plot]"') from None
    size = {"figsize": (10, 4), "layout": "constrained"}
    if shown:
        from matplotlib import pyplot

        return pyplot.subplots(1, 2, sharey=True, **size)
    figure = Figure(**size)
    return figure, figure.subplots(1, 2, sharey=True)
