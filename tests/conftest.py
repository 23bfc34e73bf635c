"""What holds for every test: one thread of linear algebra a worker, no window, seeded examples."""

import os

# Before NumPy is imported: several xdist workers share the cores already, and the order in which
# threads add up may otherwise change the last digits from run to run.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ["MPLBACKEND"] = "Agg"

import hypothesis  # noqa: E402 - after the environment is set
import pytest  # noqa: E402

# derandomize: the same examples in every run; a deadline would make a slow machine fail a test
hypothesis.settings.register_profile("hessopt", derandomize=True, deadline=None)
hypothesis.settings.load_profile("hessopt")


@pytest.fixture
def eagerly(monkeypatch):
    """Let fun be called at each evaluation: for tests that watch its calls, or make it fail."""
    monkeypatch.setattr("hessopt.optimize.oracle.Compiled", lambda *args: None)
