"""One HTTP/2 connection: any number of exchanges at once, none of which can harm another.

Whoever waits for bytes reads for all, so no task of its own is needed. h2 keeps the state and the header
compression; DATA goes past it. It stands in the place of httpcore's own, which never frees
a cancelled stream, waits for ever where an upload is answered early, and fails all streams when one times out.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing, suppress

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from antiphon.core.exchange import Connection, Phase
from antiphon.engine.backend import Stream
from antiphon.engine.failures import broken
from antiphon.engine.http2_frames import (
    GOAWAY,
    DataFrame,
    FrameCutter,
    FrameError,
    end_of_stream,
    window_update,
)
from antiphon.engine.http2_stream import Http2Body, Http2Stream, request_fields
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpcore
from antiphon.engine.upload import Upload

WINDOW_BYTES = 1 << 24
"""How much a server may send on a stream, and on the connection, before we acknowledge half of it."""
MAX_STREAMS = 100
_WRITE_BYTES = 1 << 18
_MAX_HEAD_BYTES = 1 << 20
_HINT = "The server, or something between you and it, breaks HTTP/2. Try HTTP/1.1 for this request."
_CONFIG = h2.config.H2Configuration(validate_inbound_headers=False, validate_outbound_headers=False)


class Http2Connection(httpcore.AsyncConnectionInterface):
    def __init__(
        self, origin: httpcore.Origin, stream: Stream, facts: Connection, keepalive_s: float | None
    ) -> None:
        self._origin = origin
        self._stream = stream
        self._facts = facts
        self._keepalive_s = keepalive_s
        self._expires_at: float | None = None
        self._h2 = h2.connection.H2Connection(config=_CONFIG)
        self._cutter = FrameCutter()
        self._streams: dict[int, Http2Stream] = {}
        self._write_lock = asyncio.Lock()
        self._is_reading = False
        self._is_used = False
        self._is_greeted = False
        self._is_closed = False
        self._fault: Exception | None = None
        self._last_stream_id: int | None = None
        """After GOAWAY: the last stream that the server will answer."""
        self._unacknowledged = 0

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if self.has_expired():
            await self.aclose()
        if not self.is_available():
            raise httpcore.ConnectionNotAvailable
        recorder: Recorder = request.extensions["recorder"]
        recorder.connected(self._facts, is_reused=self._is_used)
        stream = self._open_stream(request)
        try:
            with suppress(httpcore.WriteError):  # the server may have said why before it hung up
                await self._send(stream, request, recorder)
            recorder.began(Phase.WAIT)
            stream.sent_at = recorder.since
            await self._pump(stream, lambda: stream.head is not None, request.extensions["timeout"]["read"])
        except BaseException:
            await self.release(stream)
            raise
        assert stream.head is not None
        recorder.answered(stream.answered_at)
        body = Http2Body(self, stream, request.extensions["timeout"]["read"])
        return httpcore.Response(
            stream.head.status,
            headers=stream.raw_headers,
            content=body,
            extensions={"head": stream.head, "body": body},
        )

    # -- sending --------------------------------------------------------------------------------------

    def _open_stream(self, request: httpcore.Request) -> Http2Stream:
        if not self._is_used:
            self._is_used = True
            self._greet()
        self._expires_at = None
        stream = Http2Stream(self._h2.get_next_available_stream_id(), request.method)
        has_body = _has_body(request)
        try:
            self._h2.send_headers(stream.id, request_fields(request), end_stream=not has_body)
        except h2.exceptions.ProtocolError as error:  # the header compression is out of step now
            self._fail(error)
            raise
        stream.has_sent_all = not has_body
        self._streams[stream.id] = stream
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
        await self._flush(timeout)
        upload = request.stream
        assert isinstance(upload, Upload)
        if stream.has_sent_all:
            return
        with closing(upload.chunks()) as chunks:
            for chunk in chunks:
                if not await self._send_chunk(stream, memoryview(chunk), timeout):
                    return
        self._h2.end_stream(stream.id)
        stream.has_sent_all = True
        await self._flush(timeout)

    async def _send_chunk(self, stream: Http2Stream, chunk: memoryview, timeout: float | None) -> bool:
        """Send *chunk* as the server's window allows; return False where its answer is already complete."""
        gathered = 0
        while chunk and not stream.is_over:
            room = self._room(stream)
            if not room or gathered >= _WRITE_BYTES:
                await self._flush(timeout)
                gathered = 0
            if not room:
                await self._wait_for_room(stream, timeout)
                continue
            self._h2.send_data(stream.id, bytes(chunk[:room]))
            gathered += min(room, len(chunk))
            chunk = chunk[room:]
        await self._flush(timeout)
        return not stream.is_over

    def _room(self, stream: Http2Stream) -> int:
        return min(self._h2.local_flow_control_window(stream.id), self._h2.max_outbound_frame_size)

    async def _wait_for_room(self, stream: Http2Stream, timeout: float | None) -> None:
        try:
            await self._pump(stream, lambda: stream.is_over or self._room(stream) > 0, timeout)
        except httpcore.ReadTimeout as error:
            raise httpcore.WriteTimeout(str(error)) from error

    async def _flush(self, timeout: float | None) -> None:
        async with self._write_lock:
            data = self._h2.data_to_send()
            if not data:
                return
            try:
                await self._stream.write(data, timeout)
            except httpcore.WriteTimeout as error:  # part of a frame may be out
                self._fail(error)
                raise

    # -- receiving ------------------------------------------------------------------------------------

    async def read(self, stream: Http2Stream, timeout: float | None) -> bytes:
        """Return the next bytes of *stream*'s body; empty at its end."""
        await self._pump(stream, lambda: stream.is_over or bool(stream.parts), timeout)
        data, flow_bytes = stream.take()
        stream.unacknowledged += flow_bytes
        if stream.unacknowledged >= WINDOW_BYTES // 2 and not stream.is_over:
            self._stream.post(window_update(stream.id, stream.unacknowledged))
            stream.unacknowledged = 0
        return data

    async def _pump(self, stream: Http2Stream, is_ready: Callable[[], bool], timeout: float | None) -> None:
        """Read from the connection, or wait while another stream does, until *is_ready* gives True.

        Raises:
            httpcore.ReadTimeout: *timeout* seconds went by first; other streams are not touched.
        """
        end = None if timeout is None else time.monotonic() + timeout
        try:
            while not is_ready():
                self._raise_fault_of(stream)
                left = None if end is None else max(end - time.monotonic(), 0)
                if self._is_reading:
                    await stream.news(left)
                else:
                    if stream.head is None:
                        self._stream.expect(stream.sent_at)
                    await self._read_once(left)
        finally:
            if not self._is_reading:
                self._hand_over()

    async def _read_once(self, timeout: float | None) -> None:
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
            with suppress(httpcore.WriteError):  # reading tells when nothing comes any more
                await self._flush(timeout)
        else:
            self._fail(httpcore.ReadError("The server closed the connection."))

    def _hand_over(self) -> None:
        """Let one of the streams that wait read next."""
        for stream in self._streams.values():
            if stream.is_waiting:
                stream.tell()
                return

    def _receive(self, data: bytes) -> None:
        if not self._is_greeted:
            if data.startswith(b"HTTP/1."):
                self._fail(
                    broken(
                        "protocol",
                        "The server answered in HTTP/1.1, not in HTTP/2.",
                        "Choose HTTP/1.1 or automatic for this request.",
                    )
                )
                return
            self._is_greeted = True
        try:
            for frame in self._cutter.feed(data):
                if isinstance(frame, DataFrame):
                    self._receive_data(frame)
                elif frame[3] == GOAWAY:  # h2 would refuse all that follows it
                    self._last_stream_id = int.from_bytes(frame[9:13], "big") & 0x7FFFFFFF
                    self._tell_all()
                else:
                    self._receive_events(frame)
        except (FrameError, h2.exceptions.ProtocolError) as error:
            reason = str(error) or type(error).__name__
            self._fail(broken("protocol", f"The server broke the rules of HTTP/2: {reason}.", _HINT))
        if self._unacknowledged >= WINDOW_BYTES // 2:
            self._stream.post(window_update(0, self._unacknowledged))
            self._unacknowledged = 0

    def _receive_data(self, frame: DataFrame) -> None:
        self._unacknowledged += frame.flow_bytes
        stream = self._streams.get(frame.stream_id)
        if stream is None:  # let go earlier; only the connection's window still counts it
            return
        stream.add(frame.data, frame.flow_bytes)
        if frame.is_last:
            self._receive_events(end_of_stream(frame.stream_id))

    def _receive_events(self, frame: bytes) -> None:
        for event in self._h2.receive_data(frame):
            match event:
                case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                    self._tell_all()
                case h2.events.ResponseReceived():
                    self._forget_length(event.stream_id)
                    self._dispatch(event)
                case h2.events.TrailersReceived() | h2.events.StreamEnded() | h2.events.StreamReset():
                    self._dispatch(event)

    def _dispatch(self, event: h2.events.Event) -> None:
        stream = self._streams.get(getattr(event, "stream_id", None) or 0)
        if stream is not None:
            stream.accept(event, self._stream.arrived_at)

    def _forget_length(self, stream_id: int) -> None:
        """Keep h2 from counting DATA that it never sees; `Http2Stream` counts."""
        state = self._h2.streams.get(stream_id)
        if state is not None:
            state._expected_content_length = None

    def _raise_fault_of(self, stream: Http2Stream) -> None:
        if self._last_stream_id is not None and stream.id > self._last_stream_id and not stream.head:
            raise broken(
                "disconnected",
                "The server closed the connection before it took the request.",
                "Send again.",
                is_unprocessed=True,
                is_progress=self._last_stream_id > 0,
            )
        if stream.fault is not None:
            raise stream.fault
        if self._fault is not None:
            raise self._fault

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
        stream.parts.clear()
        if self._fault is None and not (stream.has_ended and stream.has_sent_all):
            self._reset(stream)
        if not self._is_reading:
            self._hand_over()
        if self._streams:
            return
        if self._fault is not None or self._last_stream_id is not None:
            await self.aclose()
        elif self._keepalive_s is not None:
            self._expires_at = time.monotonic() + self._keepalive_s

    def _reset(self, stream: Http2Stream) -> None:
        if stream.was_reset:
            return
        code = h2.errors.ErrorCodes.NO_ERROR if stream.has_ended else h2.errors.ErrorCodes.CANCEL
        try:
            self._h2.reset_stream(stream.id, code)
        except h2.exceptions.ProtocolError:  # the state is not what we think: retire the connection
            self._fail(httpcore.LocalProtocolError("A stream could not be reset."))
            return
        if not self._write_lock.locked():  # else whoever writes sends it with its next frames
            self._stream.post(self._h2.data_to_send())

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
            and self._fault is None
            and self._last_stream_id is None
            and len(self._streams) < self._max_streams
            and self._h2.highest_outbound_stream_id < 2**31 - 3
        )

    @property
    def _max_streams(self) -> int:
        return min(MAX_STREAMS, self._h2.remote_settings.max_concurrent_streams)

    def has_expired(self) -> bool:
        if self._streams or not self._is_used:
            return False
        is_old = self._expires_at is not None and time.monotonic() > self._expires_at
        return is_old or self._fault is not None or not self._is_fresh()

    def _is_fresh(self) -> bool:
        """Take in what an idle server said meanwhile (PING, SETTINGS, GOAWAY); return whether it stays."""
        try:
            while (data := self._stream.read_now()) is not None:
                if not data:
                    return False
                self._receive(data)
        except httpcore.ReadError:
            return False
        if not self._write_lock.locked():
            self._stream.post(self._h2.data_to_send())
        return self._fault is None and self._last_stream_id is None

    def is_idle(self) -> bool:
        return self._is_used and not self._streams

    def is_closed(self) -> bool:
        return self._is_closed

    def info(self) -> str:
        return f"{self._origin}, HTTP/2, {len(self._streams)} streams"


def _has_body(request: httpcore.Request) -> bool:
    upload = request.stream
    assert isinstance(upload, Upload)
    return upload.size_bytes > 0
