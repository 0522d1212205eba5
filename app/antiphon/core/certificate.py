"""What a certificate says, as values: read by the engine, shown by the window, kept by nobody."""

from dataclasses import dataclass


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
