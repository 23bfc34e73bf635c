"""The code of a program, in parts that can be put together in more than one way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

FAILED = "return (), False"


@dataclass(frozen=True)
class Code:
    """Lines of Python that compute the outputs of a program from its inputs v0, v1, ...

    Attributes
    ----------
    entry : list of list of str
        For each input the lines that prepare it.
    body : list of str
        The lines after them; where a guard does not hold they hold the statement `FAILED`.
    outputs : list of str
        An expression for each output.
    names : dict
        What the lines refer to.
    """

    entry: list[list[str]]
    body: list[str]
    outputs: list[str]
    names: dict[str, Any]

    @classmethod
    def calling(cls, run: Callable[..., Any], inputs: int, outputs: int) -> Code:
        """Return the code that does what `run` does: its own, or a call of it."""
        own = getattr(run, "code", None)
        if own is not None:
            return own
        passed = ", ".join(f"v{k}" for k in range(inputs))
        return cls(
            [[] for _ in range(inputs)],
            [f"outputs, holds = run({passed})", f"if not holds: {FAILED}"],
            [f"outputs[{k}]" for k in range(outputs)],
            {"run": run},
        )

    def compiled(self) -> Callable[..., Any]:
        """Return ``run(*arrays) -> (outputs, guards hold)``."""
        arguments = ", ".join(f"v{k}" for k in range(len(self.entry)))
        results = "".join(f"{x}, " for x in self.outputs)
        lines = [*(line for lines in self.entry for line in lines), *self.body]
        source = "\n".join(
            [f"def run({arguments}):", *indented([*lines, f"return ({results}), True"])]
        )
        namespace = dict(self.names)
        exec(compile(source, "<hessopt program>", "exec"), namespace)
        run = namespace["run"]
        run.__doc__ = source
        run.code = self
        return run


def indented(lines: Sequence[str]) -> list[str]:
    """Return lines of code one step further in."""
    return ["    " + line for line in lines]
