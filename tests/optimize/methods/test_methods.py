"""The table of the methods."""

import subprocess
import sys

from hessopt.optimize.methods import METHODS


def test_each_is_called_what_the_table_says():
    assert [kind.name for kind in METHODS.values()] == list(METHODS)


def test_a_file_is_imported_when_its_method_is_asked_for():
    program = (
        "import sys, hessopt; hessopt.minimize(lambda x: x @ x, [1.0, 2.0], method='bfgs'); "
        "names = {m.rpartition('.')[2] for m in sys.modules if '.optimize.methods.' in m}; "
        "sys.exit(not {'bfgs'} <= names or bool({'tron', 'adam', 'arc'} & names))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_solve_of_our_own_imports_no_scipy():
    program = (
        "import sys, hessopt; result = hessopt.minimize(lambda x: x @ x, [1.0, 2.0]); "
        "assert result.success; sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
