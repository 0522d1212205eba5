"""One exchange as it happens: facts come up from the engine in the past tense, and fold into an `Exchange`."""

from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from antiphon.core.events import (
    Answered,
    Attempt,
    AttemptBegan,
    AttemptEnded,
    BodyAdvanced,
    Connected,
    Connection,
    DecodingPaused,
    DecodingResumed,
    Event,
    Failed,
    Failure,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    InterimReceived,
    Noted,
    Phase,
    PhaseBegan,
    PhaseEnded,
    Purpose,
    Redirected,
    RequestSent,
    Resolved,
    Sent,
    Uploaded,
)
from antiphon.core.prepared import PreparedRequest


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
    purpose: Purpose = "request"
    spans: tuple[Span, ...] = ()
    addresses: tuple[str, ...] = ()
    address_source: str = ""
    attempts: tuple[Attempt, ...] = ()
    connection: Connection | None = None
    sent: Sent = field(default_factory=Sent)
    uploaded_bytes: int = 0
    upload_bytes: int | None = None
    """How large the request's body is, where that is known."""
    interims: tuple[tuple[Head, float], ...] = ()
    """Each 1xx answer and when it came."""
    head: Head | None = None
    notes: tuple[str, ...] = ()
    wire_bytes: int = 0
    decoded_bytes: int = 0
    decoding_s: float = 0.0
    trailers: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    """What did not go along to the next hop."""
    ended: float | None = None

    def duration_s(self, phase: Phase) -> float | None:
        """Return how long *phase* took in seconds; None when it did not happen or has not ended."""
        lengths = [
            span.ended - span.began for span in self.spans if span.phase == phase and span.ended is not None
        ]
        return sum(lengths) if lengths else None


State = Literal["sending", "streaming", "paused", "finished", "failed", "cancelled"]


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
        """The head of the answer; what gave or refused a token is none."""
        last = self.last
        return last.head if last is not None and last.purpose != "token" else None

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
            case HopBegan(request=request, at=at, purpose=purpose):
                return replace(self, hops=(*self.hops, Hop(request, at, purpose)), state="sending")
            case PhaseBegan(phase=phase, at=at):
                return self._with_hop(spans=(*self._hop.spans, Span(phase, at)))
            case PhaseEnded(phase=phase, at=at):
                return self._with_hop(spans=_ended(self._hop.spans, phase, at))
            case Resolved(addresses=addresses, source=source):
                return self._with_hop(addresses=addresses, address_source=source)
            case AttemptBegan(address=address, at=at):
                return self._with_hop(attempts=(*self._hop.attempts, Attempt(address, at)))
            case AttemptEnded(address=address, at=at, error=error):
                return self._with_hop(attempts=_tried(self._hop.attempts, address, at, error))
            case Connected(connection=connection):
                return self._with_hop(connection=connection)
            case RequestSent(sent=sent):
                return self._with_hop(sent=sent)
            case Uploaded(sent_bytes=uploaded, total_bytes=total):
                return self._with_hop(uploaded_bytes=uploaded, upload_bytes=total)
            case InterimReceived(head=head, at=at):
                return self._with_hop(interims=(*self._hop.interims, (head, at)))
            case HeadReceived(head=head):
                return replace(self._with_hop(head=head), state="streaming")
            case Noted(note=note):
                return self._with_hop(notes=(*self._hop.notes, note))
            case BodyAdvanced(wire_bytes=wire, decoded_bytes=decoded, decoding_s=decoding):
                return self._with_hop(wire_bytes=wire, decoded_bytes=decoded, decoding_s=decoding)
            case DecodingPaused():
                return replace(self, state="paused")
            case DecodingResumed():
                return replace(self, state="streaming")
            case Redirected(at=at, dropped=dropped):
                return self._with_hop(ended=at, dropped=dropped)
            case Answered(at=at):
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


def _tried(attempts: tuple[Attempt, ...], address: str, at: float, error: str) -> tuple[Attempt, ...]:
    return tuple(
        replace(attempt, ended=at, error=error)
        if attempt.address == address and attempt.ended is None
        else attempt
        for attempt in attempts
    )


def _ended(spans: tuple[Span, ...], phase: Phase, at: float) -> tuple[Span, ...]:
    for index in range(len(spans) - 1, -1, -1):
        if spans[index].phase == phase and spans[index].ended is None:
            return (*spans[:index], replace(spans[index], ended=at), *spans[index + 1 :])
    return spans


def _all_ended(spans: tuple[Span, ...], at: float) -> tuple[Span, ...]:
    return tuple(span if span.ended is not None else replace(span, ended=at) for span in spans)
