"""What `import hessopt` costs on top of `import numpy`, each in a process of its own."""

import subprocess
import sys


class Import:
    def timeraw_numpy(self):
        return "import numpy"

    def timeraw_hessopt(self):
        return "import numpy, hessopt"

    def timeraw_problems(self):
        return "import numpy, problems"

    def track_hessopt_over_numpy(self):
        def clocked(modules):
            program = f"import time; t = time.perf_counter(); import {modules}; "
            program += "print(time.perf_counter() - t)"
            runs = [subprocess.check_output([sys.executable, "-c", program]) for _ in range(5)]
            return min(map(float, runs))

        return clocked("numpy, hessopt") - clocked("numpy")

    track_hessopt_over_numpy.unit = "seconds"
