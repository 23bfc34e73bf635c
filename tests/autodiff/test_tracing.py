"""What a trace is told while a function runs."""

from __future__ import annotations

import ast
import contextlib
import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt import Variable
from hessopt.autodiff.tracing import Tracer, Untraceable, active, untraced
from hessopt.autodiff.variable import leaf

PACKAGE = Path(hessopt.__file__).parent


@pytest.fixture
def traced():
    """A tracer at work and one of its inputs."""
    with Tracer() as tracer:
        x = leaf(np.array([1.0, -2.0]))
        tracer.start([x._node])
        yield tracer, x


def test_no_trace():
    assert active() is None
    with Tracer() as tracer:
        assert active() is tracer
        with Tracer() as inner:
            assert active() is inner
        assert active() is tracer
    assert active() is None


LOOKS: list[Any] = [
    lambda x: x.data,
    lambda x: setattr(np.sin(x), "data", np.ones(2)),
    lambda x: float(x[0]),
    lambda x: int(x[0]),
    lambda x: complex(x[0]),
    lambda x: x[0].item(),
    lambda x: x.tolist(),
    lambda x: np.asarray(x),
    lambda x: np.array([x[0], x[1]]),
    lambda x: range(x[0]),
    lambda x: str(x),
    lambda x: f"{x[0]:.3f}",
    lambda x: repr(x),
    lambda x: np.array2string(x),
    lambda x: np.min_scalar_type(x[0]),
    lambda x: copy.deepcopy(x),
    lambda x: pickle.dumps(x),
    lambda x: np.flatnonzero(x),
    lambda x: np.nonzero(x),
    lambda x: np.sin(x).unchain(),
    lambda x: np.sum(np.sin(x)).unchain_backward(),
    lambda x: np.sum(np.sin(x)).backward(),
    lambda x: np.sum(np.sin(x)).backward(create_graph=True, release=True),
    lambda x: np.greater(x, 0, out=np.zeros(2, bool)),
    lambda x: np.less(np.zeros(2), [x[0], x[1]]),
]


@pytest.mark.parametrize("look", LOOKS)
def test_looks_are_refused(traced: Any, look: Any):
    tracer, x = traced
    with pytest.raises((Untraceable, TypeError, AttributeError)) as raised:
        look(x)
    assert tracer.refusal is raised.value or raised.type is not Untraceable


def test_a_refusal_counts_though_it_is_caught(traced: Any):
    tracer, x = traced
    with contextlib.suppress(Exception):
        float(x[0])
    assert isinstance(tracer.refusal, Untraceable)


ALLOWED: list[Any] = [
    lambda x: x.shape,
    lambda x: len(x),
    lambda x: x.dtype,
    lambda x: np.shape(x),
    lambda x: np.result_type(x),
    lambda x: np.zeros_like(x).data,
    lambda x: np.ones_like(x, dtype=int).tolist(),
    lambda x: float(hessopt.zeros(2)[0]),
    lambda x: float(Variable(np.ones(2)).data[0]),
    lambda x: float((hessopt.zeros(2) + np.ones(2))[0]),
    lambda x: [part.shape for part in x],
    lambda x: np.argmax(x) + np.count_nonzero(x),
    lambda x: hessopt.stop_gradient(x) * 2,
    lambda x: x.sum() > 0,
]


@pytest.mark.parametrize("use", ALLOWED)
def test_what_does_not_depend_on_the_values(traced: Any, use: Any):
    tracer, x = traced
    use(x)
    assert tracer.refusal is None
    assert tracer.guards == []


def test_conditions(traced: Any):
    tracer, x = traced
    assert x[0] > 0
    assert not x[1] > 0
    assert hessopt.zeros(2)[0] == 0  # no condition on the input
    assert max(x) is not None
    assert [outcome for _, outcome in tracer.guards] == [True, False, False]


def test_dependence(traced: Any):
    tracer, x = traced
    constant = hessopt.zeros(2)
    made = Variable(np.ones(2)) * 2 + constant
    with hessopt.no_grad():
        from_input = made + x
    assert not tracer.follows(constant._node)
    assert not tracer.follows(made._node)
    assert tracer.follows(from_input._node)
    assert tracer.follows((x > 0)._node)


def test_a_long_chain_is_followed(traced: Any):
    tracer, x = traced
    y = x
    z = hessopt.Variable(np.ones(2))
    for _ in range(20_000):
        y, z = -y, -z
    assert tracer.follows(y._node)
    assert not tracer.follows(z._node)


def test_variables_from_outside_are_not_looked_at():
    w = Variable(np.ones(1))
    for look in (lambda: w.data, lambda: bool(w), lambda: w[0].item()):
        with Tracer() as tracer:
            tracer.start([])
            with pytest.raises(Untraceable):
                look()


def test_constants_must_stay_as_they_are(traced: Any):
    tracer, x = traced
    small, large = np.zeros(2), np.zeros(100_000)
    y = x + small
    y = y + np.sum(x[:1] * large)
    tracer.check_constants()
    small[0] = 1
    with pytest.raises(Untraceable, match=r"writes into an array that it has used already"):
        y + small
    small[0] = 0
    tracer.check_constants()
    large[5] = 1
    with pytest.raises(Untraceable, match="writes into an array"):
        tracer.check_constants()


def test_an_operation_that_fails(traced: Any):
    tracer, x = traced
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(np.outer(x, x) * 0)
    assert "Inv failed: Singular matrix" in str(tracer.refusal)


# Modules that may read numbers behind the trace's back, each for shapes, types or identity alone.
SILENT = {
    "autodiff/backprop.py",
    "autodiff/families.py",
    "autodiff/variable.py",
    "optimize/argmin.py",
    "primitives/creation.py",
    "primitives/rearrange.py",
    "transforms/custom.py",
    # vmap: the numbers of one example, for a trace that has guards of its own; and of all examples
    # where no trace is running, or after it has been given up
    "program/batch.py",
    "transforms/examples.py",
}


def test_few_modules_read_values_silently():
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "raw":
                found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= SILENT


def test_what_is_untraced_is_no_part_of_a_trace():
    with Tracer() as tracer:
        x = Variable(np.array(2.0))
        tracer.start([x._node])
        with untraced():
            assert active() is None
            assert float(x.data) == 2.0  # looked at, and nobody objects
        assert active() is tracer
        assert tracer.refusal is None
        with pytest.raises(KeyError), untraced():
            raise KeyError
        assert active() is tracer
    assert active() is None
