"""Show: the command ``hessopt``."""

from hessopt.cli.app import main as main
