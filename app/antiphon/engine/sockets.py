"""A non-blocking socket as a stream of bytes, plain or TLS, on any loop that can watch a file descriptor.

Fast because it receives first and asks the loop only when nothing is there, in one call per 256 KiB or more.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable

from antiphon.engine import arrivals
from antiphon.engine.dns import address_text
from antiphon.engine.stack import httpcore
from antiphon.engine.turns import Turns

PLAIN_READ_BYTES = 1 << 20
TLS_READ_BYTES = 1 << 18
_HAS_FINE_THREAD_TIME = time.get_clock_info("thread_time").resolution < 1e-5
"""Not on Windows, where it goes in steps of 16 ms."""
_NOT_YET = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class ReadBuffer:
    """Where every stream of a loop receives: no stream waits between receiving and copying out."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(PLAIN_READ_BYTES))


class SocketStream(httpcore.AsyncNetworkStream):
    """One connected socket. A cancelled write leaves its rest here, to go out before the next one."""

    def __init__(self, sock: socket.socket, turns: Turns, buffer: ReadBuffer) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._turns = turns
        self._buffer = buffer
        self._unsent = b""
        self._unread = b""
        self._waiters: set[asyncio.Future[None]] = set()
        self._is_closed = False
        self._can_stamp = arrivals.asked_for(sock)
        self._expected_since: float | None = None
        self.arrived_at = 0.0
        """When the first byte of the latest read came, on the clock of `time.perf_counter`."""
        self.latest_at = 0.0
        """When the last byte of the latest read came."""
        self.secured_at = 0.0
        """When the TLS handshake was done, without the time that its messages lay here unread."""
        self._has_waited = False
        self.sent_at = 0.0
        """When the system had taken the latest bytes."""
        self.written_bytes = 0
        """How much the system has taken so far, before TLS."""
        self.local_address = address_text(sock.getsockname())
        """`ip:port`; a Unix domain socket's path, mostly empty on this side."""
        self.remote_address = address_text(sock.getpeername())

    # -- reading --------------------------------------------------------------------------------------

    async def read(self, max_bytes: int = 0, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Return what has come, waiting up to *timeout* seconds for the first byte; empty at the end."""
        if self._turns.is_spent():
            await self._turns.give_way()
        while (data := self.read_now()) is None:
            await self._ready(timeout, httpcore.ReadTimeout, read=True)
            self._has_waited = True
        return data

    def expect(self, since: float) -> None:
        """Say that the next bytes may begin an answer to what was sent at *since*: ask the system when they came."""
        self._expected_since = since if self._can_stamp else None

    def read_now(self) -> bytes | None:
        """Return what has come, without waiting; empty at the end, None where nothing is there yet."""
        if self._is_closed:
            raise httpcore.ReadError("The connection is closed.")
        if self._unread:
            data, self._unread = self._unread, b""
            return data
        try:
            count = self._receive()
        except _NOT_YET:
            return None
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        return bytes(self._buffer.view[:count])

    def read_early(self) -> bytes | None:
        """Return what has come, as `read_now`, for one who would otherwise write on."""
        return self.read_now()

    def unread(self, data: bytes) -> None:
        """Put *data* back: the next read gives it again."""
        self._unread = data + self._unread

    def _receive(self) -> int:
        view = self._buffer.view
        is_tls = isinstance(self._sock, ssl.SSLSocket)
        may_peek = self._expected_since is not None or (is_tls and self._has_waited and self._can_stamp)
        stamp = arrivals.arrival(self._sock) if may_peek else None
        self._has_waited = False
        if not is_tls:
            count, last = self._received(view)
            self._note_arrival(stamp)
            self.latest_at = last
            return count
        count = self._sock.recv_into(view[:TLS_READ_BYTES])
        self._note_arrival(stamp)
        self.latest_at = time.perf_counter() if stamp is None else stamp
        try:  # one call gives at most one TLS record of 16 KiB: gather many
            while 0 < count < TLS_READ_BYTES and (got := self._sock.recv_into(view[count:TLS_READ_BYTES])):
                count += got
        except OSError:  # also "not yet"; what was gathered goes first, an error comes again
            pass
        return count

    def _received(self, view: memoryview) -> tuple[int, float]:
        if self._can_stamp:
            count, stamp = arrivals.received_into(self._sock, view)
        else:
            count, stamp = self._sock.recv_into(view), None
        return count, time.perf_counter() if stamp is None else stamp

    def _note_arrival(self, stamp: float | None) -> None:
        """Set `arrived_at`; a *stamp* from before the request is of a message of TLS itself, such as a ticket."""
        is_of_answer = (
            stamp is not None and self._expected_since is not None and stamp >= self._expected_since
        )
        self.arrived_at = stamp if is_of_answer and stamp is not None else time.perf_counter()
        self._expected_since = None

    # -- writing --------------------------------------------------------------------------------------

    async def write(self, buffer: bytes | memoryview, timeout: float | None = None) -> None:
        """Send all of *buffer*."""
        await self._send(buffer, timeout, watch=False)

    async def write_until_answered(self, buffer: bytes | memoryview, timeout: float | None) -> memoryview:
        """Send *buffer*, but stop when something can be read; return the rest that was not sent."""
        return await self._send(buffer, timeout, watch=True)

    @property
    def has_unsent(self) -> bool:
        """Whether something still waits for the next write."""
        return bool(self._unsent)

    def post(self, data: bytes) -> None:
        """Send *data* as far as that goes without waiting; the rest goes before the next write."""
        self._unsent += data
        try:
            while self._unsent and not self._is_closed:
                sent = self._sock.send(self._unsent)
                self.written_bytes += sent
                self._unsent = self._unsent[sent:]
        except OSError:  # "not yet", or broken: the next read or write tells
            return

    async def write_while(
        self, buffer: bytes | memoryview, timeout: float | None, goes_on: Callable[[], bool]
    ) -> memoryview:
        """Send *buffer*, but stop where `wake_writer` finds that *goes_on* no more; return the rest that was not sent."""
        return await self._send(buffer, timeout, watch=False, goes_on=goes_on)

    def wake_writer(self) -> None:
        """Let a `write_while` look at its condition."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def _send(
        self,
        buffer: bytes | memoryview,
        timeout: float | None,
        *,
        watch: bool,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> memoryview:
        rest = memoryview(self._unsent + bytes(buffer) if self._unsent else buffer)
        self._unsent = b""
        try:
            while rest:
                if self._turns.is_spent():
                    await self._turns.give_way()
                sent = self._send_now(rest)
                rest = rest[sent:]
                if not sent and watch and self._is_readable():
                    return rest
                if not sent:
                    await self._ready(timeout, httpcore.WriteTimeout, read=watch, write=True)
                    if (watch and self._is_readable()) or not goes_on():
                        return rest
        except asyncio.CancelledError:
            self._unsent = bytes(rest)
            raise
        return rest

    def _send_now(self, data: memoryview) -> int:
        if self._is_closed:
            raise httpcore.WriteError("The connection is closed.")
        began, worked = time.perf_counter(), time.thread_time()
        try:
            sent = self._sock.send(data)
        except _NOT_YET:
            return 0
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error
        # Such a call never waits, so it took as long as this thread worked; the rest went on getting the interpreter back.
        now = time.perf_counter()
        self.sent_at = min(now, began + time.thread_time() - worked) if _HAS_FINE_THREAD_TIME else now
        self.written_bytes += sent
        return sent

    # -- TLS ------------------------------------------------------------------------------------------

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "SocketStream":
        """Shake hands; this stream speaks TLS from now on. Closes itself where that fails."""
        if self._unread:  # it would be taken for what the server said under TLS
            await self.aclose()
            raise httpcore.ConnectError("something on the way spoke in clear before the handshake")
        try:
            sock = ssl_context.wrap_socket(
                self._sock, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            self._sock = sock
            idle_s = 0.0
            while not await self._has_shaken_hands(sock, timeout):
                idle_s += self._unread_since(sock)
            self.secured_at = time.perf_counter() - idle_s
        except (OSError, ValueError) as error:
            await self.aclose()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise
        return self

    def _unread_since(self, sock: ssl.SSLSocket) -> float:
        """Return for how many seconds the message that was waited for has lain unread: the program was busy elsewhere."""
        stamp = arrivals.arrival(sock) if self._can_stamp else None
        return 0.0 if stamp is None else time.perf_counter() - stamp

    async def _has_shaken_hands(self, sock: ssl.SSLSocket, timeout: float | None) -> bool:
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            await self._ready(timeout, httpcore.ConnectTimeout, read=True)
            return False
        except ssl.SSLWantWriteError:
            await self._ready(timeout, httpcore.ConnectTimeout, write=True)
            return False
        return True

    # -- the rest -------------------------------------------------------------------------------------

    async def aclose(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        descriptor = self._sock.fileno()
        if descriptor >= 0 and not self._loop.is_closed():
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)
        self._sock.close()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(httpcore.ReadError("The connection is closed."))

    def get_extra_info(self, info: str) -> object:
        match info:
            case "ssl_object":
                return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
            case "socket":
                return self._sock
            case "is_readable":
                return self._is_closed or self._is_readable()
        return None

    def _is_readable(self) -> bool:
        is_pending = isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0
        return bool(self._unread) or is_pending or is_readable(self._sock)

    async def _ready(
        self, timeout: float | None, late: type[Exception], *, read: bool = False, write: bool = False
    ) -> None:
        """Wait until the socket can be read or written, whichever is asked for and comes first."""
        if self._is_closed:
            raise httpcore.ReadError("The connection is closed.")
        loop, descriptor, waiter = self._loop, self._sock.fileno(), self._loop.create_future()

        def settle(error: Exception | None = None) -> None:
            self._turns.began()
            if not waiter.done():
                waiter.set_result(None) if error is None else waiter.set_exception(error)

        self._waiters.add(waiter)
        timer = None if timeout is None else loop.call_later(max(timeout, 0), settle, late("Timed out."))
        if read:
            loop.add_reader(descriptor, settle)
        if write:
            loop.add_writer(descriptor, settle)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)
            if timer is not None:
                timer.cancel()
            if not self._is_closed:  # else the number may belong to another socket by now
                self._unwatch(descriptor, read=read, write=write)

    def _unwatch(self, descriptor: int, *, read: bool, write: bool) -> None:
        if read:
            self._loop.remove_reader(descriptor)
        if write:
            self._loop.remove_writer(descriptor)


def is_readable(sock: socket.socket) -> bool:
    """Return whether a read of *sock* would give something at once: bytes or its end."""
    import select

    if sock.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
