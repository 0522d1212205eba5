"""What a certificate says, as values: read by the engine, shown by the window, kept by nobody.

Also which of the collection's client certificates is for which server, and what the window writes as a CA file.
"""

import base64
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from antiphon.core.document import ClientCertificate


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    subject: str
    """RFC 4514: `CN=example.org,O=Example`."""
    issuer: str
    common_name: str
    """The subject's common name, else its first alternative name; for titles."""
    names: tuple[str, ...]
    """The names and addresses that it is for (subject alternative names)."""
    not_before: float
    """Seconds since 1970."""
    not_after: float
    serial: str
    """Hexadecimal, upper case, without colons."""
    sha256: str
    """Fingerprint: hexadecimal, upper case, colons between the bytes."""
    sha1: str
    key: str
    """`RSA 2048`, `EC secp256r1`, `Ed25519`."""
    signature: str
    """`sha256WithRSAEncryption`"""
    is_authority: bool
    der: bytes = b""

    @property
    def is_self_signed(self) -> bool:
        return self.subject == self.issuer


def certificate_for(
    host: str, port: int, certificates: Iterable[ClientCertificate]
) -> ClientCertificate | None:
    """Return the first enabled one of *certificates* that is for the server *host*:*port*; None where none is.

    A pattern names a host as it stands in a URL, without its scheme: `api.example.org`, `[::1]:8443`. A `*` stands
    for one character or more, so `*.example.org` means hosts of any depth below it, and `*` all of them. Case and
    a dot at the end do not count; names beyond ASCII mean the same as their IDNA form.
    """
    wanted = _ascii(host.strip("[]"))
    return next(
        (one for one in certificates if one.enabled and _is_for(one.host.strip(), wanted, port)), None
    )


def pem_of(chain: Iterable[bytes]) -> bytes:
    """Return DER certificates as the text of one PEM file (RFC 7468), in their order."""
    return b"".join(_pem(der) for der in chain)


def _is_for(pattern: str, host: str, port: int) -> bool:
    name, wanted_port = _host_and_port(pattern)
    if wanted_port and wanted_port != str(port):
        return False
    parts = [re.escape(part) for part in _ascii(name).split("*")]
    return bool(name) and re.fullmatch(".+".join(parts), host, re.DOTALL) is not None


def _host_and_port(pattern: str) -> tuple[str, str]:
    if pattern.startswith("["):
        name, _, port = pattern[1:].partition("]")
        return name, port.removeprefix(":")
    if pattern.count(":") > 1:  # an IPv6 address without brackets
        return pattern, ""
    name, _, port = pattern.partition(":")
    return name, port


def _ascii(name: str) -> str:
    """Return a host, or a pattern of one, in lower case and IDNA; as it is where it cannot be a host's name."""
    lowered = name.lower().removesuffix(".")
    try:
        return lowered if lowered.isascii() else ".".join(_label(part) for part in lowered.split("."))
    except UnicodeError:
        return lowered


def _label(text: str) -> str:
    return text if text.isascii() else text.encode("idna").decode("ascii")


def _pem(der: bytes) -> bytes:
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]).encode("ascii")
