"""The async network; the only package that names httpx, httpcore and h2."""

from antiphon.engine.engine import BodySink, Engine

__all__ = ["BodySink", "Engine"]
