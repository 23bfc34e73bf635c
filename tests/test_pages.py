"""What the README and the documentation show is what happens.

Python blocks are run page by page, those with prompts as doctests, each page in an interpreter of
its own, as its reader has it. In console blocks the lines that begin with ``$ hessopt`` are run
and their output is compared.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path
    for path in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    if not {"_build", "generated"} & set(path.parts)
)
FENCE = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_page(path: Path) -> Iterator[str]:
    """Run every block of a page in its order; yield what did not come out as shown."""
    text = path.read_text(encoding="utf-8")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for match in FENCE.finditer(text):
        language, block = match.groups()
        line = text.count("\n", 0, match.start(2))
        if language == "console":
            yield from run_commands(block, f"{path.name}:{line}")
        elif ">>>" in block:
            yield from run_prompts(block, namespace, path, line)
        else:
            exec(compile("\n" * line + block, str(path), "exec"), namespace)


def run_prompts(block: str, namespace: dict[str, Any], path: Path, line: int) -> Iterator[str]:
    test = doctest.DocTestParser().get_doctest(block, {}, path.name, str(path), line)
    test.globs = namespace
    said: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append, clear_globs=False)
    if said:
        yield "".join(said)


def run_commands(block: str, where: str) -> Iterator[str]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        program, *arguments = shlex.split(command)
        if program != "hessopt":
            continue
        done = subprocess.run(
            [str(Path(sys.executable).parent / program), *arguments],
            env={**os.environ, "COLUMNS": "100", "TERM": "dumb"},
            capture_output=True,
            text=True,
            check=False,
        )
        printed = done.stdout + done.stderr
        if not doctest.OutputChecker().check_output(shown, printed, FLAGS):
            yield f"{where}: $ {command}\nshown:\n{shown}\nprinted:\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_page_is_true(page: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", __file__, str(page)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_pages_were_found() -> None:
    assert {"README.md", "getting_started.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("```python\n>>> 1 + 1\n3\n```\n", "Expected:"),
        ("```python\nx = 1\n```\ntext\n```python\n>>> x\n2\n```\n", "Expected:"),
        ("```console\n$ hessopt --version\nno such program\n```\n", "shown:"),
    ],
)
def test_an_untrue_page_is_caught(block: str, said: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n" + block, encoding="utf-8")
    (wrong,) = run_page(page)
    assert said in wrong


def test_a_block_that_raises_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nraise KeyError('here')\n```\n", encoding="utf-8")
    with pytest.raises(KeyError, match="here"):
        list(run_page(page))


def test_every_public_name_has_its_page() -> None:
    import hessopt

    shown = (REPOSITORY / "docs" / "api" / "index.md").read_text(encoding="utf-8").split()
    assert [name for name in hessopt.__all__ if name not in shown] == []


if __name__ == "__main__":
    sys.exit("\n".join(run_page(Path(sys.argv[1]))) or None)
