"""Sockets race for the first answer: each address is an attempt of its own, told when it began and how it ended."""

import asyncio
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable

from antiphon.core.events import AttemptBegan, AttemptEnded
from antiphon.engine.dns import Endpoint, address_text
from antiphon.engine.failures import NoneAnswered, reason_of

STAGGER_S = 0.25
"""How long the next address waits for the one before it (RFC 8305 section 8)."""
OUTRUN = "another was quicker"
GIVEN_UP = "given up"
TellAttempt = Callable[[AttemptBegan | AttemptEnded], None]
_BUSY_S = 0.01
_TCP_INFO = struct.Struct("=68xI28xI")
"""struct tcp_info of Linux as far as tcpi_total_retrans; taken out of it: tcpi_rtt in microseconds, and that."""


async def connect(
    endpoints: list[Endpoint],
    options: Iterable[tuple[int, int, int]] = (),
    tell: TellAttempt = lambda _event: None,
) -> socket.socket:
    """Return a socket connected to the first of *endpoints* that answers (RFC 8305, "Happy Eyeballs").

    Args:
        tell: Is told of each attempt; the last thing told is the end of the one that was taken. Where the kernel
            says when the answer came, that is its end, even where the loop was busy then.

    Raises:
        NoneAnswered: none did.
    """
    race = _Race(endpoints, options, tell)
    if len(endpoints) == 1:
        return await race.run_alone()
    return await race.run()


async def connect_unix(path: str, tell: TellAttempt = lambda _event: None) -> socket.socket:
    """Return a socket connected to the Unix domain socket at *path*; raises OSError."""
    tell(AttemptBegan(path, time.perf_counter()))
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        while not _has_connected(sock, path):  # noqa: ASYNC110 - nobody tells when its full queue has room
            await asyncio.sleep(_BUSY_S)
    except BaseException as error:
        sock.close()
        reason = reason_of(error) if isinstance(error, OSError) else GIVEN_UP
        tell(AttemptEnded(path, time.perf_counter(), reason))
        raise
    tell(AttemptEnded(path, time.perf_counter()))
    return sock


def _has_connected(sock: socket.socket, path: str) -> bool:
    try:
        sock.connect(path)
    except BlockingIOError:
        return False
    return True


class _Race:
    def __init__(
        self, endpoints: list[Endpoint], options: Iterable[tuple[int, int, int]], tell: TellAttempt
    ) -> None:
        self._waiting = list(endpoints)
        self._options = tuple(options)
        self._tell = tell
        self._last_told = 0.0
        self._running: dict[asyncio.Task[socket.socket], str] = {}
        self._began: dict[str, float] = {}
        self._refusals: list[tuple[str, OSError]] = []

    async def run_alone(self) -> socket.socket:
        endpoint = self._waiting.pop()
        address = address_text(endpoint.address)
        try:
            sock = await self._attempt(endpoint)
        except OSError as error:
            self._fell_out(address, error)
            raise NoneAnswered(self._refusals) from error
        except BaseException:
            self._ended(address, time.perf_counter(), GIVEN_UP)
            raise
        self._ended(address, handshake_end(sock, self._began[address]))
        return sock

    async def run(self) -> socket.socket:
        winner = None
        try:
            while winner is None and (self._waiting or self._running):
                if self._waiting:
                    self._start(self._waiting.pop(0))
                patience = STAGGER_S if self._waiting else None
                done, _ = await asyncio.wait(
                    self._running, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                )
                winner = self._winner(done)
        except BaseException:
            await self._stop(time.perf_counter(), GIVEN_UP)
            raise
        if winner is None:
            raise NoneAnswered(self._refusals) from self._refusals[0][1]
        address, sock = winner
        at = handshake_end(sock, self._began[address])
        try:
            await self._stop(at, OUTRUN)
        except BaseException:
            sock.close()
            raise
        self._ended(address, at)
        return sock

    def _start(self, endpoint: Endpoint) -> None:
        task = asyncio.get_running_loop().create_task(self._attempt(endpoint))
        self._running[task] = address_text(endpoint.address)

    async def _attempt(self, endpoint: Endpoint) -> socket.socket:
        at = self._last_told = max(time.perf_counter(), self._last_told)
        address = address_text(endpoint.address)
        self._began[address] = at
        self._tell(AttemptBegan(address, at))
        sock = socket.socket(endpoint.family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for option in self._options:
                sock.setsockopt(*option)
            await asyncio.get_running_loop().sock_connect(sock, endpoint.address)
        except BaseException:
            sock.close()
            raise
        return sock

    def _winner(self, done: "set[asyncio.Task[socket.socket]]") -> tuple[str, socket.socket] | None:
        """Take the attempts that are *done* out; return the one that connected, the earliest begun of several."""
        for task in [task for task in self._running if task in done]:
            error = task.exception()
            if error is None:
                return self._running.pop(task), task.result()
            if not isinstance(error, OSError):
                raise error
            self._fell_out(self._running.pop(task), error)
        return None

    async def _stop(self, at: float, reason: str) -> None:
        """End the attempts that still run, or connected too late."""
        running, self._running = self._running, {}
        for task in running:
            task.cancel()
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        for address, outcome in zip(running.values(), outcomes, strict=True):
            if isinstance(outcome, socket.socket):
                outcome.close()
            if address in self._began:
                self._ended(address, at, reason)

    def _fell_out(self, address: str, error: OSError) -> None:
        self._refusals.append((address, error))
        self._ended(address, time.perf_counter(), reason_of(error))

    def _ended(self, address: str, at: float, error: str = "") -> None:
        self._last_told = max(at, self._last_told)
        self._tell(AttemptEnded(address, self._last_told, error))


def handshake_end(sock: socket.socket, began: float) -> float:
    """Return when the handshake of *sock*, which *began* to connect then, was answered, as exactly as is known.

    The kernel measures how long the first answer took (tcpi_rtt); a lost packet spoils the measure.
    """
    now = time.perf_counter()
    if sys.platform != "linux":
        return now
    try:
        state = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
        took_us, resent = _TCP_INFO.unpack(state)
    except (OSError, struct.error):
        return now
    return min(now, began + took_us / 1e6) if took_us and not resent else now
