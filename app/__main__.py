"""`python3 app`: Antiphon from a checkout; the first start makes the virtual environment it runs in."""

import os
import sys

from bootstrap import enter


def wants_window(arguments):
    """Return whether the libraries of Qt will be needed: without arguments, or with one collection to open."""
    if len(arguments) != 1:
        return not arguments
    return os.path.isdir(arguments[0]) or os.path.basename(arguments[0]) == "opencollection.yml"


if __name__ == "__main__":
    enter(["-m", "antiphon"] + sys.argv[1:], window=wants_window(sys.argv[1:]))
