"""Opens connections on sockets of our own, which the running loop must be able to watch (see `carrier`)."""

import socket
from collections.abc import Iterable

from antiphon.engine import attempts
from antiphon.engine.attempts import TellAttempt
from antiphon.engine.dns import Endpoint
from antiphon.engine.sockets import ReadBuffer, SocketStream
from antiphon.engine.tunnel import TunnelStream
from antiphon.engine.turns import Turns

Stream = SocketStream | TunnelStream


class Backend:
    """What all connections of one loop share: fair turns, and the buffer that they receive into."""

    def __init__(self) -> None:
        self.turns = Turns()
        self._buffer = ReadBuffer()

    async def open(
        self,
        endpoints: list[Endpoint],
        options: Iterable[tuple[int, int, int]] = (),
        tell: TellAttempt = lambda _event: None,
    ) -> SocketStream:
        """Return a stream to the first of *endpoints* that answers; *tell* hears of each attempt.

        Raises:
            OSError: none did.
        """
        return self._stream(await attempts.connect(endpoints, options, tell))

    async def open_unix(self, path: str, tell: TellAttempt = lambda _event: None) -> SocketStream:
        """Return a stream to the Unix domain socket at *path*; raises OSError."""
        return self._stream(await attempts.connect_unix(path, tell))

    def _stream(self, sock: socket.socket) -> SocketStream:
        try:
            return SocketStream(sock, self.turns, self._buffer)
        except OSError:  # gone again before it could be asked for its addresses
            sock.close()
            raise
