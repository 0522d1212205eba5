"""The one place that chooses the HTTP client family: httpx with httpcore, or their continuation httpx2 with httpcore2.

`ANTIPHON_HTTPX=2` in the environment takes the latter where it is installed. Both have the same interface as far as
the engine uses it, and the engine's tests run on both.
"""

import os
from typing import TYPE_CHECKING

VARIABLE = "ANTIPHON_HTTPX"

if TYPE_CHECKING or os.environ.get(VARIABLE) != "2":
    import httpcore as httpcore
    import httpx as httpx
else:
    import httpcore2 as httpcore
    import httpx2 as httpx

__all__ = ["httpcore", "httpx"]
