"""Connections kept between requests, found again without walking through all of them.

In the place of httpcore's pool, which looks at every connection and every request each time (2.7 ms a request
with 200 at once) and tries to import sniffio four times a request (0.3 ms).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator

from antiphon.engine.backend import Backend
from antiphon.engine.connection import ConnectionSettings, OriginConnection
from antiphon.engine.http1 import Http1Body
from antiphon.engine.http2_stream import Http2Body
from antiphon.engine.lanes import Lane
from antiphon.engine.stack import httpcore
from antiphon.engine.tls import TlsContexts

MAX_CONNECTIONS = 100
MAX_IDLE_CONNECTIONS = 20
SWEEP_S = 5.0
"""How often idle connections are looked through for those that are too old, or that the server closed."""
PATIENCE_S = 1.0
"""How long a request waits for another's handshake in the hope to share its connection, all in all."""
OriginKey = tuple[bytes, bytes, int, Lane | None]


class _Server:
    """The connections to one origin, the newest last, and who waits for one."""

    def __init__(self) -> None:
        self.connections: list[OriginConnection] = []
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.is_shared = True
        """Whether the last handshake agreed on a protocol that many requests share; the first one is hoped to."""

    def learn_from(self, connection: OriginConnection) -> None:
        if connection.is_shared is not None:
            self.is_shared = connection.is_shared

    def available(self, *, is_patient: bool) -> OriginConnection | None:
        """Return a connection that takes a request now, or perhaps after its handshake if *is_patient*."""
        hoped_for = None
        for connection in reversed(self.connections):
            if connection.is_connecting:
                hoped_for = hoped_for or connection
            elif connection.is_available() and not connection.has_expired():
                return connection
            elif connection.is_shared is False:  # agreed a moment ago, and its request is not over yet
                self.is_shared = False
        if hoped_for is None or not hoped_for.is_available():
            return None
        return hoped_for if is_patient and self.is_shared else None

    def wake_one(self) -> bool:
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return True
        return False


class Pool:
    """All connections of one kind: at most `MAX_CONNECTIONS`, of which `MAX_IDLE_CONNECTIONS` may be idle."""

    def __init__(self, settings: ConnectionSettings, contexts: TlsContexts, backend: Backend) -> None:
        self._settings = settings
        self._contexts = contexts
        self._backend = backend
        self._servers: dict[OriginKey, _Server] = {}
        self._count = 0
        self._sweep_at = 0.0
        self._waiting = 0
        """How many requests wait for a connection, to whichever server."""

    async def handle_async_request(self, request: httpcore.Request) -> "tuple[httpcore.Response, HeldBody]":
        """Send *request* and return its answer; the connection is held until the body is closed.

        Raises:
            httpcore.PoolTimeout: no connection was free in time.
        """
        key = _key(request.url.origin, request.extensions.get("lane"))
        request.extensions["patient_until"] = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            connection = await self._acquire(key, request)
            try:
                response = await connection.handle_async_request(request)
            except httpcore.ConnectionNotAvailable:
                await self.settle(key, connection)
            except BaseException:
                await self.settle(key, connection)
                raise
            else:
                self._servers.setdefault(key, _Server()).learn_from(connection)
                return response, HeldBody(self, key, connection, response.extensions["body"])

    async def _acquire(self, key: OriginKey, request: httpcore.Request) -> OriginConnection:
        await self._sweep()
        server = self._servers.setdefault(key, _Server())
        try:
            async with asyncio.timeout(request.extensions["timeout"]["pool"]):
                while (connection := await self._find(server, request)) is None:
                    await self._turn_of(server)
        except TimeoutError as error:
            raise httpcore.PoolTimeout(str(error)) from error
        return connection

    async def _turn_of(self, server: _Server) -> None:
        waiter = asyncio.get_running_loop().create_future()
        server.waiting.append(waiter)
        self._waiting += 1
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():  # the turn came too late for us: pass it on
                server.wake_one()
            raise
        finally:
            self._waiting -= 1

    async def _find(self, server: _Server, request: httpcore.Request) -> OriginConnection | None:
        """Return a connection for *request*, an open one where there is one; None where all are busy."""
        is_patient = asyncio.get_running_loop().time() < request.extensions["patient_until"]
        if (known := server.available(is_patient=is_patient)) is not None:
            return known
        stale = [known for known in server.connections if known.is_closed() or known.has_expired()]
        for connection in stale:
            await self._drop(server, connection)
        if self._count >= MAX_CONNECTIONS and not await self._drop_idle():
            return None
        connection = OriginConnection(request.url.origin, self._settings, self._contexts, self._backend)
        server.connections.append(connection)
        self._count += 1
        return connection

    async def settle(self, key: OriginKey, connection: OriginConnection) -> None:
        """Take note that a request on *connection* is over and let the next one come."""
        server = self._servers.setdefault(key, _Server())
        server.learn_from(connection)
        if connection.is_closed():
            await self._drop(server, connection)
        elif self._count > MAX_IDLE_CONNECTIONS and len(list(self._idle())) > MAX_IDLE_CONNECTIONS:
            await self._drop_idle()
        if not server.wake_one() and (self._count < MAX_CONNECTIONS or connection.is_idle()):
            self._wake_any()

    def _wake_any(self) -> None:
        if self._waiting:
            any(other.wake_one() for other in self._servers.values())

    async def _sweep(self) -> None:
        """Close idle connections that are of no more use."""
        now = asyncio.get_running_loop().time()
        if now < self._sweep_at:
            return
        self._sweep_at = now + SWEEP_S
        for server, connection in [pair for pair in self._idle() if pair[1].has_expired()]:
            await self._drop(server, connection)

    async def _drop(self, server: _Server, connection: OriginConnection) -> None:
        if connection in server.connections:
            server.connections.remove(connection)
            self._count -= 1
            await connection.aclose()

    async def _drop_idle(self) -> bool:
        """Close the connection that is idle longest; return False where none is."""
        for server, connection in self._idle():
            await self._drop(server, connection)
            return True
        return False

    def _idle(self) -> Iterator[tuple[_Server, OriginConnection]]:
        for server in self._servers.values():
            for connection in server.connections:
                if connection.is_idle() and not server.waiting:
                    yield server, connection

    async def aclose(self) -> None:
        for server in self._servers.values():
            for connection in list(server.connections):
                await self._drop(server, connection)


class HeldBody:
    """The body of an answer; closing it gives its connection back."""

    def __init__(
        self, pool: Pool, key: OriginKey, connection: OriginConnection, body: Http1Body | Http2Body
    ) -> None:
        self._pool = pool
        self._key = key
        self._connection = connection
        self._body = body
        self._is_closed = False

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        return self._body.trailers

    @property
    def latest_at(self) -> float:
        """When the last byte that was read came."""
        return self._body.latest_at

    async def read(self) -> bytes:
        """Return the next bytes of body; empty at its end."""
        return await self._body.read()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self._body.read():
            yield data

    async def aclose(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            try:
                await self._body.aclose()
            finally:
                await self._pool.settle(self._key, self._connection)


def _key(origin: httpcore.Origin, lane: Lane | None) -> OriginKey:
    return origin.scheme, origin.host, origin.port, lane
