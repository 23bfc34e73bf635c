"""Reader of the files in which NIST publishes its nonlinear regressions (StRD).

A file has a head of sixty lines, which says in which lines the rest is; then the observations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

import numpy as np

from problems._problem import Array

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][-+]?\d+)?"


@dataclass(frozen=True, eq=False)
class NistDataset:
    """What one file holds, as published.

    Parameters
    ----------
    name : str
        NIST's name of the data set.
    difficulty : str
        ``"lower"``, ``"average"`` or ``"higher"``.
    formula : str
        The model, in NIST's notation.
    reference : str
        Where the data come from.
    starts : tuple of arrays
        The two starting points, the harder first.
    parameters, standard_deviations : array
        Certified, to eleven digits.
    residual_sum_of_squares, residual_standard_deviation : float
        Certified, to eleven digits.
    y : array
        Observed responses.
    x : array
        Predictors, a row each.
    """

    name: str
    difficulty: str
    formula: str
    reference: str
    starts: tuple[Array, Array]
    parameters: Array
    standard_deviations: Array
    residual_sum_of_squares: float
    residual_standard_deviation: float
    y: Array
    x: Array


def read(name: str) -> NistDataset:
    """Read a data set of this package by NIST's name, such as ``"Misra1a"``."""
    file = resources.files("problems") / "data" / "nist_strd" / f"{name}.dat"
    return parse(file.read_text(encoding="ascii"))


def parse(text: str) -> NistDataset:
    """Parse the text of a file.

    Parameters
    ----------
    text : str
        The whole file.

    Returns
    -------
    NistDataset

    Raises
    ------
    ValueError
        If something is missing, or the numbers are not as many as the file says.
    """
    lines = text.splitlines()
    name = _find(r"Dataset Name:\s*(\S+)", text, "the name of the data set")
    rows = [_start_row(line, name) for line in _lines(lines, "Starting Values", name)]
    table = np.array(rows)
    data = np.array([_numbers(line, name) for line in _lines(lines, "Data", name)])

    observations = int(
        _find(r"Number of Observations:\s*(\d+)", text, "the number of observations", name)
    )
    predictors = int(_find(r"(\d+)\s+Predictors?\b", text, "the number of predictors", name))
    parameters = int(_find(r"(\d+)\s+Parameters", text, "the number of parameters", name))
    if data.shape != (observations, 1 + predictors):
        raise ValueError(
            f"data of {name}: expected {observations} rows of {1 + predictors} numbers, "
            f"got an array of shape {data.shape}"
        )
    if len(table) != parameters:
        raise ValueError(
            f"starting values of {name}: expected {parameters} parameters, got {len(table)}"
        )
    return NistDataset(
        name=name,
        difficulty=_find(r"(\w+)\s+Level of Difficulty", text, "the difficulty", name).lower(),
        formula=_formula(text, name),
        reference=" ".join(_find(r"Reference:(.*?)\n\s*\n", text, "the reference", name).split()),
        starts=(table[:, 0], table[:, 1]),
        parameters=table[:, 2],
        standard_deviations=table[:, 3],
        residual_sum_of_squares=_certified("Residual Sum of Squares", text, name),
        residual_standard_deviation=_certified("Residual Standard Deviation", text, name),
        y=data[:, 0],
        x=data[:, 1:].T,
    )


def _find(pattern: str, text: str, what: str, name: str = "the file") -> str:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise ValueError(f"{name} does not give {what}: is it a StRD file as NIST publishes it?")
    return match[1]


def _certified(what: str, text: str, name: str) -> float:
    return _number(_find(rf"{what}:\s*({NUMBER})", text, f"the {what.lower()}", name))


def _lines(lines: list[str], section: str, name: str) -> list[str]:
    """Return the lines of a section; the head says ``section (lines 41 to 43)``."""
    head = "\n".join(lines[:10])
    found = re.search(rf"{section}\s+\(lines\s+(\d+)\s+to\s+(\d+)\)", head)
    if found is None:
        raise ValueError(f"{name} does not say in which lines its {section.lower()} are")
    first, last = int(found[1]), int(found[2])
    if last > len(lines):
        raise ValueError(
            f"{name} ends at line {len(lines)}, before the end of its {section.lower()}, {last}"
        )
    return lines[first - 1 : last]


def _start_row(line: str, name: str) -> list[float]:
    """Return start 1, start 2, certified value and its deviation from ``b1 = ...``."""
    label, equals, rest = line.partition("=")
    numbers = _numbers(rest, name)
    if not equals or not re.fullmatch(r"\s*b\d+\s*", label) or len(numbers) != 4:
        raise ValueError(f"{name}: expected 'b1 = ' and four numbers, got {line.strip()!r}")
    return numbers


def _numbers(line: str, name: str) -> list[float]:
    try:
        return [_number(word) for word in line.split()]
    except ValueError:
        raise ValueError(f"{name}: expected numbers alone, got {line.strip()!r}") from None


def _number(word: str) -> float:
    return float(word.upper().replace("D", "E"))  # some Fortran writes D for the exponent


def _formula(text: str, name: str) -> str:
    """Return the model on one line: ``y = b1*(1-exp[-b2*x])``."""
    model = r"\d+ Parameters[^\n]*\n.*?((?:y|log\[y\]) *=.*?)\+ +e *\n"
    return " ".join(_find(model, text, "the model", name).split())
