"""A server that writes down every request it gets, passes it on to the practice server, and hands the answer back."""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from antiphon.practice.process import PracticeServer


@dataclass(frozen=True)
class Recorded:
    scheme: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_hop: bool
    """Whether it follows the redirect that was answered before it."""


@dataclass
class Recorder:
    server: PracticeServer
    """Where requests are recorded: the addresses of the recorder, the authority of the practice server."""
    requests: list[Recorded] = field(default_factory=list)
    location: str | None = None


@contextmanager
def recorder(practice: PracticeServer) -> Iterator[Recorder]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(practice.ca.with_name("server.pem"))
    plain, secure = _Server("http", practice), _Server("https", practice)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    found = Recorder(PracticeServer(plain.url, secure.url, practice.ca))
    threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in (plain, secure)]
    for server, thread in zip((plain, secure), threads, strict=True):
        server.recorder = found
        thread.start()
    yield found
    for server, thread in zip((plain, secure), threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorder: Recorder

    def __init__(self, scheme: str, practice: PracticeServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = scheme
        self.url = f"{scheme}://127.0.0.1:{self.server_address[1]}"
        self.practice = urlsplit(practice.http)

    def handle_error(self, *_arguments) -> None:
        """A client that leaves early is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_arguments) -> None:
        pass

    def _handle(self) -> None:
        body = self._chunked() if "chunked" in self.headers.get("transfer-encoding", "") else self._sized()
        found = self.server.recorder
        row = Recorded(
            self.server.scheme, self.command, self.path, tuple(self.headers.items()), body, self.path == found.location
        )  # fmt: skip
        found.requests.append(row)
        with_body = bool(body) or "content-length" in self.headers
        link = http.client.HTTPConnection(self.server.practice.hostname, self.server.practice.port)
        link.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                link.putheader(name, value)
        if with_body:
            link.putheader("Content-Length", str(len(body)))
        link.endheaders(body or None)
        response = link.getresponse()
        data = response.read()
        link.close()
        found.location = response.getheader("location")
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                self.send_header(name, value)
        length = response.getheader("content-length") if self.command == "HEAD" else str(len(data))
        if response.status not in (204, 304):
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _handle

    def _sized(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _chunked(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body
