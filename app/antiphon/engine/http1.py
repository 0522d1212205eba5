"""One HTTP/1.1 connection: requests go out byte for byte as prepared, answers are read without copies.

It stands in the place of httpcore's own: that one loses 1xx replies and trailers, reorders
Host, refuses what curl reads, copies every body three times, and keeps a connection that sent too much.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from enum import Enum, auto

from antiphon.core.events import Connection, Phase
from antiphon.engine.failures import broken
from antiphon.engine.http1_notes import CLOSE_ENDS, EXCESS
from antiphon.engine.http1_reply import ChunkedBody, HeadReader, Reply, parse_reply
from antiphon.engine.http1_sent import Http1Sent
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpcore
from antiphon.engine.streams import ByteStream
from antiphon.engine.upload import Progress, Upload

CONTINUE_WAIT_S = 1.0
"""How long `Expect: 100-continue` holds the body back, as in curl."""
_GATHER_BYTES = 1 << 16
_READ_AHEAD_BYTES = 1 << 26
"""Most bytes of an early answer that are kept while the request is still going out."""
_FINAL = re.compile(rb"HTTP/1\.[0-9] +([2-9]|101)")


class State(Enum):
    NEW = auto()
    ACTIVE = auto()
    IDLE = auto()
    CLOSED = auto()


class Http1Connection(httpcore.AsyncConnectionInterface):
    def __init__(
        self, origin: httpcore.Origin, stream: ByteStream, facts: Connection, keepalive_s: float | None
    ) -> None:
        self._origin = origin
        self._stream = stream
        self._facts = replace(facts, opened_at=facts.opened_at or time.perf_counter())
        self._keepalive_s = keepalive_s
        self._expires_at: float | None = None
        self._state = State.NEW
        self._requests = 0
        self._reader = HeadReader()
        self._reply: Reply | None = None
        self._was_told_to_continue = False
        self._is_in_head = False
        """Bytes of a head came that is not read to its end, or cannot be read."""
        self._heard_at = 0.0
        """When the first byte of the head came that is being read."""
        self._write_error: httpcore.WriteError | None = None

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if self._state in {State.ACTIVE, State.CLOSED}:
            raise httpcore.ConnectionNotAvailable
        recorder: Recorder = request.extensions["recorder"]
        self._requests += 1
        recorder.connected(self._facts, self._requests)
        self._state, self._reader, self._reply = State.ACTIVE, HeadReader(), None
        self._was_told_to_continue = self._is_in_head = False
        self._write_error = None
        try:
            is_complete = await self._send(request, recorder)
            if recorder.phase is not Phase.WAIT:
                recorder.began(Phase.WAIT, self._stream.sent_at)
            reply = await self._receive_reply(request, recorder)
        except BaseException:
            await self.aclose()
            raise
        for note in self._notes(reply):
            recorder.note(note)
        body = Http1Body(self, reply, request, keeps_alive=is_complete and _wants_reuse(request))
        return httpcore.Response(
            reply.head.status,
            headers=reply.raw_headers,
            content=body,
            extensions={"head": reply.head, "body": body},
        )

    def _notes(self, reply: Reply) -> Iterator[str]:
        yield from reply.notes
        if reply.length == 0 and self._reader.rest and reply.head.status != 101:
            yield EXCESS

    # -- the request ----------------------------------------------------------------------------------

    async def _send(self, request: httpcore.Request, recorder: Recorder) -> bool:
        """Send the request; return False where the server answered before all of it was out."""
        head = request_head(request)
        sent = Http1Sent(self._stream, len(head))
        recorder.has_written = True
        try:
            with Progress(
                recorder, upload_of(request).size_bytes, lambda: sent.body_bytes, lambda: self._stream.sent_at
            ) as progress:
                sent.is_whole = await self._send_pieces(head, sent, request, recorder, progress)
        except httpcore.WriteError as error:  # the server may have said why before it hung up
            self._write_error = error
            recorder.broke_off()
            return False
        finally:
            recorder.sent(sent.facts(), self._stream.sent_at)
        return sent.is_whole

    async def _send_pieces(
        self, head: bytes, sent: Http1Sent, request: httpcore.Request, recorder: Recorder, progress: Progress
    ) -> bool:
        if expects_continue(request):
            sent.offer(head)
            await self._stream.write(head, request.extensions["timeout"]["write"])
            recorder.began(Phase.WAIT)
            if not await self._may_go_on(request, recorder):
                return False
            head = b""
        with closing(_outgoing(head, request)) as pieces:
            for number, piece in enumerate(pieces):
                if number or not head:
                    if recorder.phase is not Phase.UPLOAD:
                        recorder.began(Phase.UPLOAD)
                    progress.watch()
                sent.offer(piece)
                if not await self._send_piece(piece, request, recorder):
                    return False
        return True

    async def _send_piece(self, piece: bytes, request: httpcore.Request, recorder: Recorder) -> bool:
        timeout = request.extensions["timeout"]["write"]
        rest = memoryview(piece)
        while rest:
            if len(self._reader.rest) > _READ_AHEAD_BYTES:
                await self._stream.write(rest, timeout)
                return True
            rest = await self._stream.write_until_answered(rest, timeout)
            if rest and self._is_answered_early(request, recorder):
                return False
        return True

    def _is_answered_early(self, request: httpcore.Request, recorder: Recorder) -> bool:
        """Return whether the server hung up, or answered in a way that makes the rest of the body pointless."""
        self._stream.expect(recorder.since)
        data = self._stream.read_now()
        if data is None:
            return False
        self._take_in(data, request, recorder)
        if not data and self._reply is None:
            recorder.broke_off()
        return not data or (self._reply is not None and self._reply.head.status >= 300)

    async def _may_go_on(self, request: httpcore.Request, recorder: Recorder) -> bool:
        """Wait for 100 Continue (RFC 9110 section 10.1.1), not for ever; a final answer makes the body pointless."""
        end = time.monotonic() + CONTINUE_WAIT_S
        while self._reply is None and not self._was_told_to_continue:
            self._stream.expect(recorder.since)
            try:
                data = await self._stream.read(timeout=max(end - time.monotonic(), 0))
            except httpcore.ReadTimeout:
                return True
            if not data:
                return False
            self._take_in(data, request, recorder)
        return self._reply is None

    # -- the answer -----------------------------------------------------------------------------------

    async def _receive_reply(self, request: httpcore.Request, recorder: Recorder) -> Reply:
        timeout = request.extensions["timeout"]["read"]
        try:
            while self._reply is None:
                self._note_beginning(recorder)
                self._stream.expect(recorder.since)
                data = await self._stream.read(timeout=timeout)
                if not data and self._reader.rest:
                    raise self._reader.cut_off()
                if not data:
                    raise httpcore.ReadError from self._write_error
                self._take_in(data, request, recorder)
        except BaseException:
            if self._is_in_head and recorder.phase is Phase.WAIT:
                recorder.head_began(self._heard_at)
            raise
        if recorder.phase is Phase.WAIT:
            recorder.head_began(self._heard_at)
        recorder.head_ended(self._stream.arrived_at)
        return self._reply

    def _take_in(self, data: bytes, request: httpcore.Request, recorder: Recorder) -> None:
        """Read heads out of *data*; interim ones (RFC 9110 section 15.2) are told, the final one is kept."""
        recorder.is_answered = recorder.is_answered or bool(data)
        if not self._reader.rest:
            self._heard_at = self._stream.arrived_at
        self._reader.feed(data)
        self._is_in_head |= bool(data)
        while self._reply is None and (block := self._reader.next_block()) is not None:
            reply = parse_reply(block, request.method)
            if reply.head.status >= 200 or reply.head.status == 101:
                self._reply = reply
                return
            self._was_told_to_continue |= reply.head.status == 100
            recorder.interim(reply.head, self._stream.arrived_at)
            self._heard_at, self._is_in_head = self._stream.arrived_at, bool(self._reader.rest)

    def _note_beginning(self, recorder: Recorder) -> None:
        """End the wait where what came so far is the beginning of a final answer."""
        if recorder.phase is Phase.WAIT and _FINAL.match(self._reader.rest):
            recorder.head_began(self._heard_at)

    @property
    def latest_at(self) -> float:
        return self._stream.latest_at

    async def read(self, timeout: float | None) -> bytes:
        """Return the next bytes of the answer: those that came with its head first."""
        if self._reader.rest:
            data, self._reader.rest = bytes(self._reader.rest), bytearray()
            return data
        return await self._stream.read(timeout=timeout)

    async def release(self, *, is_clean: bool) -> None:
        """Keep the connection for the next request, or close it where bytes are missing or left over."""
        if self._state is State.CLOSED:
            return
        if not is_clean or self._reader.rest:
            await self.aclose()
            return
        self._state = State.IDLE
        if self._keepalive_s is not None:
            self._expires_at = time.monotonic() + self._keepalive_s

    async def aclose(self) -> None:
        self._state = State.CLOSED
        await self._stream.aclose()

    # -- what the pool asks ---------------------------------------------------------------------------

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return origin == self._origin

    def is_available(self) -> bool:
        return self._state is State.IDLE

    def has_expired(self) -> bool:
        """Return whether an idle connection is of no more use: too old, or the server said something."""
        if self._state is not State.IDLE:
            return False
        if self._expires_at is not None and time.monotonic() > self._expires_at:
            return True
        if has_spoken(self._stream):  # what it said is read away: it must not be asked a second time
            self._expires_at = 0.0
            return True
        return False

    def is_idle(self) -> bool:
        return self._state is State.IDLE

    def is_closed(self) -> bool:
        return self._state is State.CLOSED

    def info(self) -> str:
        return f"{self._origin}, HTTP/1.1, {self._state.name}"


class Http1Body:
    """The body of one answer, read chunk by chunk."""

    def __init__(
        self, connection: Http1Connection, reply: Reply, request: httpcore.Request, *, keeps_alive: bool
    ) -> None:
        self._connection = connection
        self._left = reply.length
        self._chunks = ChunkedBody() if reply.is_chunked else None
        self._timeout = request.extensions["timeout"]["read"]
        self._is_done = reply.length == 0
        self._is_clean = keeps_alive and reply.keeps_alive
        self._excess = False
        self._recorder: Recorder = request.extensions["recorder"]

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        return self._chunks.trailers if self._chunks else ()

    @property
    def latest_at(self) -> float:
        """When the last byte that was read came."""
        return self._connection.latest_at

    async def read(self) -> bytes:
        """Return the next bytes of body; empty at its end."""
        while not self._is_done:
            if self._chunks is not None and self._chunks.fault is not None:
                raise self._chunks.fault
            if self._chunks is not None and self._chunks.is_behind:
                await asyncio.sleep(0)
                if data := self._unchunked(b"", self._chunks):
                    return data
                continue
            data = await self._connection.read(self._timeout)
            if not data:
                self._end_by_close()
            elif self._chunks is not None:
                data = self._unchunked(data, self._chunks)
            elif self._left is not None:
                data = self._counted(data, self._left)
            if data:
                return data
        return b""

    def _end_by_close(self) -> None:
        self._is_done, self._is_clean = True, False
        if self._chunks is None and self._left is None:
            self._recorder.note(CLOSE_ENDS)
        if self._chunks is not None or self._left is not None:
            missing = f": {self._left:,} bytes are missing" if self._left else ""
            raise broken(
                "disconnected",
                f"The server closed the connection in the middle of its answer{missing}.",
                "What had arrived is kept. Send again; if it happens each time, look at the server's log.",
            )

    def _unchunked(self, data: bytes, chunks: ChunkedBody) -> bytes:
        body = chunks.feed(data)
        if chunks.is_done:
            self._is_done, self._excess = True, bool(chunks.rest)
            self._note_end(chunks.notes)
        return body

    def _counted(self, data: bytes, left: int) -> bytes:
        self._left = left - len(data)
        if self._left <= 0:
            self._is_done, self._excess = True, self._left < 0
            self._note_end()
            return data[:left]
        return data

    def _note_end(self, notes: Iterable[str] = ()) -> None:
        for note in (*notes, EXCESS) if self._excess else notes:
            self._recorder.note(note)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self.read():
            yield data

    async def aclose(self) -> None:
        await self._connection.release(is_clean=self._is_done and self._is_clean and not self._excess)


def has_spoken(stream: ByteStream) -> bool:
    """Return whether an idle server sent bytes or hung up; messages of TLS itself do not count."""
    if not stream.get_extra_info("is_readable"):
        return False
    try:
        return stream.read_now() is not None
    except httpcore.ReadError:
        return True


# -- the bytes of a request --------------------------------------------------------------------------------


def request_head(request: httpcore.Request) -> bytes:
    """Return the request line and header section, the headers as they are listed."""
    first = b"%b %b HTTP/1.1" % (request.method, request.url.target)
    return b"\r\n".join([first, *(b"%b: %b" % header for header in request.headers), b"", b""])


def _outgoing(head: bytes, request: httpcore.Request) -> Generator[bytes]:
    """Yield the bytes to send, small ones gathered so that a small request is one packet."""
    gathered = head
    with closing(upload_of(request).chunks()) as chunks:
        for chunk in _in_chunks(chunks) if _is_chunked(request) else chunks:
            if len(gathered) + len(chunk) <= _GATHER_BYTES:
                gathered += chunk
                continue
            if gathered:
                yield gathered
            gathered = chunk
    if gathered:
        yield gathered


def _in_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield b"%x\r\n%b\r\n" % (len(chunk), chunk)
    yield b"0\r\n\r\n"


def _header_values(request: httpcore.Request, wanted: bytes) -> list[bytes]:
    return [value.strip().lower() for name, value in request.headers if name.lower() == wanted]


def _is_chunked(request: httpcore.Request) -> bool:
    return b"chunked" in _header_values(request, b"transfer-encoding")


def expects_continue(request: httpcore.Request) -> bool:
    """Return whether the body is to wait for 100 Continue; without one there is nothing to hold back."""
    return b"100-continue" in _header_values(request, b"expect") and upload_of(request).size_bytes > 0


def _wants_reuse(request: httpcore.Request) -> bool:
    """Return whether the request leaves the connection usable: no `close`, and an end that the server sees as we do."""
    if any(b"close" in value for value in _header_values(request, b"connection")):
        return False
    lengths = _header_values(request, b"content-length")
    if _header_values(request, b"transfer-encoding"):
        return _is_chunked(request) and not lengths
    size = upload_of(request).size_bytes
    return lengths == [b"%d" % size] or (not lengths and not size)


def upload_of(request: httpcore.Request) -> Upload:
    """Return the body of *request*."""
    upload = request.stream
    assert isinstance(upload, Upload)
    return upload
