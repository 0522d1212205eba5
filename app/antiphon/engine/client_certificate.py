"""The certificate with which we identify towards a server, from PEM files or a PKCS#12 file, put into a TLS context."""

import secrets
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from antiphon.core.document import ClientCertificate
from antiphon.engine.ages import ago
from antiphon.engine.certificate_facts import certificate_facts
from antiphon.engine.failures import ExchangeBroken, broken

_PKCS12_MARK = bytes.fromhex("06092a864886f70d0107")
"""Object identifiers below 1.2.840.113549.1.7, of which every PKCS#12 file has some (RFC 7292)."""


def load_client_certificate(context: ssl.SSLContext, chosen: ClientCertificate) -> tuple[str, ...]:
    """Make *context* identify with *chosen*; return notes for people, such as that it expired.

    Raises:
        ExchangeBroken: a file is missing or broken, the passphrase is wrong, the key belongs to another certificate.
    """
    if chosen.kind == "pkcs12":
        return _load_pkcs12(context, chosen)
    return _load_pem(context, chosen)


def files_of(chosen: ClientCertificate | None) -> tuple[str, ...]:
    """Return the names of the files that *chosen* stands in."""
    if chosen is None:
        return ()
    key = () if chosen.kind == "pkcs12" or not chosen.key_file else (chosen.key_file,)
    return (chosen.certificate_file, *key)


# -- PEM -----------------------------------------------------------------------------------------------------


def _load_pem(context: ssl.SSLContext, chosen: ClientCertificate) -> tuple[str, ...]:
    name, key_name = chosen.certificate_file, chosen.key_file or chosen.certificate_file
    certificate, key = _read(name), _read(key_name)
    if b"-----BEGIN CERTIFICATE" not in certificate and b"-----BEGIN TRUSTED CERTIFICATE" not in certificate:
        hint = "Choose a PEM file, or say that it is PKCS#12."
        raise _unusable(name, "it holds no certificate in PEM form", hint)
    if b"PRIVATE KEY-----" not in key:
        hint = "Choose the file of the key that belongs to the certificate."
        raise _unusable(key_name, "it holds no private key in PEM form", hint)
    try:
        # always a passphrase: without one OpenSSL would ask on the terminal
        context.load_cert_chain(name, key_name, lambda: chosen.passphrase)
    except (OSError, ValueError) as error:
        raise _pem_failure(chosen, key_name, key, error) from error
    return _expiry_note(name, _first_der(certificate))


def _pem_failure(
    chosen: ClientCertificate, key_name: str, key: bytes, error: OSError | ValueError
) -> ExchangeBroken:
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        reason = (
            f"the private key in {key_name} does not match" if chosen.key_file else "its key does not match"
        )
        return _unusable(chosen.certificate_file, reason, "Choose the key that belongs to the certificate.")
    if b"ENCRYPTED" in key and not _opens(key, chosen.passphrase):
        return _wrong_passphrase(key_name, chosen.passphrase)
    if isinstance(error, ssl.SSLError) and error.reason in {"EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}:
        return _unusable(
            chosen.certificate_file, "its key or signature is too weak", "Ask for a new certificate."
        )
    return _unusable(chosen.certificate_file, "certificate or key cannot be read", "Choose intact PEM files.")


def _opens(key: bytes, passphrase: str) -> bool:
    start = key.find(b"-----BEGIN ", max(key.find(b"PRIVATE KEY-----") - 40, 0))
    try:
        serialization.load_pem_private_key(key[start:], passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _first_der(pem: bytes) -> bytes:
    try:
        return x509.load_pem_x509_certificates(pem)[0].public_bytes(serialization.Encoding.DER)
    except ValueError:
        return b""


# -- PKCS#12 -------------------------------------------------------------------------------------------------


def _load_pkcs12(context: ssl.SSLContext, chosen: ClientCertificate) -> tuple[str, ...]:
    name = chosen.certificate_file
    found = _opened(chosen, _read(name))
    what = "private key" if found.key is None else "certificate of yours" if found.cert is None else ""
    if what:
        raise _unusable(name, f"it holds no {what}", "Choose a file with certificate and private key.")
    password = secrets.token_hex(16)
    try:
        with _private_file(_pem_of(found, password)) as path:
            context.load_cert_chain(path, password=password)
    except (ssl.SSLError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(
            name, "its certificate and key do not fit each other", "Choose another file."
        ) from error
    return _expiry_note(name, _der(found))


def _opened(chosen: ClientCertificate, data: bytes) -> pkcs12.PKCS12KeyAndCertificates:
    for password in (chosen.passphrase.encode(),) if chosen.passphrase else (None, b""):
        try:
            return pkcs12.load_pkcs12(data, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
    if _PKCS12_MARK in data[:64] and _is_whole(data):
        raise _wrong_passphrase(chosen.certificate_file, chosen.passphrase)
    raise _unusable(
        chosen.certificate_file,
        "it is no intact PKCS#12 file",
        "Choose a .p12 or .pfx file, or say that it is PEM.",
    )


def _der(found: pkcs12.PKCS12KeyAndCertificates) -> bytes:
    return found.cert.certificate.public_bytes(serialization.Encoding.DER) if found.cert else b""


def _is_whole(data: bytes) -> bool:
    """Return whether *data* is one DER sequence of the length that it says (X.690 section 8.1.3)."""
    if len(data) < 2 or data[0] != 0x30:
        return False
    if data[1] == 0x80:  # BER, indefinite
        return data.endswith(b"\0\0")
    count = data[1] & 0x7F if data[1] & 0x80 else 0
    size = int.from_bytes(data[2 : 2 + count]) if count else data[1]
    return len(data) == 2 + count + size


def _pem_of(found: pkcs12.PKCS12KeyAndCertificates, password: str) -> bytes:
    """Return key, certificate and the authorities that came with it; the key encrypted with *password*."""
    assert found.key is not None
    assert found.cert is not None
    key = found.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
    chain = [found.cert, *found.additional_certs]
    return key + b"".join(one.certificate.public_bytes(serialization.Encoding.PEM) for one in chain)


@contextmanager
def _private_file(data: bytes) -> Iterator[str]:
    """Keep *data* in a file that only this user can read, for as long as `ssl`, which takes only files, reads it."""
    with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:  # mode 0700
        path = Path(folder, "key.pem")
        path.touch(mode=0o600)
        path.write_bytes(data)
        yield str(path)


# -- what both share -----------------------------------------------------------------------------------------


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _unusable(name or "(no file)", f"{reason}", "Choose the file again.") from error


def _expiry_note(name: str, der: bytes) -> tuple[str, ...]:
    facts = certificate_facts(der)
    age = ago(facts.not_after) if facts.not_after else ""
    return (f"The client certificate in {name} expired {age}.",) if age else ()


def _wrong_passphrase(name: str, passphrase: str) -> ExchangeBroken:
    reason = "the passphrase is wrong" if passphrase else "it needs a passphrase"
    return _unusable(name, reason, "Type the passphrase of the client certificate.")


def _unusable(name: str, reason: str, hint: str) -> ExchangeBroken:
    sentence = f"Could not use the client certificate {name}: {reason}."
    return broken("tls", sentence, hint, remedies=("choose_client_certificate",))
