"""The practice server's certificate: made on first start, good for this computer only, renewed in time.

Each certificate has a folder of its own, named by the second at which it expires, that appears complete or not at
all: two servers that start at once never mix the one's key with the other's authority. The authority's key is
forgotten as soon as it has signed, and its certificate cannot vouch for any other host (RFC 5280 section 4.2.1.10).
"""

import contextlib
import datetime as dt
import ipaddress
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

VALID_S = 365 * 86400
RENEWED_BEFORE_S = 30 * 86400
_CLOCKS_DIFFER_S = 86400
_PREFIX = "certificate-"


@dataclass(frozen=True, slots=True)
class Certificate:
    server: Path
    """The server's key and certificate, readable by its owner only."""
    ca: Path
    """The authority to trust, for this server."""


def current_certificate(folder: Path, now_s: float | None = None) -> Certificate:
    """Return the certificate kept in *folder*, made anew where there is none or it expires within 30 days."""
    now_s = time.time() if now_s is None else now_s
    kept = [entry for entry, expires_s in _kept(folder) if expires_s - now_s > RENEWED_BEFORE_S]
    return _certificate(max(kept) if kept else _made(folder, int(now_s)))


def _certificate(entry: Path) -> Certificate:
    return Certificate(entry / "server.pem", entry / "ca.pem")


def _kept(folder: Path) -> Iterator[tuple[Path, int]]:
    for entry in folder.glob(f"{_PREFIX}*"):
        expires = entry.name.removeprefix(_PREFIX)
        if expires.isdigit():
            yield entry, int(expires)


def _made(folder: Path, now_s: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for entry, expires_s in list(_kept(folder)):
        if expires_s <= now_s:
            shutil.rmtree(entry, ignore_errors=True)
    expires_s = now_s + VALID_S
    new = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    server, ca = _pems(now_s - _CLOCKS_DIFFER_S, expires_s)
    _write_private(new / "server.pem", server)
    (new / "ca.pem").write_bytes(ca)
    target = folder / f"{_PREFIX}{expires_s}"
    with contextlib.suppress(
        OSError
    ):  # another server was here within the same second: its certificate will do
        new.rename(target)
    if new.exists():
        shutil.rmtree(new, ignore_errors=True)
    return target


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _pems(from_s: int, until_s: int) -> tuple[bytes, bytes]:
    """Return the server's key and certificate, and the authority's certificate, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def begun(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(dt.datetime.fromtimestamp(from_s, dt.UTC))
            .not_valid_after(dt.datetime.fromtimestamp(until_s, dt.UTC))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(authority_identifier, critical=False)
        )

    issuer = named("Antiphon practice authority")
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    names = _names()
    ca = (
        begun(issuer, ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_subtrees(), None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        begun(named("Antiphon practice server"), key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + leaf.public_bytes(pem), ca.public_bytes(pem)


def _names() -> "list[x509.GeneralName]":
    from cryptography import x509

    addresses = [x509.IPAddress(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")]
    return [x509.DNSName("localhost"), *addresses]


def _subtrees() -> "list[x509.GeneralName]":
    from cryptography import x509

    networks = [x509.IPAddress(ipaddress.ip_network(text)) for text in ("127.0.0.1/32", "::1/128")]
    return [x509.DNSName("localhost"), *networks]


def _usage(*, signs_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
