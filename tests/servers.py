"""Servers for the tests, all on 127.0.0.1: exact bytes, a recording HTTP/1.1 server, and any ASGI app over HTTP/2.

Each is an async context manager that yields an `Address`; `in_thread` runs one beside a loop that cannot host it.
"""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
AsgiApp = Callable[[dict[str, Any], Callable, Callable], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int
    scheme: str = "http"
    connections: list[int] = field(default_factory=list, compare=False)
    """One entry for each connection accepted so far."""

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came over HTTP/1.1."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    head: bytes

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


# -- exact bytes ---------------------------------------------------------------------------------------


@asynccontextmanager
async def scripted_server(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Address]:
    """Serve each connection with *handler*, which may read and write whatever bytes it likes."""
    accepted: list[int] = []
    tasks: set[asyncio.Task] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.is_serving():  # was on its way when the test ended
            writer.transport.abort()
            return
        accepted.append(len(accepted))
        task = asyncio.current_task()
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            tasks.discard(task)
            await _close(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Address("127.0.0.1", port, "https" if tls else "http", accepted)
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _turn in range(10):  # a connection that was just accepted takes some to come to `serve`
            await asyncio.sleep(0)


def raw_server(
    reply: bytes | Sequence[bytes], tls: ssl.SSLContext | None = None
) -> AbstractAsyncContextManager[Address]:
    """Serve: read one request's head, answer with exactly *reply* (in pieces 5 ms apart if several), close."""
    pieces = [reply] if isinstance(reply, bytes) else list(reply)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if len(pieces) > 1:
                await asyncio.sleep(0.005)

    return scripted_server(handler, tls)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()


# -- HTTP/1.1, recorded ---------------------------------------------------------------------------------


@asynccontextmanager
async def http_server(
    answer: Callable[[Received], bytes] = lambda _request: OK, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Address, list[Received]]]:
    """Serve HTTP/1.1 with connections kept open; yields the address and the requests received so far.

    Args:
        answer: Gives the bytes of the whole reply to a request.
    """
    received: list[Received] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (request := await read_request(reader)) is not None:
            received.append(request)
            writer.write(answer(request))
            await writer.drain()
            if (request.get("connection") or "").lower() == "close":
                return

    async with scripted_server(handler, tls) as address:
        yield address, received


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """Return the next request of a connection, its body read by Content-Length or chunks; None at its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, rest = first.split(" ", 1)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    bare = Received(method, rest.rpartition(" ")[0], headers, b"", head)
    return Received(method, bare.target, headers, await _request_body(bare, reader), head)


async def _request_body(request: Received, reader: asyncio.StreamReader) -> bytes:
    if (request.get("transfer-encoding") or "").lower() == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body
    return await reader.readexactly(int(request.get("content-length") or 0))


def reply(body: bytes = b"ok", status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole HTTP/1.1 reply with its Content-Length and the *headers*, each `Name: value`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


# -- any ASGI app, HTTP/1.1 and HTTP/2 ---------------------------------------------------------------------


@asynccontextmanager
async def h2_server(app: AsgiApp, certificate: "Certificate | None" = None) -> AsyncIterator[Address]:
    """Serve *app* by hypercorn: HTTP/2 by prior knowledge, or by ALPN over TLS where a *certificate* is given.

    Close the clients first: hypercorn logs an error for TLS connections that are still open when it stops.
    """
    from hypercorn.asyncio import serve
    from hypercorn.config import Config, Sockets

    class Bound(Config):
        def create_sockets(self) -> Sockets:
            sockets = super().create_sockets()
            bound.extend((sockets.secure_sockets or sockets.insecure_sockets)[0].getsockname()[:2])
            return sockets

    bound: list[Any] = []
    config = Bound()
    config.bind = ["127.0.0.1:0"]
    config.accesslog = config.errorlog = None
    config.keep_alive_max_requests = (
        1_000_000  # else the thousandth stream gets a GOAWAY and never its answer
    )
    config.graceful_timeout = config.shutdown_timeout = 0.2
    if certificate:
        config.certfile, config.keyfile = str(certificate.cert_file), str(certificate.key_file)
    stop = asyncio.Event()
    task = asyncio.get_running_loop().create_task(serve(app, config, shutdown_trigger=stop.wait))
    while not bound:
        await asyncio.sleep(0.005)
        if task.done():
            task.result()
    await asyncio.sleep(0.01)
    try:
        yield Address(*bound, "https" if certificate else "http")
    finally:
        stop.set()
        with _unreported():
            await task
            await asyncio.sleep(0)


@contextmanager
def _unreported() -> Iterator[None]:
    """Keep from the loop's handler that hypercorn cancels open connections, which `asyncio.streams` reports."""
    loop = asyncio.get_running_loop()
    usual = loop.get_exception_handler()

    def handler(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), asyncio.CancelledError | TimeoutError):
            (usual or asyncio.AbstractEventLoop.default_exception_handler)(loop, context)

    loop.set_exception_handler(handler)
    try:
        yield
    finally:
        loop.set_exception_handler(usual)


async def answer(
    send: Callable, body: bytes = b"ok", status: int = 200, headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Send one whole ASGI response."""
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


# -- a server beside another loop -------------------------------------------------------------------------


@contextmanager
def in_thread(server: AbstractAsyncContextManager[Any]) -> Iterator[Any]:
    """Run *server* on a loop in a thread of its own; yields what it yields."""
    ready: list[Any] = []
    started, loop_of = threading.Event(), {}

    async def main() -> None:
        loop_of["loop"], loop_of["stop"] = asyncio.get_running_loop(), asyncio.Event()
        async with server as value:
            ready.append(value)
            started.set()
            await loop_of["stop"].wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(main())

    thread = threading.Thread(target=run, name="test server")
    thread.start()
    assert started.wait(10), "the server did not start"
    try:
        yield ready[0]
    finally:
        loop_of["loop"].call_soon_threadsafe(loop_of["stop"].set)
        thread.join()


# -- certificates -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Certificate:
    cert_file: Path
    key_file: Path
    ca_file: Path
    """What a client must trust; equal to *cert_file* for a self-signed one."""

    def server_context(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert_file, self.key_file)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context


def make_certificate(
    folder: Path,
    names: Sequence[str] = ("127.0.0.1", "localhost"),
    *,
    days_from: float = -1,
    days_to: float = 30,
    self_signed: bool = False,
) -> Certificate:
    """Write a server certificate for *names* and the authority that signed it into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    key, ca_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    issuer = (
        subject if self_signed else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Authority")])
    )
    signer = key if self_signed else ca_key
    leaf = (
        _builder(
            subject,
            issuer,
            key,
            now + dt.timedelta(days=days_from),
            now + dt.timedelta(days=days_to),
        )
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=self_signed, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    root = (
        _builder(issuer, issuer, ca_key, now - dt.timedelta(days=2000), now + dt.timedelta(days=2000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .add_extension(_signs_certificates(), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    made = Certificate(
        folder / "cert.pem", folder / "key.pem", folder / ("cert.pem" if self_signed else "ca.pem")
    )
    made.ca_file.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    made.cert_file.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    made.key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return made


def _builder(subject, issuer, key, begins, ends) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _signs_certificates() -> x509.KeyUsage:
    wanted = {"key_cert_sign", "crl_sign"}
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in wanted for name in names})


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
