"""What holds for every test: one thread of linear algebra a worker, no window, seeded examples."""

import os
import threading
from collections.abc import Iterator

import pytest

# Before NumPy is imported: several xdist workers share the cores already, and the order in which
# threads add up may otherwise change the last digits from run to run.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ["MPLBACKEND"] = "Agg"

import hypothesis  # noqa: E402 - after the environment is set

from hessopt.transforms.engine import COMPILING  # noqa: E402

# derandomize: the same examples in every run; a deadline would make a slow machine fail a test
hypothesis.settings.register_profile("hessopt", derandomize=True, deadline=None)
hypothesis.settings.load_profile("hessopt")


@pytest.fixture
def eagerly(monkeypatch):
    """Let fun be called at each evaluation: for tests that watch its calls, or make it fail."""
    for name in ("oracle.Compiled", "lsq.oracle.CompiledVector", "constraints.CompiledVector"):
        monkeypatch.setattr(f"hessopt.optimize.{name}", lambda *args: None)


@pytest.fixture(autouse=True)
def nothing_compiles_across_tests() -> Iterator[None]:
    """Wait for background compiles: numba swaps the warning filters, which all threads share."""
    yield
    for thread in threading.enumerate():
        if thread.name == COMPILING:
            thread.join()


@pytest.fixture(scope="session", autouse=True)
def own_kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled kernels out of the user's cache, for this process and those it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HESSOPT_CACHE_DIR", str(tmp_path_factory.mktemp("kernels")))
        yield
