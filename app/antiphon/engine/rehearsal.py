"""What would be sent, written by the same connections as always, into a stream that leads nowhere."""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import Literal

import h2.exceptions

from antiphon.core.errors import UserError
from antiphon.core.events import (
    SENT_BODY_BYTES,
    Connection,
    Event,
    Failed,
    Finished,
    Frame,
    HopBegan,
    RequestSent,
    Sent,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepared import PreparedRequest, content_length
from antiphon.engine.auth.flow import rehearsed
from antiphon.engine.client import as_core, make_request
from antiphon.engine.failures import ExchangeBroken, explain, http2_without_tls
from antiphon.engine.http1 import Http1Connection
from antiphon.engine.http2 import Http2Connection
from antiphon.engine.http2_frames import NO_SETTINGS, window_update
from antiphon.engine.proxy import SystemProxies, forwarded
from antiphon.engine.recorder import Recorder
from antiphon.engine.route import chosen_route
from antiphon.engine.sent_cookies import with_cookies
from antiphon.engine.session import Session
from antiphon.engine.stack import httpcore, httpx
from antiphon.engine.target import Target, parse_target
from antiphon.engine.upload import Upload

_EXPECTED = (ExchangeBroken, UserError, httpcore.ProtocolError, httpx.InvalidURL, h2.exceptions.H2Error)
_ROOM = NO_SETTINGS + window_update(0, 2 * SENT_BODY_BYTES) + window_update(1, 2 * SENT_BODY_BYTES)
"""What an HTTP/2 server says so that all that is shown of a body fits into its windows."""


async def rehearse(
    prepared: PreparedRequest, http_version: Literal["1.1", "2"] | None, session: Session
) -> Exchange:
    """Return the exchange that `Engine.rehearse` describes; auth may read files and the keyring meanwhile."""
    told: list[Event] = []
    exchange = Exchange().after(HopBegan(prepared, time.perf_counter()))
    place = "the server"
    try:
        prepared = with_cookies(rehearsed(prepared, session, time.time), session.cookies)
        exchange = Exchange().after(HopBegan(prepared, time.perf_counter()))
        target = parse_target(prepared.url, prepared.options.request_target)
        place = target.place
        await _write(prepared, target, http_version or _chosen_version(prepared, target), told)
    except _EXPECTED as error:
        failure = explain(error, place, prepared, None)
        return exchange.after(Failed(failure, time.perf_counter()))
    sent = next(event for event in told if isinstance(event, RequestSent))
    whole = replace(sent, sent=_with_rest(sent.sent, content_length(prepared.content) or 0))
    return exchange.after(whole).after(Finished(time.perf_counter()))


def _chosen_version(prepared: PreparedRequest, target: Target) -> Literal["1.1", "2"]:
    match prepared.options.http_version:
        case "1.1":
            return "1.1"
        case "2-prior-knowledge":
            return "2"
        case "2" if target.scheme == b"http":
            raise ExchangeBroken(http2_without_tls(target.place))
        case "2":
            return "2"
        case "auto":
            return "2" if target.scheme == b"https" else "1.1"


async def _write(
    prepared: PreparedRequest, target: Target, version: Literal["1.1", "2"], told: list[Event]
) -> None:
    request = make_request(prepared, target, Recorder(told.append))
    request.stream = _Beginning(prepared.content)
    core = as_core(request)
    route = await chosen_route(prepared.options, target, SystemProxies())
    if route.proxy is not None and route.forwards(target.scheme, is_http2=version == "2"):
        core = forwarded(core, route.proxy)
    facts = Connection(target.place, "", reused=False)
    connection: Http1Connection | Http2Connection
    if version == "2":
        connection = Http2Connection(core.url.origin, _DryStream(_ROOM), facts, None)
    else:
        connection = Http1Connection(core.url.origin, _DryStream(), facts, None)
    try:
        await connection.handle_async_request(core)
    except httpcore.ReadTimeout:  # there is nobody who could answer
        return
    finally:
        await connection.aclose()


def _with_rest(sent: Sent, size_bytes: int) -> Sent:
    """Return *sent* with the part of its body that was not read, as if that had left as well."""
    rest = size_bytes - sent.body_bytes
    if rest <= 0:
        return sent
    frames = sent.frames
    if frames:
        detail = "the rest of the body, in frames as large as the server allows"
        frames = (*frames, Frame("DATA", frames[-1].stream_id, "END_STREAM", rest, detail))
    return replace(sent, frames=frames, body_bytes=size_bytes, is_complete=True)


class _Beginning(Upload):
    """As much of a body as is kept to be looked at; its size is that of the whole."""

    def chunks(self) -> Generator[bytes]:
        left = SENT_BODY_BYTES
        with closing(super().chunks()) as chunks:
            for chunk in chunks:
                yield chunk[:left]
                left -= len(chunk)
                if left <= 0 and self.size_bytes > SENT_BODY_BYTES:
                    return


class _DryStream:
    """Takes everything, says *answer* once it is listened to, then nothing."""

    arrived_at = 0.0
    latest_at = 0.0
    sent_at = 0.0
    has_unsent = False

    def __init__(self, answer: bytes = b"") -> None:
        self.written_bytes = 0
        self._answer = answer

    async def read(self, max_bytes: int = 0, timeout: float | None = None) -> bytes:  # noqa: ARG002
        if not self._answer:
            raise httpcore.ReadTimeout("Nobody answers at a rehearsal.")
        data, self._answer = self._answer, b""
        return data

    def expect(self, since: float) -> None:
        pass

    def read_now(self) -> bytes | None:
        return None

    def read_early(self) -> bytes | None:
        return None

    async def write(self, buffer: bytes | memoryview, timeout: float | None = None) -> None:  # noqa: ARG002
        self.written_bytes += len(buffer)

    async def write_while(
        self,
        buffer: bytes | memoryview,
        timeout: float | None,
        goes_on: Callable[[], bool],  # noqa: ARG002
    ) -> memoryview:
        await self.write(buffer, timeout)
        return memoryview(b"")

    def wake_writer(self) -> None:
        pass

    async def write_until_answered(self, buffer: bytes | memoryview, timeout: float | None) -> memoryview:
        await self.write(buffer, timeout)
        return memoryview(b"")

    def post(self, data: bytes) -> None:
        self.written_bytes += len(data)

    async def aclose(self) -> None:
        pass

    def get_extra_info(self, info: str) -> object:  # noqa: ARG002
        return None
