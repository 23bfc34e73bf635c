"""The multivariate normal distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats as st

from hessopt.autodiff.data import as_array
from hessopt.scipy.laws import Frozen
from hessopt.scipy.mirror import holds_variables


class MultivariateNormal:
    """SciPy's for plain arrays; differentiable in the point, the mean and the covariance."""

    original = st.multivariate_normal

    def __call__(self, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Frozen:
        """Fix the parameters."""
        return Frozen(self, (mean, cov, allow_singular), {})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original, name)

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
        """Return the logarithm of the density at the points in the last axis of `x`."""
        if not holds_variables((x, mean, cov)):
            return self.original.logpdf(x, mean, cov, allow_singular)
        if allow_singular:
            raise ValueError(
                "multivariate_normal: allow_singular=True is for plain arrays; a singular "
                "covariance has no derivative"
            )
        mean, cov = self._parameters(mean, as_array(cov))
        n = cov.shape[-1]
        x = as_array(x)
        if x.ndim == 0 or (x.ndim == 1 and n == 1):
            x = x[..., None]
        factor = np.linalg.cholesky(cov)
        z = np.linalg.solve(factor, np.reshape(x - mean, (-1, n)).T)
        log_det = 2 * np.sum(np.log(np.diagonal(factor)))
        values = -0.5 * (n * np.log(2 * np.pi) + log_det + np.sum(z * z, axis=0))
        return np.reshape(values, np.shape(x)[:-1])

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
        """Return the density at the points in the last axis of `x`."""
        if not holds_variables((x, mean, cov)):
            return self.original.pdf(x, mean, cov, allow_singular)
        return np.exp(self.logpdf(x, mean, cov, allow_singular))

    def _parameters(self, mean: Any, cov: Any) -> tuple[Any, Any]:
        """Return the mean as a vector and the covariance as a matrix, of one size."""
        n = cov.shape[-1] if cov.ndim else 1
        if mean is not None:
            mean = np.atleast_1d(as_array(mean))
            n = max(n, mean.shape[0])
        mean = np.zeros(n) if mean is None else np.broadcast_to(mean, (n,))
        if cov.ndim == 0:
            return mean, cov * np.eye(n)
        if cov.ndim == 1:
            return mean, cov[:, None] * np.eye(n)
        if cov.shape != (n, n):
            raise ValueError(f"cov has shape {cov.shape}, which does not fit a mean of size {n}")
        return mean, cov
