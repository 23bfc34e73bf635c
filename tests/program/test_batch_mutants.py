"""Hand-made mistakes in batch rules and in `vmap`: each must be noticed by the checks.

The checks are examples that would be computed together if there were no mistake; warnings are
errors here, so a fallback on single calls is noticed, too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hessopt
from hessopt.autodiff import batching, constants, families
from hessopt.autodiff.batching import Batch
from hessopt.autodiff.registry import RULES
from hessopt.primitives import indexing
from hessopt.program import batch as batch_module
from hessopt.program import trace
from hessopt.transforms import examples, vmapped

RANDOM = np.random.default_rng(11)
X = RANDOM.uniform(0.5, 1.5, (2, 3))
M = RANDOM.uniform(0.5, 1.5, (2, 3, 4))
W = RANDOM.uniform(0.5, 1.5, (3, 3))


def together(f: Callable[..., Any], *arrays: np.ndarray, axes: Any = 0) -> None:
    """Compare the batch, its gradients and the gradient through it with the loop."""

    def total(*xs: Any) -> Any:
        return np.sum(np.sin(f(*xs)))

    which = tuple(range(len(arrays)))
    rows = list(zip(*arrays, strict=True))
    slopes = [hessopt.grad(total, which)(*row) for row in rows]
    alike(hessopt.vmap(f, axes)(*arrays), np.stack([f(*row) for row in rows]))
    for k, found in enumerate(hessopt.vmap(hessopt.grad(total, which), axes)(*arrays)):
        alike(found, np.stack([slope[k] for slope in slopes]))

    def whole(*xs: Any) -> Any:
        return np.sum(np.sin(hessopt.vmap(f, axes)(*xs)))

    for k, found in enumerate(hessopt.grad(whole, which)(*arrays)):
        alike(found, np.stack([slope[k] for slope in slopes]))


def alike(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


# The checks


def ranks() -> None:
    together(lambda x, m: x[:, None] * m + np.sum(m, 0) * x[0], X, M)
    together(lambda x: np.where(x > 1, x, W) - x, X)


def reductions() -> None:
    together(lambda m: np.sum(m) + np.sum(m, axis=0) * np.max(m, axis=(0, 1)), M)
    together(lambda m: m if np.all(m > 0) and np.argmax(m) >= 0 else m[0], M)


def movements() -> None:
    together(lambda m: np.pad(m, 1, constant_values=2.0) + np.pad(m.T, 1).T, M)
    together(lambda m: np.repeat(m, 2, axis=0)[1:-2] * np.roll(m, 1)[:, ::-1][:1], M)
    together(lambda m: np.reshape(m, (4, 3), order="F") @ np.transpose(m).T, M)


def entries() -> None:
    together(lambda m: m[[0, 2], :, None][..., 0] * m[1, [0, 1, 2, 0]] * m[0, 0], M)
    together(lambda m: m[None, [0, 1]][..., 2] + m[0, None, [1, 0]], M)
    together(lambda m: m.reshape(3, 2, 2)[[1, 0], :, [0, 1]] * m[:2, :2], M)
    together(lambda m: hessopt.array([m[0, 0], m[1, 1] ** 2, m[2, 3]]), M)


def assignments() -> None:
    def f(x: Any) -> Any:
        y = np.zeros_like(x)
        y[1:] = x[:-1]
        y[[0, 0]] = x[1:]
        y[0] += x[2]
        y[1:] *= x[0]
        y[1:] = x[1] + y[1]
        return y * x

    together(f, X)


def products() -> None:
    together(lambda x, m: x @ m + m.T @ x, X, M)
    together(lambda x: W @ x + x @ W + np.dot(x, x), X)
    together(lambda x: np.linalg.solve(W + np.outer(x, x), x) + np.linalg.solve(W, x), X)
    together(lambda m: np.einsum("ij,ik->jk", m, m), M)


def ways() -> None:
    both = np.stack([X[0], -X[0], X[1], -X[1]])
    together(lambda x: np.sin(x) if x[0] > 0 else x**2, both)
    alike(
        hessopt.vmap(lambda x: x if x > 0 else -2 * x)(both[:, 0]),
        np.where(both > 0, both, -2 * both)[:, 0],
    )


def captured() -> None:
    def through(w: Any) -> Any:
        return np.sum(hessopt.vmap(lambda x: np.tanh(w @ x))(X))

    alike(hessopt.grad(through)(W), hessopt.grad(lambda w: np.sum(np.tanh(X @ w.T)))(W))


def places() -> None:
    alike(hessopt.vmap(np.sum, 1)(X), np.sum(X, axis=0))
    alike(hessopt.vmap(lambda x: x * 1, 1, 1)(X), X)
    alike(hessopt.vmap(lambda x, y: x - y, (0, None))(X, X[0]), X - X[0])


def own_memory() -> None:
    given = X.copy()
    for y in hessopt.vmap(lambda x: (x, x[::-1], W))(given):
        y += 1
    alike(given, X)


def hidden_state() -> None:
    random = np.random.default_rng(0)
    with pytest.warns(RuntimeWarning, match="random numbers"):
        y = hessopt.vmap(lambda x: x + random.normal())(np.zeros(3))
    assert len(set(y)) == 3


CHECKS = (
    ranks,
    reductions,
    movements,
    entries,
    assignments,
    products,
    ways,
    captured,
    places,
    own_memory,
    hidden_state,
)


# The mistakes


class Without:
    """A module with something replaced."""

    def __init__(self, module: Any, **replaced: Any) -> None:
        self._module = module
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def ranks_not_aligned(patch: Any) -> None:
    patch.setattr(Batch, "raised", lambda self, i, ndim: self.operands[i])


def reductions_over_examples_too(patch: Any) -> None:
    patch.setattr(families, "behind", lambda axis, ndim: axis)


def axes_from_the_front(patch: Any) -> None:
    patch.setattr(
        families, "behind", lambda axis, ndim: tuple(range(ndim)) if axis is None else axis
    )


def conditions_over_examples_too(patch: Any) -> None:
    patch.setattr(constants, "_REDUCTIONS", frozenset())
    patch.setattr(constants.Constant, "stacks", True, raising=False)
    real = constants.Constant.batch
    patch.setattr(
        constants.Constant,
        "batch",
        lambda self, b, **params: (
            real(self, b, **params) if self.stacks else self.replay(b.operands, params)
        ),
    )
    patch.setattr(RULES[np.argmax], "stacks", True)


def padding_taken_for_entries(patch: Any) -> None:
    def gathered(primitive: Any, b: Any, **params: Any) -> Any:
        n = int(np.prod(b.shape(0)))
        numbers = primitive.forward(np.arange(float(n)).reshape(b.shape(0)), **params)
        return np.reshape(b.operands[0], (b.size, n))[:, numbers.astype(int)]

    patch.setattr(families, "gathered", gathered)


def padding_of_zeros(patch: Any) -> None:
    real = batching.gathered
    patch.setattr(
        families,
        "gathered",
        lambda primitive, b, **params: real(
            primitive, b, **{k: v for k, v in params.items() if k != "constant_values"}
        ),
    )


def a_full_slice_before_every_index(patch: Any) -> None:
    get = RULES[operator.getitem]

    def batch(self: Any, b: Any, index: Any) -> Any:
        return self.replay(b.operands, {"index": indexing._in_each(index)})

    patch.setattr(type(get), "batch", batch)


def values_not_fitted(patch: Any) -> None:
    patch.setattr(indexing, "_fitted", lambda b, i, part: b.operands[i])


def bases_shared(patch: Any) -> None:
    patch.setattr(Batch, "whole", lambda self, i: self.operands[i])


def columns_kept_as_rows(patch: Any) -> None:
    patch.setattr(
        type(RULES[np.linalg.solve]),
        "batch",
        lambda self, b: self.replay(b.operands, {}),
    )


def shared_letters(patch: Any) -> None:
    einsum = type(RULES[np.einsum])

    def batch(self: Any, b: Any, inputs: Any, output: str, optimize: Any) -> Any:
        letter = output[0]
        params = {
            "inputs": tuple(letter + s for s in inputs),
            "output": letter + output,
            "optimize": optimize,
        }
        return self.replay(b.operands, params)

    patch.setattr(einsum, "batch", batch)


def guards_not_checked(patch: Any) -> None:
    patch.setattr(batch_module, "_check", lambda value, leads, guards: None)
    patch.setattr(vmapped.Vmapped, "_look", lambda *args: None)


def ways_put_back_in_another_order(patch: Any) -> None:
    patch.setattr(vmapped, "np", Without(np, argsort=lambda x: np.arange(len(x))))


def captured_variables_are_constants(patch: Any) -> None:
    real = trace._computed_below

    def below(roots: Any, inputs: Any, tracer: Any) -> Any:
        found, _ = real(roots, inputs, tracer)
        return found, []

    patch.setattr(trace, "_computed_below", below)


def axis_left_where_it_was(patch: Any) -> None:
    patch.setattr(examples, "np", Without(np, moveaxis=lambda a, source, destination: a))


def results_not_copied(patch: Any) -> None:
    def placed(self: Any, axis: int, inputs: Any, returns: str) -> Any:
        values = iter([np.moveaxis(y, 0, axis) for y in self.arrays])
        flat = (next(values) for _ in examples.leaves(self.tree, ""))
        return examples.rebuild(self.tree, flat)

    patch.setattr(examples.Results, "placed", placed)


def no_second_look(patch: Any) -> None:
    patch.setattr(vmapped.Vmapped, "_look", lambda *args: None)


MUTANTS = (
    ranks_not_aligned,
    reductions_over_examples_too,
    axes_from_the_front,
    conditions_over_examples_too,
    padding_taken_for_entries,
    padding_of_zeros,
    a_full_slice_before_every_index,
    values_not_fitted,
    bases_shared,
    columns_kept_as_rows,
    shared_letters,
    guards_not_checked,
    ways_put_back_in_another_order,
    captured_variables_are_constants,
    axis_left_where_it_was,
    results_not_copied,
    no_second_look,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda f: f.__name__)
def test_without_a_mistake(check: Callable[[], None]):
    check()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda f: f.__name__)
def test_a_mistake_is_noticed(mutant: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch):
    mutant(monkeypatch)
    noticed = []
    for check in CHECKS:
        try:
            check()
        except (Exception, pytest.fail.Exception) as error:
            noticed.append((check.__name__, error))
            break
    assert noticed
