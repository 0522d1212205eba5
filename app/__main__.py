"""`python3 app`: Antiphon from a checkout; the first start makes the virtual environment it runs in."""

import sys

from bootstrap import enter

if __name__ == "__main__":
    enter("antiphon", sys.argv[1:], window=len(sys.argv) == 1)
