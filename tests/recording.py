"""A server on 127.0.0.1 that writes down what it is sent over HTTP/1.1, byte for byte, in threads of its own."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Recorded:
    """One request as it came: text is latin-1, the body without its chunked framing."""

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Return every value of the header *name*, case ignored, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def plain_answer(recorded: Recorded) -> bytes:
    """Return a small JSON response that leaves the connection open."""
    body = b"" if recorded.method.upper() == "HEAD" else b'{"ok": true}'
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n" + body


@dataclass
class RecordingServer:
    """Use as a context manager; `requests` grows as they come, `take()` empties it.

    *answer* gives the raw bytes of each response; with *tls* (a server-side context) the address is https.
    """

    answer: Callable[[Recorded], bytes] = plain_answer
    tls: ssl.SSLContext | None = None
    requests: list[Recorded] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def take(self) -> list[Recorded]:
        taken, self.requests[:] = list(self.requests), []
        return taken

    def __enter__(self) -> Self:
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_closing = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes accept on every system
        self._threads[0].join(10)
        for connection in list(self._open):
            _shut(connection)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="recording server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _address = self._listener.accept()
            if self._is_closing:
                connection.close()
                return
            self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.tls is not None:
                raw, connection = connection, self.tls.wrap_socket(connection, server_side=True)
                self._open = (self._open - {raw}) | {connection}
            with connection, connection.makefile("rb") as stream:
                while (recorded := self._read(stream, connection)) is not None:
                    self.requests.append(recorded)
                    connection.sendall(self.answer(recorded))
                    if "close" in (value.lower() for value in recorded.values("Connection")):
                        break
        except OSError:
            pass  # the client went away, or the server is being closed
        finally:
            self._open.discard(connection)

    def _read(self, stream, connection: socket.socket) -> Recorded | None:
        line = stream.readline()
        if not line:
            return None
        method, _, rest = line.decode("latin-1").rstrip("\r\n").partition(" ")
        target, _, version = rest.rpartition(" ")
        headers = []
        while (line := stream.readline()) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
            headers.append((name, value.strip(" \t")))
        found = {name.lower(): value for name, value in headers}
        if found.get("expect", "").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in found.get("transfer-encoding", "").lower():
            body = b"".join(_chunks(stream))
        else:
            body = stream.read(int(found.get("content-length") or 0))
        return Recorded(method, target, version, tuple(headers), body)


def _chunks(stream):
    while size := int(stream.readline().partition(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
