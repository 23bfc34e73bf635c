"""The rules for SciPy's special functions are imported when one of these meets a Variable."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_hessopt_does_not_import_them():
    loaded = run(
        """
        import sys
        import numpy as np
        import hessopt
        hessopt.grad(lambda x: np.sum(np.exp(x)))(np.ones(2))
        print([m for m in ("scipy.special", "hessopt.primitives.special") if m in sys.modules])
        """
    )
    assert loaded.strip() == "[]"


def test_the_first_use_imports_them():
    shown = run(
        """
        import sys
        import numpy as np, scipy.special
        import hessopt
        assert "hessopt.primitives.special" not in sys.modules
        print(hessopt.grad(scipy.special.gammaln)(1.0).round(6))
        assert "hessopt.primitives.special" in sys.modules
        """
    )
    assert shown.strip() == "-0.577216"


def test_a_rule_of_the_users_own_stays_in_force():
    shown = run(
        """
        import numpy as np
        import hessopt
        from scipy.special import expit, wrightomega
        from hessopt.autodiff.families import Elementwise

        class Mine(Elementwise):
            numpy = wrightomega
            partials = (lambda y, x: 42.0,)

        for f, x in ((wrightomega, 1.0), (expit, 0.0), (wrightomega, 1.0)):
            print(hessopt.grad(f)(x))
        """
    )
    assert shown.split() == ["42.0", "0.25", "42.0"]


def test_threads_that_come_first_together():
    shown = run(
        """
        import threading
        import scipy.special
        import hessopt

        found, start = [], threading.Barrier(4)

        def work():
            start.wait()
            found.append(float(hessopt.grad(scipy.special.expit)(0.0)))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(found)
        """
    )
    assert shown.strip() == "[0.25, 0.25, 0.25, 0.25]"


def test_a_ufunc_of_nobodys_is_still_refused():
    shown = run(
        """
        import numpy as np
        import hessopt
        strange = np.frompyfunc(lambda x: x, 1, 1)
        try:
            hessopt.grad(strange)(1.0)
        except hessopt.NoDerivativeError as error:
            print(error)
        """
    )
    assert "no derivative rule" in shown
