"""Words that differentiate, batch, replay or recompute inside a program."""

from __future__ import annotations

from typing import Any

import numpy as np

import hessopt


def _gradient_within(xp: Any, a: Any) -> Any:
    """Of a closure, so that what the inner derivative holds fixed matters."""
    return hessopt.grad(lambda t: np.sum(t * a**2 + t**2 * np.sin(a)))(a)


def _product_within(xp: Any, a: Any) -> Any:
    return hessopt.hvp(lambda t: np.sum(np.sin(t) * t[::-1]))(a, np.cos(a))


def _jacobian_within(xp: Any, a: Any) -> Any:
    return hessopt.jacobian(lambda t: np.sin(t) * a[0])(a[:2])


def _forward_within(xp: Any, a: Any) -> Any:
    return hessopt.jvp(lambda t: np.sin(t) * a)(a, a**2)


def _backward_within(xp: Any, a: Any) -> Any:
    return hessopt.vjp(lambda t: np.sum(t) * a)(a, a**2)


def _linear_within(xp: Any, a: Any) -> Any:
    value, push = hessopt.linearize(lambda t: np.sin(t) * t, a)
    return value + push(a) * push(a**2)


def _checkpoint_within(xp: Any, a: Any) -> Any:
    return hessopt.checkpoint(lambda t: np.sin(t) * np.cos(t[::-1]))(a)


def _batch_within(xp: Any, a: Any) -> Any:
    return hessopt.vmap(lambda t: np.sin(t) * np.sum(t) + a[0])(a)


def _gradients_of_batch_within(xp: Any, a: Any) -> Any:
    return hessopt.vmap(hessopt.grad(lambda t: np.sum(np.sin(t) * t)))(a)


def _derivative_within(xp: Any, a: Any) -> Any:
    return hessopt.derivative(lambda t: np.sin(t) * t, 2)(a)


def _replay_within(xp: Any, a: Any) -> Any:
    return _replayed(a) * 2


def _with_its_derivative(xp: Any, a: Any) -> Any:
    return _sine(a)


def _products_of_hessian(xp: Any, a: Any) -> Any:
    value, gradient, product = hessopt.value_grad_hvp(lambda t: np.sum(np.sin(t) * a))(a)
    return value / (1 + a.size) + gradient + product(a)


_replayed = hessopt.jit(lambda t: np.sin(t) * np.cos(t), verify=False)
_sine = hessopt.custom_derivative(np.sin, np.cos)

WITHIN = {
    "within grad": _gradient_within,
    "within hvp": _product_within,
    "within jacobian": _jacobian_within,
    "within jvp": _forward_within,
    "within vjp": _backward_within,
    "within linearize": _linear_within,
    "within checkpoint": _checkpoint_within,
    "within vmap": _batch_within,
    "within vmap grad": _gradients_of_batch_within,
    "within derivative": _derivative_within,
    "within jit": _replay_within,
    "within custom": _with_its_derivative,
    "within value_grad_hvp": _products_of_hessian,
}


def _diagonal_jacobian(xp: Any, a: Any) -> Any:
    t = a[:2]
    flat = xp.reshape(xp.cos(t), (-1,))
    weights = xp.reshape(xp.ones_like(t) * a[0], (-1,))
    return xp.reshape(xp.diag(flat * weights), (*t.shape, *t.shape))


def _product_in_closed_form(xp: Any, a: Any) -> Any:
    """Of t -> sum(sin(t) t'), where t' is t backwards, with v = cos(t)."""
    v, back = xp.cos(a), slice(None, None, -1)
    return -xp.sin(a) * a[back] * v + xp.cos(a) * v[back] + (xp.cos(a) * v)[back]


def _closed_linear(xp: Any, a: Any) -> Any:
    slope = xp.cos(a) * a + xp.sin(a)
    return xp.sin(a) * a + slope * a * slope * a**2


CLOSED_FORMS = {
    "within grad": lambda xp, a: a**2 + 2 * a * xp.sin(a),
    "within hvp": _product_in_closed_form,
    "within jacobian": _diagonal_jacobian,
    "within jvp": lambda xp, a: xp.cos(a) * a**3,
    "within vjp": lambda xp, a: xp.sum(a * a**2) + 0 * a,
    "within linearize": _closed_linear,
    "within checkpoint": lambda xp, a: xp.sin(a) * xp.cos(a[::-1]),
    "within vmap": lambda xp, a: xp.stack([xp.sin(t) * xp.sum(t) + a[0] for t in a]),
    "within vmap grad": lambda xp, a: xp.cos(a) * a + xp.sin(a),
    "within derivative": lambda xp, a: 2 * xp.cos(a) - a * xp.sin(a),
    "within jit": lambda xp, a: 2 * xp.sin(a) * xp.cos(a),
    "within custom": lambda xp, a: xp.sin(a),
    "within value_grad_hvp": lambda xp, a: (
        xp.sum(xp.sin(a) * a) / (1 + a.size) + xp.cos(a) * a - xp.sin(a) * a * a
    ),
}
