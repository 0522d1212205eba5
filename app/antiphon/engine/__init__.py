"""The async network; the only package that names httpx, httpcore and h2."""

from antiphon.engine.engine import Engine
from antiphon.engine.sink import BodySink

__all__ = ["BodySink", "Engine"]
