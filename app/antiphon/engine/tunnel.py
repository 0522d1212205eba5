"""TLS within TLS: the way to an https server through a proxy that is reached by TLS itself.

A socket can be wrapped only once; the inner layer is OpenSSL on bytes in memory, and the outer one carries them.
"""

import asyncio
import ssl
import time
from collections.abc import Callable

from antiphon.engine.sockets import TLS_READ_BYTES, SocketStream
from antiphon.engine.stack import httpcore

_WRITE_BYTES = 1 << 16
_RECORD_BYTES = 1 << 14


class TunnelStream(httpcore.AsyncNetworkStream):
    """A stream through *outer* with the manners of `SocketStream`; it carries nothing before `start_tls`."""

    def __init__(self, outer: SocketStream) -> None:
        self._outer = outer
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._inner: ssl.SSLObject | None = None
        self._unsent = b""
        """Ciphertext that an earlier write left behind."""
        self.arrived_at = 0.0
        """When the first byte of the latest read came, on the clock of `time.perf_counter`."""
        self.written_bytes = 0
        """How much was taken so far, before TLS."""
        self.local_address = outer.local_address
        self.remote_address = outer.remote_address

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "TunnelStream":
        """Shake hands with the server behind the proxy. Closes itself where that fails."""
        try:
            self._inner = ssl_context.wrap_bio(
                self._incoming, self._outgoing, server_hostname=server_hostname
            )
            while not await self._has_shaken_hands(self._inner, timeout):
                pass
        except (OSError, ValueError) as error:
            self._answer()
            await self.aclose()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise
        return self

    async def _has_shaken_hands(self, inner: ssl.SSLObject, timeout: float | None) -> bool:
        try:
            inner.do_handshake()
        except ssl.SSLWantReadError:
            await self._outer.write(self._outgoing.read(), timeout)
            self._take(await self._outer.read(timeout=timeout))
            return False
        await self._outer.write(self._outgoing.read(), timeout)
        return True

    def _take(self, data: bytes) -> None:
        self.arrived_at = self._outer.arrived_at
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    # -- reading --------------------------------------------------------------------------------------

    @property
    def sent_at(self) -> float:
        return self._outer.sent_at

    @property
    def latest_at(self) -> float:
        return self._outer.latest_at

    @property
    def secured_at(self) -> float:
        return time.perf_counter()

    def expect(self, since: float) -> None:
        self._outer.expect(since)

    async def read(self, max_bytes: int = 0, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Return what has come, waiting up to *timeout* seconds for the first byte; empty at the end."""
        while (data := self._decrypted()) is None:
            self._take(await self._outer.read(timeout=timeout))
        return data

    def read_now(self) -> bytes | None:
        """Return what has come, without waiting; empty at the end, None where nothing is there yet."""
        while (data := self._decrypted()) is None:
            came = self._outer.read_now()
            if came is None:
                return None
            self._take(came)
        return data

    def read_early(self) -> bytes | None:
        """Return what has come, as `read_now`, for one who would otherwise write on."""
        return self.read_now()

    def _decrypted(self) -> bytes | None:
        inner, parts, size = self._speaking(), list[bytes](), 0
        try:
            while size < TLS_READ_BYTES and (part := inner.read(_RECORD_BYTES)):
                parts.append(part)
                size += len(part)
        except ssl.SSLWantReadError:
            self._answer()
            return b"".join(parts) or None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):  # closed well, or cut off: the body's length tells
            pass
        except ssl.SSLError as error:
            if not parts:
                raise httpcore.ReadError(str(error)) from error
        return b"".join(parts)

    def _answer(self) -> None:
        """Send what TLS itself has to say, an alert or new keys, as far as that goes at once."""
        if self._outgoing.pending:
            self._outer.post(self._unsent + self._outgoing.read())
            self._unsent = b""

    # -- writing --------------------------------------------------------------------------------------

    async def write(self, buffer: bytes | memoryview, timeout: float | None = None) -> None:
        """Send all of *buffer*."""
        await self._send(buffer, timeout, watch=False)

    async def write_while(
        self,
        buffer: bytes | memoryview,
        timeout: float | None,
        goes_on: Callable[[], bool],  # noqa: ARG002 - what was encrypted has to go out whole
    ) -> memoryview:
        """Send all of *buffer*."""
        await self.write(buffer, timeout)
        return memoryview(b"")

    def wake_writer(self) -> None:
        """Nothing here waits for that."""

    async def write_until_answered(self, buffer: bytes | memoryview, timeout: float | None) -> memoryview:
        """Send *buffer*, but stop when something can be read; return the rest that was not sent."""
        return await self._send(buffer, timeout, watch=True)

    async def _send(self, buffer: bytes | memoryview, timeout: float | None, *, watch: bool) -> memoryview:
        rest = memoryview(buffer)
        try:
            while True:  # also with nothing: what waits in the outer stream goes then
                piece, rest = rest[:_WRITE_BYTES], rest[_WRITE_BYTES:]
                left = memoryview(self._encrypted(piece))
                if watch:
                    left = await self._outer.write_until_answered(left, timeout)
                    if left and rest:
                        self._unsent = bytes(left)
                        return rest
                if left or not watch:  # the last of it must not lie here: nobody may write again
                    await self._outer.write(left, timeout)
                if not rest:
                    return rest
        except asyncio.CancelledError:
            self._unsent = self._encrypted(rest)
            raise

    def post(self, data: bytes) -> None:
        """Send *data* as far as that goes without waiting; the rest goes before the next write."""
        self._outer.post(self._encrypted(memoryview(data)))

    @property
    def has_unsent(self) -> bool:
        """Whether something still waits for the next write."""
        return bool(self._unsent) or self._outer.has_unsent

    def _encrypted(self, data: memoryview) -> bytes:
        inner = self._speaking()
        try:
            while data:
                count = inner.write(data)
                data = data[count:]
                self.written_bytes += count
        except ssl.SSLError as error:
            raise httpcore.WriteError(str(error)) from error
        ciphertext, self._unsent = self._unsent + self._outgoing.read(), b""
        return ciphertext

    def _speaking(self) -> ssl.SSLObject:
        assert self._inner is not None, "start_tls comes first"
        return self._inner

    # -- the rest -------------------------------------------------------------------------------------

    async def aclose(self) -> None:
        await self._outer.aclose()

    def get_extra_info(self, info: str) -> object:
        match info:
            case "ssl_object":
                return self._inner
            case "is_readable":
                has_come = self._inner is not None and self._inner.pending() > 0
                return has_come or self._incoming.pending > 0 or self._outer.get_extra_info("is_readable")
        return self._outer.get_extra_info(info)
