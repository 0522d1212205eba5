"""Authorities and certificates for tests, odd ones too, and a TLS server that fails as servers do."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.servers import OK, Certificate, _builder, _general_name, _signs_certificates

PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
HOSTS = ("127.0.0.1", "localhost")


def name_of(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Signed:
    """A certificate with its key and the ones that lead to its root, itself first, the root left out."""

    certificate: x509.Certificate
    key: Any
    chain: list[x509.Certificate] = field(default_factory=list)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    def pem(self) -> bytes:
        return b"".join(one.public_bytes(PEM) for one in self.chain)

    def key_pem(self, passphrase: str = "") -> bytes:
        lock = (
            serialization.BestAvailableEncryption(passphrase.encode())
            if passphrase
            else serialization.NoEncryption()
        )
        return self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, lock)

    def pkcs12(self, passphrase: str = "") -> bytes:
        lock = (
            serialization.BestAvailableEncryption(passphrase.encode())
            if passphrase
            else serialization.NoEncryption()
        )
        return pkcs12.serialize_key_and_certificates(b"me", self.key, self.certificate, self.chain[1:], lock)

    def server_context(self, folder: Path, clients: "Authority | None" = None) -> ssl.SSLContext:
        """Return a server's context; it wants a certificate signed by *clients* where that is given."""
        file = folder / f"server-{self.certificate.serial_number}.pem"
        file.write_bytes(self.key_pem() + self.pem())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(file)
        if clients is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=clients.pem.decode())
        return context

    def written(self, folder: Path, authority: "Authority") -> Certificate:
        folder.mkdir(parents=True, exist_ok=True)
        made = Certificate(folder / "cert.pem", folder / "key.pem", folder / "ca.pem")
        made.cert_file.write_bytes(self.pem())
        made.key_file.write_bytes(self.key_pem())
        made.ca_file.write_bytes(authority.pem)
        return made


class Authority:
    """A root, or an authority below another.

    Args:
        path_length: How many authorities may stand below it; None for any number.
    """

    def __init__(
        self,
        name: str = "Test Root",
        parent: "Authority | None" = None,
        *,
        path_length: int | None = None,
        is_authority: bool = True,
        key: Any = None,
        hash_: Any = None,
        days_to: float = 900,
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = name_of(name)
        signer, issuer = (parent.key, parent.name) if parent else (self.key, self.name)
        now = dt.datetime.now(dt.UTC)
        builder = _builder(
            self.name, issuer, self.key, now - dt.timedelta(days=900), now + dt.timedelta(days=days_to)
        ).add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=path_length if is_authority else None),
            critical=True,
        )
        if is_authority:
            builder = builder.add_extension(_signs_certificates(), critical=True)
        self.certificate = builder.sign(signer, hash_ or hashes.SHA256())
        self.chain = [] if parent is None else [self.certificate, *parent.chain]

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    def file(self, folder: Path) -> str:
        path = folder / f"ca-{self.certificate.serial_number}.pem"
        path.write_bytes(self.pem)
        return str(path)

    def sign(
        self,
        names: Sequence[str] = HOSTS,
        *,
        title: str = "",
        days_from: float = -1,
        days_to: float = 30,
        key: Any = None,
        hash_: Any = None,
        purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> Signed:
        key = key or ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        builder = _builder(
            name_of(title or names[0]),
            self.name,
            key,
            now + dt.timedelta(days=days_from),
            now + dt.timedelta(days=days_to),
        ).add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        certificate = builder.sign(self.key, hash_ or hashes.SHA256())
        return Signed(certificate, key, [certificate, *self.chain])

    def client(self, title: str = "client", **settings: Any) -> Signed:
        return self.sign([title], title=title, purpose=ExtendedKeyUsageOID.CLIENT_AUTH, **settings)


@dataclass(frozen=True)
class Seen:
    """One connection as the server saw it, once its handshake was over."""

    server_name: str | None
    client: bytes | None
    """The client's certificate in DER form."""
    version: str | None
    alpn: str | None
    head: bytes


@dataclass
class TlsServer:
    port: int
    seen: list[Seen] = field(default_factory=list)
    accepted: int = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/"


@contextmanager
def tls_server(context: ssl.SSLContext, reply: bytes = OK, *, is_rude: bool = False) -> Iterator[TlsServer]:
    """Serve one request a connection in a thread: blocking sockets send the alert of a failed handshake, asyncio's none.

    Args:
        is_rude: Close after a failed handshake without reading what the client still sends: it gets a reset.
    """
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    listening = socket.create_server(("127.0.0.1", 0))
    made = TlsServer(listening.getsockname()[1])

    def serve(plain: socket.socket) -> None:
        plain.settimeout(5)
        with context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False) as secured:
            try:
                secured.do_handshake()
                der, alpn = secured.getpeercert(binary_form=True), secured.selected_alpn_protocol()
                version, head = secured.version(), _head_of(secured)
                made.seen.append(Seen(names.pop(), der, version, alpn, head))
                secured.sendall(reply if head else b"")
            except OSError:
                if not is_rude:
                    _linger(secured)

    def accept() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            made.accepted += 1
            serve(plain)

    thread = threading.Thread(target=accept, name="tls server")
    thread.start()
    try:
        yield made
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _head_of(secured: ssl.SSLSocket) -> bytes:
    head = b""
    with suppress(ConnectionError):
        while b"\r\n\r\n" not in head and (data := secured.recv(65536)):
            head += data
    return head


def _linger(secured: ssl.SSLSocket) -> None:
    with suppress(OSError):
        secured.shutdown(socket.SHUT_WR)  # from here on it is a plain socket
        while secured.recv(65536):
            pass
