"""The QR decomposition, over stacks.

Its derivative divides by R, so it does not exist where the leading columns are dependent; NumPy's
LinAlgError says so. Columns that complete a basis (``mode="complete"``) are turned no further than
the others make necessary.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hessopt.autodiff.families import Opaque
from hessopt.autodiff.function import unsupported
from hessopt.primitives.linalg import _t
from hessopt.primitives.svd import _bar, _h

_QRResult: Any = type(np.linalg.qr(np.eye(1)))


class QR(Opaque):
    """The rule of S. F. Walter and L. Lehmann, extended to wide and complex matrices.

    *Algorithmic differentiation of linear algebra functions with application in optimum
    experimental design* (2010), section 3.2.
    """

    numpy = np.linalg.qr
    stacks, core = True, (2,)

    def __call__(self, a: Any, mode: Any = "reduced") -> Any:
        if mode == "r":
            return super().__call__(a, mode)
        if mode in ("reduced", "complete"):
            return _QRResult(*super().__call__(a, mode))
        raise unsupported(self, {"mode": mode})

    def bind(self, a: Any, mode: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (a,), {"mode": mode}

    def forward(self, a: Any, mode: Any) -> Any:
        result = np.linalg.qr(a, mode)
        return result if mode == "r" else tuple(result)

    def backward(self, g: Any, y: Any, a: Any, mode: Any) -> Any:
        if mode == "r":
            gr, (q, r) = g, np.linalg.qr(a)
            gq = None
        else:
            (gq, gr), (q, r) = g, y
        m, n = a.shape[-2:]
        k = min(m, n)
        q1, r1, gr1 = q[..., :k], r[..., :k, :k], gr[..., :k, :k]
        gq1 = np.zeros(q1.shape, q1.dtype) if gq is None else gq[..., :k]
        if n > m:  # the further columns Y give R2 = Q^H Y
            gq1 = gq1 + _bar(a[..., k:]) @ _h(gr[..., k:])
        gt = gr1 @ _t(r1) - _t(q1) @ gq1
        upper = np.triu(gt, 1)
        real = np.real(np.diagonal(gt, axis1=-2, axis2=-1))
        gc = upper + _h(upper) + real[..., :, None] * np.eye(k, dtype=real.dtype)
        gw = gq1 + _bar(q1) @ gc
        if gq is not None and q.shape[-1] > k:
            q2, gq2 = q[..., k:], gq[..., k:]
            gw = gw - _bar(q2) @ (_h(gq2) @ _bar(q1))
        ga = _t(np.linalg.solve(r1, _t(gw)))
        return (np.concatenate([ga, _bar(q1) @ gr[..., k:]], -1) if n > m else ga,)
