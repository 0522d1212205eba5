"""`python3 tests`: every check there is, from a bare Python on; arguments go to pytest (`python3 tests -k cookies`)."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "app"))

from bootstrap import enter  # noqa: E402 - the line above finds it


def _absolute(argument):
    """Return a path argument as seen from the checkout, where pytest is started."""
    path, colons, name = argument.partition("::")
    return os.path.abspath(path) + colons + name if os.path.exists(path) else argument


if __name__ == "__main__":
    arguments = [_absolute(argument) for argument in sys.argv[1:]]
    os.chdir(ROOT)
    enter(["-m", "pytest"] + arguments, extra="test", window=True)
