"""NumPy alone: what `import problems` brings with it when nothing else has been imported."""

import subprocess
import sys


def test_neither_scipy_nor_hessopt_is_imported():
    program = (
        "import sys, problems; problems.all(); "
        "print({name.partition('.')[0] for name in sys.modules} & {'scipy', 'hessopt', 'graphviz'})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "set()"
