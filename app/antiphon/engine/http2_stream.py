"""One exchange on an HTTP/2 connection: what came for it and was not read yet, and how it stands."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from typing import Protocol

import h2.events

from antiphon.core.events import Head
from antiphon.engine import http2_faults
from antiphon.engine.failures import ExchangeBroken, broken
from antiphon.engine.http1_reply import RawHeaders
from antiphon.engine.http2_sent import Http2Sent
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpcore

_STATUS = re.compile(rb"[1-9][0-9]{2}")
_LENGTH = re.compile(r"[0-9]{1,18}")
# RFC 9113 section 8.2.2: these belong to one HTTP/1.1 connection
_HOP_FIELDS = {
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"transfer-encoding",
    b"upgrade",
    b"http2-settings",
}


class Http2Stream:
    def __init__(self, stream_id: int, method: bytes, sent: Http2Sent, recorder: Recorder) -> None:
        self.id = stream_id
        self._method = method
        self.sent = sent
        self._recorder = recorder
        self.head: Head | None = None
        self.raw_headers: RawHeaders = []
        self.trailers: tuple[tuple[str, str], ...] = ()
        self.sent_at = 0.0
        self.heard_at = 0.0
        """When the first byte of the final answer came."""
        self.answered_at = 0.0
        self.latest_at = 0.0
        """When its head was complete."""
        self.may_continue = False
        """100 Continue came."""
        self.was_told = False
        """What left has been told."""
        self.parts: list[memoryview] = []
        self._flow_bytes = 0
        self._received = 0
        self.unacknowledged = 0
        self.has_sent_all = False
        self.has_ended = False
        self.was_reset = False
        self.fault: Exception | None = None
        self._news: asyncio.Future[None] | None = None

    @property
    def is_over(self) -> bool:
        """The server has said all that it will say."""
        return self.has_ended or self.was_reset

    @property
    def is_answered_early(self) -> bool:
        """The rest of the request is pointless: it failed, or the answer is complete, or it is a refusal."""
        return self.is_over or (self.head is not None and self.head.status >= 300)

    def tell_sent(self, at: float) -> None:
        """Tell what left of the request so far, the last of it *at*."""
        self.was_told = True
        self._recorder.sent(self.sent.facts(), at)

    # -- what comes in --------------------------------------------------------------------------------

    @property
    def outstanding_bytes(self) -> int:
        """What came and was not acknowledged yet: never more than the window, if the server keeps to it."""
        return self._flow_bytes + self.unacknowledged

    def add(self, data: memoryview, flow_bytes: int) -> None:
        if self.head is None and self.fault is None:
            self.fault = http2_faults.malformed("The server sent a body before the head of its answer.")
        if data:
            self.parts.append(data)
            self._received += len(data)
        self._flow_bytes += flow_bytes
        self.tell()

    def accept(self, event: h2.events.Event, began_at: float, at: float) -> None:
        """Take in *event*, whose last byte came *at*; where it is a head, its first byte came at *began_at*."""
        match event:
            case h2.events.ResponseReceived():
                self.heard_at, self.answered_at = began_at, at
                self._recorder.is_answered = True
                self.head = self._head_of(event.headers or [])
            case h2.events.InformationalResponseReceived():
                self._note_interim(self._head_of(event.headers or []), at)
            case h2.events.TrailersReceived():
                self._note_trailers(event.headers or [])
            case h2.events.StreamEnded():
                self.has_ended = True
                self.fault = self.fault or self._length_fault()
            case h2.events.StreamReset():
                self._note_reset(int(event.error_code or 0))
        self.tell()

    def _head_of(self, headers: Iterable[tuple[bytes, bytes]]) -> Head | None:
        """Return the head that *headers* make; the stream fails where they have no status."""
        fields = [(bytes(name), bytes(value)) for name, value in headers]
        self.raw_headers = [(name, value) for name, value in fields if not name.startswith(b":")]
        status = next((value for name, value in fields if name == b":status"), b"")
        if not _STATUS.fullmatch(status):
            shown = f" but {status[:40].decode('latin-1')!r}, which is no status" if status else " no status"
            self.fault = http2_faults.malformed(f"The answer has{shown}.")
            return None
        self._note_oddities()
        return Head(int(status), "", "HTTP/2", tuple(_texts(self.raw_headers)))

    def _note_oddities(self) -> None:
        """Tell which fields should not be there, or not be so; they are shown all the same (RFC 9113 section 8.2)."""
        large = sorted({name for name, _ in self.raw_headers if name != name.lower()})
        if large:
            self._recorder.note(f"Header names have capitals, which HTTP/2 does not allow: {_listed(large)}.")
        foreign = sorted({name for name, _ in self.raw_headers if name.lower() in _HOP_FIELDS})
        if foreign:
            self._recorder.note(f"Headers belong to HTTP/1.1 and mean nothing here: {_listed(foreign)}.")

    def _note_trailers(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        fields = [(bytes(name), bytes(value)) for name, value in headers]
        pseudo = next((name for name, _ in fields if name.startswith(b":")), None)
        if pseudo is not None:
            shown = pseudo.decode("latin-1")
            self.fault = http2_faults.malformed(f"The trailers of the answer hold {shown}, which none may.")
        self.trailers = tuple(_texts(fields))

    def _note_interim(self, head: Head | None, at: float) -> None:
        if head is None or self.fault is not None:
            return
        self.may_continue |= head.status == 100
        try:
            self._recorder.interim(head, at)
        except ExchangeBroken as error:
            self.fault = error

    def _note_reset(self, code: int) -> None:
        self.was_reset = True
        if self.has_ended:  # it wanted no more of the request: no loss (RFC 9113 section 8.1)
            return
        self.fault = http2_faults.reset(code, is_answered=self.head is not None)

    def _length_fault(self) -> Exception | None:
        """Return what to raise where Content-Length promised another size (RFC 9113 section 8.1.1)."""
        promised = self.head.get("content-length") if self.head else None
        if self.head is None or promised is None or not _LENGTH.fullmatch(promised):
            return None
        if self._method == b"HEAD" or self.head.status in {204, 304} or int(promised) == self._received:
            return None
        return broken(
            "disconnected",
            f"The server ended its answer after {self._received:,} of {int(promised):,} bytes.",
            "What had arrived is kept. Send again; if it happens each time, look at the server's log.",
        )

    # -- who waits ------------------------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        return self._news is not None and not self._news.done()

    async def news(self, timeout: float | None) -> None:
        """Wait until something changed for this stream, or it is its turn to read.

        Raises:
            httpcore.ReadTimeout: nothing did within *timeout* seconds.
        """
        self._news = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._news
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        finally:
            self._news = None

    def tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def take(self) -> tuple[bytes, int]:
        """Return the body bytes not read yet, and what they took from the window."""
        data, flow_bytes = b"".join(self.parts), self._flow_bytes
        self.parts.clear()
        self._flow_bytes = 0
        return data, flow_bytes


class _Reader(Protocol):
    async def read(self, stream: Http2Stream, timeout: float | None) -> bytes: ...

    async def release(self, stream: Http2Stream) -> None: ...


class Http2Body:
    """The body of one answer, read chunk by chunk."""

    def __init__(self, connection: _Reader, stream: Http2Stream, timeout: float | None) -> None:
        self._connection = connection
        self._stream = stream
        self._timeout = timeout
        self._is_released = False

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        return self._stream.trailers

    @property
    def latest_at(self) -> float:
        """When the last byte of the stream that came was read."""
        return self._stream.latest_at

    async def read(self) -> bytes:
        """Return the next bytes of body; empty at its end."""
        data = await self._connection.read(self._stream, self._timeout)
        if not data and self._stream.fault is not None:
            raise self._stream.fault
        return data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self.read():
            yield data

    async def aclose(self) -> None:
        if not self._is_released:
            self._is_released = True
            await self._connection.release(self._stream)


def request_fields(request: httpcore.Request) -> RawHeaders:
    """Return the header section of *request* for HTTP/2: Host becomes `:authority`, what is per hop goes."""
    hosts = [value for name, value in request.headers if name.lower() == b"host"]
    pseudo = [
        (b":method", request.method),
        (b":authority", hosts[0] if hosts else _authority(request.url)),
        (b":scheme", request.url.scheme),
        (b":path", request.url.target),
    ]
    fields = ((name.lower(), value) for name, value in request.headers)
    return [*pseudo, *((name, value) for name, value in fields if _crosses(name, value))]


def _crosses(name: bytes, value: bytes) -> bool:
    if name == b"te":
        return value.strip().lower() == b"trailers"
    return name != b"host" and name not in _HOP_FIELDS


def _authority(url: httpcore.URL) -> bytes:
    host = b"[%b]" % url.host if b":" in url.host else url.host
    usual = 443 if url.scheme == b"https" else 80
    port = usual if url.port is None else url.port
    return host if port == usual else b"%b:%d" % (host, port)


def _texts(fields: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]


def _listed(names: list[bytes]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(name.decode("latin-1") for name in names[:3]) + more
