"""Compiled kernels on disk: where, when, by whom."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from hessopt.backends import kernel_cache

pytest.importorskip("numba")

SIGNATURE = "(f8[::1],)"


def source_of(number: int) -> str:
    """Return the code of a kernel like no other."""
    return f"def kernel(x):\n    return x[0] + {number}.0\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kernels"
    monkeypatch.setenv("HESSOPT_CACHE_DIR", str(path))
    return path


def stamps(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in sorted(folder.rglob("*")) if p.is_file()}


def value_of(kernel: Any) -> float:
    import numpy as np

    return kernel(np.array([0.5]))


def test_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HESSOPT_CACHE_DIR", "/somewhere/else")
    assert kernel_cache.folder() == Path("/somewhere/else")
    monkeypatch.delenv("HESSOPT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernel_cache.folder() == tmp_path / "hessopt" / "kernels"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert kernel_cache.folder() == Path.home() / ".cache" / "hessopt" / "kernels"


def test_a_second_process_compiles_nothing(folder: Path):
    program = (
        "import sys, numpy as np\n"
        "from hessopt.backends import kernel_cache\n"
        f"kernel = kernel_cache.load('kernel', {source_of(1)!r}, {SIGNATURE!r})\n"
        "dispatcher = next(m for n, m in sys.modules.items() if 'hessopt_kernel' in n).kernel\n"
        "print(kernel(np.array([0.5])), sum(dispatcher.stats.cache_hits.values()))\n"
    )
    said = []
    files = []
    for _ in range(2):
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        said.append(run.stdout.split())
        files.append(stamps(folder))
    assert said == [["1.5", "0"], ["1.5", "1"]]
    assert files[0] == files[1]
    assert {Path(name).suffix for name in files[0]} == {".py", ".nbi", ".nbc"}


@pytest.mark.parametrize("below", ["a file", "/proc/none"])
def test_where_nothing_can_be_written_it_is_compiled_all_the_same(
    below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("HESSOPT_CACHE_DIR", str(tmp_path / below / "kernels"))
    assert value_of(kernel_cache.load("kernel", source_of(2 + len(below)), SIGNATURE)) == (
        2.5 + len(below)
    )


def test_where_numba_cannot_keep_what_it_compiles(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """The source is there, but its folder and the user's cannot be written."""
    from numba.core import caching

    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert value_of(kernel_cache.load("kernel", source_of(30), SIGNATURE)) == 30.5


def test_threads_that_load_the_same_kernel(folder: Path):
    found, errors = [], []

    def load() -> None:
        try:
            found.append(value_of(kernel_cache.load("kernel", source_of(40), SIGNATURE)))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=load) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, errors) == ([40.5] * 6, [])


def test_writers_at_the_same_time_leave_one_whole_file(tmp_path: Path):
    path = tmp_path / "k.py"
    text = "x = 1\n" * 5000
    seen = []

    def write() -> None:
        seen.append(kernel_cache._written(path, text).read_text() == text)

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 16
    assert [p.name for p in tmp_path.iterdir()] == ["k.py"]


def test_a_file_that_is_there_is_not_written_again(tmp_path: Path):
    path = kernel_cache._written(tmp_path / "k.py", "x = 1\n")
    before = path.stat().st_mtime_ns
    kernel_cache._written(path, "x = 2\n")
    assert (path.stat().st_mtime_ns, path.read_text()) == (before, "x = 1\n")


def test_a_module_that_cannot_be_imported_is_not_left_behind(tmp_path: Path):
    path = tmp_path / "broken.py"
    path.write_text("raise OSError('broken')\n")
    with pytest.raises(OSError, match="broken"):
        kernel_cache._imported("hessopt_kernel_broken", path)
    assert "hessopt_kernel_broken" not in sys.modules
