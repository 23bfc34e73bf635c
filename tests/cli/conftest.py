"""The command in this process: its exit code and what it prints."""

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from hessopt.cli import main

USER = """\
import math

import numpy as np

from helper import shift


def quartic(x):
    return np.sum((x - shift) ** 4 + x**2)


def blind(x):
    return math.sin(x[0])


def boom(x):
    raise RuntimeError("boom")


def constant(x):
    return 3.0


def vector(x):
    return x


def interrupted(x, calls=[]):
    calls.append(x)
    if len(calls) == 4:
        raise KeyboardInterrupt
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


limit = 10
"""


@pytest.fixture
def hessopt(capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    def run(*arguments: object) -> SimpleNamespace:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return run


@pytest.fixture
def user_file(tmp_path, monkeypatch):
    """A file of the user's, with a helper next to it, as the working directory has it."""
    (tmp_path / "mine.py").write_text(USER, encoding="utf-8")
    (tmp_path / "helper.py").write_text("shift = 1.0\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "helper", raising=False)
    return "mine.py"


@pytest.fixture
def terminal(monkeypatch):
    """Standard output as a terminal of 80 columns."""
    # The commands first: one that is imported when its source is patched would keep the patch
    for module in ("minimize_command", "compare_command", "profile_command", "terminal"):
        monkeypatch.setattr(f"hessopt.cli.{module}.is_terminal", lambda: True)
    monkeypatch.setattr("hessopt.cli.terminal.INTERVAL", 0.0)
    monkeypatch.setenv("COLUMNS", "80")
