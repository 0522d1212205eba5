"""One connection to one server: opened step by step, each step timed, then speaking what was agreed."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from antiphon.core.document import HttpVersionChoice
from antiphon.core.exchange import Connection, Phase
from antiphon.engine import dns
from antiphon.engine.backend import Backend, Stream
from antiphon.engine.certificate import tls_broken
from antiphon.engine.certificate_facts import chain_facts
from antiphon.engine.chain import look_again, refused_chain
from antiphon.engine.dns import Endpoint
from antiphon.engine.failures import name_not_found, no_http2, not_connected
from antiphon.engine.http1 import Http1Connection
from antiphon.engine.http2 import Http2Connection
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpcore
from antiphon.engine.tls import TlsContext, TlsContexts, TlsNeeds, check_server_name, looking_context
from antiphon.engine.tls_facts import tls_facts

KEEPALIVE_S = 60.0


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What makes connections different from each other, for the same server."""

    version: HttpVersionChoice
    tls: TlsNeeds


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
        return await self._agreed.handle_async_request(request)

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
        end = None if timeout is None else time.monotonic() + timeout
        try:
            async with asyncio.timeout(timeout):
                endpoints = await self._endpoints(recorder)
                recorder.began(Phase.TCP)
                stream = await self._connect_tcp(endpoints)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        if context is not None:
            recorder.began(Phase.TLS)
            for note in context.notes:
                recorder.note(note)
            left = None if end is None else max(end - time.monotonic(), 0.001)
            stream = await self._secure(stream, context, lambda: self._connect_tcp(endpoints), left)
        recorder.ended()
        facts = tls_facts(stream, self._settings.tls, self._server_name)
        return stream, Connection(stream.remote_address, stream.local_address, reused=False, tls=facts)

    async def _context(self) -> TlsContext | None:
        if self._origin.scheme != b"https":
            return None
        check_server_name(self._server_name)
        return await self._contexts.get(self._settings.tls)

    async def _endpoints(self, recorder: Recorder) -> list[Endpoint]:
        if known := dns.literal(self._host, self._origin.port):
            return known
        recorder.began(Phase.DNS)
        try:
            return await dns.resolve(self._host, self._origin.port)
        except (OSError, UnicodeError) as error:
            raise name_not_found(self._host, error) from error

    async def _connect_tcp(self, endpoints: list[Endpoint]) -> Stream:
        try:
            return await self._backend.open(endpoints)
        except TimeoutError as error:  # the system's own, ETIMEDOUT; ours cancels instead
            raise not_connected(self._place, error) from error
        except (OSError, httpcore.ConnectError) as error:
            raise not_connected(self._place, error) from error

    async def _secure(
        self,
        stream: Stream,
        context: TlsContext,
        reopen: Callable[[], Awaitable[Stream]],
        timeout: float | None,
    ) -> Stream:
        """Shake hands on *stream*; *reopen* gives another like it, for a second look at a chain that is refused."""
        try:
            async with asyncio.timeout(timeout):
                return await stream.start_tls(context.context, self._server_name)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except httpcore.ConnectError as error:
            cause = error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error))
            shown = refused_chain(cause)
            if not shown and isinstance(cause, ssl.SSLCertVerificationError):
                shown = await look_again(reopen, looking_context(self._settings.tls), self._server_name)
            raise tls_broken(self._place, cause, self._settings.tls, chain_facts(shown)) from error

    @property
    def _server_name(self) -> str:
        return self._settings.tls.server_name or self._host.removesuffix(".")

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
