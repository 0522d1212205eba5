"""Where an exchange goes: its facts to a callback, its body to whatever keeps bytes."""

from collections.abc import Callable
from typing import Protocol

from antiphon.core.events import Event

Emit = Callable[[Event], None]
"""Takes each fact as it happens; it must neither block nor raise."""


class BodySink(Protocol):
    """What the engine needs of a body store."""

    def append(self, chunk: bytes) -> None:
        """Keep *chunk*; raises OSError on a full disk."""

    def finish(self) -> None:
        """Note that no more will come."""


class Nowhere:
    """A sink for what nobody wants."""

    def append(self, chunk: bytes) -> None:
        pass

    def finish(self) -> None:
        pass
