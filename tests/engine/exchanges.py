"""Sending in a test: requests by hand, and what came of them folded into an `Exchange`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from antiphon.core.document import RequestOptions, Timeouts
from antiphon.core.events import (
    SENT_BODY_BYTES,
    Connected,
    Event,
    Failed,
    Finished,
    HeadReceived,
    HopBegan,
    InterimReceived,
    Phase,
    PhaseBegan,
    PhaseEnded,
    RequestSent,
)
from antiphon.core.exchange import Exchange, Hop
from antiphon.core.prepared import (
    BytesContent,
    Content,
    NoContent,
    PreparedHeader,
    PreparedRequest,
    content_length,
)
from antiphon.engine import Engine
from tests.servers import Address

LIMITS = Timeouts(connect_s=5, read_s=5, write_s=5, pool_s=5, total_s=20)


@dataclass
class Outcome:
    """What one send told, and the body it left."""

    events: list[Event] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    is_finished: bool = False

    def append(self, chunk: bytes) -> None:
        self.data += chunk

    def finish(self) -> None:
        self.is_finished = True

    @property
    def exchange(self) -> Exchange:
        exchange = Exchange()
        for event in self.events:
            exchange = exchange.after(event)
        return exchange

    @property
    def status(self) -> int:
        assert self.exchange.head, self.exchange.failure
        return self.exchange.head.status

    @property
    def body(self) -> bytes:
        assert self.exchange.state == "finished", self.exchange.failure
        return bytes(self.data)

    @property
    def kind(self) -> str:
        assert self.exchange.failure, "it did not fail"
        return self.exchange.failure.kind

    @property
    def told(self) -> str:
        assert self.exchange.failure, "it did not fail"
        return f"{self.exchange.failure.sentence} {self.exchange.failure.hint}"


def request(
    where: Address | str,
    path: str = "/",
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    content: Content | bytes = b"",
    **options: object,
) -> PreparedRequest:
    """Return a request with its Host, and its Content-Length where there is a body."""
    url = where if isinstance(where, str) else where.url(path)
    host = url.partition("://")[2].partition("/")[0]
    body = (BytesContent(content) if content else NoContent()) if isinstance(content, bytes) else content
    rows = [("Host", host), *headers]
    length = content_length(body)
    if length is not None and not any(name.lower() == "transfer-encoding" for name, _ in headers):
        rows.append(("Content-Length", str(length)))
    return PreparedRequest(
        method,
        url,
        tuple(PreparedHeader(name, value, "this request") for name, value in rows),
        body,
        options=replace(RequestOptions(timeouts=LIMITS), **options),
    )


async def send(engine: Engine, prepared: PreparedRequest) -> Outcome:
    """Send to the end; what every exchange keeps to is checked by the way."""
    outcome = Outcome()
    await engine.send(prepared, outcome, outcome.events.append)
    check_story(outcome)
    return outcome


async def send_once(prepared: PreparedRequest) -> Outcome:
    """Send with an engine made for it."""
    engine = Engine()
    try:
        return await send(engine, prepared)
    finally:
        await engine.aclose()


def started(engine: Engine, prepared: PreparedRequest) -> tuple[asyncio.Task, Outcome]:
    """Begin to send and return the task, to be cancelled, and what it will tell."""
    outcome = Outcome()
    return asyncio.get_running_loop().create_task(
        engine.send(prepared, outcome, outcome.events.append)
    ), outcome


async def cancelled_at(engine: Engine, prepared: PreparedRequest, kind: type[Event]) -> Outcome:
    """Send until an event of *kind* is told, then cancel; return what was told in all."""
    outcome, is_time = Outcome(), asyncio.Event()

    def emit(event: Event) -> None:
        outcome.events.append(event)
        if isinstance(event, kind):
            is_time.set()

    task = asyncio.get_running_loop().create_task(engine.send(prepared, outcome, emit))
    await is_time.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    check_story(outcome)
    assert outcome.kind == "cancelled"
    return outcome


def check_story(outcome: Outcome) -> None:
    """Assert what holds for every exchange that is over, however it went."""
    events, exchange = outcome.events, outcome.exchange
    assert outcome.is_finished
    assert exchange.is_over
    assert isinstance(events[0], HopBegan)
    assert [type(event) for event in events if isinstance(event, Finished | Failed)] == [type(events[-1])]
    assert [event.at for event in events] == sorted(event.at for event in events)
    _check_order(events)
    marks = [event for event in events if isinstance(event, PhaseBegan | PhaseEnded)]
    for begin, end in zip(marks[::2], marks[1::2], strict=True):
        assert (type(begin), type(end), end.phase) == (PhaseBegan, PhaseEnded, begin.phase)
    for hop in exchange.hops:
        _check_hop(hop)


def _check_order(events: list[Event]) -> None:
    """Assert that what left is told after the connection it left over, and interim answers before the final one."""
    has_head = is_told = False
    for event in events:
        match event:
            case HopBegan():
                has_head = is_told = False
            case Connected():
                is_told = False
            case RequestSent():
                is_told = True
            case InterimReceived():
                assert not has_head
            case HeadReceived():
                assert is_told
                has_head = True


def _check_hop(hop: Hop) -> None:
    assert hop.ended is not None
    lengths = [span.ended - span.began for span in hop.spans]
    assert min(lengths, default=0) >= 0
    assert sum(lengths) <= hop.ended - hop.began + 1e-9
    steps = [span.phase for span in hop.spans]
    _check_sent(hop, steps)
    if hop.connection is not None and hop.connection.reused:
        last_try = steps[len(steps) - 1 - steps[::-1].index(Phase.QUEUE) :]
        assert not {Phase.DNS, Phase.TCP, Phase.TLS} & set(last_try)


def _check_sent(hop: Hop, steps: list[Phase]) -> None:
    """What left is told for each hop that came to sending, and never more of it than there was."""
    sent, size = hop.sent, content_length(hop.request.content) or 0
    if Phase.SEND not in steps:
        return
    assert hop.connection is not None
    assert hop.connection.opened_at is not None
    assert hop.connection.request_number > (1 if hop.connection.reused else 0)
    assert hop.uploaded_bytes <= size
    if sent.fields:
        assert not sent.head
        assert sent.body_bytes <= size
        assert sum(frame.length for frame in sent.frames if frame.kind == "DATA") == sent.body_bytes
    if sent.is_complete:
        assert sent.fields or sent.head.endswith(b"\r\n\r\n")
        assert sent.body_bytes >= size
        assert len(sent.body) == min(sent.body_bytes, SENT_BODY_BYTES)
        assert hop.uploaded_bytes == size


def failure_event(outcome: Outcome) -> Failed:
    last = outcome.events[-1]
    assert isinstance(last, Failed)
    return last


@asynccontextmanager
async def opened() -> AsyncIterator[Engine]:
    """An engine that is closed at the end of the block, before the server around it."""
    engine = Engine()
    try:
        yield engine
    finally:
        await engine.aclose()
