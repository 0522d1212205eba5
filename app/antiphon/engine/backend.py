"""Opens connections: on our own sockets where the loop can watch them, else by httpcore's stock backend.

Loops without `add_reader` are those of Windows' proactor; there only the speed differs, the facts do not.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

from antiphon.engine import attempts, dns, sockets
from antiphon.engine.attempts import TellAttempt
from antiphon.engine.carrier import can_watch
from antiphon.engine.dns import Endpoint
from antiphon.engine.sockets import ReadBuffer, SocketStream
from antiphon.engine.stack import httpcore
from antiphon.engine.tunnel import TunnelStream
from antiphon.engine.turns import Turns


class StockStream(httpcore.AsyncNetworkStream):
    """A stream of httpcore's own backend with the manners of `SocketStream`."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, turns: Turns) -> None:
        self._stream = stream
        self._turns = turns
        self._unsent = b""
        self.arrived_at = 0.0
        self.written_bytes = 0
        self.local_address = _address_text(stream.get_extra_info("client_addr"))
        self.remote_address = _address_text(stream.get_extra_info("server_addr"))

    async def read(self, max_bytes: int = sockets.TLS_READ_BYTES, timeout: float | None = None) -> bytes:
        if self._turns.is_spent():
            await self._turns.give_way()
        data = await self._stream.read(max_bytes or sockets.TLS_READ_BYTES, timeout)
        self.arrived_at = time.perf_counter()
        return data

    def expect(self, since: float) -> None:
        """Here only the time of the read itself is known."""

    def read_now(self) -> bytes | None:
        """Return None while nothing came; bytes or an end that came unasked both count as an end."""
        return b"" if self._stream.get_extra_info("is_readable") else None

    def read_early(self) -> bytes | None:
        """Return None: this stream has to be waited for."""
        return None

    async def write(self, buffer: bytes | memoryview, timeout: float | None = None) -> None:
        data, self._unsent = self._unsent + bytes(buffer), b""
        await self._stream.write(data, timeout)
        self.written_bytes += len(data)

    async def write_until_answered(self, buffer: bytes | memoryview, timeout: float | None) -> memoryview:
        await self.write(buffer, timeout)
        return memoryview(b"")

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def post(self, data: bytes) -> None:
        self._unsent += data

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "StockStream":
        self._stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return self

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


Stream = SocketStream | TunnelStream | StockStream


class Backend(httpcore.AsyncNetworkBackend):
    """Connects in two steps, names and sockets, so that each can be timed."""

    def __init__(self) -> None:
        self.turns = Turns()
        self._buffer = ReadBuffer()
        self._stock = httpcore.AnyIOBackend()

    async def open(
        self,
        endpoints: list[Endpoint],
        options: Iterable[tuple[int, int, int]] = (),
        tell: TellAttempt = lambda _event: None,
    ) -> SocketStream | StockStream:
        """Return a stream to the first of *endpoints* that answers; *tell* hears of each attempt.

        Raises:
            OSError, httpcore.ConnectError: none did.
        """
        if can_watch(asyncio.get_running_loop()):
            return self._stream(await attempts.connect(endpoints, options, tell))
        return await self._open_stock(endpoints)

    async def open_unix(self, path: str, tell: TellAttempt = lambda _event: None) -> SocketStream:
        """Return a stream to the Unix domain socket at *path*; raises OSError."""
        return self._stream(await attempts.connect_unix(path, tell))

    def _stream(self, sock: socket.socket) -> SocketStream:
        try:
            return SocketStream(sock, self.turns, self._buffer)
        except OSError:  # gone again before it could be asked for its addresses
            sock.close()
            raise

    async def _open_stock(self, endpoints: list[Endpoint]) -> StockStream:
        for number, endpoint in enumerate(endpoints, 1):
            try:
                stream = await self._stock.connect_tcp(str(endpoint.address[0]), int(endpoint.address[1]))
            except httpcore.ConnectError:
                if number == len(endpoints):
                    raise
            else:
                return StockStream(stream, self.turns)
        raise httpcore.ConnectError("There is no address to connect to.")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> Stream:
        """Resolve and connect in one go, as httpcore's own connections ask for it."""
        try:
            async with asyncio.timeout(timeout):
                return await self.open(dns.literal(host, port) or await dns.resolve(host, port))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _address_text(address: tuple[str, int] | None) -> str:
    if not address:
        return ""
    return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
