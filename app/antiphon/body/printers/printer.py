"""What lays out text for reading: one language each, fed chunk by chunk, with what it finds wrong."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fault:
    """Where text stops being what it should be."""

    offset: int
    """Of the offending byte, from the start of the body."""
    sentence: str
    shown_offset: int = 0
    """Of the same byte in the text that is laid out, where there is one."""


class Printer(Protocol):
    """Takes a text in chunks and gives it laid out; nothing but white space between tokens differs.

    After a fault the rest is given as it came, so the whole text can be read whatever it is.
    """

    @property
    def fault(self) -> Fault | None:
        """What was wrong first, once it is known."""

    def feed(self, chunk: bytes) -> bytes:
        """Return the text that *chunk* completes."""

    def finish(self) -> bytes:
        """Return what was held back, and know whether the text is whole."""
