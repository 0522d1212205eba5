"""Notes what happens to one hop and when, and tells it as events."""

import time
from collections.abc import Callable
from dataclasses import replace

from antiphon.core.events import (
    Connected,
    Connection,
    Event,
    Head,
    InterimReceived,
    Noted,
    Phase,
    PhaseBegan,
    PhaseEnded,
    RequestSent,
    Sent,
    Uploaded,
)
from antiphon.engine.failures import broken

TOLD_INTERIMS = 100
"""How many 1xx answers to one request are told; the rest is only counted."""
MAX_INTERIMS = 1_000


class Recorder:
    """The phases of one hop, at most one open at a time; also what a retry needs to know.

    Times that are given are those of arrivals. Where one lies before what was told already, because the program
    was busy when it came, the later one counts: what is told never goes back in time.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._latest = 0.0
        self._interims = 0
        self.phase: Phase | None = None
        self.since = 0.0
        """When the open phase began."""
        self.is_reused = False
        self.has_written = False
        """Some byte of the request may have reached the server."""
        self.is_answered = False
        """Some byte of an answer came."""
        self._broke_in: Phase | None = None

    @property
    def failing_phase(self) -> Phase | None:
        """What a failure belongs to: the open phase, or where the request broke off and no answer says why."""
        return self._broke_in if self._broke_in and self.phase is Phase.WAIT else self.phase

    def broke_off(self) -> None:
        """Note that the server takes nothing more of the request; it may have said why."""
        self._broke_in = self.phase

    def tell(self, event: Event) -> None:
        """Tell what is no phase."""
        self._emit(replace(event, at=self._moment(event.at)))

    def began(self, phase: Phase, at: float | None = None) -> None:
        """End the open phase and begin *phase*, at the same instant."""
        at = self._moment(at)
        self.ended(at)
        self.phase, self.since = phase, at
        self._emit(PhaseBegan(phase, at))

    def ended(self, at: float | None = None) -> None:
        """End the open phase, if there is one."""
        if self.phase is not None:
            self._emit(PhaseEnded(self.phase, self._moment(at)))
            self.phase = None

    def connected(self, connection: Connection, request_number: int) -> None:
        """Note over which connection the request goes, as its how-manieth, and that it is being sent now."""
        at = self._moment()
        self.is_reused, self.has_written, self.is_answered = request_number > 1, False, False
        self._interims = 0
        self._broke_in = None
        self.ended(at)
        facts = replace(connection, reused=self.is_reused, request_number=request_number)
        self._emit(Connected(facts, at))
        self.began(Phase.SEND, at)

    def sent(self, sent: Sent, at: float | None = None) -> None:
        """Tell what has left of the request so far, the last of it *at*."""
        self._emit(RequestSent(sent, self._moment(at)))

    def uploaded(self, sent_bytes: int, total_bytes: int, at: float | None = None) -> None:
        self._emit(Uploaded(sent_bytes, total_bytes, self._moment(at)))

    def interim(self, head: Head, at: float) -> None:
        """Tell the 1xx answer that came *at*.

        Raises:
            ExchangeBroken: there seems to be no end to them.
        """
        self.is_answered = True
        self._interims += 1
        if self._interims > MAX_INTERIMS:
            raise broken(
                "protocol",
                f"The server sent more than {MAX_INTERIMS:,} interim answers ({head.status_text}) and no final one.",
                "Look at what the server does with this request; an interim answer only announces the final one.",
                phase=Phase.WAIT,
            )
        if self._interims <= TOLD_INTERIMS:
            self._emit(InterimReceived(head, self._moment(at)))

    def head_began(self, at: float) -> None:
        """Note that the first byte of the final answer came."""
        self.is_answered = True
        self.began(Phase.HEAD, at)

    def head_ended(self, at: float) -> None:
        """Note that the head of the final answer is complete; its body follows."""
        self.began(Phase.DOWNLOAD, at)

    def note(self, text: str) -> None:
        """Tell a person something that is no failure: a rule that the server breaks and we let pass."""
        self._emit(Noted(text, self._latest or self._moment()))

    def _moment(self, at: float | None = None) -> float:
        self._latest = time.perf_counter() if at is None else max(at, self._latest)
        return self._latest
