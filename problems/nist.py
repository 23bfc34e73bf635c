"""The 27 nonlinear regressions of NIST's Statistical Reference Datasets."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from problems._problem import Array, Problem
from problems._registry import register
from problems.nist_models import MODELS
from problems.nist_reader import read


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RegressionProblem(Problem):
    """A `Problem` whose value is a residual sum of squares.

    Parameters
    ----------
    model : callable
        ``model(beta, x)``, the prediction. Leading axes of `beta` are a batch.
    residual : callable
        ``residual(beta)``, the prediction less the response, one entry an observation.
    x : array
        Predictor, of shape ``(observations,)``; ``(2, observations)`` where there are two.
    y : array
        Response as it is fitted.
    formula : str
        The model as it is published.
    difficulty : str
        ``"lower"``, ``"average"`` or ``"higher"``, by NIST's judgement.
    certified_standard_deviations : array
        Of the parameters.

    Notes
    -----
    The other parameters are those of `Problem`.

    Examples
    --------
    >>> import problems
    >>> misra1a = problems.get("nist-misra1a")
    >>> misra1a.formula, misra1a.difficulty
    ('y = b1*(1-exp[-b2*x])', 'lower')
    >>> print(misra1a.certified_parameters)
    [2.38942129e+02 5.50156432e-04]
    >>> residual = misra1a.residual(misra1a.certified_parameters)
    >>> print(residual.shape, residual @ residual)
    (14,) 0.12455138894
    """

    model: Callable[[Any, Any], Any]
    # Required here: by keyword alone, so the order of defaults does not matter
    residual: Callable[[Any], Any]  # pyright: ignore[reportGeneralTypeIssues]
    x: Array
    y: Array
    formula: str
    difficulty: str
    certified_standard_deviations: Array

    @property
    def certified_parameters(self) -> Array:
        """The least-squares estimate, which is `solution`."""
        assert self.solution is not None
        return self.solution

    @property
    def certified_residual_sum_of_squares(self) -> float:
        """The least residual sum of squares, which is `least_value`."""
        assert self.least_value is not None
        return self.least_value


CERTIFIED = "The certified values have eleven digits."
NOTES = {
    "Bennett5": f"{CERTIFIED} The model is not defined where b2 + x <= 0.",
    "Lanczos1": f"{CERTIFIED} At the certified parameters these leave 4.0e-21; the certified least "
    "value, 1.43e-25, is the square of the rounding of the data, and double precision reaches it "
    "to three digits.",
    "MGH09": f"{CERTIFIED} A valley leads to infinity, (inf, -14.07, -inf, -inf), with the value "
    "0.00102734: from the first start methods may end there.",
    "Misra1c": f"{CERTIFIED} The model is not defined where 1 + 2 b2 x <= 0.",
    "Nelson": f"{CERTIFIED} The model predicts the logarithm of the published response: that is y. "
    "The predictors are time and temperature, the rows of x.",
}


def nist_regression(dataset: str) -> RegressionProblem:
    """Build the record of a data set from its file.

    Parameters
    ----------
    dataset : str
        NIST's name, a key of ``MODELS``.
    """
    data = read(dataset)
    formula = MODELS[dataset]
    size = data.parameters.size
    x = data.x[0] if len(data.x) == 1 else data.x
    y = np.log(data.y) if dataset == "Nelson" else data.y

    def model(beta, x):
        # Slices keep the axis that broadcasts against the observations
        return formula(x, *(beta[..., i : i + 1] for i in range(size)))

    def residual(beta):
        return model(beta, x) - y

    def value(beta):
        return np.sum(residual(beta) ** 2, axis=-1)

    return RegressionProblem(
        f"nist-{dataset.lower()}",
        value,
        start=data.starts[0],
        solution=data.parameters,
        least_value=data.residual_sum_of_squares,
        source=f"NIST StRD, {dataset} (https://www.itl.nist.gov/div898/strd/nls/); "
        f"data: {data.reference}",
        description=f"NIST regression of {y.size} observations, {data.difficulty} difficulty: "
        f"{data.formula}",
        note=NOTES.get(dataset, CERTIFIED),
        starts=data.starts,
        tags=frozenset({"nist", "sum-of-squares"}),
        model=model,
        residual=residual,
        x=x,
        y=y,
        formula=data.formula,
        difficulty=data.difficulty,
        certified_standard_deviations=data.standard_deviations,
    )


for _dataset in MODELS:
    register(functools.partial(nist_regression, _dataset), name=f"nist-{_dataset.lower()}")
