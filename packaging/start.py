"""What the frozen program runs; the same as `antiphon`."""

import sys

from antiphon.__main__ import main

sys.exit(main())
