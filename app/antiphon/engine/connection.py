"""One connection to one server: opened step by step, each step timed, then speaking what was agreed."""

import asyncio
import ssl
import time
from dataclasses import dataclass

from antiphon.core.document import HttpVersionChoice
from antiphon.core.events import Connection, Noted, Phase
from antiphon.core.proxy import Proxy
from antiphon.engine.backend import Backend, Stream
from antiphon.engine.certificate import tls_broken
from antiphon.engine.certificate_facts import chain_facts
from antiphon.engine.chain import look_again, refused_chain
from antiphon.engine.failures import late_proxy, no_http2
from antiphon.engine.http1 import Http1Connection
from antiphon.engine.http2 import Http2Connection
from antiphon.engine.proxy import closed_unanswered, forwarded
from antiphon.engine.recorder import Recorder
from antiphon.engine.route import Journey, Route
from antiphon.engine.stack import httpcore
from antiphon.engine.tls import (
    TlsContext,
    TlsContexts,
    TlsNeeds,
    check_server_name,
    looking_context,
)
from antiphon.engine.tls_facts import tls_facts

KEEPALIVE_S = 60.0


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What makes connections different from each other, for the same server."""

    version: HttpVersionChoice
    tls: TlsNeeds
    route: Route = Route()  # noqa: RUF009 - it is frozen
    proxy_tls: TlsNeeds | None = None
    """What a proxy that is reached by TLS needs."""


class OriginConnection(httpcore.AsyncConnectionInterface):
    """A connection to one server: it connects with the first request, then speaks what was agreed."""

    def __init__(
        self, origin: httpcore.Origin, settings: ConnectionSettings, contexts: TlsContexts, backend: Backend
    ) -> None:
        self._origin = origin
        self._settings = settings
        self._contexts = contexts
        self._backend = backend
        self._host = origin.host.decode("ascii")
        self._connecting = asyncio.Lock()
        self._agreed: Http1Connection | Http2Connection | None = None
        self._has_failed = False

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if self._agreed is None:
            if self._connecting.locked():
                await self._wait_for_handshake(request.extensions["patient_until"])
            async with self._connecting:
                if self._has_failed:
                    raise httpcore.ConnectionNotAvailable
                if self._agreed is None:
                    self._agreed = await self._connect(request)
        by = self._settings.route.proxy
        if by is None or not self._forwards:
            return await self._agreed.handle_async_request(request)
        return await self._forward(self._agreed, request, by)

    async def _forward(
        self, agreed: Http1Connection | Http2Connection, request: httpcore.Request, by: Proxy
    ) -> httpcore.Response:
        """Send *request* to the proxy *by*, which sends it on; what fails at first is the proxy's."""
        recorder: Recorder = request.extensions["recorder"]
        try:
            answer = await agreed.handle_async_request(forwarded(request, by))
        except httpcore.NetworkError as error:
            if recorder.is_reused or recorder.is_answered:
                raise
            raise closed_unanswered(by, recorder.phase) from error
        if answer.status == 407:
            note = "This answer is the proxy's own: it wants a user and password, or others."
            recorder.tell(Noted(note, time.perf_counter()))
        return answer

    async def _wait_for_handshake(self, until: float) -> None:
        """Wait for another request's handshake, till *until* by the loop's clock: then a connection of its own is due."""
        try:
            async with asyncio.timeout_at(until), self._connecting:
                pass
        except TimeoutError as error:
            raise httpcore.ConnectionNotAvailable from error

    # -- connecting -----------------------------------------------------------------------------------

    async def _connect(self, request: httpcore.Request) -> Http1Connection | Http2Connection:
        recorder: Recorder = request.extensions["recorder"]
        try:
            stream, facts = await self._open(recorder, request.extensions["timeout"]["connect"])
            if self._speaks_http2(facts):
                return Http2Connection(self._origin, stream, facts, KEEPALIVE_S)
            if self._settings.version == "2":
                await stream.aclose()
                raise no_http2(self._place)
        except BaseException:
            self._has_failed = True
            raise
        return Http1Connection(self._origin, stream, facts, KEEPALIVE_S)

    def _speaks_http2(self, facts: Connection) -> bool:
        agreed = facts.tls.alpn if facts.tls else None
        return agreed == "h2" or self._settings.version == "2-prior-knowledge"

    async def _open(self, recorder: Recorder, timeout: float | None) -> tuple[Stream, Connection]:
        context = await self._context()
        journey = await self._journey(recorder)
        by = self._settings.route.proxy
        end = None if timeout is None else time.monotonic() + timeout
        try:
            async with asyncio.timeout(timeout):
                stream = await journey.reach()
        except TimeoutError as error:
            if by is not None:
                raise late_proxy(by.place, by.speech, self._place, timeout, recorder.phase) from error
            raise httpcore.ConnectTimeout(str(error)) from error
        if context is not None:
            recorder.began(Phase.TLS)
            for note in context.notes:
                recorder.note(note)
            left = None if end is None else max(end - time.monotonic(), 0.001)
            stream = await self._secure(stream, context, left)
            recorder.ended(stream.secured_at)
        return stream, Connection(
            stream.remote_address,
            stream.local_address,
            reused=False,
            tls=tls_facts(stream, self._settings.tls, self._server_name),
            opened_at=time.perf_counter(),
            proxy=by.url if by else "",
        )

    async def _journey(self, recorder: Recorder) -> Journey:
        by = self._settings.route.proxy
        context = None
        if by is not None and by.scheme == "https":
            assert self._settings.proxy_tls is not None
            context = (await self._contexts.get(self._settings.proxy_tls)).context
        return Journey(
            self._settings.route,
            self._host,
            self._origin.port,
            self._place,
            self._backend,
            recorder,
            context,
            self._settings.proxy_tls,
            forwards=self._forwards,
            is_secure=self._origin.scheme == b"https",
        )

    @property
    def _forwards(self) -> bool:
        is_http2 = self._settings.version == "2-prior-knowledge"
        return self._settings.route.forwards(self._origin.scheme, is_http2=is_http2)

    async def _context(self) -> TlsContext | None:
        if self._origin.scheme != b"https":
            return None
        check_server_name(self._server_name)
        return await self._contexts.get(self._settings.tls)

    async def _secure(self, stream: Stream, context: TlsContext, timeout: float | None) -> Stream:
        try:
            async with asyncio.timeout(timeout):
                return await stream.start_tls(context.context, self._server_name)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except httpcore.ConnectError as error:
            cause = error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error))
            shown = refused_chain(cause)
            if not shown and isinstance(cause, ssl.SSLCertVerificationError):
                looking = looking_context(self._settings.tls)
                shown = await look_again(self._reach_again, looking, self._server_name)
            raise tls_broken(self._place, cause, self._settings.tls, chain_facts(shown)) from error

    @property
    def _server_name(self) -> str:
        return self._settings.tls.server_name or self._host.removesuffix(".")

    async def _reach_again(self) -> Stream:
        return await (await self._journey(Recorder(lambda _event: None))).reach()

    @property
    def _place(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._origin.port}"

    # -- what the pool asks ---------------------------------------------------------------------------

    async def aclose(self) -> None:
        if self._agreed is not None:
            await self._agreed.aclose()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return origin == self._origin

    def is_available(self) -> bool:
        """Return whether another request may come; while connecting, it may if HTTP/2 is possible."""
        if self._agreed is not None:
            return self._agreed.is_available()
        version = self._settings.version
        might_share = version == "2-prior-knowledge" or (version != "1.1" and self._origin.scheme == b"https")
        return might_share and not self._has_failed

    @property
    def is_connecting(self) -> bool:
        return self._agreed is None and not self._has_failed

    @property
    def is_shared(self) -> bool | None:
        """Whether many requests share it at once; None where nothing is agreed yet."""
        return None if self._agreed is None else isinstance(self._agreed, Http2Connection)

    def has_expired(self) -> bool:
        return self._has_failed if self._agreed is None else self._agreed.has_expired()

    def is_idle(self) -> bool:
        return self._has_failed if self._agreed is None else self._agreed.is_idle()

    def is_closed(self) -> bool:
        return self._has_failed if self._agreed is None else self._agreed.is_closed()

    def info(self) -> str:
        return "connecting" if self._agreed is None else self._agreed.info()
