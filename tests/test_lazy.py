"""Names of the package that are imported when they are first asked for."""

import subprocess
import sys

import pytest

import hessopt


def test_every_public_name_is_there():
    for name in hessopt.__all__:
        assert getattr(hessopt, name) is not None
    assert set(hessopt.__all__) <= set(dir(hessopt))


def test_a_name_is_found_once_and_kept():
    first = hessopt.minimize
    assert vars(hessopt)["minimize"] is first


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'hessopt' has no attribute 'minimise'"):
        hessopt.minimise  # noqa: B018 - the access is what is tested


def test_what_is_not_asked_for_is_not_imported():
    program = (
        "import sys, hessopt; hessopt.grad; "
        "sys.exit(any(m.startswith(('hessopt.optimize', 'scipy.optimize')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
