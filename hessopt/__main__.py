"""``python -m hessopt``: the same as the command ``hessopt``."""

import sys

from hessopt.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
