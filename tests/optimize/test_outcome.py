"""What every solver returns, and that it is SciPy's class to those who ask."""

import copy
import pickle

import pytest
import scipy.optimize

from hessopt import minimize, root
from hessopt.optimize.outcome import OptimizeResult


def test_it_is_scipys_class_to_isinstance():
    result = minimize(lambda x: x @ x, [1.0, 2.0])
    assert isinstance(result, scipy.optimize.OptimizeResult)
    assert isinstance(result, dict)
    assert isinstance(root(lambda x: x - 1, [2.0]), scipy.optimize.OptimizeResult)


def test_entries_are_attributes():
    result = OptimizeResult(x=1)
    result.y = 2
    assert result["y"] == 2
    assert result.x == 1
    assert dir(result) == ["x", "y"]
    del result.x
    with pytest.raises(AttributeError, match="x"):
        result.x  # noqa: B018 - the access is what is tested


def test_it_prints_as_scipys():
    facts = {"message": "done", "success": True, "fun": 1.5}
    assert repr(OptimizeResult(facts)) == repr(scipy.optimize.OptimizeResult(facts))


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda result: pickle.loads(pickle.dumps(result))]
)
def test_it_can_be_copied(again):
    result = OptimizeResult(x=[1.0], nit=3)
    other = again(result)
    assert type(other) is OptimizeResult
    assert other == result
    assert other is not result
