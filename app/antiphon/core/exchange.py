"""One exchange as it happens: facts come up from the engine in the past tense, and fold into an `Exchange`.

Times are seconds of one monotonic clock (`time.perf_counter`); only their differences mean anything.
"""

import contextlib
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import Literal, assert_never

from antiphon.core.prepared import PreparedRequest


class Phase(StrEnum):
    """The steps of one hop, in order. A reused connection has no DNS, TCP or TLS."""

    QUEUE = "queue"
    """Waiting for a connection of the pool."""
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    SEND = "send"
    """Request head and body handed to the system."""
    WAIT = "wait"
    """From the last byte sent to the first byte of the answer."""
    DOWNLOAD = "download"
    """From the first byte of the answer to its last."""


FailureKind = Literal[
    "dns",
    "connect",
    "tls",
    "proxy",
    "connect_timeout",
    "read_timeout",
    "write_timeout",
    "pool_timeout",
    "total_timeout",
    "disconnected",
    "protocol",
    "decode",
    "redirect",
    "disk",
    "request",
    "cancelled",
]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an exchange ended early: data, shown where the response would be, never a dialog."""

    kind: FailureKind
    sentence: str
    hint: str
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class TlsFacts:
    version: str
    """`TLSv1.3`"""
    cipher: str
    alpn: str | None


@dataclass(frozen=True, slots=True)
class Connection:
    remote_address: str
    """`ip:port`, an IPv6 address in brackets."""
    local_address: str
    reused: bool
    tls: TlsFacts | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A response's status line and header section, as received; header text is decoded as latin-1."""

    status: int
    reason: str
    http_version: str
    """`HTTP/1.0`, `HTTP/1.1` or `HTTP/2`"""
    headers: tuple[tuple[str, str], ...]

    @property
    def status_text(self) -> str:
        """The code and its reason in words: the server's own, else the standard one (HTTP/2 sends none)."""
        reason = self.reason
        if not reason:
            with contextlib.suppress(ValueError):
                reason = HTTPStatus(self.status).phrase
        return f"{self.status} {reason}".strip()

    def get_all(self, name: str) -> list[str]:
        """Return every value of the header *name*, case ignored, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def get(self, name: str) -> str | None:
        """Return the first value of the header *name*, case ignored."""
        return next(iter(self.get_all(name)), None)


# -- events: what the engine tells, in the past tense ------------------------------------------------


@dataclass(frozen=True, slots=True)
class HopBegan:
    """A request is about to be sent: the first one, or the next after a redirect."""

    request: PreparedRequest
    at: float


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    phase: Phase
    at: float


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    phase: Phase
    at: float


@dataclass(frozen=True, slots=True)
class Connected:
    connection: Connection
    at: float


@dataclass(frozen=True, slots=True)
class HeadReceived:
    head: Head
    at: float


@dataclass(frozen=True, slots=True)
class BodyAdvanced:
    """So many bytes of body came over the wire in this hop so far; the decoded bytes are in the body store."""

    wire_bytes: int
    decoded_bytes: int
    at: float


@dataclass(frozen=True, slots=True)
class Redirected:
    """The answer of this hop sends us on; a `HopBegan` follows."""

    location: str
    at: float


@dataclass(frozen=True, slots=True)
class Finished:
    at: float
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    failure: Failure
    at: float


Event = (
    HopBegan
    | PhaseBegan
    | PhaseEnded
    | Connected
    | HeadReceived
    | BodyAdvanced
    | Redirected
    | Finished
    | Failed
)


# -- the fold ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    phase: Phase
    began: float
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and its answer."""

    request: PreparedRequest
    began: float
    spans: tuple[Span, ...] = ()
    connection: Connection | None = None
    head: Head | None = None
    wire_bytes: int = 0
    decoded_bytes: int = 0
    trailers: tuple[tuple[str, str], ...] = ()
    ended: float | None = None

    def duration_s(self, phase: Phase) -> float | None:
        """Return how long *phase* took in seconds; None when it did not happen or has not ended."""
        lengths = [
            span.ended - span.began for span in self.spans if span.phase == phase and span.ended is not None
        ]
        return sum(lengths) if lengths else None


State = Literal["sending", "streaming", "finished", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Exchange:
    hops: tuple[Hop, ...] = ()
    state: State = "sending"
    failure: Failure | None = None
    ended: float | None = None

    @property
    def last(self) -> Hop | None:
        return self.hops[-1] if self.hops else None

    @property
    def head(self) -> Head | None:
        return self.hops[-1].head if self.hops else None

    @property
    def is_over(self) -> bool:
        return self.ended is not None

    def total_s(self, now: float | None = None) -> float | None:
        """Return the seconds from the first hop's beginning to the end, or to *now* while it runs."""
        end = self.ended if self.ended is not None else now
        return end - self.hops[0].began if self.hops and end is not None else None

    def after(self, event: Event) -> "Exchange":
        """Return the exchange as it stands once *event* happened."""
        match event:
            case HopBegan(request=request, at=at):
                return replace(self, hops=(*self.hops, Hop(request, at)), state="sending")
            case PhaseBegan(phase=phase, at=at):
                return self._with_hop(spans=(*self._hop.spans, Span(phase, at)))
            case PhaseEnded(phase=phase, at=at):
                return self._with_hop(spans=_ended(self._hop.spans, phase, at))
            case Connected(connection=connection):
                return self._with_hop(connection=connection)
            case HeadReceived(head=head):
                return replace(self._with_hop(head=head), state="streaming")
            case BodyAdvanced(wire_bytes=wire, decoded_bytes=decoded):
                return self._with_hop(wire_bytes=wire, decoded_bytes=decoded)
            case Redirected(at=at):
                return self._with_hop(ended=at)
            case Finished(at=at, trailers=trailers):
                done = self._with_hop(ended=at, trailers=trailers)
                return replace(done, state="finished", ended=at)
            case Failed(failure=failure, at=at):
                state: State = "cancelled" if failure.kind == "cancelled" else "failed"
                hops = self.hops
                if hops:
                    hop = replace(hops[-1], ended=at, spans=_all_ended(hops[-1].spans, at))
                    hops = (*hops[:-1], hop)
                return replace(self, hops=hops, state=state, failure=failure, ended=at)
            case _:
                assert_never(event)

    @property
    def _hop(self) -> Hop:
        return self.hops[-1]

    def _with_hop(self, **changes: object) -> "Exchange":
        hop = replace(self.hops[-1], **changes)  # type: ignore[arg-type]
        return replace(self, hops=(*self.hops[:-1], hop))


def _ended(spans: tuple[Span, ...], phase: Phase, at: float) -> tuple[Span, ...]:
    for index in range(len(spans) - 1, -1, -1):
        if spans[index].phase == phase and spans[index].ended is None:
            return (*spans[:index], replace(spans[index], ended=at), *spans[index + 1 :])
    return spans


def _all_ended(spans: tuple[Span, ...], at: float) -> tuple[Span, ...]:
    return tuple(span if span.ended is not None else replace(span, ended=at) for span in spans)
