"""What must hold of every differentiable NumPy call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import hessopt
from hessopt import Variable


def distinct(shapes: Any, domains: Any = (0.3, 1.7), seed: int = 0) -> list[np.ndarray]:
    """Return arrays whose entries are all different, so that none is at a tie."""
    random = np.random.default_rng(seed)
    sizes = [int(np.prod(shape)) for shape in shapes]
    if isinstance(domains[0], tuple):
        flat = [random.permutation(np.linspace(*d, n)) for n, d in zip(sizes, domains, strict=True)]
    else:
        flat = np.split(
            random.permutation(np.linspace(*domains, sum(sizes))), np.cumsum(sizes)[:-1]
        )
    return [a.reshape(shape) for a, shape in zip(flat, shapes, strict=True)]


def outputs(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


def plain(value: Any) -> np.ndarray:
    return value.data if isinstance(value, Variable) else np.asarray(value)


def flat_real(result: Any) -> Any:
    """Return all outputs as one real vector."""
    parts = [np.ravel(part) for part in outputs(result)]
    parts = [
        part if part.dtype.kind != "c" else np.concatenate([np.real(part), np.imag(part)])
        for part in parts
    ]
    return np.concatenate(parts)


def verify(f: Callable[..., Any], *arrays: np.ndarray) -> None:
    """Check everything."""
    forward_is_numpys(f, *arrays)
    derivatives_agree(f, *arrays)
    together, split = of_one_vector(f, arrays)
    z = np.concatenate([np.ravel(a) for a in arrays])
    random = np.random.default_rng(1)
    u, v = random.standard_normal(together(z).shape), random.standard_normal(z.shape)
    transposed = hessopt.vjp(together)(z, u)
    forward = hessopt.jvp(together)(z, v)
    assert type(transposed) is type(forward) is np.ndarray
    np.testing.assert_allclose(np.sum(u * forward), np.sum(transposed * v), rtol=1e-9, atol=1e-11)
    for i, expected in enumerate(split(transposed)):
        each_argument_alone(f, arrays, i, u, expected)


def derivatives_agree(f: Callable[..., Any], *arrays: np.ndarray) -> None:
    """Check the first derivative entry by entry, and orders one to three along two curves.

    All arguments are taken from one vector, so mixed derivatives are among them. On a curve along
    which every entry moves, one number sees all of a higher derivative at once; the curve and the
    square of the result make a linear function's recorded rule count at every order, too.
    """
    together, _ = of_one_vector(f, arrays)
    z = np.concatenate([np.ravel(a) for a in arrays])
    size = 1 + np.max(np.abs(together(z)), initial=0)
    reports = [hessopt.check_derivatives(together, z, order=1)]
    random = np.random.default_rng(4)
    for _ in range(2):
        d = random.uniform(-1, 1, z.shape)

        def along(t: Any, d: np.ndarray = d) -> Any:
            y = together(z + d * np.expm1(t))
            return y + y * y / size

        reports.append(hessopt.check_derivatives(along, 0.0))
    for report in reports:
        assert report, str(report)
        for check in report.orders:  # and the differences could tell, if there is a thing to tell
            assert check.resolution < 1e-3 or abs(check.exact) < 1e-6, str(report)


def orders_one_to_three(f: Callable[..., Any], *arrays: np.ndarray) -> list[np.ndarray]:
    """Return the derivatives that `derivatives_agree` looks at, without differences."""
    together, _ = of_one_vector(f, arrays)
    z = np.concatenate([np.ravel(a) for a in arrays])
    direction = np.random.default_rng(2).standard_normal(z.shape)
    weights = np.random.default_rng(3).standard_normal(together(z).shape)

    def along(gradient: Any) -> Any:
        return lambda z: np.sum(gradient(z) * direction)

    gradients = [hessopt.grad(lambda z: np.sum(together(z) * weights))]
    for _ in range(2):
        gradients.append(hessopt.grad(along(gradients[-1])))
    return [gradient(z) for gradient in gradients]


def forward_is_numpys(f: Callable[..., Any], *arrays: np.ndarray) -> None:
    """Values, types and shapes are bit for bit those of the same call on plain arrays."""
    for dtype in (np.float64, np.float32):
        typed = [a.astype(dtype) for a in arrays]
        recorded = outputs(f(*map(Variable, typed)))
        direct = outputs(f(*typed))
        assert len(recorded) == len(direct)
        for mine, numpys in zip(map(plain, recorded), map(np.asarray, direct), strict=True):
            assert mine.dtype == numpys.dtype
            assert mine.shape == numpys.shape
            np.testing.assert_array_equal(mine, numpys)


def of_one_vector(f: Callable[..., Any], arrays: Any) -> tuple[Any, Any]:
    """Return `f` as a function of one vector, and the map from that to its arguments."""
    ends = np.cumsum([0, *(a.size for a in arrays)])

    def split(z: Any) -> list[Any]:
        return [
            z[start:stop].reshape(a.shape)
            for start, stop, a in zip(ends[:-1], ends[1:], arrays, strict=True)
        ]

    return lambda z: flat_real(f(*split(z))), split


def each_argument_alone(
    f: Callable[..., Any], arrays: Any, i: int, u: np.ndarray, expected: np.ndarray
) -> None:
    """One Variable among plain arrays: contiguous, strided and read-only, and in float32."""

    def of_one(a: Any, others: Any = arrays) -> Any:
        return flat_real(f(*others[:i], a, *others[i + 1 :]))

    a = arrays[i]
    for layout in (a, awkward(a)):
        gradient = hessopt.vjp(of_one)(layout, u)
        assert gradient.flags.writeable
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-12)
    narrow = [b.astype(np.float32) for b in arrays]
    gradient = hessopt.vjp(lambda a: of_one(a, narrow))(narrow[i], u)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, expected, rtol=5e-3, atol=1e-3)


def awkward(a: np.ndarray) -> np.ndarray:
    """Return the same entries with negative and doubled strides, read-only."""
    wide = np.repeat(a[..., None], 2, axis=-1)[::-1] if a.ndim else np.repeat(a, 2)
    view = wide[::-1][..., 0] if a.ndim else wide[:1].reshape(())
    view.flags.writeable = False
    return view
