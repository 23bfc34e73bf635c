"""Each typical mistake that the documentation shows is answered with an error and advice."""

import importlib.util
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "docs" / "mistakes.py"
spec = importlib.util.spec_from_file_location("mistakes", SOURCE)
assert spec is not None
assert spec.loader is not None
mistakes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mistakes)

# What a message must hold to be of help, by title.
ADVICE = {
    "Integers to differentiate by": "astype(float)",
    "An objective that returns an array": "np.sum",
    "A missing return": "is a return missing?",
    "An objective that returns a complex number": "np.real",
    "A function of the math module": "NumPy's",
    "Conversion to a plain number": "x.data",
    "Conversion to a plain array": "A Variable is an array already, so leave it out",
    "A list of Variables in np.array": "np.stack",
    "Assignment into a plain array": "np.stack",
    "Assignment of one element into a plain array": "assigning a Variable into a plain array",
    "out= of a NumPy function": "out",
    "A NumPy function that has no derivative": "numpy.histogram",
    "A Python function of SciPy": "logsumexp",
    "backward from an array without a seed": "seed=",
    "A second walk through a graph that was released": "released",
    "A derivative of each element of a function that mixes them": "hessopt.jacobian",
    "A Hessian that would not fit": "hessopt.hvp",
    "A vector of the wrong shape": "(2,)",
    "A misspelt method": "newton-cg",
    "A misspelt option": "maxiter",
    "A start that is not finite": "finite",
    "A function that is not the same twice, replayed": "randomness",
}


@pytest.mark.parametrize(("title", "code"), mistakes.MISTAKES)
def test_mistake_is_answered_with_advice(title, code):
    assert ADVICE[title] in mistakes.message(code)


def test_there_are_twenty():
    assert len(mistakes.MISTAKES) >= 20
