"""Which NumPy callable is answered by which rule.

The keys are the callables a user writes (``np.add``, ``np.sum``, ``operator.getitem``), the values
take the same arguments with Variables among them. ``variable.py`` finds operations here, so it
imports no primitive; ``hessopt.primitives`` fills the table when it is imported.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from importlib import import_module
from threading import RLock
from typing import Any

import numpy as np

RULES: dict[Callable[..., Any], Callable[..., Any]] = {}

# What a caller may want to know of a rule without calling it: "primitive", "derived", "constant".
KINDS: dict[Callable[..., Any], str] = {}

# Rules for a library that may never be used: its name, and the module that brings them.
LATER: dict[str, str] = {}
_LOADING = RLock()


class NoDerivativeError(TypeError):
    """A function met a Variable and has no derivative rule for it."""


def register(targets: Any, rule: Callable[..., Any], kind: str) -> None:
    """Let `rule` answer for the callable (or callables) `targets`."""
    for target in targets if isinstance(targets, tuple) else (targets,):
        if target in RULES:
            raise RuntimeError(f"{full_name(target)} has two rules: {RULES[target]} and {rule}")
        RULES[target] = rule
        KINDS[target] = kind


def find(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return the rule for a callable, or None; rules that were left for later are fetched."""
    rule = RULES.get(function)
    if rule is None and LATER and not _lives_in("numpy", function):
        with _LOADING:
            for library in [name for name in LATER if name in sys.modules]:
                _fetch(library)
        rule = RULES.get(function)
    return rule


def _fetch(library: str) -> None:
    """Import the rules for a library; a user's own, declared earlier, stay in force."""
    own = [target for target in RULES if full_name(target).startswith(f"{library}.")]
    kept = {target: (RULES.pop(target), KINDS.pop(target)) for target in own}
    import_module(LATER[library])
    for target, (rule, kind) in kept.items():
        RULES[target], KINDS[target] = rule, kind
    del LATER[library]  # last: other threads wait as long as it is there


def derived(*targets: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a NumPy function by writing it in terms of others that have rules."""

    def decorate(rule: Callable[..., Any]) -> Callable[..., Any]:
        register(targets, rule, "derived")
        return rule

    return decorate


def full_name(function: Callable[..., Any]) -> str:
    """Return the name a user would write: ``numpy.linalg.norm``."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"{full_name(owner)}.{function.__name__}"
    if isinstance(function, np.ufunc):
        homes = [name for name in ("numpy", "scipy.special") if _lives_in(name, function)]
        return f"{homes[0]}.{function.__name__}" if homes else function.__name__
    if isinstance(function, type(full_name)) or not hasattr(function, "__objclass__"):
        module = getattr(function, "__module__", None)
        if module is None or module.startswith("numpy._core"):
            module = "numpy"
        name = getattr(function, "__name__", repr(function))
        return f"{module}.{name}"
    return f"{function.__objclass__.__name__}.{function.__name__}"  # pyright: ignore


def _lives_in(module: str, function: Callable[..., Any]) -> bool:
    return getattr(sys.modules.get(module), function.__name__, None) is function


def no_rule(function: Callable[..., Any]) -> NoDerivativeError:
    """Build the error for a function without a rule, naming the nearest that have one."""
    name = full_name(function)
    known = {full_name(target).rsplit(".", 1)[-1]: full_name(target) for target in RULES}
    close = [known[c] for c in difflib.get_close_matches(name.rsplit(".", 1)[-1], known, 3, 0.7)]
    near = f" Close names that have one: {', '.join(close)}." if close else ""
    return NoDerivativeError(
        f"{name} was called on a Variable and hessopt has no derivative rule for it.{near} "
        "Write it with functions that have a rule, subclass hessopt.Function to give its "
        "derivative, or pass x.data where no derivative is wanted."
    )
