"""What a certificate says, read from its DER form, as far as it can be read: servers show odd ones."""

import hashlib
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID

from antiphon.core.certificate import CertificateFacts

T = TypeVar("T")
W = TypeVar("W")

UNREADABLE = "unreadable certificate"
_NO_NAMES: tuple[str, ...] = ()
_ODD = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises, early or late, at a certificate that breaks RFC 5280."""


@lru_cache(maxsize=512)
def certificate_facts(der: bytes) -> CertificateFacts:
    """Return what the certificate *der* says; what cannot be read is empty or zero, the fingerprints never are.

    Costs some 40 microseconds the first time, nothing after that.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of serial numbers and the like that are read all the same
        found: x509.Certificate | None = _read(der, x509.load_der_x509_certificate, None)
        return _unreadable(der) if found is None else _facts(found, der)


def chain_facts(chain: Iterable[bytes]) -> tuple[CertificateFacts, ...]:
    return tuple(certificate_facts(der) for der in chain)


def _facts(found: x509.Certificate, der: bytes) -> CertificateFacts:
    subject = _read(found, lambda one: one.subject.rfc4514_string(), "")
    names = _read(found, _names, _NO_NAMES)
    title = _read(found, lambda one: _common_name(one.subject), "")
    return CertificateFacts(
        subject=subject,
        issuer=_read(found, lambda one: one.issuer.rfc4514_string(), ""),
        common_name=title or next(iter(names), "") or subject,
        names=names,
        not_before=_read(found, lambda one: one.not_valid_before_utc.timestamp(), 0.0),
        not_after=_read(found, lambda one: one.not_valid_after_utc.timestamp(), 0.0),
        serial=_read(found, lambda one: _hex_number(one.serial_number), ""),
        sha256=_fingerprint(hashlib.sha256(der)),
        sha1=_fingerprint(hashlib.sha1(der, usedforsecurity=False)),
        key=_read(found, _key, ""),
        signature=_read(found, lambda one: _oid_name(one.signature_algorithm_oid), ""),
        is_authority=_read(found, _is_authority, False),
        der=der,
    )


def _unreadable(der: bytes) -> CertificateFacts:
    return CertificateFacts(
        subject="",
        issuer="",
        common_name=UNREADABLE,
        names=(),
        not_before=0.0,
        not_after=0.0,
        serial="",
        sha256=_fingerprint(hashlib.sha256(der)),
        sha1=_fingerprint(hashlib.sha1(der, usedforsecurity=False)),
        key="",
        signature="",
        is_authority=False,
        der=der,
    )


def _read(whole: W, part: Callable[[W], T], otherwise: T) -> T:
    try:
        return part(whole)
    except _ODD:
        return otherwise


def _names(found: x509.Certificate) -> tuple[str, ...]:
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(_name_text(name) for name in names)


def _name_text(name: x509.GeneralName) -> str:
    value = name.value
    return value.rfc4514_string() if isinstance(value, x509.Name) else str(value)


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _key(found: x509.Certificate) -> str:
    try:
        key = found.public_key()
    except _ODD:
        return _oid_name(found.public_key_algorithm_oid)
    match key:
        case rsa.RSAPublicKey(key_size=bits):
            return f"RSA {bits}"
        case ec.EllipticCurvePublicKey(curve=curve):
            return f"EC {curve.name}"
        case dsa.DSAPublicKey(key_size=bits):
            return f"DSA {bits}"
    return type(key).__name__.removesuffix("PublicKey")


def _is_authority(found: x509.Certificate) -> bool:
    return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def _oid_name(oid: x509.ObjectIdentifier) -> str:
    return oid.dotted_string if oid._name == "Unknown OID" else oid._name


def _hex_number(number: int) -> str:
    digits = f"{abs(number):X}"
    return ("-" if number < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)


def _fingerprint(digest: "hashlib._Hash") -> str:
    return ":".join(f"{byte:02X}" for byte in digest.digest())
