"""Notes what happens to one hop and when, and tells it as events."""

import time
from collections.abc import Callable
from dataclasses import replace

from antiphon.core.exchange import Connected, Connection, Event, Phase, PhaseBegan, PhaseEnded


class Recorder:
    """The phases of one hop, at most one open at a time; also what a retry needs to know."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self.phase: Phase | None = None
        self.since = 0.0
        """When the open phase began."""
        self.is_reused = False
        self.has_written = False
        """Some byte of the request may have reached the server."""
        self.is_answered = False
        """Some byte of an answer came."""

    def tell(self, event: Event) -> None:
        """Tell what is no phase."""
        self._emit(event)

    def began(self, phase: Phase, at: float | None = None) -> None:
        """End the open phase and begin *phase*, at the same instant."""
        at = time.perf_counter() if at is None else max(at, self.since)
        self.ended(at)
        self.phase, self.since = phase, at
        self._emit(PhaseBegan(phase, at))

    def ended(self, at: float | None = None) -> None:
        """End the open phase, if there is one."""
        if self.phase is not None:
            self._emit(PhaseEnded(self.phase, time.perf_counter() if at is None else at))
            self.phase = None

    def connected(self, connection: Connection, *, is_reused: bool) -> None:
        """Note over which connection the request goes, and that it is being sent now."""
        at = time.perf_counter()
        self.is_reused, self.has_written, self.is_answered = is_reused, False, False
        self.ended(at)
        self._emit(Connected(replace(connection, reused=is_reused), at))
        self.began(Phase.SEND, at)

    def answered(self, at: float | None = None) -> None:
        """Note that the first byte of the answer came."""
        self.is_answered = True
        self.began(Phase.DOWNLOAD, at)
