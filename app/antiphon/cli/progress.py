"""How much of a body has arrived, on stderr while it does."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

from antiphon.core.events import BodyAdvanced, Event, HeadReceived, HopBegan
from antiphon.core.quantities import rate_text, size_text

_TERMINAL_EVERY_S = 0.1
_PLAIN_EVERY_S = 2.0


class StatusLine:
    """One line on stderr: it renews itself on a terminal; elsewhere only what is worth a line of its own is kept."""

    def __init__(self, out: TextIO | None = None) -> None:
        """Write to *out*, else to stderr."""
        self._out = sys.stderr if out is None else out
        self.is_terminal = self._out.isatty()
        self._width = 0

    def show(self, text: str) -> None:
        """Put *text* in the place of what the line said."""
        self._write(f"\r{text.ljust(self._width)}" if self.is_terminal else f"{text}\n")
        self._width = len(text)

    def keep(self, text: str) -> None:
        """Say *text* for good."""
        self.show(text)
        if self.is_terminal:
            self._write("\n")
        self._width = 0

    def clear(self) -> None:
        if self.is_terminal and self._width:
            self._write(f"\r{' ' * self._width}\r")
        self._width = 0

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Progress:
    """Writes how much of a body has arrived: one line that renews itself on a terminal, else a line now and then."""

    def __init__(self, label: str, line: StatusLine, clock: Callable[[], float] = time.monotonic) -> None:
        self._label = label
        self._clock = clock
        self._line = line
        self._expected: int | None = None
        self._wire_bytes = 0
        self._began = self._shown = clock()

    def watch(self, event: Event) -> None:
        match event:
            case HopBegan():
                self._expected, self._wire_bytes = None, 0
            case HeadReceived(head=head):
                length = head.get("content-length") or ""
                self._expected = int(length) if length.isascii() and length.isdigit() else None
                self._began = self._shown = self._clock()
            case BodyAdvanced(wire_bytes=wire_bytes):
                self._wire_bytes = wire_bytes
                self._show_now_and_then()
            case _:
                pass

    def end(self) -> None:
        """Write the last state; it stays."""
        self._line.keep(self.text())

    def text(self) -> str:
        """Return the state in words: `big.bin: 12.3 MB of 24.6 MB (50 %), 45.1 MB/s`."""
        total = ""
        if self._expected:
            share = 100 * self._wire_bytes // self._expected
            total = f" of {size_text(self._expected)} ({share} %)"
        elapsed = self._clock() - self._began
        rate = f", {rate_text(self._wire_bytes / elapsed)}" if elapsed > 0 else ""
        return f"{self._label}: {size_text(self._wire_bytes)}{total}{rate}"

    def _show_now_and_then(self) -> None:
        now = self._clock()
        if now - self._shown >= (_TERMINAL_EVERY_S if self._line.is_terminal else _PLAIN_EVERY_S):
            self._shown = now
            self._line.show(self.text())
