"""One HTTP/2 connection: any number of exchanges at once, none of which can harm another.

Whoever waits for bytes reads for all, so no task of its own is needed. h2 keeps the state and the header
compression; DATA goes past it. It stands in the place of httpcore's own, which never frees
a cancelled stream, waits for ever where an upload is answered early, and fails all streams when one times out.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from antiphon.core.events import Connection, Phase
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.http1 import CONTINUE_WAIT_S, expects_continue, upload_of
from antiphon.engine.http2_faults import Calm, Goodbye, greeting_fault, no_room, rules_broken
from antiphon.engine.http2_frames import (
    DATA,
    GOAWAY,
    HEAD_BYTES,
    HEADERS,
    RST_STREAM,
    DataFrame,
    FrameCutter,
    FrameError,
    HeaderTimes,
    end_of_stream,
    frame_stream_id,
    goodbye,
    kind_name,
    window_update,
)
from antiphon.engine.http2_sent import Http2Sent, Outbox
from antiphon.engine.http2_stream import Http2Body, Http2Stream, request_fields
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpcore
from antiphon.engine.streams import ByteStream
from antiphon.engine.upload import Progress, Upload

WINDOW_BYTES = 1 << 24
"""How much a server may send on a stream, and on the connection, before we acknowledge half of it."""
MAX_STREAMS = 100
_FIRST_WRITE_BYTES = 1 << 16
_WRITE_BYTES = 1 << 18
_MAX_HEAD_BYTES = 1 << 20
_CONFIG = h2.config.H2Configuration(validate_inbound_headers=False, validate_outbound_headers=False)


class Http2Connection(httpcore.AsyncConnectionInterface):
    def __init__(
        self, origin: httpcore.Origin, stream: ByteStream, facts: Connection, keepalive_s: float | None
    ) -> None:
        self._origin = origin
        self._stream = stream
        self._facts = replace(facts, opened_at=facts.opened_at or time.perf_counter())
        self._keepalive_s = keepalive_s
        self._expires_at: float | None = None
        self._h2 = h2.connection.H2Connection(config=_CONFIG)
        self._cutter = FrameCutter()
        self._streams: dict[int, Http2Stream] = {}
        self._outbox = Outbox(stream)
        self._write_lock = asyncio.Lock()
        self._postponed = b""
        """Frames of ours that came up while another write was under way."""
        self._is_reading = False
        self._requests = 0
        self._is_greeted = False
        self._is_closed = False
        self._fault: Exception | None = None
        self._headers = HeaderTimes()
        self._goodbye: Goodbye | None = None
        self._is_stuck = False
        """The server is in the middle of an answer that nobody waits for: nothing else can come before its rest."""
        self._calm = Calm()
        self._unacknowledged = 0

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if self.has_expired():
            await self.aclose()
        if not self.is_available():
            raise httpcore.ConnectionNotAvailable
        recorder: Recorder = request.extensions["recorder"]
        self._requests += 1
        recorder.connected(self._facts, self._requests)
        stream = self._open_stream(request, recorder)
        try:
            try:
                await self._send(stream, request, recorder)
            except httpcore.WriteError:  # the server may have said why before it hung up
                recorder.broke_off()
            stream.tell_sent(self._stream.sent_at)
            if recorder.phase is not Phase.WAIT:
                recorder.began(Phase.WAIT, self._stream.sent_at)
            stream.sent_at = recorder.since
            await self._pump(stream, lambda: stream.head is not None, request.extensions["timeout"]["read"])
        except BaseException:
            if recorder.phase is Phase.WAIT and (at := self._headers.begun_at(stream.id)) is not None:
                recorder.head_began(at)
            await self.release(stream)
            if not stream.was_told:
                stream.tell_sent(self._stream.sent_at)
            raise
        assert stream.head is not None
        recorder.head_began(stream.heard_at)
        recorder.head_ended(stream.answered_at)
        body = Http2Body(self, stream, request.extensions["timeout"]["read"])
        return httpcore.Response(
            stream.head.status,
            headers=stream.raw_headers,
            content=body,
            extensions={"head": stream.head, "body": body},
        )

    # -- sending --------------------------------------------------------------------------------------

    def _open_stream(self, request: httpcore.Request, recorder: Recorder) -> Http2Stream:
        if self._requests == 1:
            self._greet()
        self._expires_at = None
        self._calm.progressed()
        sent = Http2Sent(request_fields(request))
        stream = Http2Stream(self._h2.get_next_available_stream_id(), request.method, sent, recorder)
        has_body = upload_of(request).size_bytes > 0
        try:
            self._h2.send_headers(stream.id, sent.fields, end_stream=not has_body)
        except h2.exceptions.ProtocolError as error:  # the header compression is out of step now
            self._fail(error)
            raise
        self._leave_lengths_to_us(stream.id)
        stream.has_sent_all = not has_body
        self._streams[stream.id] = stream
        self._outbox.open(stream.id, sent)
        return stream

    def _greet(self) -> None:
        codes = h2.settings.SettingCodes
        self._h2.local_settings = h2.settings.Settings(
            client=True,
            initial_values={
                codes.ENABLE_PUSH: 0,
                codes.INITIAL_WINDOW_SIZE: WINDOW_BYTES,
                codes.MAX_CONCURRENT_STREAMS: MAX_STREAMS,
                codes.MAX_HEADER_LIST_SIZE: _MAX_HEAD_BYTES,
            },
        )
        del self._h2.local_settings[codes.ENABLE_CONNECT_PROTOCOL]  # some servers balk at it
        self._h2.decoder.max_header_list_size = _MAX_HEAD_BYTES
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(WINDOW_BYTES)

    async def _send(self, stream: Http2Stream, request: httpcore.Request, recorder: Recorder) -> None:
        timeout = request.extensions["timeout"]["write"]
        recorder.has_written = True
        if stream.has_sent_all:
            await self._flush(timeout)
            return
        if expects_continue(request):
            await self._flush(timeout)
            recorder.began(Phase.WAIT)
            if not await self._may_go_on(stream):
                return
            recorder.began(Phase.UPLOAD)
        upload = upload_of(request)
        with Progress(
            recorder, upload.size_bytes, lambda: self._left_of(stream), lambda: self._stream.sent_at
        ) as progress:
            await self._send_body(stream, upload, _Pace(recorder, progress), timeout)

    async def _send_body(
        self, stream: Http2Stream, upload: Upload, pace: "_Pace", timeout: float | None
    ) -> None:
        """Send the body as the server's window allows, and no further than it wants (RFC 9113 section 8.1)."""
        left = upload.size_bytes
        with closing(upload.chunks()) as chunks:
            for chunk in chunks:
                rest = memoryview(chunk)
                while rest:
                    self._raise_fault_of(stream)
                    if stream.is_answered_early:
                        return
                    room = self._room(stream)
                    if not room or pace.is_full:
                        await self._flush(timeout, lambda: stream.is_answered_early)
                        pace.wrote()
                        self._look()
                        if not stream.is_answered_early and not self._room(stream):
                            await self._wait_for_room(stream, timeout)
                        continue
                    piece, rest = bytes(rest[:room]), rest[room:]
                    left -= len(piece)
                    stream.has_sent_all = not left
                    self._h2.send_data(stream.id, piece, end_stream=not left)
                    self._calm.progressed()
                    pace.gathered_bytes += len(piece)
        await self._flush(timeout, lambda: stream.is_answered_early)

    async def _may_go_on(self, stream: Http2Stream) -> bool:
        """Wait for 100 Continue (RFC 9110 section 10.1.1), not for ever; a final answer makes the body pointless."""
        stream.sent_at = time.perf_counter()
        with suppress(httpcore.ReadTimeout):
            await self._pump(
                stream,
                lambda: stream.is_over or stream.may_continue or stream.head is not None,
                CONTINUE_WAIT_S,
            )
        return stream.head is None and not stream.is_over

    def _left_of(self, stream: Http2Stream) -> int:
        self._outbox.settle()
        return stream.sent.body_bytes

    def _room(self, stream: Http2Stream) -> int:
        window = self._h2.local_flow_control_window(stream.id)  # may be negative (RFC 9113 section 6.9.2)
        return max(min(window, self._h2.max_outbound_frame_size), 0)

    async def _wait_for_room(self, stream: Http2Stream, timeout: float | None) -> None:
        try:
            await self._pump(stream, lambda: stream.is_answered_early or self._room(stream) > 0, timeout)
        except httpcore.ReadTimeout as error:
            raise no_room(timeout) from error

    async def _flush(self, timeout: float | None, is_enough: Callable[[], bool] = lambda: False) -> None:
        """Write all that is to go out, whosever it is, and what an earlier write left over.

        What the server does not take stays once *is_enough*: nobody has to wait for that any more.
        """
        async with self._write_lock:
            while (data := self._outgoing()) or self._stream.has_unsent:
                self._outbox.offer(data)
                try:
                    if not await self._write(data, timeout, is_enough):
                        return
                except httpcore.WriteTimeout as error:  # part of a frame may be out
                    self._fail(error)
                    raise
                finally:
                    self._outbox.settle()

    async def _write(self, data: bytes, timeout: float | None, is_enough: Callable[[], bool]) -> bool:
        """Write *data*, reading meanwhile unless another does: a server may have to be heard before it listens."""
        rest = memoryview(data)
        while True:
            if self._is_reading:
                rest = await self._stream.write_while(rest, timeout, lambda: self._is_reading)
                if not rest:
                    return True
                continue
            self._is_reading = True
            try:
                rest = await self._stream.write_until_answered(rest, timeout)
            finally:
                self._is_reading = False
                self._hand_over()
            if not rest:
                return True
            self._look()
            if is_enough():
                self._stream.post(bytes(rest))
                return False

    def _outgoing(self) -> bytes:
        data, self._postponed = self._postponed + self._h2.data_to_send(), b""
        return data

    def _post(self, data: bytes = b"") -> None:
        """Send *data*, a whole frame, and what h2 has, without waiting; never into the middle of another frame."""
        self._postponed += data
        if not self._write_lock.locked():  # else whoever writes sends it with its next frames
            outgoing = self._outgoing()
            self._outbox.offer(outgoing)
            self._stream.post(outgoing)
            self._outbox.settle()

    # -- receiving ------------------------------------------------------------------------------------

    async def read(self, stream: Http2Stream, timeout: float | None) -> bytes:
        """Return the next bytes of *stream*'s body; empty at its end."""
        await self._pump(stream, lambda: stream.is_over or bool(stream.parts), timeout)
        data, flow_bytes = stream.take()
        stream.unacknowledged += flow_bytes
        if stream.unacknowledged >= WINDOW_BYTES // 2 and not stream.is_over:
            self._post(window_update(stream.id, stream.unacknowledged))
            stream.unacknowledged = 0
        if not data and stream.has_ended:
            self._end(stream)
        return data

    async def _pump(self, stream: Http2Stream, is_ready: Callable[[], bool], timeout: float | None) -> None:
        """Read from the connection, or wait while another stream does, until *is_ready* gives True.

        Raises:
            httpcore.ReadTimeout: *timeout* seconds went by first; other streams are not touched.
        """
        end = None if timeout is None else time.monotonic() + timeout
        has_read = False
        try:
            while not is_ready():
                self._raise_fault_of(stream)
                left = None if end is None else max(end - time.monotonic(), 0)
                if left == 0 and has_read:  # what keeps coming is for others, or for nobody
                    raise httpcore.ReadTimeout("Timed out.")
                has_read = True
                if self._is_reading:
                    await stream.news(left)
                else:
                    if stream.head is None:
                        self._stream.expect(stream.sent_at)
                    await self._read_once(is_ready, left)
        finally:
            if not self._is_reading:
                self._hand_over()

    async def _read_once(self, is_ready: Callable[[], bool], timeout: float | None) -> None:
        if self._cutter.is_behind:
            await asyncio.sleep(0)
            self._receive(b"")
            await self._acknowledge(is_ready, timeout)
            return
        self._is_reading = True
        try:
            data = await self._stream.read(timeout=timeout)
        except httpcore.NetworkError as error:
            self._fail(error)
            return
        finally:
            self._is_reading = False
        if data:
            self._receive(data)
            await self._acknowledge(is_ready, timeout)
        else:
            self._fail(httpcore.ReadError("The server closed the connection."))

    async def _acknowledge(self, is_ready: Callable[[], bool], timeout: float | None) -> None:
        """Send what h2 has to say to what came; do not wait for a server that takes nothing once *is_ready*.

        Whoever writes at the moment sends it with its next frames.
        """
        if is_ready() or self._write_lock.locked():
            self._post()
            return
        with suppress(httpcore.WriteError):  # reading tells when nothing comes any more
            await self._flush(timeout, is_ready)

    def _look(self) -> None:
        """Take in what is there already, unless someone waits for it anyway."""
        if self._is_reading:
            return
        try:
            data = self._stream.read_early()
        except httpcore.ReadError as error:
            self._fail(error)
            return
        if data:
            self._receive(data)
        elif data is not None:
            self._fail(httpcore.ReadError("The server closed the connection."))

    def _hand_over(self) -> None:
        """Let one of the streams that wait read next, or whoever writes: it has to read meanwhile, too."""
        for stream in self._streams.values():
            if stream.is_waiting:
                stream.tell()
                return
        self._stream.wake_writer()

    def _receive(self, data: bytes) -> None:
        if not self._is_greeted:
            if (fault := greeting_fault(self._cutter.rest + data)) is not None:
                self._fail(fault)
                return
            self._is_greeted = len(self._cutter.rest) + len(data) >= HEAD_BYTES
        began_at = self._headers.part_at or self._stream.arrived_at
        try:
            for frame in self._cutter.feed(data):
                if isinstance(frame, DataFrame):
                    self._receive_data(frame)
                elif frame[3] == GOAWAY:  # h2 would refuse all that follows it
                    self._calm.note(GOAWAY)
                    self._goodbye = Goodbye.of(frame)
                    self._tell_all()
                else:
                    self._calm.note(frame[3])
                    if frame[3] in {HEADERS, RST_STREAM}:
                        self._check_was_open(frame_stream_id(frame), kind_name(frame[3]))
                    self._headers.note(frame, began_at)
                    self._receive_events(frame)
                began_at = self._stream.arrived_at
            self._headers.note_part(self._cutter.rest, began_at)
        except (FrameError, h2.exceptions.ProtocolError) as error:
            self._give_up(
                rules_broken(str(error) or type(error).__name__), h2.errors.ErrorCodes.PROTOCOL_ERROR
            )
        except ExchangeBroken as error:
            self._give_up(error, h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)
        if self._unacknowledged >= WINDOW_BYTES // 2:
            self._post(window_update(0, self._unacknowledged))
            self._unacknowledged = 0

    def _receive_data(self, frame: DataFrame) -> None:
        self._unacknowledged += frame.flow_bytes
        stream = self._streams.get(frame.stream_id)
        if not frame.data:
            self._calm.note(DATA)
        if stream is None:
            self._check_was_open(frame.stream_id, "DATA")
            return
        if stream.has_ended:
            raise FrameError("DATA on a stream after its end")
        stream.add(frame.data, frame.flow_bytes)
        stream.latest_at = self._stream.latest_at
        if stream.outstanding_bytes > WINDOW_BYTES:
            raise FrameError("more DATA than its window allows")
        if stream.fault is not None:
            return
        if frame.data:
            self._calm.progressed()
        if frame.is_last:
            self._receive_events(end_of_stream(frame.stream_id))

    def _check_was_open(self, stream_id: int, kind: str) -> None:
        """Raise FrameError where there never was such a stream; of one let go only the connection's window counts it."""
        if not stream_id:
            raise FrameError(f"{kind} on stream 0")
        if stream_id % 2 == 0 or stream_id > self._h2.highest_outbound_stream_id:
            raise FrameError(f"{kind} on stream {stream_id}, which was never opened")

    def _receive_events(self, frame: bytes) -> None:
        for event in self._h2.receive_data(frame):
            match event:
                case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                    self._tell_all()
                case h2.events.ResponseReceived():
                    self._calm.progressed()
                    self._dispatch(event)
                case (
                    h2.events.InformationalResponseReceived()
                    | h2.events.TrailersReceived()
                    | h2.events.StreamEnded()
                    | h2.events.StreamReset()
                ):
                    self._dispatch(event)

    def _dispatch(self, event: h2.events.Event) -> None:
        stream = self._streams.get(getattr(event, "stream_id", None) or 0)
        if stream is not None:
            stream.latest_at = self._stream.latest_at
            stream.accept(event, self._headers.began_at, self._stream.arrived_at)

    def _leave_lengths_to_us(self, stream_id: int) -> None:
        """Keep h2 from reading Content-Length: it never sees DATA, and one that is no number ends the whole connection."""
        self._h2.streams[stream_id]._initialize_content_length = lambda headers: None  # type: ignore[method-assign] # noqa: ARG005

    def _raise_fault_of(self, stream: Http2Stream) -> None:
        if self._goodbye is not None and stream.id > self._goodbye.last_stream_id and not stream.head:
            raise self._goodbye.refusal()
        if stream.fault is not None:
            raise stream.fault
        if self._fault is not None:
            is_end = isinstance(self._fault, httpcore.NetworkError)
            if is_end and self._goodbye is not None and self._goodbye.code:
                raise self._goodbye.breach(is_answered=stream.head is not None) from self._fault
            raise self._fault

    def _give_up(self, error: ExchangeBroken, code: int) -> None:
        """Note that the server broke the connection by *error*, and tell it so by *code* (RFC 9113 section 5.4.1)."""
        if self._fault is None:
            self._fail(error)
            self._post(goodbye(code))

    def _fail(self, error: Exception) -> None:
        """Note that the connection is of no more use and wake all who wait for it."""
        if self._fault is None:
            self._fault = error
        self._tell_all()

    def _tell_all(self) -> None:
        for stream in self._streams.values():
            stream.tell()

    # -- letting go -----------------------------------------------------------------------------------

    async def release(self, stream: Http2Stream) -> None:
        """End *stream* in whatever state it is; the connection stays usable."""
        self._streams.pop(stream.id, None)
        self._is_stuck |= stream.head is None and self._headers.begun_at(stream.id) is not None
        stream.parts.clear()
        self._end(stream)
        self._outbox.forget(stream.id)
        if not self._is_reading:
            self._hand_over()
        if self._streams:
            return
        if self._is_spent:
            await self.aclose()
        elif self._keepalive_s is not None:
            self._expires_at = time.monotonic() + self._keepalive_s

    def _end(self, stream: Http2Stream) -> None:
        """Reset *stream* unless both sides are through with it; tell it where that still left."""
        if self._fault is not None or stream.was_reset or (stream.has_ended and stream.has_sent_all):
            return
        stream.was_reset = True
        code = h2.errors.ErrorCodes.NO_ERROR if stream.has_ended else h2.errors.ErrorCodes.CANCEL
        try:
            self._h2.reset_stream(stream.id, code)
        except h2.exceptions.ProtocolError:  # the state is not what we think: retire the connection
            self._fail(httpcore.LocalProtocolError("A stream could not be reset."))
            return
        self._post()
        stream.tell_sent(self._stream.sent_at)

    async def aclose(self) -> None:
        self._is_closed = True
        self._fail(httpcore.ReadError("The connection is closed."))
        await self._stream.aclose()

    # -- what the pool asks ---------------------------------------------------------------------------

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return origin == self._origin

    def is_available(self) -> bool:
        return (
            not self._is_closed
            and not self._is_spent
            and len(self._streams) < self._max_streams
            and self._h2.highest_outbound_stream_id < 2**31 - 3
        )

    @property
    def _is_spent(self) -> bool:
        return self._fault is not None or self._goodbye is not None or self._is_stuck

    @property
    def _max_streams(self) -> int:
        return min(MAX_STREAMS, self._h2.remote_settings.max_concurrent_streams)

    def has_expired(self) -> bool:
        if self._streams or not self._requests:
            return False
        is_old = self._expires_at is not None and time.monotonic() > self._expires_at
        return is_old or self._fault is not None or not self._is_fresh()

    def _is_fresh(self) -> bool:
        """Take in what an idle server said meanwhile (PING, SETTINGS, GOAWAY); return whether it stays."""
        try:
            while self._cutter.is_behind:
                self._receive(b"")
            while (data := self._stream.read_now()) is not None:
                if not data:
                    return False
                self._receive(data)
        except httpcore.ReadError:
            return False
        self._post()
        return not self._is_spent and not self._stream.has_unsent

    def is_idle(self) -> bool:
        return self._requests > 0 and not self._streams

    def is_closed(self) -> bool:
        return self._is_closed

    def info(self) -> str:
        return f"{self._origin}, HTTP/2, {len(self._streams)} streams"


class _Pace:
    """How much of a body is gathered for one write: the first goes with the head, the others are larger."""

    def __init__(self, recorder: Recorder, progress: Progress) -> None:
        self._recorder = recorder
        self._progress = progress
        self._limit_bytes = _FIRST_WRITE_BYTES
        self.gathered_bytes = 0

    @property
    def is_full(self) -> bool:
        return self.gathered_bytes >= self._limit_bytes

    def wrote(self) -> None:
        """Note that what was gathered is out and more is to come."""
        self.gathered_bytes, self._limit_bytes = 0, _WRITE_BYTES
        if self._recorder.phase is not Phase.UPLOAD:
            self._recorder.began(Phase.UPLOAD)
        self._progress.watch()
